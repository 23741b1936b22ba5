"""The registry of actions is the one source: keys, footer, help, palette, `docs/keys.md`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from textual.app import App

from tests.tui.driving import MIDDLE, NARROW, SMALL, driven
from tui.actions import ACTIONS, Place, actions_of
from tui.app import CalltopApp
from tui.keys_doc import keys_markdown
from tui.lines.help import help_lines
from tui.lines.symbols import ASCII, UNICODE
from tui.screens.cache_screen import CacheScreen
from tui.screens.calls import CallsScreen
from tui.screens.columns import ColumnsScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.help import HelpScreen
from tui.screens.live import LiveScreen
from tui.screens.missed import MissedScreen
from tui.screens.palette import PaletteScreen, found_actions
from tui.screens.providers import ProvidersScreen
from tui.screens.registry import SCREENS
from tui.screens.reports import ReportsScreen
from tui.screens.stats import StatsScreen
from tui.screens.trial import TrialScreen
from tui.screens.welcome import WelcomeScreen
from tui.widgets.filter_input import FilterInput
from tui.widgets.form import ChoiceValue, Form
from tui.widgets.list_pane import ListPane
from tui.widgets.prompt_line import PromptInput
from tui.widgets.stats.chart_pane import ChartPane

OWNERS = {
    Place.EVERYWHERE: CalltopApp,
    Place.SCREEN: CacheScreen,
    Place.LIVE: LiveScreen,
    Place.CALLS: CallsScreen,
    Place.COLUMNS: ColumnsScreen,
    Place.MISSED: MissedScreen,
    Place.STATS: StatsScreen,
    Place.PANE: ListPane,
    Place.CHART: ChartPane,
    Place.FILTER: FilterInput,
    Place.REPORTS: ReportsScreen,
    Place.PROVIDERS: ProvidersScreen,
    Place.FORM: Form,
    Place.CHOICE: ChoiceValue,
    Place.CONFIRM: ConfirmScreen,
    Place.PROMPT: PromptInput,
    Place.WELCOME: WelcomeScreen,
    Place.TRIAL: TrialScreen,
    Place.HELP: HelpScreen,
}
SHARED = (Place.PANE, Place.SCREEN, Place.EVERYWHERE)
OF_SCREENS = tuple((Place[entry.name.upper()], *SHARED) for entry in SCREENS)
ON_LIVE = (Place.LIVE, *SHARED)
REFUSED_KEYS = {"ctrl+h", "ctrl+j", "ctrl+m", "ctrl+i", "ctrl+["}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_every_action_is_done_by_a_method_of_its_place(action: object) -> None:
    owner = OWNERS[action.place]  # type: ignore[attr-defined]
    assert callable(getattr(owner, f"action_{action.name}"))  # type: ignore[attr-defined]


def test_names_are_unique_and_keys_do_not_clash_within_a_place() -> None:
    names = [action.name for action in ACTIONS]
    assert len(set(names)) == len(names)
    alone = (Place.FILTER, Place.PROMPT, Place.COLUMNS, Place.CONFIRM, Place.HELP, Place.WELCOME, Place.TRIAL)
    lines = [(Place.FORM, Place.CHOICE), *((place,) for place in alone)]
    for places in (*OF_SCREENS, (Place.STATS, Place.CHART, *SHARED), *lines):
        keys = [key for action in actions_of(*places) for key in action.keys]
        assert len(set(keys)) == len(keys)


def test_no_key_is_one_that_terminals_confuse_and_none_needs_alt() -> None:
    keys = {key for action in ACTIONS for key in action.keys}
    assert not keys & REFUSED_KEYS
    assert not any(key.startswith("alt+") for key in keys)


def test_the_page_of_keys_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "keys.md"
    assert page.read_text(encoding="utf-8") == keys_markdown(), "run: python -m tui.keys_doc > docs/keys.md"


def test_the_page_of_keys_needs_no_terminal_library() -> None:
    code = "import sys, tui.keys_doc; assert not {'textual', 'rich'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 160])
@pytest.mark.parametrize("alphabet", [UNICODE, ASCII])
def test_the_help_has_every_action_at_every_width(width: int, alphabet: object) -> None:
    lines = help_lines((Place.FILTER,), width, alphabet)  # type: ignore[arg-type]
    text = "\n".join(line.plain for line in lines)
    words = " ".join(text.split())
    for action in ACTIONS:
        assert action.key_labels[0] in text
        assert action.description.split()[-1].strip(";,") in words
    assert all(line.width <= width for line in lines)
    assert lines[0].plain.strip().startswith(Place.FILTER.value)


@pytest.mark.anyio
@pytest.mark.parametrize("size", [MIDDLE, SMALL])
async def test_the_help_opens_scrolls_and_closes(size: tuple[int, int]) -> None:
    async with driven(size) as it:
        await it.press("question_mark")
        assert isinstance(it.app.screen, HelpScreen)
        assert it.screen_text().splitlines()[0].strip() == "Live screen"
        await it.press("j", "space")
        assert "Live screen" not in it.screen_text()
        await it.press("k", "pageup", "pageup")
        assert it.screen_text().splitlines()[0].strip() == "Live screen"
        await it.press("question_mark")
        assert it.on_live


@pytest.mark.anyio
async def test_in_the_filter_bar_f1_helps_with_the_filter_bar() -> None:
    async with driven() as it:
        await it.press("slash", "f1")
        assert it.screen_text().splitlines()[0].strip().startswith("In the filter bar")


def test_the_palette_has_every_action_of_the_panes_and_of_the_whole() -> None:
    assert set(found_actions("", ON_LIVE)) == set(actions_of(*ON_LIVE))


def test_the_palette_finds_by_words_and_by_letters() -> None:
    assert found_actions("theme", ON_LIVE)[0].name == "next_theme"
    assert found_actions("ask providers", ON_LIVE)[0].name == "ask_providers"
    assert found_actions("sspf", ON_LIVE)[0].name == "suspend_filter"
    assert found_actions("zzz", ON_LIVE) == ()


@pytest.mark.anyio
@pytest.mark.parametrize("key", ["colon", "ctrl+p"])
async def test_the_palette_does_what_is_chosen(key: str) -> None:
    async with driven(NARROW) as it:
        await it.press(key)
        assert isinstance(it.app.screen, PaletteScreen)
        await it.type("poll")
        await it.press("enter")
        await it.until(lambda: it.poller.asked == 1)
        assert it.on_live


@pytest.mark.anyio
async def test_the_palette_moves_the_pane_the_person_was_in() -> None:
    async with driven(NARROW) as it:
        await it.press("right", "right", "colon")
        await it.type("bottom")
        await it.press("enter")
        await it.until(lambda: it.pane("soluno").cursor.index > 0)


@pytest.mark.anyio
async def test_the_palette_is_walked_and_left() -> None:
    async with driven() as it:
        await it.press("colon", *["down"] * 6, "up", "enter")
        assert it.status == "there is no filter to suspend"
        await it.press("colon", "escape")
        assert it.on_live
        await it.press("colon")
        await it.type("nothing like it")
        assert "no action is called that" in it.screen_text()
        await it.press("enter")
        assert isinstance(it.app.screen, PaletteScreen)


@pytest.mark.anyio
async def test_nothing_is_written_when_the_process_is_put_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driven(NARROW) as it:
        at_rest: list[bool] = []
        monkeypatch.setattr(App, "action_suspend_process", lambda _app: at_rest.append(it.poller.resting))
        await it.press("ctrl+z")
        await it.until(lambda: at_rest == [True])
        assert not it.poller.resting


@pytest.mark.anyio
async def test_every_action_of_the_palette_can_be_performed() -> None:
    # Two of them end or stop this very process; they are done in a terminal of their own elsewhere.
    names = [action.name for action in found_actions("", ON_LIVE) if action.name not in {"quit", "suspend_process"}]
    async with driven(NARROW) as it:
        for name in names:
            await it.app.perform(name)
            await it.rest()
            while it.app.screen.is_modal:
                await it.press("escape")
            it.app.action_show_live()
        assert it.poller.asked == 1
        assert it.app.is_running


@pytest.mark.anyio
@pytest.mark.parametrize("size", [(160, 45), NARROW, SMALL])
async def test_the_footer_always_tells_help_and_quit(size: tuple[int, int]) -> None:
    async with driven(size) as it:
        assert "? help" in it.footer
        assert "q quit" in it.footer
        assert "/ filter" in it.footer
        await it.press("slash")
        assert "enter apply" in it.footer
        assert "q quit" not in it.footer
