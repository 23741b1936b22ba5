"""What stands around every page of the wall: the head line, an alarm when there is one, and what must be said at the foot."""

from __future__ import annotations

from calls.cache.wall_snapshot import WallSnapshot
from tui.lines.line import Ground, Line, Role, Span, crop, gap
from tui.lines.wall.view import WallView
from tui.lines.wall.words import missing_words
from tui.lines.words import clock_words, day_words, time_words, zone_words


def head_line(title: str, page: int, pages: int, held: bool, view: WallView, width: int) -> Line:
    """Clock and date in the provider's zone, which page this is, and whether it is held."""
    zone = view.base.zone
    left = [
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
    room = width - sum(span.width for span in (*left, *right)) - 4
    name = crop(title, max(0, room), view.base.symbols.mark)
    spare = width - sum(span.width for span in (*left, *right)) - len(name)
    before = min(max(2, (width - len(name)) // 2 - sum(span.width for span in left)), max(0, spare))
    return Line((*left, gap(before), Span(name, Role.ACCENT), gap(spare - before), *right), Ground.STRIP)


def alarm_line(snapshot: WallSnapshot, view: WallView, width: int) -> Line:
    """The alarms that fire now, the newest first; an empty line when none does."""
    firing = sorted((one for one in snapshot.alerts if one.firing), key=lambda one: -one.since_ms)
    if not firing:
        return Line()
    more = f"  and {len(firing) - 1} more" if len(firing) > 1 else ""
    since = time_words(firing[0].since_ms, view.now_ms, view.base.zone)
    words = f" ALARM since {since}: {firing[0].sentence}"
    return Line((Span(crop(words, width - len(more) - 1, view.base.symbols.mark) + f"{more} ", Role.ALARM),))


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
