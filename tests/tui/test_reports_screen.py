"""The Reports screen by keys, over simulated PortSIP and Telecom X that a collector of its own thread asks."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from calls.cache.database import Database
from calls.cache.writer import Writer
from calls.times import parse_rfc3339
from providers.base import Provider
from providers.collector import Task
from tests.providers.exchange_help import client, simulated
from tests.providers.test_background import StandingClock, at_rest, background
from tests.tui.driving import NARROW, WIDE, Driven
from tests.tui.filled import driven_over
from tui.app import CalltopApp
from tui.cache_feed import CacheFeed
from tui.reports.desk import CollectorDesk
from tui.screens.confirm import ConfirmScreen
from tui.screens.form import FormScreen
from tui.screens.reports import ReportsScreen

pytestmark = pytest.mark.anyio
NOW = "2026-11-23T10:42:20+01:00"
KINDS = ("portsip", "telecomx")


def providers(kinds: Sequence[str]) -> list[Provider]:
    simulator = simulated(NOW, days=2, calls_per_day=100)
    return [client(kind, simulator) for kind in kinds]


@asynccontextmanager
async def at_the_desk(
    folder: Path, kinds: Sequence[str] = KINDS, size: tuple[int, int] = WIDE
) -> AsyncIterator[Driven[CacheFeed]]:
    """The Reports screen in front, its first lists on it."""
    cache, clock, made = folder / "calltop.db", StandingClock(parse_rfc3339(NOW)), providers(kinds)
    database = Database(cache)
    Writer(database).register([provider.source for provider in made])
    database.close()
    with background(cache, clock, lambda: [Task(provider, history_days=0) for provider in made]) as collector:
        at_rest(clock)
        make = partial(CalltopApp, open_desk=lambda: CollectorDesk(collector))
        async with driven_over(cache, size, make=make) as it:
            await it.press("5")
            await it.until(lambda: reports(it).orders.empty_words() and "asking" not in it.screen_text())
            yield it


def reports(it: Driven[CacheFeed]) -> ReportsScreen:
    screen = it.app.current_screen
    assert isinstance(screen, ReportsScreen)
    return screen


def in_form(it: Driven[CacheFeed]) -> bool:
    return isinstance(it.app.screen, FormScreen)


async def order(it: Driven[CacheFeed], name: str, schedule: str = "") -> None:
    """Orders a report of the first type."""
    await it.press("n")
    await it.until(lambda: in_form(it) and it.app.focused)
    await it.press("enter")
    await it.type(name)
    await it.press("enter")
    await it.type("a@b.example")
    await it.press("enter", "enter", "enter")
    await it.type(schedule)
    await it.press("ctrl+s")
    await it.until(lambda: not in_form(it))
    await it.until(lambda: any(row.name == name for row in reports(it).orders.rows))


async def test_a_report_is_ordered_changed_saved_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with at_the_desk(tmp_path) as it:
        assert "nothing is ordered; n orders a report" in it.screen_text()
        await order(it, "weekly", "0 6 * * 1")
        assert "scheduled" in it.screen_text()
        assert "nothing is ordered" not in it.screen_text()
        await it.press("enter")
        await it.until(lambda: in_form(it) and it.app.focused)
        assert "Change weekly at portsip" in it.screen_text()
        assert "a@b.example" in it.screen_text()
        await it.press("backspace", "backspace")
        await it.type("day")
        await it.press("ctrl+s")
        await it.until(lambda: [row.name for row in reports(it).orders.rows] == ["weekday"])
        await it.press("x")
        await it.until(lambda: isinstance(it.app.screen, ConfirmScreen))
        assert "The order 'weekday' at portsip will be gone for everybody" in " ".join(it.screen_text().split())
        await it.press("n")
        assert reports(it).orders.rows
        await it.press("x")
        await it.until(lambda: isinstance(it.app.screen, ConfirmScreen))
        await it.press("y")
        await it.until(lambda: not reports(it).orders.rows)


async def test_a_file_is_saved_private_and_never_over_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with at_the_desk(tmp_path) as it:
        await order(it, "once")
        await it.press("r")
        await it.until(lambda: reports(it).files.rows)
        row = reports(it).files.rows[0]
        await it.press("tab", "enter")
        await it.until(lambda: in_form(it) and it.app.focused)
        await it.press("enter")
        await it.until(lambda: not in_form(it))
        saved = tmp_path / row.file_name
        assert saved.stat().st_size == row.size_bytes
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600
        await it.press("d")
        await it.until(lambda: in_form(it) and it.app.focused)
        await it.press("enter")
        await it.until(lambda: "is there already" in it.screen_text())
        await it.press("escape")
        assert not in_form(it)


async def test_a_mistake_in_an_order_is_said_beside_its_field_and_nothing_is_sent(tmp_path: Path) -> None:
    async with at_the_desk(tmp_path, size=NARROW) as it:
        await it.press("n")
        await it.until(lambda: in_form(it) and it.app.focused)
        await it.press("enter")
        await it.type("weekly")
        await it.press("enter")
        await it.type("nobody")
        await it.press("ctrl+s")
        await it.until(lambda: "is no address" in it.screen_text())
        form = it.app.screen
        assert isinstance(form, FormScreen)
        assert set(form.form.mistakes) == {"email"}
        await it.press("escape", "r")
        await it.until(lambda: "asking" not in it.screen_text())
        assert not reports(it).orders.rows


async def test_the_form_asks_only_for_what_the_type_takes(tmp_path: Path) -> None:
    async with at_the_desk(tmp_path) as it:
        await it.press("n")
        await it.until(lambda: in_form(it) and it.app.focused)
        assert "Answer state" in it.screen_text()
        assert "From value" not in it.screen_text()
        await it.press("q")
        await it.until(lambda: "Call queues" in it.screen_text())
        assert "Answer state" not in it.screen_text()
        assert "Early means" not in it.screen_text()


async def test_a_statement_of_telecom_x_is_saved_as_received(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with at_the_desk(tmp_path) as it:
        await it.press("w")
        await it.until(lambda: in_form(it) and it.app.focused)
        await it.type("2026-11-22")
        await it.press("enter")
        await it.type("2026-11-20")
        await it.press("ctrl+s")
        await it.until(lambda: "is before the first day" in it.screen_text())
        await it.press("backspace")
        await it.type("3")
        await it.press("ctrl+s")
        await it.until(lambda: not in_form(it))
        text = (tmp_path / "statement.csv").read_text(encoding="utf-8")
        assert "employeeName" in text.splitlines()[0]
        assert "statement.csv" in it.screen_text()


async def test_without_a_provider_of_either_kind_it_says_so(tmp_path: Path) -> None:
    async with at_the_desk(tmp_path, ["soluno"]) as it:
        assert "reports are PortSIP's and Telecom X's, and neither is configured" in it.screen_text()
        await it.press("n")
        assert "only PortSIP makes reports to order" in it.screen_text()


async def test_a_window_that_only_reads_says_so(tmp_path: Path) -> None:
    database = Database(tmp_path / "calltop.db")
    Writer(database).register([provider.source for provider in providers(KINDS)])
    database.close()
    async with driven_over(tmp_path / "calltop.db") as it:
        await it.press("5")
        await it.until(lambda: "this window only reads the cache" in it.screen_text())
