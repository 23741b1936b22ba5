"""The map of the week: a row per weekday, a shade per hour."""

from __future__ import annotations

from calls.metrics.week import DAYS_OF_WEEK, HOURS_OF_DAY, Week, WeekHour, WeekMeasure
from tui.lines.line import Ground, Line, Role, Span, gap, left, right
from tui.lines.symbols import Symbols
from tui.lines.words import WEEKDAYS, counted, grouped

LABEL_CELLS = 4
WIDEST_HOUR = 5
# A count of less than this part of one shade is a dot.
NEARLY_NONE = 6
Place = tuple[int, int]


def hour_cells(width: int) -> int:
    """Cells across of one hour, 0 where the map has no room."""
    return max(0, min(WIDEST_HOUR, (width - LABEL_CELLS) // HOURS_OF_DAY))


def week_lines(week: Week, measure: WeekMeasure, chosen: Place | None, width: int, symbols: Symbols) -> tuple[Line, ...]:
    """The hours of the day as an axis, then Monday to Sunday. The chosen hour shows its number."""
    cells = hour_cells(width)
    if not cells:
        return (Line((Span(left("too narrow for a map", width), Role.DIM),)),)
    scale = Scale.of(week, measure, len(symbols.shades))
    days = (_day_line(week, measure, day, chosen, cells, scale, symbols) for day in range(DAYS_OF_WEEK))
    return (_axis(cells), *days)


class Scale:
    """From a value to a shade. Counts begin at none; a share's shades lie between its lowest and its highest value."""

    def __init__(self, low: float, high: float, steps: int) -> None:
        self.low, self.high, self.steps = low, high, steps

    @classmethod
    def of(cls, week: Week, measure: WeekMeasure, steps: int) -> Scale:
        """The scale that suits these values."""
        values = [value for known in week.hours.values() if (value := known.value(measure)) is not None]
        low = min(values, default=0.0) if measure is WeekMeasure.ANSWER_RATE else 0.0
        return cls(low, max(values, default=0.0), steps)

    def step(self, value: float) -> int:
        """The shade of a value, from 0 on."""
        if self.high <= self.low:
            return self.steps - 1
        return min(self.steps - 1, int((value - self.low) / (self.high - self.low) * self.steps))

    @property
    def least(self) -> float:
        """What is drawn as nearly nothing: a count below it says no more than none."""
        return 0.0 if self.low else self.high / (self.steps * NEARLY_NONE)

    def edge(self, step: int) -> float:
        """The lowest value of a shade."""
        return self.low + (self.high - self.low) * step / self.steps


def _axis(cells: int) -> Line:
    every = 1 if cells > 2 else 2 if cells == 2 else 3
    text = "".join(left(f"{hour:02}" if hour % every == 0 else "", cells * every) for hour in range(0, HOURS_OF_DAY, every))
    return Line((gap(LABEL_CELLS), Span(text, Role.DIM)))


def _day_line(
    week: Week, measure: WeekMeasure, day: int, chosen: Place | None, cells: int, scale: Scale, symbols: Symbols
) -> Line:
    spans = [Span(left(WEEKDAYS[day], LABEL_CELLS), Role.DIM)]
    for hour in range(HOURS_OF_DAY):
        value = week.value(day, hour, measure)
        if chosen == (day, hour):
            words = symbols.uncovered if (day, hour) not in week.hours else value_words(value, measure, short=True)
            spans.append(Span(right(words, cells, ""), Role.STRONG, Ground.CURSOR))
        else:
            spans.append(_shade((day, hour) in week.hours, value, cells, scale, symbols))
    return Line(tuple(spans))


def _shade(known: bool, value: float | None, cells: int, scale: Scale, symbols: Symbols) -> Span:
    if not known:
        return Span(symbols.uncovered * cells, Role.FAINT)
    if value is None or value < scale.least or value == scale.low == 0:
        return Span(left(symbols.dot, cells), Role.FAINT)
    return Span(symbols.shades[scale.step(value)] * cells, Role.BAR)


def value_words(value: float | None, measure: WeekMeasure, *, short: bool = False) -> str:
    """A value of the map: "44.5" calls an hour, "91 %"; without decimals and signs when `short`."""
    if value is None:
        return "-"
    if measure is WeekMeasure.ANSWER_RATE:
        return f"{value * 100:.0f}" if short else f"{value * 100:.0f} %"
    if value >= 10 or short:
        return grouped(round(value)) if value >= 1 or not value else "<1"
    return f"{value:.1f}"


def legend_spans(week: Week, measure: WeekMeasure, symbols: Symbols) -> tuple[Span, ...]:
    """What the shades mean: the lowest value of each."""
    scale = Scale.of(week, measure, len(symbols.shades))
    if not week.hours or scale.high <= 0:
        return ()
    spans: list[Span] = []
    for step, shade in enumerate(symbols.shades):
        edge = scale.edge(step) or scale.least
        spans += [Span(shade * 2, Role.BAR), Span(f" {value_words(edge, measure)}  ", Role.DIM)]
    less = f" under {value_words(scale.least, measure)}  " if scale.least else " no calls  "
    spans += [Span(symbols.dot, Role.FAINT), Span(less, Role.DIM)]
    spans += [Span(symbols.uncovered * 2, Role.FAINT), Span(" not cached", Role.DIM)]
    return tuple(spans)


def hour_sentence(week: Week, place: Place, symbols: Symbols) -> str:
    """One sentence about an hour of the week for the status line."""
    day, hour = place
    name = f"{WEEKDAYS[day]} {hour:02}:00 to {(hour + 1) % HOURS_OF_DAY:02}:00"
    known = week.hours.get(place)
    if known is None:
        return f"{name}: no such hour is cached"
    rate = value_words(known.value(WeekMeasure.ANSWER_RATE), WeekMeasure.ANSWER_RATE)
    parts = [
        name,
        f"{value_words(known.offered_per_hour, WeekMeasure.OFFERED)} calls an hour",
        f"{rate} answered, {grouped(known.answered)}/{grouped(known.offered)}",
        f"over {_times_words(known)}",
    ]
    if known.left_out:
        parts.append(f"without {', '.join(known.left_out)}")
    return f" {symbols.dot} ".join(parts)


def _times_words(known: WeekHour) -> str:
    """How often the hour came: "13 such hours", "12 to 13 such hours" where providers know it less often."""
    fewer = f"{grouped(known.fewest_hours)} to " if known.fewest_hours < known.hours else ""
    return fewer + counted(known.hours, "such hour")
