"""Keys of a person's own: checked with one sentence, and shown wherever keys are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import _character_to_key

from tests.tui.driving import NARROW, driven
from tui.actions import ACTIONS, library_name
from tui.cli import main
from tui.config import load
from tui.own_keys import checked_keys, spelt
from tui.paths import UsageError


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"next_them": ["T"]}, "next_them: there is no such action; did you mean next_theme?; docs/keys.md has all names"),
        ({"next_theme": ["ctrl+h"]}, "next_theme: terminals send ctrl+h for backspace; take another key"),
        ({"next_theme": ["Ctrl+M"]}, "next_theme: terminals send ctrl+m for enter; take another key"),
        ({"next_theme": ["alt+t"]}, "next_theme: alt+t needs alt, which many terminals do not send; take another key"),
        ({"next_theme": ["pagdown"]}, "next_theme: 'pagdown' is no key; did you mean pagedown?"),
        ({"next_theme": ["shift+t"]}, "next_theme: 'shift+t' is no key"),
        ({"next_theme": [""]}, "next_theme: '' is no key"),
        ({"next_theme": []}, "next_theme: give it at least one key; all else is in the command palette"),
        ({"next_theme": ["q"]}, "next_theme: q is already the key of quit; give that one another key too"),
        ({"next_theme": ["j"]}, "next_theme: j is already the key of row_down; give that one another key too"),
        ({"next_theme": ["f2"]}, "next_theme: f2 belongs to the saved filters; take another key"),
        ({"submit": ["x"]}, "submit: x is text where this action is; take one with ctrl, or a function key"),
        ({"mark_done": ["y"]}, "mark_done: y is already the key of copy; give that one another key too"),
    ],
)
def test_a_mistake_is_one_sentence(wanted: dict[str, list[str]], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        checked_keys(wanted)


def test_keys_change_places_and_have_one_spelling() -> None:
    assert checked_keys({"next_theme": ["q"], "quit": ["t", "ctrl+Q"]}) == {"next_theme": ("q",), "quit": ("t", "ctrl+q")}
    assert checked_keys({"poll_now": ["R", "r", "r", "f10"]}) == {"poll_now": ("R", "r", "f10")}
    assert [spelt(text) for text in ("Page Down", "ESC", "T", "ctrl-t", " ")] == ["pagedown", "escape", "T", "ctrl+t", "space"]


def test_every_key_of_the_registry_could_be_a_persons_own() -> None:
    for action in ACTIONS:
        assert checked_keys({action.name: action.keys}) == {action.name: action.keys}


@given(st.characters(min_codepoint=33, max_codepoint=126))
def test_characters_are_named_as_the_library_names_them(character: str) -> None:
    assert library_name(character) == _character_to_key(character)


@given(st.dictionaries(st.sampled_from([action.name for action in ACTIONS]), st.lists(st.text(max_size=12), max_size=3)))
def test_any_text_is_a_key_or_a_sentence(wanted: dict[str, list[str]]) -> None:
    sentence = ""
    try:
        assert set(checked_keys(wanted)) == set(wanted)
    except ValueError as error:
        sentence = str(error)
    assert sentence.isprintable()


def test_the_configuration_takes_one_key_or_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[keys]\nnext_theme = "T"\npoll_now = ["r", "ctrl+r"]\n')
    path.chmod(0o600)
    assert load(path).keys == {"next_theme": ("T",), "poll_now": ("r", "ctrl+r")}
    monkeypatch.setenv("CALLTOP_KEYS__NEXT_THEME", "#")
    assert load(path).keys["next_theme"] == ("#",)
    path.write_text('[keys]\nnext_theme = "ctrl+i"\n')
    monkeypatch.delenv("CALLTOP_KEYS__NEXT_THEME")
    with pytest.raises(UsageError, match=r"keys: next_theme: terminals send ctrl\+i for tab; take another key$"):
        load(path)


def test_a_mistake_is_said_at_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[keys]\nnex_theme = "T"\n')
    path.chmod(0o600)
    assert main(["config", "validate", "--config", str(path)]) == 2
    assert "did you mean next_theme?" in "".join(capsys.readouterr())


@pytest.mark.anyio
async def test_footer_help_palette_and_keys_follow() -> None:
    own = {"next_theme": ("#",), "quit": ("Q",), "help": ("f10",), "row_down": ("ctrl+x", "down"), "edit_filter": ("ctrl+e",)}
    async with driven(keys=checked_keys(own)) as it:
        assert "Q quit" in it.footer
        assert "f10 help" in it.footer
        assert "ctrl+e filter" in it.footer
        before = it.app.theme
        await it.press("t", "q", "question_mark", "slash")
        assert it.app.theme == before
        assert it.on_live
        assert it.app.is_running
        await it.press("number_sign")
        assert it.app.theme != before
        await it.press("ctrl+x")
        assert it.current.cursor.index == 1
        await it.press("f10")
        assert "#" in it.screen_text()
        assert not it.on_live
        await it.press("escape", "colon")
        await it.type("theme")
        assert "#" in it.screen_text()
        await it.press("escape", "ctrl+e")
        assert it.bar.input.has_focus


@pytest.mark.anyio
async def test_keys_taken_back_at_run_time_are_as_they_were() -> None:
    async with driven(NARROW, keys={"next_theme": ("#",)}) as it:
        it.app.use_keys({"poll_now": ("R",)})
        before = it.app.theme
        await it.press("number_sign")
        assert it.app.theme == before
        await it.press("t", "R", "r")
        assert it.app.theme != before
        assert it.poller.asked == 1
    async with driven() as it:
        await it.press("r")
        assert it.poller.asked == 1
        assert "r poll now" in it.footer
