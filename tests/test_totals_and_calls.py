"""Where Telecom X counts the calls that PortSIP tells one by one, the sums of both are equal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache.reader import Reader
from calls.filters import parse
from calls.metrics import METRICS, TIME_GROUPINGS, Figure
from providers.simulator import Simulator, SimulatorClock
from tests.providers.exchange_help import instant_ms
from tests.providers.test_collecting_simulated import World

NOW_MS = instant_ms("2026-10-28T11:20:00.000Z")
DAYS = 6
KINDS = ("telecomx", "portsip")
BOTH_TELL = ("offered", "answered", "missed", "answer_rate", "talk_seconds", "acd")


async def fill(folder: Path) -> None:
    simulator = Simulator(7, DAYS, 300, SimulatorClock(NOW_MS, speed=0), same_calls=True)
    world = World(simulator, folder / "calltop.db")
    try:
        await world.poll()
        await world.fill(DAYS + 1)
        world.check()
    finally:
        for polling in world.pollings:
            await polling.provider.close()
        world.database.close()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("twins")
    asyncio.run(fill(folder))
    with closing(Reader(folder / "calltop.db")) as made:
        yield made


def parts(reader: Reader, text: str, grouping: str | None, *names: str) -> dict[str, list[tuple[str, int, int]]]:
    """Numerators and denominators by label of the group."""

    def told(name: str, figure: Figure) -> tuple[str, int, int]:
        return name, figure.numerator, figure.denominator

    found = reader.figures(parse(text), NOW_MS, [METRICS[name] for name in names], grouping)
    return {label: [told(name, figure) for name, figure in figures.items()] for label, figures in found.items()}


@pytest.mark.parametrize("direction", ["in", "out"])
@pytest.mark.parametrize("grouping", [None, *TIME_GROUPINGS])
def test_the_sums_by_time_are_equal(reader: Reader, grouping: str | None, direction: str) -> None:
    totals, calls = (parts(reader, f"provider:{kind} direction:{direction}", grouping, *BOTH_TELL) for kind in KINDS)
    assert totals == calls
    assert sum(group[0][1] for group in totals.values()) > 60


def test_the_outcomes_of_outbound_calls_are_equal(reader: Reader) -> None:
    totals, calls = (parts(reader, f"provider:{kind}", None, "asr", "ner") for kind in KINDS)
    assert totals == calls


def test_what_each_employee_answered_is_equal(reader: Reader) -> None:
    def answered(kind: str) -> dict[str, int]:
        found = parts(reader, f"provider:{kind} direction:in", "employee", "answered")
        return {label: group[0][1] for label, group in found.items() if group[0][1]}

    assert answered("telecomx") == answered("portsip")
    assert len(answered("portsip")) > 3
