"""The other pages of the wall: the day by hour, the providers, and the person's own filters."""

from __future__ import annotations

from calls.cache.wall_snapshot import SavedPage, Slice, WallProvider, WallSnapshot
from calls.metrics import ANSWER_RATE
from tui.lines.line import Role, Span, gap
from tui.lines.wall.bars import bar_cells, bars
from tui.lines.wall.captions import DRAWN_ROWS, caption, two_captions
from tui.lines.wall.rows import Row, Rows, beside, block
from tui.lines.wall.tiles import Frame, Tile, rate_tile, tile
from tui.lines.wall.view import WallView
from tui.lines.wall.words import missed_briefly, missed_words, old_words, provider_words, sign
from tui.lines.words import counted, grouped, moment

HOURS_TITLE = "today by hour"
PROVIDERS_TITLE = "providers"
# Hours outside of these are shown only on days on which something happened in them.
_USUAL_HOURS = range(7, 18)
_WIDTH_OF_AN_HOUR = 6


def hours_page(snapshot: WallSnapshot, view: WallView, width: int, height: int) -> Rows:
    """Today's calls by the hour, in exactly `width` cells and `height` rows."""
    caption_rows = DRAWN_ROWS if view.writes_big(width, height) else 1
    told_to_ms = view.told_to_ms(snapshot)
    missed = snapshot.figures.get("missed")
    known = missed is not None and missed.value is not None
    counts = missed_words(missed.denominator, missed.numerator, view) if known and missed else ("no calls yet", Role.DIM)
    shorter = missed_briefly(missed.numerator) if known and missed else ""
    title = two_captions("TODAY BY HOUR", counts, shorter, width, caption_rows, view.pen)
    state = () if told_to_ms is None else caption(*old_words(told_to_ms, view), width, caption_rows, view.pen)
    shown = _worth_showing(snapshot.hours, view)

    def label(each: Slice) -> str:
        hour = moment(each.started_ms, view.base.zone).hour
        wide = bar_cells(len(shown), width) >= _WIDTH_OF_AN_HOUR
        return f"{hour:02}:00" if wide else f"{hour:02}" if hour % 3 == 0 else ""

    rest = height - len(title) - len(state) - 1
    return block((*title, *state, (gap(width),), *bars(shown, label, width, rest, view.pen)), width, height)


def _worth_showing(hours: tuple[Slice, ...], view: WallView) -> tuple[Slice, ...]:
    """From the first to the last hour that is usual or had a call."""
    told = [
        index
        for index, each in enumerate(hours)
        if each.offered or moment(each.started_ms, view.base.zone).hour in _USUAL_HOURS
    ]
    return hours[told[0] : told[-1] + 1] if told else hours


def providers_page(snapshot: WallSnapshot, view: WallView, width: int, height: int) -> Rows:
    """Every provider with its state, its day, and what is wrong, in exactly `width` cells and `height` rows."""
    big = view.writes_big(width, height)
    rows: list[Row] = []
    each_height = max(3, height // max(1, len(snapshot.providers)))
    for provider in snapshot.providers:
        name_rows = DRAWN_ROWS if big and each_height >= DRAWN_ROWS + 2 else 1
        said = caption(*provider_words(provider, view), width, name_rows, view.pen)
        rows += block((*said, _day_row(provider, view), _trouble_row(provider)), width, min(each_height, name_rows + 3))
    return block(rows, width, height)


def _day_row(provider: WallProvider, view: WallView) -> Row:
    today = provider.today
    if today.complete_to_ms is None and not today.offered:
        return (gap(2), Span("nothing known of today", Role.DIM))
    figure = ANSWER_RATE.figure(today)
    approximate = sign(figure, view)
    answered = f"{approximate}{figure.text()} answered" if figure.value is not None else "no answer rate"
    missed = Span(f"{grouped(today.missed)} missed", Role.LATE if today.missed else Role.DIM)
    return (gap(2), Span(f"{counted(today.offered, 'call')} today   "), Span(f"{answered}   ", Role.DIM), missed)


def _trouble_row(provider: WallProvider) -> Row:
    words = provider.state.error or (provider.silence.reason if provider.silence.alarm else "")
    return (gap(2), Span(words, Role.DIM))


def saved_page(saved: SavedPage, snapshot: WallSnapshot, view: WallView, width: int, height: int) -> Rows:
    """The figures of a saved filter. Only its name is shown: its text may hold a number or a name."""
    big = view.writes_big(width, height)
    caption_rows = DRAWN_ROWS if big else 1
    gutter = max(4, width // 24)
    column = (width - gutter) // 2
    spacing = 1 if big else 0
    title = caption(saved.name, Role.ACCENT, width, caption_rows, view.pen)
    frame = Frame(column, caption_rows, height - len(title) - 1 - 3 * caption_rows - 2 * spacing, spacing)
    offered, missed = saved.figures.get("offered"), saved.figures.get("missed")
    when = "" if saved.names_time else " TODAY"
    number = view.base.symbols.none if offered is None or offered.value is None else grouped(int(offered.value))
    below = ("", Role.DIM)
    if missed is not None and missed.value is not None:
        below = (f"{sign(missed, view)}{grouped(int(missed.value))} missed", Role.BAD if missed.value else Role.GOOD)
    told_to_ms = view.told_to_ms(snapshot)
    count = Tile(f"CALLS{when}", number, Role.STRONG, (below, ("", Role.DIM)))
    rate = rate_tile(saved.figures.get("answer_rate"), f"ANSWERED{when}", view)
    tiles = [tile(one, frame, told_to_ms, view) for one in (count, rate)]
    return block((*title, (gap(width),), *beside(tiles, gutter)), width, height)
