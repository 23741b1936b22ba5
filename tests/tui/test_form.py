"""The form: filled in by keys alone, refused in words beside the field, left without harm."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from textual import events

from tests.tui.driving import NARROW, Driven, driven
from tests.tui.fake_feed import HOSTILE, FakeFeed
from tui.forms import FormField, mistakes
from tui.lines.symbols import UNICODE
from tui.screens.confirm import ConfirmScreen
from tui.screens.form import FormScreen, Values
from tui.widgets.form import ChoiceValue, TextValue

pytestmark = pytest.mark.anyio

KIND = FormField("kind", "Kind", "what it is", choices=("apple", "pear", "plum"))
NAME = FormField("name", "Name", "what it is called", required=True)
COUNT = FormField("count", "Count", "how many", value="3", check=lambda text: "" if text.isdigit() else "is no number")
STONE = FormField("stone", "Stone", "only plums have one")


def fields(values: Values) -> Sequence[FormField]:
    return (KIND, NAME, COUNT, STONE) if values.get("kind") == "plum" else (KIND, NAME, COUNT)


@dataclass
class Filled:
    it: Driven[FakeFeed]
    screen: FormScreen
    ended: list[Values | None] = field(default_factory=list)
    refused: Mapping[str, str] = field(default_factory=dict)


@asynccontextmanager
async def filling(size: tuple[int, int] = NARROW) -> AsyncIterator[Filled]:
    async with driven(size) as it:
        filled: Filled

        async def send(_values: Values) -> Mapping[str, str]:
            return filled.refused

        screen = FormScreen("Order fruit", fields, UNICODE, send)
        filled = Filled(it, screen)
        it.app.push_screen(screen, filled.ended.append)
        await it.until(lambda: isinstance(it.app.focused, ChoiceValue))
        yield filled


def test_mistakes_are_told_by_field() -> None:
    assert mistakes((KIND, NAME, COUNT), {"name": " ", "count": "x"}) == {"name": "needed", "count": "is no number"}
    assert mistakes((KIND, NAME, COUNT), {"name": "Ada", "count": ""}) == {}


async def test_a_form_is_filled_in_and_sent_by_keys() -> None:
    async with filling() as form:
        await form.it.press("right", "enter")
        await form.it.type("quit top")
        await form.it.press("enter", "backspace")
        await form.it.type("12")
        await form.it.press("enter")
        await form.it.until(lambda: form.ended)
        assert form.ended == [{"kind": "pear", "name": "quit top", "count": "12"}]


async def test_typed_text_triggers_nothing() -> None:
    async with filling() as form:
        await form.it.press("down")
        await form.it.type("qtrp/?:123")
        assert form.it.app.screen is form.screen
        assert form.screen.form.values["name"] == "qtrp/?:123"
        assert form.it.poller.asked == 0


async def test_mistakes_stand_beside_their_fields_and_go_when_mended() -> None:
    async with filling() as form:
        await form.it.press("ctrl+s")
        assert form.screen.form.mistakes == {"name": "needed"}
        assert "! needed" in form.it.screen_text()
        assert isinstance(form.it.app.focused, TextValue)
        assert form.it.app.focused.field is NAME
        await form.it.type("Ada")
        assert form.screen.form.mistakes == {}
        assert not form.ended


async def test_what_the_receiver_refuses_is_said_and_nothing_typed_is_lost() -> None:
    async with filling() as form:
        form.refused = {"": "the shop is closed", "count": "too many"}
        await form.it.press("down")
        await form.it.type("Ada")
        await form.it.press("ctrl+s")
        await form.it.until(lambda: form.screen.form.mistakes)
        assert "the shop is closed" in form.it.screen_text()
        assert form.screen.form.mistakes == {"count": "too many"}
        assert form.screen.form.values["name"] == "Ada"
        form.refused = {}
        await form.it.press("ctrl+s")
        await form.it.until(lambda: form.ended)


async def test_a_choice_brings_its_own_fields_and_keeps_what_was_typed() -> None:
    async with filling() as form:
        await form.it.press("down")
        await form.it.type("Ada")
        await form.it.press("up", "p", "p")
        await form.it.until(lambda: "Stone" in form.it.screen_text())
        assert isinstance(form.it.app.focused, ChoiceValue)
        assert form.screen.form.values["kind"] == "plum"
        await form.it.press("up")
        await form.it.type("big")
        await form.it.press("down", "left")
        await form.it.until(lambda: "Stone" not in form.it.screen_text())
        await form.it.press("right")
        await form.it.until(lambda: "Stone" in form.it.screen_text())
        assert form.screen.form.values == {"kind": "plum", "name": "Ada", "count": "3", "stone": "big"}


async def test_leaving_sends_nothing() -> None:
    async with filling() as form:
        await form.it.press("escape")
        await form.it.until(lambda: form.ended)
        assert form.ended == [None]
        assert form.it.on_live


@pytest.mark.parametrize("key", ["escape", "enter"])
async def test_what_is_pressed_twice_ends_the_form_once(key: str) -> None:
    async with filling() as form:
        if key == "enter":
            await form.it.press("down")
            await form.it.type("Ada")
            await form.it.press("down")
        for _ in range(4):
            form.it.app.post_message(events.Key(key, None))
        await form.it.until(lambda: form.ended)
        await form.it.rest()
        assert len(form.ended) == 1
        assert form.it.app.is_running
        assert form.it.on_live


async def test_an_answer_closes_its_own_screen_and_what_lies_over_it() -> None:
    async with filling() as form:
        answers: list[bool | None] = []
        form.it.app.push_screen(ConfirmScreen("over the form"), answers.append)
        await form.it.until(lambda: isinstance(form.it.app.screen, ConfirmScreen))
        form.screen.dismiss({"kind": "plum"})
        await form.it.until(lambda: form.ended and form.it.on_live)
        assert form.ended == [{"kind": "plum"}]
        assert not answers


async def test_labels_help_and_choices_are_text_and_never_markup() -> None:
    hostile = [FormField(f"f{index}", text, text, choices=(text, "b")) for index, text in enumerate(HOSTILE)]
    async with driven(NARROW) as it:
        screen = FormScreen("[/] title", lambda _values: hostile, UNICODE)
        it.app.push_screen(screen)
        await it.until(lambda: isinstance(it.app.focused, ChoiceValue))
        for _ in HOSTILE:
            await it.press("down")
        assert "[@click=app.exit]x" in it.screen_text()
        assert "\x1b" not in it.screen_text()


async def test_a_secret_is_not_shown() -> None:
    async with driven(NARROW) as it:
        it.app.push_screen(FormScreen("Sign in", lambda _values: (FormField("token", "Token", secret=True),), UNICODE))
        await it.until(lambda: isinstance(it.app.focused, TextValue))
        await it.type("s3cret")
        assert "s3cret" not in it.screen_text()


@pytest.mark.parametrize(("key", "answer"), [("y", True), ("n", False), ("escape", False)])
async def test_only_yes_means_yes(key: str, answer: bool) -> None:
    async with driven(NARROW) as it:
        answers: list[bool | None] = []
        it.app.push_screen(ConfirmScreen("The report [/] will be gone for everybody."), answers.append)
        await it.until(lambda: isinstance(it.app.screen, ConfirmScreen))
        await it.press("enter", "space", "x")
        assert not answers
        assert "gone for everybody" in it.screen_text()
        await it.press(key)
        await it.until(lambda: answers)
        assert answers == [answer]


async def test_what_follows_a_key_at_once_belongs_to_the_next_field() -> None:
    async with filling() as form:
        form.it.app.post_message(events.Key("tab", None))
        for key in ("A", "d", "a", "enter", "7", "enter"):
            form.it.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await form.it.until(lambda: form.ended)
        assert form.ended == [{"kind": "apple", "name": "Ada", "count": "37"}]
