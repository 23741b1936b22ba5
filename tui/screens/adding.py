"""The way from a form to a saved provider: fill in, try, save; and back without loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.app import App

from tui.lines.symbols import Symbols
from tui.screens.form import FormScreen
from tui.screens.trial import TrialScreen
from tui.setting_up import Answers, Setup

TITLE = "Add a provider"


class Adding:
    """One provider being added; `added` is called with its name once it is saved."""

    def __init__(self, app: App[None], setup: Setup, symbols: Symbols, added: Callable[[str], None]) -> None:
        self._app = app
        self._setup = setup
        self._symbols = symbols
        self._added = added
        self._answers: dict[str, str] = {}

    def begin(self) -> None:
        """Shows the form, filled in as far as it was."""
        form = FormScreen(TITLE, lambda values: self._setup.fields({**self._answers, **values}), self._symbols, self._wrong)
        self._app.push_screen(form, self._filled)

    async def _wrong(self, answers: Answers) -> Mapping[str, str]:
        return self._setup.mistakes(answers)

    def _filled(self, answers: Answers | None) -> None:
        if answers is not None:
            self._answers |= answers
            self._app.push_screen(TrialScreen(self._setup, dict(answers), self._symbols), self._tried)

    def _tried(self, saved: bool | None) -> None:
        if saved:
            self._added(self._answers.get("name") or self._answers["kind"])
        else:
            self.begin()
