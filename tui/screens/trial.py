"""A provider's settings being tried: what was asked, what came back, and whether to keep them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from tui.actions import Place, actions_of
from tui.bindings import bindings
from tui.lines.bars import key_line
from tui.lines.line import Line, Role, Span, crop, gap, left, wrap
from tui.lines.symbols import Symbols
from tui.screens.overlay import Overlay
from tui.setting_up import Answers, Setup, Trial
from tui.widgets.drawn import Drawn

_WORD_CELLS = 11
_ROLES = {"failure": Role.BAD, "problem": Role.LATE}
_ROWS_OF_A_SENTENCE = 4


class TrialDone(Message):
    """The provider answered, or did not."""

    def __init__(self, number: int, trial: Trial, place: str) -> None:
        super().__init__()
        self.number = number
        self.trial = trial
        self.place = place


class SavingDone(Message):
    """The settings were written, or could not be."""

    def __init__(self, error: str) -> None:
        super().__init__()
        self.error = error


class TrialText(Drawn):
    """What is known so far."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(id="trial-text")
        self._symbols = symbols
        self._title, self._title_role = "", Role.STRONG
        self._told: tuple[tuple[str, str], ...] = ()
        self._note, self._note_role = "", Role.DIM
        self._names: frozenset[str] = frozenset()

    def show(self, title: str, told: Sequence[tuple[str, str]] = (), role: Role = Role.STRONG) -> None:
        """Shows a title, and what there is to tell below it."""
        # What is amiss comes first, since a small terminal has no room for all.
        ordered = sorted(told, key=lambda pair: pair[0] not in _ROLES)
        self._title, self._told, self._title_role = title, tuple(ordered), role
        self.redraw()

    def show_note(self, note: str, role: Role = Role.DIM) -> None:
        """Says something above the keys."""
        self._note, self._note_role = note, role
        self.redraw()

    def show_keys(self, names: Sequence[str]) -> None:
        """Shows the keys of these actions."""
        self._names = frozenset(names)
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """Title, pairs, note, keys."""
        mark = self._symbols.mark
        lines = [Line((gap(1), Span(crop(self._title, width - 2, mark), self._title_role))), Line()]
        for word, sentence in self._told:
            role = _ROLES.get(word, Role.TEXT)
            for index, row in enumerate(wrap(sentence, max(10, width - _WORD_CELLS - 2), _ROWS_OF_A_SENTENCE, mark)):
                lines.append(Line((gap(1), Span(left("" if index else word, _WORD_CELLS), Role.DIM), Span(row, role))))
        note = [Line((gap(1), Span(row, self._note_role))) for row in wrap(self._note, width - 2, 2, mark)]
        keys, _ = key_line([action for action in actions_of(Place.TRIAL) if action.name in self._names], width)
        room = height - len(note) - 2
        return [*lines[:room], *[Line()] * (room - len(lines)), Line(), *note, keys]


class TrialScreen(Overlay[bool], inherit_bindings=False):
    """Ends with True when the provider was saved, with False to go back to the form.

    The provider is asked in a thread that nobody waits for, so that esc works while it is silent.
    """

    CSS_PATH = Path(__file__).with_name("welcome.tcss")
    BINDINGS = bindings(Place.TRIAL)

    def __init__(self, setup: Setup, answers: Answers, symbols: Symbols) -> None:
        super().__init__(id="trial")
        self._setup = setup
        self._answers = answers
        self._text = TrialText(symbols)
        self._trial: Trial | None = None
        self._number = 0
        self._saving = False

    def compose(self) -> ComposeResult:
        """One text."""
        with Vertical(id="trial-box"):
            yield self._text

    def on_mount(self) -> None:
        """Asks at once."""
        self.action_try_again()

    def _in_a_thread(self, work: Callable[[], Message]) -> None:
        Thread(target=lambda: self.post_message(work()), name="calltop-trial", daemon=True).start()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A provider that failed is saved by another key than one that answered, and nothing is saved twice."""
        return action in self._possible()

    def _possible(self) -> tuple[str, ...]:
        if self._saving:
            return ()
        if self._trial is None:
            return ("back_to_form",)
        return ("keep_all_the_same" if self._trial.failed else "keep_provider", "try_again", "back_to_form")

    def action_try_again(self) -> None:
        """Asks the provider once."""
        self._trial = None
        self._number += 1
        number, setup, answers = self._number, self._setup, self._answers
        self._text.show("Asking the provider ...")
        self._text.show_note("")
        self._text.show_keys(self._possible())
        self._in_a_thread(lambda: TrialDone(number, setup.try_out(answers), setup.place()))

    @on(TrialDone)
    def _tried(self, message: TrialDone) -> None:
        if message.number != self._number:
            return
        self._trial = message.trial
        if message.trial.failed:
            self._text.show("It did not work", message.trial.lines, Role.BAD)
        else:
            self._text.show("It works", message.trial.lines, Role.GOOD)
        self._text.show_note(message.place)
        self._text.show_keys(self._possible())

    def action_keep_provider(self) -> None:
        """Saves what answered."""
        self._save()

    def action_keep_all_the_same(self) -> None:
        """Saves what failed."""
        self._save()

    def _save(self) -> None:
        assert self._trial is not None
        self._saving = True
        setup, answers = self._setup, self._trial.answers
        self._text.show_note("saving ...")
        self._text.show_keys(())
        self._in_a_thread(lambda: SavingDone(setup.save(answers)))

    @on(SavingDone)
    def _saved(self, message: SavingDone) -> None:
        self._saving = False
        if not message.error:
            self.dismiss(True)
            return
        self._text.show_note(message.error, Role.BAD)
        self._text.show_keys(self._possible())

    def action_back_to_form(self) -> None:
        """Back, without loss."""
        self.dismiss(False)
