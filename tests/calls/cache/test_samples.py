"""What is found call by call for figures, held against looking at every call beside every other, whatever is filtered by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.cache.reader import Reader
from calls.cache.samples import Question, samples
from calls.filters import FilterContext, parse
from calls.metrics import TIME_GROUPINGS, Sample, group_label
from calls.metrics.sample import REPEAT_WITHIN_HOURS
from calls.model import Call, Direction, Source, Status
from calls.times import parse_rfc3339
from tests.calls.cache.help import DAY_MS, HOUR_MS, NORTH, SOUTH, Cache, FakeDeriver, a_cache, record

SOURCES = {source.name: source for source in (NORTH, SOUTH)}
NOW_MS = parse_rfc3339("2026-11-10T12:00:00Z")
REPEAT_WITHIN_MS = REPEAT_WITHIN_HOURS * HOUR_MS
ERASED = "+46701740999"
NUMBERS = ["", "anonymous", "+46701740605", "070-174 06 05", "102", ERASED]
NEEDS = ("unreturned", "repeats", "peak")
FILTERS = [
    "", "direction:in", "direction:out", "-direction:out", "status:missed", "-status:answered", "queue:711", "employee:Bo",
    "number:*605", "provider:south", "hour:10..13", "duration:>2s", "since:-15d", "since:-15d to:-8d direction:in",
    "on:2026-11-03", "since:-9d queue:711 or to:-20d", "caller:102 or status:busy", "provider:nowhere",
]  # fmt: skip
GROUPINGS = [None, "provider", "queue", "employee", "number", "hour", "day", "week", "month", "weekday"]

# Three weeks in quarters of a repeat's reach, a moment before and after, so that many calls share an instant.
starts = st.builds(
    lambda quarter, beside_ms: NOW_MS - 21 * DAY_MS + quarter * REPEAT_WITHIN_MS // 4 + beside_ms,
    st.integers(0, 12),
    st.sampled_from([-1, 0, 0, 1]),
)
# None, no length, one that ends before it starts, a moment, over several hours, and over all that follows.
lengths = st.sampled_from([None, 0, -HOUR_MS, 1, HOUR_MS, 5 * HOUR_MS, 60 * DAY_MS])
values = st.fixed_dictionaries(
    {
        "direction": st.sampled_from(["in", "in", "in", "out", "internal"]),
        "status": st.sampled_from(["answered", "missed", "busy"]),
        "caller": st.sampled_from(NUMBERS),
        "callee": st.sampled_from(NUMBERS),
        "queue": st.sampled_from(["", "711"]),
        "employee": st.sampled_from(["", "Bo"]),
        "talk_ms": st.sampled_from([0, 5000]),
    }
)
some_calls = st.lists(st.tuples(starts, lengths, values), max_size=14)
marks = st.lists(st.tuples(st.sampled_from(["+46701740605", "102"]), starts), max_size=1)
questions = st.tuples(st.sampled_from(FILTERS), st.sampled_from(GROUPINGS))


class One(NamedTuple):
    """A call with what the cache knows of it besides."""

    call: Call
    caller_key: str
    callee_key: str
    marked: bool

    @property
    def missed(self) -> bool:
        return self.call.direction is Direction.IN and self.call.status is not Status.ANSWERED

    def talked_with(self, number_key: str) -> bool:
        direction, status = self.call.direction, self.call.status
        other = {Direction.IN: self.caller_key, Direction.OUT: self.callee_key}.get(direction)
        return status is Status.ANSWERED and other == number_key

    def under_way(self, at_ms: int) -> bool:
        return self.call.started_ms <= at_ms < (self.call.ended_ms or self.call.started_ms)


def every_call(cache: Cache, reader: Reader) -> list[One]:
    """All calls in the order of their keys."""
    found = {(call.provider, call.id): call for call in reader.calls(parse(""), NOW_MS)}
    rows = cache.rows(
        "SELECT s.name, c.call_id, a.number_key, b.number_key,"
        " EXISTS (SELECT 1 FROM mark AS m WHERE m.source_id = c.source_id AND m.call_id = c.call_id)"
        " FROM call AS c JOIN source AS s ON s.id = c.source_id"
        " JOIN party AS a ON a.id = c.caller_party JOIN party AS b ON b.id = c.callee_party ORDER BY c.key"
    )
    return [One(found[provider, call_id], caller, callee, bool(marked)) for provider, call_id, caller, callee, marked in rows]


def waits(one: One, every: Sequence[One]) -> bool:
    later = [other for other in every if other.call.started_ms > one.call.started_ms]
    settled = any(other.talked_with(one.caller_key) for other in later)
    return not (settled or one.marked or one.caller_key.startswith("erased-"))


def rang_before(one: One, every: Sequence[One]) -> bool:
    return any(
        other.call.direction is Direction.IN and other.caller_key == one.caller_key
        and one.call.started_ms - other.call.started_ms <= REPEAT_WITHIN_MS
        for other in every[: every.index(one)]
    )  # fmt: skip


def by_hand(group: Sequence[One], together: Sequence[One], every: Sequence[One]) -> Sample:
    """The sample of a group; `together` are the calls that count as under way with those of the group."""
    missed = [one for one in group if one.missed and one.caller_key]
    inbound = [one for one in group if one.call.direction is Direction.IN and one.caller_key]
    moments = [one.call.started_ms for one in group if one.under_way(one.call.started_ms)]
    peaks = [(sum(one.under_way(moment) for one in together), -moment) for moment in moments]
    peak, peak_ms = max(peaks, default=(0, None))
    return Sample(
        missed_known=len(missed),
        unreturned=sum(waits(one, every) for one in missed),
        callers_known=len(inbound),
        repeats=sum(rang_before(one, every) for one in inbound),
        peak=peak,
        peak_ms=None if peak_ms is None else -peak_ms,
    )


def fill(cache: Cache, calls: Sequence[tuple[int, int | None, dict[str, object]]], source: Source) -> None:
    # Of calls at the same instant in two hours of two zones, a peak by hour counts for the first hour those before alone.
    beside_ms = 10 * (source is SOUTH)
    records = [
        record(
            f"r{place}",
            started_ms=start_ms + beside_ms,
            ended_ms=None if length_ms is None else start_ms + beside_ms + length_ms,
            **value,  # type: ignore[arg-type]
        )
        for place, (start_ms, length_ms, value) in enumerate(calls)
    ]
    cache.read(*records, read_ms=NOW_MS, deriver=FakeDeriver(source, link_ms=0))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.tuples(some_calls, some_calls), marks, st.booleans(), st.lists(questions, min_size=6, max_size=12))
def test_samples_are_what_one_finds_by_hand(
    calls: Sequence[list[tuple[int, int | None, dict[str, object]]]],
    marked: list[tuple[str, int]],
    erased: bool,
    asked: list[tuple[str, str | None]],
) -> None:
    with TemporaryDirectory() as folder, a_cache(Path(folder) / "calltop.db", NORTH, SOUTH) as cache:
        cache.database.connection.execute("PRAGMA synchronous = OFF")
        for source, some in zip(SOURCES.values(), calls, strict=True):
            fill(cache, some, source)
        for number_key, through_ms in marked:
            cache.writer.mark(number_key, through_ms, NOW_MS, "anna", "")
        if erased:
            cache.writer.erase(ERASED, {name: FakeDeriver(source, link_ms=0) for name, source in SOURCES.items()}, NOW_MS)
        with closing(Reader(cache.path)) as reader:
            every = every_call(cache, reader)
            for text, grouping in asked:
                expected = expected_of(every, text, grouping)
                assert found_in(cache, reader, text, grouping, every) == expected, (text, grouping)


def label_of(one: One, grouping: str | None) -> str:
    return "" if grouping is None else group_label(grouping, one.call, SOURCES[one.call.provider])


def found_in(cache: Cache, reader: Reader, text: str, grouping: str | None, every: Sequence[One]) -> dict[str, Sample]:
    wanted = parse(text)
    context, sources = reader.context(NOW_MS), reader.asked(wanted, NOW_MS)
    question = Question.by(grouping, cache.database.connection, wanted, context, sources)
    found = samples(question, NEEDS, {label_of(one, grouping) for one in every})
    return {label: sample for label, sample in found.items() if sample != Sample()}


def expected_of(every: Sequence[One], text: str, grouping: str | None) -> dict[str, Sample]:
    holds = parse(text).predicate(FilterContext(NOW_MS, SOURCES))
    chosen = [one for one in every if holds(one.call)]
    groups: dict[str, list[One]] = defaultdict(list)
    for one in chosen:
        groups[label_of(one, grouping)].append(one)
    by_time = grouping in TIME_GROUPINGS
    found = {label: by_hand(group, chosen if by_time else group, every) for label, group in groups.items()}
    return {label: sample for label, sample in found.items() if sample != Sample()}


def test_a_call_168_hours_after_another_of_its_number_repeats_it_and_a_later_one_does_not(tmp_path: Path) -> None:
    moments = [NOW_MS - 20 * DAY_MS]
    for step_ms in (REPEAT_WITHIN_MS, REPEAT_WITHIN_MS + 1):
        moments.append(moments[-1] + step_ms)
    with a_cache(tmp_path / "calltop.db", NORTH, SOUTH) as cache, closing(Reader(cache.path)) as reader:
        fill(cache, [(start_ms, None, {"caller": "102"}) for start_ms in moments], NORTH)
        found = found_in(cache, reader, "", None, every_call(cache, reader))[""]
    assert (found.callers_known, found.repeats) == (3, 1)
