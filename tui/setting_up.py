"""What the interface needs to add a provider: the questions, a trial of the answers, and a place to keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tui.forms import FormField

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying a provider's settings. `lines` are pairs of a word and a sentence, `failed` says that it could not
    be reached or refused; `answers` are those that were tried, completed by what was learnt."""

    lines: tuple[tuple[str, str], ...]
    failed: bool
    answers: Answers = field(repr=False)


class Setup(Protocol):
    """A new provider in the making. `try_out` and `save` block and are called from threads of their own."""

    def fields(self, answers: Answers) -> Sequence[FormField]:
        """The questions of the kind that is chosen, filled in with the answers so far."""
        ...

    def mistakes(self, answers: Answers) -> Mapping[str, str]:
        """What is wrong with the answers, by the question's name or under "" for the whole."""
        ...

    def try_out(self, answers: Answers) -> Trial:
        """Asks the provider once."""
        ...

    def place(self) -> str:
        """Where `save` will put the settings, and where the secrets, in one sentence."""
        ...

    def save(self, answers: Answers) -> str:
        """Writes the provider into the configuration; what went wrong in one sentence, "" when nothing did."""
        ...
