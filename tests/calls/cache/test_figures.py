"""Every figure by every grouping, held against a computation that goes through the calls of the cache one by one."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from calls.cache.reader import Reader
from calls.cache.writer import Reading
from calls.filters import FilterContext, parse
from calls.metrics import GROUPINGS, METRICS, TIME_GROUPINGS, Figure, Grade, Side, Thresholds, Unit, group_label
from calls.model import Call, Direction, Record, Source, Status, Window
from calls.text import normalise_number
from calls.times import local_date, local_day_window
from tests.calls.cache.busy import NOW_MS
from tests.calls.cache.help import DAY_MS, DESK, HOUR_MS, FakeDeriver, a_cache

# Kinds that are graded, in two zones, around the night of the 25-hour day.
NORTH = Source("north", "portsip", "Europe/Stockholm", "46")
SOUTH = Source("south", "while1", "Europe/Bucharest", "40")
SOURCES = {source.name: source for source in (NORTH, SOUTH)}
CONTEXT = FilterContext(NOW_MS, SOURCES)
CALLERS = [
    "",
    "anonymous",
    "+46701740605",
    "070-174 06 05",
    "+40312285000",
    "0312285000",
    "102",
    *(f"+4670{n:07}" for n in range(40)),
]
FIRST_MS = local_day_window(local_date(NOW_MS - 20 * DAY_MS, ZoneInfo("UTC")), ZoneInfo("UTC")).start_ms


def some_records(name: str, count: int) -> list[Record]:
    chance = random.Random(name)
    found = []
    for number in range(count):
        started_ms = NOW_MS - chance.randrange(2 * DAY_MS if chance.random() < 0.6 else 19 * DAY_MS)
        answered = chance.random() < 0.6
        wait_ms = chance.choice([None, chance.randrange(0, 60_000), chance.randrange(60) * 1000])
        talk_ms = chance.randrange(1, 900_000) if answered else 0
        payload = {
            "direction": chance.choices(["in", "out", "internal"], [7, 3, 1])[0],
            "status": "answered" if answered else chance.choice(["missed", "missed", "busy", "failed", "congestion"]),
            "talk_ms": talk_ms,
            "caller": chance.choice(CALLERS),
            "callee": chance.choice(CALLERS),
            "queue": chance.choice(["", "711", "622"]),
            "employee": chance.choice(["", "Åsa", "Bo"]),
            "wait_ms": wait_ms,
            "ring_ms": chance.choice([None, chance.randrange(30_000)]),
            "ended_ms": chance.choice([None, started_ms + (wait_ms or 0) + talk_ms, started_ms + (wait_ms or 0) + talk_ms]),
        }
        found.append(Record(f"{name}{number}", f"{name}{number}", started_ms, payload))
    return found


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("figures") / "calltop.db"
    with a_cache(made, NORTH, SOUTH) as written:
        for source, count in ((NORTH, 500), (SOUTH, 300)):
            reading = Reading(
                tuple(some_records(source.name, count)), (), NOW_MS, covered=Window(FIRST_MS, NOW_MS), complete_to_ms=NOW_MS
            )
            written.writer.store(FakeDeriver(source, link_ms=0), written.ids[source.name], reading)
    return made


@pytest.fixture(scope="module")
def reader(path: Path) -> Iterator[Reader]:
    with closing(Reader(path)) as made:
        yield made


@pytest.fixture(scope="module")
def everything(reader: Reader) -> list[Call]:
    return list(reader.calls(parse(""), NOW_MS))


def number_of(call: Call, side: str = "caller") -> str:
    return comparable(getattr(call, side), SOURCES[call.provider].country_code)


comparable = cache(normalise_number)


class History:
    """What became of every call: whether something later settled it, whether its caller had called shortly before."""

    def __init__(self, every: Sequence[Call]) -> None:
        self.heard: dict[str, list[Call]] = defaultdict(list)
        self.spoken: dict[str, list[int]] = defaultdict(list)
        for call in every:
            if call.direction is Direction.IN:
                self.heard[number_of(call)].append(call)
            if call.status is Status.ANSWERED and call.direction is not Direction.INTERNAL:
                side = "caller" if call.direction is Direction.IN else "callee"
                self.spoken[number_of(call, side)].append(call.started_ms)

    def settled(self, missed: Call) -> bool:
        return any(spoken_ms > missed.started_ms for spoken_ms in self.spoken[number_of(missed)])

    def came_before(self, again: Call) -> bool:
        return any(
            (call.provider, call.id) != (again.provider, again.id) and 0 <= again.started_ms - call.started_ms <= 168 * HOUR_MS
            for call in self.heard[number_of(again)]
        )


@pytest.fixture(scope="module")
def history(everything: list[Call]) -> History:
    return History(everything)


class Oracle:
    """Figures of calls by going through them; `chosen` are the calls under the filter."""

    def __init__(self, history: History, chosen: Sequence[Call], thresholds: Thresholds) -> None:
        self.history, self.chosen, self.thresholds = history, chosen, thresholds

    def parts(self, group: Sequence[Call], *, by_time: bool) -> dict[str, tuple[int, int]]:
        inbound = [call for call in group if call.direction is Direction.IN]
        outbound = [call for call in group if call.direction is Direction.OUT]
        return {**self.counts(inbound, outbound), **self.waits(inbound), **self.looks(group, inbound, by_time=by_time)}

    def counts(self, inbound: Sequence[Call], outbound: Sequence[Call]) -> dict[str, tuple[int, int]]:
        answered = [call for call in inbound if call.status is Status.ANSWERED]
        rang = [call.ring_ms for call in inbound if call.ring_ms is not None]
        talk_seconds = (sum(call.talk_ms for call in inbound) + 500) // 1000
        placed = [call for call in outbound if call.status in (Status.ANSWERED, Status.BUSY, Status.MISSED)]
        return {
            "offered": (len(inbound), len(inbound)),
            "answered": (len(answered), len(inbound)),
            "missed": (len(inbound) - len(answered), len(inbound)),
            "answer_rate": (len(answered), len(inbound)),
            "talk_seconds": (talk_seconds, len(answered)),
            "acd": (talk_seconds, len(answered)),
            "ring_time": ((sum(rang) + 500) // 1000, len(rang)),
            "busy_callee": (sum(call.status is Status.BUSY for call in inbound), len(inbound)),
            "asr": (sum(call.status is Status.ANSWERED for call in outbound), len(outbound)),
            "ner": (len(placed), len(outbound)),
        }

    def waits(self, inbound: Sequence[Call]) -> dict[str, tuple[int, int]]:
        threshold, short = self.thresholds.service_seconds * 1000, self.thresholds.short_abandon_seconds * 1000
        known = [call.wait_ms for call in inbound if call.status is Status.ANSWERED and call.wait_ms is not None]
        gone = [call.wait_ms for call in inbound if call.status is Status.MISSED]
        offered = sum(call.status is not Status.ANSWERED or call.wait_ms is not None for call in inbound)
        in_time = sum(wait <= threshold for wait in known)
        gone_in_time = sum(wait is not None and wait <= threshold for wait in gone)
        brief = sum(wait is not None and wait < short for wait in gone)
        ranked = sorted(-(-wait // 1000) for wait in known)

        def rank(percent: int) -> int:
            return ranked[-(-len(ranked) * percent // 100) - 1] if ranked else 0

        return {
            "asa": ((sum(known) + 500) // 1000, len(known)),
            "wait_median": (rank(50), len(known)),
            "wait_p90": (rank(90), len(known)),
            "service_level": (in_time, offered - gone_in_time),
            "service_level_negative": (in_time, offered),
            "service_level_positive": (in_time + gone_in_time, offered),
            "service_level_handled": (in_time, len(known)),
            "abandoned": (len(gone) - brief, len(inbound) - brief),
            "abandon_rate": (len(gone) - brief, len(inbound) - brief),
        }

    def looks(self, group: Sequence[Call], inbound: Sequence[Call], *, by_time: bool) -> dict[str, tuple[int, int]]:
        missed = [call for call in inbound if call.status is not Status.ANSWERED and number_of(call)]
        waiting = sum(not self.history.settled(call) for call in missed)
        identified = [call for call in inbound if number_of(call)]
        peak = self.peak(self.chosen if by_time else group, group)
        busiest = self.busiest(inbound)
        return {
            "unreturned": (waiting, len(missed)),
            "repeat_caller": (sum(self.history.came_before(call) for call in identified), len(identified)),
            "peak_concurrent": (peak, peak),
            "busy_hour": (busiest, busiest),
        }

    @staticmethod
    def peak(under_way: Sequence[Call], starting: Sequence[Call]) -> int:
        lasting = [(call.started_ms, call.ended_ms) for call in under_way if (call.ended_ms or 0) > call.started_ms]
        moments = [call.started_ms for call in starting if (call.ended_ms or 0) > call.started_ms]
        return max((sum(start <= moment < (end or 0) for start, end in lasting) for moment in moments), default=0)

    @staticmethod
    def busiest(inbound: Sequence[Call]) -> int:
        starts = [call.started_ms for call in inbound]
        quarters = {start_ms // 900_000 - step for start_ms in starts for step in range(4)}
        return max((sum(0 <= moment - first * 900_000 < HOUR_MS for moment in starts) for first in quarters), default=0)


COMPARED = [name for name in METRICS if name not in ("traffic", "cost")]


@pytest.mark.parametrize("text", ["", "since:-30h", "queue:711", "on:2026-10-25 -status:busy"])
@pytest.mark.parametrize("grouping", [None, *GROUPINGS])
def test_every_figure_by_every_grouping_is_what_one_finds_by_hand(
    reader: Reader, everything: list[Call], history: History, text: str, grouping: str | None
) -> None:
    wanted, thresholds = parse(text), Thresholds(service_seconds=25, short_abandon_seconds=7)
    holds = wanted.predicate(CONTEXT)
    chosen = [call for call in everything if holds(call)]
    groups: dict[str, list[Call]] = defaultdict(list)
    for call in chosen:
        groups["" if grouping is None else group_label(grouping, call, SOURCES[call.provider])].append(call)
    found = reader.figures(wanted, NOW_MS, [METRICS[name] for name in COMPARED], grouping, thresholds)
    assert set(found) == {label for label, calls in groups.items() if any(call.direction == "in" for call in calls)}
    oracle = Oracle(history, chosen, thresholds)
    for label, figures in found.items():
        expected = oracle.parts(groups[label], by_time=grouping in (None, *TIME_GROUPINGS))
        assert {name: (figure.numerator, figure.denominator) for name, figure in figures.items()} == expected, label
        assert_values(figures)


@pytest.mark.parametrize("grouping", [None, *GROUPINGS])
def test_traffic_is_talk_over_the_time_that_is_covered(reader: Reader, everything: list[Call], grouping: str | None) -> None:
    found = {
        label: some["traffic"] for label, some in reader.figures(parse(""), NOW_MS, [METRICS["traffic"]], grouping).items()
    }
    talk_ms: Counter[str] = Counter()
    for call in everything:
        talk_ms["" if grouping is None else group_label(grouping, call, SOURCES[call.provider])] += call.talk_ms
    assert {label: figure.numerator for label, figure in found.items()} == {
        label: (total_ms + 500) // 1000 for label, total_ms in talk_ms.items()
    }
    whole = (NOW_MS - FIRST_MS) // 1000
    periods = {label: figure.denominator for label, figure in found.items()}
    if grouping not in TIME_GROUPINGS:
        assert set(periods.values()) == {whole}
    for label, figure in found.items():
        assert figure.value == round(talk_ms[label] / 1000 / figure.denominator, 4)
    if grouping == "hour":
        # The hour from two to three came twice in Stockholm, that from three to four in Bucharest.
        assert {periods[f"2026-10-25T0{hour}"] for hour in (2, 3) if f"2026-10-25T0{hour}" in periods} == {7200}
        assert periods["2026-10-24T12"] == 3600
    if grouping == "day":
        assert (periods["2026-10-24"], periods["2026-10-23"]) == (86_400, 86_400)


def test_the_rows_behind_a_figure_are_as_many_as_it_says(reader: Reader) -> None:
    thresholds = Thresholds(service_seconds=25, short_abandon_seconds=7)
    figures = reader.figures(parse(""), NOW_MS, list(METRICS.values()), None, thresholds)[""]
    checked = 0
    for name, metric in METRICS.items():
        side = {Side.IN: "direction:in", Side.OUT: "direction:out", Side.ANY: ""}[metric.side]
        counts = (metric.unit in (Unit.CALLS, Unit.RATIO), metric.unit not in (Unit.SECONDS, Unit.ERLANGS) and not metric.whole)
        expected = (figures[name].numerator, figures[name].denominator)
        for text, is_count, number in zip(metric.rows, counts, expected, strict=True):
            if text is not None and is_count:
                shown = text.format(service=thresholds.service_seconds, short=thresholds.short_abandon_seconds)
                assert len(reader.listing(parse(f"{side} {shown}"), NOW_MS)) == number, (name, text)
                checked += 1
    assert checked > 30


@pytest.mark.parametrize("text", ["since:0002-01-01", "to:0002-01-02", "since:9998-12-31"])
def test_no_date_is_too_far_away(reader: Reader, text: str) -> None:
    figures = reader.figures(parse(text), NOW_MS, list(METRICS.values()))[""]
    everything = reader.figures(parse(""), NOW_MS, list(METRICS.values()))[""]
    whole = text == "since:0002-01-01"
    assert figures["repeat_caller"].numerator == (everything["repeat_caller"].numerator if whole else 0)


def test_a_filter_that_no_provider_can_answer_gives_no_figure(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db", DESK), closing(Reader(tmp_path / "calltop.db")) as only_totals:
        assert only_totals.figures(parse("status:missed"), NOW_MS, list(METRICS.values())) == {}
        assert set(only_totals.figures(parse("direction:in"), NOW_MS, list(METRICS.values()))) == {""}


def test_two_spellings_of_a_number_are_one_caller_at_the_peak(tmp_path: Path) -> None:
    def calling(key: str, caller: str) -> Record:
        return Record(key, key, NOW_MS - HOUR_MS, {"caller": caller, "ended_ms": NOW_MS - HOUR_MS // 2})

    with a_cache(tmp_path / "calltop.db", NORTH) as cache:
        rows = (calling("a", "+46701740605"), calling("b", "070-174 06 05"), calling("c", "102"))
        cache.writer.store(FakeDeriver(NORTH, link_ms=0), cache.ids["north"], Reading(rows, (), NOW_MS))
        with closing(Reader(cache.path)) as reader:
            found = reader.figures(parse(""), NOW_MS, [METRICS["peak_concurrent"]], "number")
    assert {label: figures["peak_concurrent"].numerator for label, figures in found.items()} == {"+46701740605": 2, "102": 1}


def test_a_provider_that_the_filter_leaves_out_has_no_part_in_the_grade(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db", NORTH, DESK) as cache:
        reading = Reading((), (), NOW_MS, covered=Window(FIRST_MS, NOW_MS), complete_to_ms=NOW_MS)
        cache.writer.store(FakeDeriver(NORTH), cache.ids["north"], reading)
        with closing(Reader(cache.path)) as reader:

            def offered(text: str) -> Figure:
                return reader.figures(parse(text), NOW_MS, [METRICS["offered"]])[""]["offered"]

            for text in ("provider:north", "-provider:desk", "provider:n* since:-2d", "-(provider:desk or provider:south)"):
                assert (offered(text).value, offered(text).grade, offered(text).complete_to_ms) == (0, Grade.EXACT, NOW_MS)
            for text in ("", "provider:north or direction:in", "provider:*"):
                assert (offered(text).grade, offered(text).complete_to_ms) == (Grade.APPROXIMATE, None)
            assert reader.figures(parse("provider:nowhere"), NOW_MS, [METRICS["offered"]]) == {}


def assert_values(figures: dict[str, Figure]) -> None:
    for name in ("service_level", "abandon_rate", "asr", "ner"):
        figure = figures[name]
        assert figure.value == (figure.numerator / figure.denominator if figure.denominator else None)
    for name in ("acd", "asa", "ring_time"):
        figure = figures[name]
        if figure.denominator:
            assert figure.value == pytest.approx(figure.numerator / figure.denominator, abs=0.51 / figure.denominator + 0.001)
        else:
            assert figure.value is None
