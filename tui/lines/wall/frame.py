"""What stands around every page of the wall: the head line, an alarm when there is one, and what must be said at the foot."""

from __future__ import annotations

from calls.cache.wall_snapshot import WallSnapshot
from tui.lines.line import Ground, Line, Role, Span, crop, gap, left
from tui.lines.wall.captions import DRAWN_ROWS
from tui.lines.wall.digits import big, big_width
from tui.lines.wall.glyphs import can_draw
from tui.lines.wall.rows import block
from tui.lines.wall.view import WallView
from tui.lines.wall.words import missing_words
from tui.lines.words import clock_words, day_words, time_words, zone_words

_AROUND = 2


def head_line(title: str, page: int, pages: int, held: bool, view: WallView, width: int) -> Line:
    """Clock and date in the provider's zone, which page this is, and whether it is held."""
    zone = view.base.zone
    start = [
        gap(1),
        Span(clock_words(view.now_ms, zone), Role.STRONG),
        gap(2),
        Span(day_words(view.now_ms, zone), Role.DIM),
        gap(1),
        Span(zone_words(view.now_ms, zone), Role.DIM),
    ]
    right = [Span("HELD ", Role.LATE)] if held else []
    if pages > 1:
        dots = "".join(view.pen.here if index == page else view.pen.page for index in range(pages))
        right += [Span(" ".join(dots), Role.DIM), gap(1)]
    room = width - sum(span.width for span in (*start, *right)) - 4
    name = crop(title, max(0, room), view.base.symbols.mark)
    spare = width - sum(span.width for span in (*start, *right)) - len(name)
    before = min(max(2, (width - len(name)) // 2 - sum(span.width for span in start)), max(0, spare))
    return Line((*start, gap(before), Span(name, Role.ACCENT), gap(spare - before), *right), Ground.STRIP)


def alarm_rows(snapshot: WallSnapshot, view: WallView, width: int, height: int) -> tuple[Line, ...]:
    """The alarms that fire now, the newest first, as a band across the screen; an empty line when none does."""
    firing = sorted((one for one in snapshot.alerts if one.firing), key=lambda one: -one.since_ms)
    if not firing:
        return (Line(),)
    more = f"  and {len(firing) - 1} more" if len(firing) > 1 else ""
    since = time_words(firing[0].since_ms, view.now_ms, view.base.zone)
    measured = firing[0].sentence.partition(",")[0]
    if view.writes_big(width, height):
        for words in (f"ALARM {since} {measured}", f"ALARM {measured}", f"ALARM {since} {firing[0].name}"):
            if can_draw(words) and big_width(words, 1) <= width - 2 * _AROUND:
                drawn = block(big(words, 1, Role.ALARM, view.pen), width - 2 * _AROUND, DRAWN_ROWS)
                return tuple(Line((_band(_AROUND), *(_on_band(span) for span in row), _band(_AROUND))) for row in drawn)
    words = f" ALARM since {since}: {firing[0].sentence}"
    whole = left(crop(words, width - len(more), view.base.symbols.mark) + more, width)
    return (Line((Span(whole, Role.ALARM),)),)


def _band(cells: int) -> Span:
    return Span(" " * cells, Role.ALARM)


def _on_band(span: Span) -> Span:
    return Span(span.text, Role.ALARM)


def foot_line(snapshot: WallSnapshot, view: WallView, width: int) -> Line:
    """What must be known before the figures are believed: blindness first, then who is missing in them."""
    words, role = foot_words(snapshot, view)
    return Line((gap(1), Span(crop(words, width - 2, view.base.symbols.mark), role)))


def foot_words(snapshot: WallSnapshot, view: WallView) -> tuple[str, Role]:
    """The sentence of the foot line."""
    if view.blind_since_ms is not None:
        since = time_words(view.blind_since_ms, view.now_ms, view.base.zone)
        return f"Blind since {since}: {view.reason}", Role.BAD
    if view.trouble:
        return view.trouble[:1].upper() + view.trouble[1:], Role.BAD
    if not snapshot.providers:
        return "Nothing has been read yet: waiting for the first answer of a provider.", Role.LATE
    if missing := missing_words(snapshot, view):
        return missing, Role.LATE
    if silent := next((one.silence.reason for one in snapshot.providers if one.silence.alarm), ""):
        return silent[:1].upper() + silent[1:], Role.BAD
    return view.seen_again, Role.LATE
