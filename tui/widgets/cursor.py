"""Where a list stands: which row is chosen and which is the first one shown. The choice follows the row, not its number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key")


class ListCursor(Generic[Key]):
    """A cursor over rows known by keys.

    Until the person moves it, it stays on the newest row, whatever that is; afterwards it stays on its row when others
    arrive above, and on the same line of the screen.
    """

    def __init__(self) -> None:
        self.keys: Sequence[Key] = ()
        self.index = 0
        self.offset = 0
        self.pinned = False

    @property
    def key(self) -> Key | None:
        """The chosen row's key, None in an empty list."""
        return self.keys[self.index] if self.keys else None

    def update(self, keys: Sequence[Key], place: Callable[[Key], int] | None = None) -> None:
        """Takes the rows as they are now. A chosen row that has gone leaves the choice on its neighbour.

        `place` finds a row's number where the list knows better than to look through it; it raises ValueError for a row that
        has gone, or names its neighbour. Keys are not copied, and must not change afterwards.
        """
        chosen, index = self.key, self.index
        self.keys = keys
        if not self.pinned or chosen is None or not self.keys:
            self.index = self.offset = 0
            self.pinned = self.pinned and bool(self.keys)
            return
        try:
            self.index = place(chosen) if place else self.keys.index(chosen)
        except ValueError:
            self.index = min(index, len(self.keys) - 1)
        self.offset = max(0, self.offset + self.index - index)

    def move(self, rows: int) -> None:
        """Moves the choice by so many rows."""
        self.choose(self.index + rows)

    def choose(self, index: int) -> None:
        """Chooses a row by its number; numbers outside the list mean its ends."""
        self.index = max(0, min(index, len(self.keys) - 1))
        self.pinned = bool(self.keys)

    def to_newest(self) -> None:
        """Back to the first row, following the newest."""
        self.index = self.offset = 0
        self.pinned = False

    def show(self, height: int) -> range:
        """The rows to show on so many lines: the chosen one is always among them."""
        if height <= 0:
            return range(0)
        self.offset = max(self.index - height + 1, min(self.offset, self.index, len(self.keys) - height))
        self.offset = max(0, self.offset)
        return range(self.offset, min(len(self.keys), self.offset + height))
