"""Every figure by every grouping over simulated providers equals what is worked out apart from their truth.

A short form runs here; CALLTOP_HEAVY_DAYS=92 makes it three months.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from calls.cache.reader import Reader
from calls.filters import parse
from calls.metrics import GROUPINGS, METRICS, TIME_GROUPINGS, Figure, Grade, Thresholds
from providers.registry import KINDS
from tests.providers.exchange_help import simulated
from tests.providers.test_collecting_simulated import World
from tests.true_figures import Line, Parts, TrueFigures, line_of

# The days before hold the one of 25 hours, and a change of the month is near enough for the week to matter.
NOW = "2026-10-29T11:20:00Z"
DAYS = int(os.environ.get("CALLTOP_HEAVY_DAYS", "8"))
CALLS_PER_DAY = 400 if DAYS > 30 else 70
THRESHOLDS = Thresholds(service_seconds=15, short_abandon_seconds=4)
TELLING = {
    name: frozenset(kind for kind in KINDS if metric.can_tell(kind)) for name, metric in METRICS.items() if name != "cost"
}


@dataclass(frozen=True)
class Known:
    """The cache, and the truth about what it was filled with."""

    reader: Reader
    now_ms: int
    lines: tuple[Line, ...]
    truth: TrueFigures

    def figures(self, text: str, grouping: str | None) -> Mapping[str, Mapping[str, Figure]]:
        metrics = [METRICS[name] for name in TELLING]
        return self.reader.figures(parse(text), self.now_ms, metrics, grouping, THRESHOLDS)


async def fill(folder: Path) -> tuple[int, list[Line]]:
    world = World(simulated(NOW, days=DAYS, calls_per_day=CALLS_PER_DAY), folder / "calltop.db")
    try:
        await world.poll()
        await world.fill(DAYS + 1)
        return world.simulator.clock.now_ms(), [line_of(line) for line in world.simulator.truth()]
    finally:
        for polling in world.pollings:
            await polling.provider.close()
        world.database.close()


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    folder = tmp_path_factory.mktemp("truth")
    now_ms, lines = asyncio.run(fill(folder))
    truth = TrueFigures(lines, THRESHOLDS.service_seconds * 1000, THRESHOLDS.short_abandon_seconds * 1000)
    with closing(Reader(folder / "calltop.db")) as reader:
        yield Known(reader, now_ms, tuple(lines), truth)


def expect(found: Mapping[str, Figure], expected: Mapping[str, Parts], label: str) -> None:
    for name, (numerator, denominator) in expected.items():
        figure = found[name]
        if name == "traffic":
            assert figure.numerator == numerator, (label, name)
            continue
        assert (figure.numerator, figure.denominator) == (numerator, denominator), (label, name)
        if figure.unit == "ratio":
            assert figure.value == (numerator / denominator if denominator else None)
        if figure.grade is Grade.LOWER_BOUND and figure.unit == "calls":
            assert figure.value is not None
            assert figure.value <= numerator


@pytest.mark.parametrize("grouping", [None, *GROUPINGS])
def test_every_figure_by_every_grouping(known: Known, grouping: str | None) -> None:
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in known.lines:
        if line.kind == "telecomx" and grouping in ("queue", "number"):
            continue
        groups["" if grouping is None else line.group(grouping)].append(line)
    found = known.figures("", grouping)
    labels = {label for label, lines in groups.items() if any(line.direction == "in" for line in lines)}
    assert set(found) == labels
    together = grouping is None or grouping in TIME_GROUPINGS
    for label in labels:
        expect(found[label], known.truth.parts(groups[label], TELLING, together=together), label)


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_of_one_provider_has_its_grade(known: Known, kind: str) -> None:
    """A figure is exact, approximate, a bound or impossible as its metric says of the provider, or of calls it had to guess."""
    (found,) = known.figures(f"provider:{kind}", None).values()
    own = [line for line in known.lines if line.kind == kind]
    telling = {name: kinds & {kind} for name, kinds in TELLING.items()}
    for name, figure in found.items():
        metric = METRICS[name]
        if kind not in TELLING[name]:
            assert (figure.value, figure.grade) == (None, Grade.IMPOSSIBLE)
            continue
        assert figure.grade in {metric.grades[kind].grade, max(metric.grades[kind].grade, metric.guessed.grade)}
    # Who rang again, or was reached since, is looked for at every provider; what is under way only at this one.
    expected = known.truth.parts(own, telling, together=False)
    expect(found, {name: parts for name, parts in expected.items() if kind in TELLING[name]}, kind)


def test_what_the_truth_holds_is_worth_comparing(known: Known) -> None:
    """Every status, direction and grouping occurs, so that no comparison is one of nothing."""
    assert {line.status for line in known.lines} >= {"answered", "missed", "busy", "failed"}
    assert {line.direction for line in known.lines} == {"in", "out", "internal"}
    (figures,) = known.figures("", None).values()
    assert all(figures[name].numerator for name in TELLING)
    hours = {line.group("hour") for line in known.lines}
    assert "2026-10-25T02" in hours, "the hour that came twice had calls"
