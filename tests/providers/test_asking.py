"""Asking providers with a filter: every page is merged as it comes, coverage stays, one failure does not end the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.cache.writer import Writer
from calls.filters import parse
from providers.asking import Asked, Asker, ask, plans
from providers.base import Page
from providers.errors import Unavailable
from providers.plan import Plan
from tests.calls.cache.help import HOUR_MS, NOON_MS, SOUTH, record
from tests.providers.collecting import FakeProvider, ManualClock, settle

pytestmark = pytest.mark.anyio


class Site:
    """A real cache, a clock, and two providers in memory."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.north, self.south = FakeProvider(self.clock), FakeProvider(self.clock, SOUTH)
        self.north.rows = [record("a", started_ms=NOON_MS - HOUR_MS), record("b", started_ms=NOON_MS - 2 * HOUR_MS)]
        self.south.rows = [record("c", started_ms=NOON_MS - HOUR_MS)]
        self._database = Database(folder / "calltop.db")
        self.writer = Writer(self._database)
        self.ids = self.writer.register([self.north.source, self.south.source])
        self.reader = Reader(folder / "calltop.db")

    def cached(self) -> list[str]:
        return sorted(call.id for call in self.reader.calls(parse(""), self.clock.now_ms()))

    def asker(self) -> Asker:
        return Asker([self.north, self.south], self.writer, self.ids, self.clock)

    def close(self) -> None:
        self.reader.close()
        self._database.close()


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


def plan_of(site: Site, text: str) -> Plan:
    (plan,) = plans([site.north], parse(text), site.clock.now_ms())
    return plan


async def test_the_answer_is_merged_and_extends_no_coverage(site: Site) -> None:
    site.north.notices = ("a field nobody knows",)
    plan = plan_of(site, "since:-3h")
    asked = await ask(site.north, plan, site.writer, site.ids["north"], site.clock)
    assert asked == Asked("north", requests=2, received=2, inserted=2, finished=True)
    assert site.cached() == ["a", "b"]
    assert site.reader.sources()["north"].covered == ()
    assert [notice.text for notice in site.reader.notices()] == ["a field nobody knows"]
    again = await ask(site.north, plan, site.writer, site.ids["north"], site.clock)
    assert (again.received, again.inserted) == (2, 0)


async def test_a_failure_keeps_what_came_before_and_says_what_to_do(site: Site) -> None:
    site.north.half_read = Unavailable("503")
    asked = await ask(site.north, plan_of(site, "since:-3h"), site.writer, site.ids["north"], site.clock)
    assert asked.error == "503; calltop tries again by itself"
    assert asked.finished
    assert site.cached() == ["a", "b"]


async def test_one_provider_that_fails_does_not_end_the_others(site: Site) -> None:
    site.north.error = RuntimeError("secret words")
    asker = site.asker()
    assert asker.begin(parse("since:-3h")) == ("north", "south")
    await settle()
    north, south = asker.progress
    assert north.error == "reading the answer failed (RuntimeError); see the log, and report it"
    assert south == Asked("south", requests=2, received=1, inserted=1, finished=True)
    assert site.cached() == ["c"]


async def test_giving_up_ends_the_request_and_keeps_what_came(site: Site) -> None:
    site.north.hangs = True
    asker = site.asker()
    asker.begin(parse("since:-3h"))
    await settle()
    assert [asked.finished for asked in asker.progress] == [False, True]
    asker.stop()
    await settle()
    assert all(asked.finished and asked.error is None for asked in asker.progress)
    assert site.cached() == ["c"]


async def test_a_new_question_takes_the_place_of_the_one_before(site: Site) -> None:
    site.north.hangs = True
    asker = site.asker()
    tasks = len(asyncio.all_tasks())
    asker.begin(parse("since:-3h"))
    await settle()
    site.north.hangs = False
    asker.begin(parse("since:-2h"))
    await settle()
    assert [asked.inserted for asked in asker.progress] == [2, 0]
    assert len(asyncio.all_tasks()) == tasks


class TwoPages(FakeProvider):
    """Breaks off between two pages until it is let go on."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.go_on = asyncio.Event()

    async def ask(self, plan: Plan) -> AsyncIterator[Page]:
        self.requests += 1
        yield Page(tuple(self.rows[:1]))
        await self.go_on.wait()
        self.requests += 1
        yield Page(tuple(self.rows[1:]))


async def test_progress_grows_with_every_page(site: Site) -> None:
    slow = TwoPages(site.clock)
    slow.rows = site.north.rows
    asker = Asker([slow], site.writer, site.ids, site.clock)
    asker.begin(parse("since:-3h"))
    await settle()
    assert asker.progress == (Asked("north", requests=1, received=1, inserted=1),)
    assert site.cached() == ["a"]
    slow.go_on.set()
    await settle()
    assert asker.progress == (Asked("north", requests=2, received=2, inserted=2, finished=True),)


async def test_what_is_older_than_the_retention_is_not_kept_and_said(site: Site) -> None:
    site.writer.purge(site.ids["north"], NOON_MS - 90 * 60_000)
    asked = await ask(site.north, plan_of(site, "since:-3h"), site.writer, site.ids["north"], site.clock)
    assert asked.note == "calls before 2026-11-22T09:30:00.000Z are not kept (retention_days)"
    assert site.cached() == ["a"]
    later = await ask(site.north, plan_of(site, "since:-1h"), site.writer, site.ids["north"], site.clock)
    assert later.note == ""
