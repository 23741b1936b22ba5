"""What the person wants to see, from half-typed text to a filter: the rules of the filter bar, without a widget."""

from __future__ import annotations

import re

from calls.filters import Filter, FilterError, try_parse

LONGEST_HISTORY = 100
_LAST_WORD = re.compile(r"(?:^|(?<=[\s(]))-*(\w+)$")


def half_typed(text: str) -> Filter | FilterError:
    """What the lists follow while the person types.

    A last word that may yet become a field's name is not looked for: on the way to "status:missed" the lists stay.
    """
    # Imported, with all that a person may write, when one writes.
    from calls.filters.fields import FIELDS

    word = _LAST_WORD.search(text)
    if word and any(name.startswith(word[1].lower()) for name in FIELDS):
        before = try_parse(text[: word.start()])
        if isinstance(before, Filter):
            return before
    return try_parse(text)


class FilterControl:
    """The filter's text and what follows from it; all screens of an interface share one.

    `text` stands in the bar; `applied` is the last text accepted, to which a cancelled edit returns; `wanted` is the
    filter of the last text that could be read, so that half-typed text leaves the lists as they are. `insisted` is set
    while a text that cannot be read was accepted all the same.
    """

    def __init__(self) -> None:
        self.text = ""
        self.applied = ""
        self.wanted = Filter()
        self.error: FilterError | None = None
        self.insisted = False
        self.suspended = False
        self.history: list[str] = []

    @property
    def active(self) -> Filter:
        """The filter the lists are asked with."""
        return Filter() if self.suspended else self.wanted

    def typed(self, text: str) -> bool:
        """Takes the text in the bar. Whether another filter is wanted than before."""
        return self._take(text, half_typed(text))

    def _take(self, text: str, reading: Filter | FilterError) -> bool:
        self.text, self.insisted = text, False
        if isinstance(reading, FilterError):
            self.error = reading
            return False
        before, self.error, self.wanted = self.active, None, reading
        # Typing means wanting to see the effect.
        self.suspended = False
        return self.active != before

    def submit(self) -> bool | None:
        """Accepts the text as it stands. Whether another filter is wanted than before, None when it cannot be read."""
        text = self.text.strip()
        changed = self._take(text, try_parse(text))
        if self.error is not None:
            self.insisted = True
            return None
        self.applied = text
        return changed

    def remember(self, text: str) -> None:
        """Keeps an applied filter for the history, the newest last and each once."""
        if text:
            self.history = [*(older for older in self.history if older != text), text][-LONGEST_HISTORY:]

    def cancel(self) -> bool:
        """Back to the last text accepted. Whether another filter is wanted than before."""
        return self._take(self.applied, try_parse(self.applied))

    def clear(self) -> bool:
        """No filter any more. Whether there was one."""
        self.applied = ""
        return self.typed("")

    def suspend(self) -> bool:
        """Sets the filter aside, or takes it back; False when there is none."""
        if self.wanted.everything:
            return False
        self.suspended = not self.suspended
        return True
