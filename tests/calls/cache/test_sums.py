"""Figures that are read from sums equal those of the calls, for every grouping and whatever the filter asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import pytest

from calls.cache import samples, tallies
from calls.cache.reader import Reader
from calls.filters import parse
from calls.metrics import COUNTS, GROUPINGS, HEADLINE_COUNTS, METRICS, Tally, group_label
from calls.model import Call, Direction, Status
from tests.calls.cache.busy import NOW_MS, Busy, fill

CALLS = 400
# Whole days and hours of every zone, hours of one zone alone, none of any; with an outcome and without; and what no sum knows.
FILTERS = [
    "", "since:2026-10-24", "on:2026-10-25 hour:2", "since:2026-10-25T02:00", "since:2026-10-25T02:30", "weekday:sun hour:0..3",
    "status:missed", "status:answered,busy on:yesterday", "-status:failed hour:<12", "queue:711", "queue:711 status:missed",
    "employee:Bo", "employee:Åsa,Bo -hour:3", "queue:622 employee:Bo", "direction:out", "direction:in,internal to:2026-10-25",
    "local:yes", "provider:north", "provider:north,desk since:today", "provider:nobody", "-provider:*",
    "(status:missed or on:today)", "(queue:711 or employee:Bo) since:-3d", "-(direction:in weekday:sun)", "madsen",
    "711 hour:2", "number:+4670*", "duration:>1m", "customer:south",
]  # fmt: skip


@pytest.fixture(scope="module", params=[False, True], ids=["several zones", "one zone"])
def busy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Busy:
    return fill(tmp_path_factory.mktemp("sums") / "calltop.db", CALLS, real_kinds=True, one_zone=request.param)


@pytest.fixture(scope="module")
def reader(busy: Busy) -> Iterator[Reader]:
    with closing(Reader(busy.path)) as made:
        yield made


def counted(call: Call) -> Counter[str]:
    """What one call adds to each count."""
    answered = call.status is Status.ANSWERED
    values = (
        1, answered, call.talk_ms, call.approximate,
        *(call.status is status for status in (Status.BUSY, Status.FAILED, Status.CONGESTION)),
        call.ring_ms or 0, call.ring_ms is not None, answered * (call.wait_ms or 0), answered and call.wait_ms is not None,
    )  # fmt: skip
    return Counter({name: int(value) for name, value in zip(COUNTS, values, strict=True)})


@pytest.mark.parametrize("text", FILTERS)
def test_groups_are_a_count_of_the_calls(reader: Reader, text: str) -> None:
    wanted = parse(f"{text} -provider:desk")
    sides = set(Direction) if wanted.names("direction") or wanted.names("local") else {Direction.IN}
    sources = {name: known.source for name, known in reader.sources().items()}
    calls = [call for call in reader.calls(wanted, NOW_MS) if call.direction in sides]
    for grouping in GROUPINGS:
        expected: dict[str, Counter[str]] = {}
        for call in calls:
            expected.setdefault(group_label(grouping, call, sources[call.provider]), Counter()).update(counted(call))
        found = reader.groups(wanted, NOW_MS, grouping)
        told = {label: dict(zip(COUNTS, tally.counts, strict=True)) for label, tally in found.items() if tally.offered}
        assert told == {label: {name: counts[name] for name in COUNTS} for label, counts in expected.items()}, grouping


@pytest.mark.parametrize("text", FILTERS)
def test_headline_counts_are_the_same_counts(reader: Reader, text: str) -> None:
    known = len(HEADLINE_COUNTS)
    for grouping in GROUPINGS:
        # Behind the counts stands who was asked, and how completely.
        headline, whole = (
            [
                (label, tally[:known], tally[len(COUNTS) :])
                for label, tally in reader.groups(parse(text), NOW_MS, grouping, counts).items()
            ]
            for counts in (HEADLINE_COUNTS, COUNTS)
        )
        assert headline == whole, grouping


@pytest.mark.parametrize("text", FILTERS)
def test_groups_of_all_providers_are_what_they_are_without_sums(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def told() -> list[list[tuple[str, Tally]]]:
        return [list(reader.groups(parse(text), NOW_MS, grouping).items()) for grouping in GROUPINGS]

    from_sums = told()
    monkeypatch.setattr(tallies, "answer_from_sums", lambda *_: None)
    assert told() == from_sums


@pytest.mark.parametrize("text", FILTERS[::2])
def test_every_figure_is_what_it_is_without_sums(reader: Reader, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    wanted, metrics = parse(text), list(METRICS.values())

    def told() -> list[object]:
        figures = [list(reader.figures(wanted, NOW_MS, metrics, grouping).items()) for grouping in (None, "day", "queue")]
        return [*figures, reader.week(wanted, NOW_MS)]

    from_sums = told()
    for module, name in ((tallies, "answer_from_sums"), (samples, "waits_from_sums"), (samples, "stretch_of")):
        monkeypatch.setattr(module, name, lambda *_: None)
    assert told() == from_sums
