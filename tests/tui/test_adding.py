"""Adding a provider from the interface: the ways to begin, the form, the trial, the saving, and back without loss."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.tui.driving import NARROW, SMALL, WIDE, Driven, driven
from tests.tui.fake_feed import HOSTILE, FakeFeed
from tui.forms import FormField
from tui.screens.form import FormScreen
from tui.screens.trial import TrialScreen
from tui.screens.welcome import WelcomeScreen
from tui.setting_up import Answers, Trial

pytestmark = pytest.mark.anyio


@dataclass
class FakeSetup:
    """A provider that needs an address, and answers as the test wants."""

    failed: bool = False
    error: str = ""
    lines: tuple[tuple[str, str], ...] = (("asked", "GET /calls: 200 in 3 ms"),)
    go_on: threading.Event = field(default_factory=threading.Event)
    tried: list[Answers] = field(default_factory=list)
    saved: list[Answers] = field(default_factory=list)

    def fields(self, answers: Answers) -> Sequence[FormField]:
        kind = answers.get("kind", "fax")
        return (
            FormField("kind", "kind", "which", kind, choices=("fax", "telex")),
            FormField("address", "address", "where", answers.get("address", "")),
        )

    def mistakes(self, answers: Answers) -> Mapping[str, str]:
        return {} if answers["address"] else {"address": "is missing"}

    def try_out(self, answers: Answers) -> Trial:
        self.go_on.wait(10)
        self.tried.append(answers)
        return Trial(self.lines, self.failed, {**answers, "timezone": "UTC"})

    def place(self) -> str:
        return "The settings go into a file."

    def save(self, answers: Answers) -> str:
        self.saved.append(answers)
        return self.error


@asynccontextmanager
async def adding(setup: FakeSetup, size: tuple[int, int] = NARROW, *, waits: bool = False) -> AsyncIterator[Driven[FakeFeed]]:
    if not waits:
        setup.go_on.set()
    async with driven(size, setup=lambda: setup, welcomes=True, ready=False) as it:
        await it.until(lambda: isinstance(it.app.screen, WelcomeScreen))
        yield it
        setup.go_on.set()


async def tried(it: Driven[FakeFeed]) -> None:
    """Goes from the welcome over the form to an answer."""
    await it.press("a")
    await it.until(lambda: isinstance(it.app.screen, FormScreen))
    await it.press("enter")
    await it.type("quit")
    await it.press("enter")
    await it.until(lambda: "works" in it.screen_text() or "not work" in it.screen_text())


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL])
async def test_the_welcome_offers_both_ways(size: tuple[int, int]) -> None:
    async with adding(FakeSetup(), size) as it:
        text = it.screen_text()
        assert "Look at the demo" in text
        assert "Add a provider" in text
        assert "q quit" in text


@pytest.mark.parametrize("keys", [("d",), ("enter",), ("down", "down", "enter"), ("up", "down", "enter")])
async def test_the_demo_is_one_key_away(keys: tuple[str, ...]) -> None:
    async with adding(FakeSetup()) as it:
        await it.press(*keys)
        assert it.app.wants_demo
        assert it.app.return_code == 0


async def test_leaving_the_welcome_ends_it() -> None:
    async with adding(FakeSetup()) as it:
        await it.press("q")
        assert not it.app.wants_demo
        assert it.app.return_code == 0


async def test_what_answers_is_saved_and_the_live_screen_opens() -> None:
    setup = FakeSetup()
    async with adding(setup) as it:
        await tried(it)
        text = it.screen_text()
        assert "It works" in text
        assert "GET /calls: 200 in 3 ms" in text
        assert "The settings go into a file." in text
        assert setup.tried == [{"kind": "fax", "address": "quit"}]
        await it.press("s")
        assert setup.saved == []
        await it.press("enter")
        await it.until(lambda: it.on_live)
        assert setup.saved == [{"kind": "fax", "address": "quit", "timezone": "UTC"}]
        await it.until(lambda: it.status == "fax is saved, and is polled from now on")


async def test_what_fails_is_saved_only_by_another_key() -> None:
    setup = FakeSetup(failed=True, lines=(("failure", "GET /calls: 401; check token"),))
    async with adding(setup) as it:
        await tried(it)
        assert "It did not work" in it.screen_text()
        await it.press("enter")
        assert setup.saved == []
        await it.press("r")
        await it.until(lambda: len(setup.tried) == 2)
        await it.until(lambda: "save all the same" in it.screen_text())
        await it.press("s")
        await it.until(lambda: it.on_live)
        assert len(setup.saved) == 1


async def test_a_small_terminal_shows_what_is_amiss() -> None:
    asked = tuple(("asked", f"GET /calls/{number}: 200 in 3 ms") for number in range(20))
    setup = FakeSetup(failed=True, lines=(*asked, ("failure", "GET /calls: 401; check token")))
    async with adding(setup, SMALL) as it:
        await tried(it)
        text = it.screen_text()
        assert "GET /calls: 401; check token" in text
        assert "save all the same" in text


async def test_esc_goes_back_step_by_step_without_loss() -> None:
    setup = FakeSetup()
    async with adding(setup) as it:
        await tried(it)
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, FormScreen))
        assert "quit" in it.screen_text()
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, WelcomeScreen))
        assert setup.saved == []


async def test_a_provider_that_is_silent_can_be_left() -> None:
    setup = FakeSetup()
    async with adding(setup, waits=True) as it:
        await it.press("a")
        await it.until(lambda: isinstance(it.app.screen, FormScreen))
        await it.press("enter")
        await it.type("x")
        await it.press("enter")
        await it.until(lambda: "Asking the provider" in it.screen_text())
        await it.press("enter", "s", "r")
        assert isinstance(it.app.screen, TrialScreen)
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, FormScreen))
        setup.go_on.set()
        await it.until(lambda: setup.tried)
        await it.rest()
        assert isinstance(it.app.screen, FormScreen)


async def test_what_cannot_be_saved_is_said_and_can_be_tried_again() -> None:
    setup = FakeSetup(error="config.toml cannot be written: Permission denied")
    async with adding(setup) as it:
        await tried(it)
        await it.press("enter")
        await it.until(lambda: "Permission denied" in it.screen_text())
        setup.error = ""
        await it.press("enter")
        await it.until(lambda: it.on_live)
        assert len(setup.saved) == 2


async def test_mistakes_stand_beside_the_field() -> None:
    async with adding(FakeSetup()) as it:
        await it.press("a")
        await it.until(lambda: isinstance(it.app.screen, FormScreen))
        await it.press("enter", "enter")
        await it.until(lambda: "! is missing" in it.screen_text())


async def test_hostile_answers_are_text() -> None:
    setup = FakeSetup(lines=tuple(("facts", text) for text in HOSTILE))
    async with adding(setup, WIDE) as it:
        await tried(it)
        assert "[@click=app" in it.screen_text()


async def test_a_provider_is_added_later_by_a_key() -> None:
    setup = FakeSetup()
    setup.go_on.set()
    async with driven(setup=lambda: setup) as it:
        await it.press("ctrl+n")
        await it.until(lambda: isinstance(it.app.screen, FormScreen))
        await it.press("ctrl+n", "escape")
        assert it.on_live
    async with driven() as it:
        await it.press("ctrl+n")
        assert it.on_live
        assert "no provider can be added from here" in it.status
