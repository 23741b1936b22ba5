"""What the parts of the interface tell each other."""

from __future__ import annotations

from typing import Any

from textual.message import Message

from tui.feed import SettingsChange


class SnapshotReady(Message):
    """The cache answered the request with this number, with the kind of snapshot that the asking screen shows; not yet
    `whole` while slower parts of it are still read."""

    def __init__(self, request: int, snapshot: Any, *, whole: bool = True) -> None:
        super().__init__()
        self.request = request
        self.snapshot = snapshot
        self.whole = whole

    def can_replace(self, message: Message) -> bool:
        """A newer answer makes a waiting one needless, so that a slow terminal is never behind by more than one."""
        return isinstance(message, SnapshotReady)


class FirstShown(Message):
    """The screen shows data for the first time."""


class SnapshotFailed(Message):
    """The cache could not answer the request with this number; `words` says why in one line."""

    def __init__(self, request: int, words: str) -> None:
        super().__init__()
        self.request = request
        self.words = words


class ValuesReady(Message):
    """The cache's values of a filter's field that hold `typed`, each with its number of calls."""

    def __init__(self, field: str, typed: str, values: tuple[tuple[str, int], ...]) -> None:
        super().__init__()
        self.field = field
        self.typed = typed
        self.values = values


class FilterChanged(Message):
    """Another filter is wanted; `typing` while more may be typed."""

    def __init__(self, typing: bool) -> None:
        super().__init__()
        self.typing = typing


class FilterDone(Message):
    """The person is done with the filter bar."""


class ValuesWanted(Message):
    """The filter bar would like to know which values of a field hold what was typed."""

    def __init__(self, field: str, typed: str) -> None:
        super().__init__()
        self.field = field
        self.typed = typed


class FilterTyped(Message):
    """The text in the filter bar changed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class FilterSubmitted(Message):
    """The person wants the text in the filter bar applied."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class FilterCancelled(Message):
    """The person leaves the filter bar without wanting the change."""


class FilterLeft(Message):
    """The focus left the filter bar by another way."""


class CompletionWanted(Message):
    """The person wants the piece under the cursor completed, or with another candidate."""


class TabPicked(Message):
    """The person clicked on a tab."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index


class ActionPicked(Message):
    """The person chose an action by its name: in the palette, or by a click on its key."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class SettingsChanged(Message):
    """The configuration has changed."""

    def __init__(self, change: SettingsChange) -> None:
        super().__init__()
        self.change = change
