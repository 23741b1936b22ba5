"""Today against the same hours of the same weekday before, from the sums by hour."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from calls.cache import buckets, tallies
from calls.cache.known import KnownSource
from calls.cache.sums import figures_hold
from calls.calendar import Calendar
from calls.filters import Filter, FilterContext, parse
from calls.filters.started import TIME_FIELDS
from calls.metrics import Tally
from calls.metrics.past_weeks import ENOUGH_WEEKS, HOLIDAY, WEEKS
from calls.metrics.typical import COMPARED, Against, Typical, TypicalDay, TypicalHour, against, band
from calls.model import Window
from calls.times import day_hours, hours_once, local_date, local_hour

TIMES_WITHIN = "the filter names times within an alternative or an exclusion, so no weeks can be compared"
NOTHING_YET = "no whole hour of today is complete yet"
_WEEK = timedelta(days=7)


def typical(
    connection: sqlite3.Connection,
    wanted: Filter,
    context: FilterContext,
    sources: Mapping[str, KnownSource],
    calendar: Calendar,
) -> Typical:
    """Today against typical under a filter, whose own times are left aside."""
    asked = wanted.without(TIME_FIELDS)
    if any(asked.names(field) for field in TIME_FIELDS):
        return Typical(_nothing("", TIMES_WITHIN), tuple(_nothing(name, TIMES_WITHIN) for name in sources))
    counts = tallies.by_local_hour(connection, asked.narrowed(_days(context, sources)), context)
    histories: list[History] = []
    days: list[TypicalDay] = []
    for name, known in sources.items():
        if known.gives_buckets and (why := buckets.impossible(asked)):
            days.append(_nothing(name, why))
            continue
        covered = known.covered if figures_hold(asked, "hour") else known.calls_covered
        history = History(known, counts[name], covered, context.now_ms, calendar)
        days.append(_of_one(history))
        histories.append(history)
    return Typical(_together(histories, days), tuple(days))


class History:
    """The local hours of one provider: what is known of today and of the same weekday in the weeks before."""

    def __init__(
        self,
        known: KnownSource,
        counts: Mapping[int, Tally],
        covered: Iterable[Window],
        now_ms: int,
        calendar: Calendar,
    ) -> None:
        self.name = known.source.name
        self._zone = ZoneInfo(known.source.timezone)
        self._counts = counts
        self._end_ms = now_ms if known.complete_to_ms is None else min(now_ms, known.complete_to_ms)
        self._covered = tuple(covered) if known.complete_to_ms is not None else ()
        self._none = Tally(kinds=frozenset({known.source.kind}), complete_to_ms=self._end_ms)
        self.today = local_date(now_ms, self._zone)
        self.is_holiday = calendar.is_holiday(self.name, self.today)
        weeks = (self.today - step * _WEEK for step in range(1, WEEKS + 1))
        self.weeks = tuple(day for day in weeks if not calendar.is_holiday(self.name, day))
        self._known_hours: dict[date, Mapping[int, Window]] = {}
        self.compared = self.known_hours(self.today)

    def known_hours(self, day: date) -> Mapping[int, Window]:
        """The hours of a local day that are complete and wholly covered. One that comes twice that day is left out, because no
        other day has its like."""
        if day not in self._known_hours:
            hours = hours_once(day, self._zone)
            self._known_hours[day] = {hour: window for hour, window in hours.items() if self._is_known(window)}
        return self._known_hours[day]

    def _is_known(self, window: Window) -> bool:
        return window.end_ms <= self._end_ms and any(
            known.start_ms <= window.start_ms and window.end_ms <= known.end_ms for known in self._covered
        )

    def of_hours(self, day: date, hours: Iterable[int]) -> Tally | None:
        """The counts of some hours of a local day; None when one of them is not known."""
        wanted = list(hours)
        if not self.known_hours(day).keys() >= set(wanted):
            return None
        numbers = (day.toordinal() * 24 + hour for hour in wanted)
        return tallies.summed((self._counts[number] for number in numbers if number in self._counts), self._none)

    def by_week(self, hours: Iterable[int]) -> dict[date, Tally]:
        """The same of each week in which they are known."""
        wanted = list(hours)
        found = {day: self.of_hours(day, wanted) for day in self.weeks}
        return {day: tally for day, tally in found.items() if tally is not None}

    def hour_of_today(self, window: Window) -> TypicalHour:
        """An hour of today beside the weeks before."""
        hour = local_hour(window.start_ms, self._zone)
        now = self.of_hours(self.today, [hour]) if self.compared.get(hour) == window else None
        before = [tally.offered for tally in self.by_week([hour]).values()]
        offered, answered = (None, None) if now is None else (now.offered, now.answered)
        return TypicalHour(window, offered, answered, band(before), len(before))

    def todays_hours(self) -> Mapping[int, Window]:
        """The hours of today that come once, known or not."""
        return hours_once(self.today, self._zone)

    def hours_of_today(self) -> tuple[TypicalHour, ...]:
        """Every hour that today has."""
        return tuple(self.hour_of_today(window) for window in day_hours(self.today, self._zone))


def _days(context: FilterContext, sources: Mapping[str, KnownSource]) -> Filter:
    """Today and the same weekday before, in every zone."""
    todays = {local_date(context.now_ms, ZoneInfo(known.source.timezone)) for known in sources.values()}
    days = {today - step * _WEEK for today in todays for step in range(WEEKS + 1)}
    return parse("on:" + ",".join(day.isoformat() for day in sorted(days))) if days else Filter()


def _of_one(history: History) -> TypicalDay:
    today = history.of_hours(history.today, history.compared)
    before = history.by_week(history.compared)
    reason = ""
    if today is None or not history.compared:
        return _nothing(history.name, NOTHING_YET, history.hours_of_today())
    if history.is_holiday:
        reason = HOLIDAY
    elif len(before) < ENOUGH_WEEKS:
        reason = _too_few(len(before))
    figures = _figures(today, list(before.values()), ordinary=not history.is_holiday)
    return TypicalDay(history.name, figures, history.hours_of_today(), _span(history.compared.values()), len(before), reason)


def _together(histories: list[History], days: list[TypicalDay]) -> TypicalDay:
    """All providers that can be compared as one; each over the hours of its own zone that it knows."""
    usable = {day.provider for day in days if not day.reason}
    taking = [history for history in histories if history.name in usable]
    left_out = tuple(day.provider for day in days if day.provider not in usable)
    if not taking:
        reasons = dict.fromkeys(day.reason for day in days)
        hours = _hours_together([history for history in histories if history.compared])
        return _nothing("", "; ".join(reasons) or NOTHING_YET, hours, left_out)
    todays = [history.of_hours(history.today, history.compared) for history in taking]
    today = Tally.total(tally for tally in todays if tally is not None)
    weeks = _weeks_together([(history, history.compared) for history in taking])
    spans = [day.compared for day in days if day.provider in usable and day.compared is not None]
    reason = _too_few(len(weeks)) if len(weeks) < ENOUGH_WEEKS else ""
    return TypicalDay("", _figures(today, weeks), _hours_together(taking), _span(spans), len(weeks), reason, left_out)


def _weeks_together(taking: Iterable[tuple[History, Iterable[int]]]) -> list[Tally]:
    """What several providers amount to in each week of which all know their hours."""
    by_week = [(history.today, history.by_week(hours)) for history, hours in taking]
    weeks: list[Tally] = []
    for step in range(1, WEEKS + 1):
        known = [found[today - step * _WEEK] for today, found in by_week if today - step * _WEEK in found]
        if len(known) == len(by_week):
            weeks.append(Tally.total(known))
    return weeks


def _hours_together(taking: list[History]) -> tuple[TypicalHour, ...]:
    """The hours that belong to today in the zone of every provider, with the calls of all."""
    days = [{window: hour for hour, window in history.todays_hours().items()} for history in taking]
    shared = sorted(set[Window](*days[:1]).intersection(*days[1:]))
    return tuple(
        _hour_together(window, [(one, day[window]) for one, day in zip(taking, days, strict=True)]) for window in shared
    )


def _hour_together(window: Window, taking: list[tuple[History, int]]) -> TypicalHour:
    known = [tally for one, hour in taking if (tally := one.of_hours(one.today, [hour])) is not None]
    now = Tally.total(known) if len(known) == len(taking) else None
    before = [tally.offered for tally in _weeks_together((one, [hour]) for one, hour in taking)]
    offered, answered = (None, None) if now is None else (now.offered, now.answered)
    return TypicalHour(window, offered, answered, band(before), len(before))


def _figures(today: Tally, weeks: list[Tally], *, ordinary: bool = True) -> dict[str, Against]:
    return {metric.name: against(metric, today, weeks, ordinary=ordinary) for metric in COMPARED}


def _too_few(weeks: int) -> str:
    return f"not enough weeks to compare with: {weeks} of at least {ENOUGH_WEEKS}"


def _span(windows: Iterable[Window]) -> Window:
    some = list(windows)
    return Window(min(window.start_ms for window in some), max(window.end_ms for window in some))


def _nothing(provider: str, reason: str, hours: tuple[TypicalHour, ...] = (), left_out: tuple[str, ...] = ()) -> TypicalDay:
    return TypicalDay(provider, {}, hours, None, 0, reason, left_out)
