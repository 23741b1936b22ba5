"""Which page of the wall is shown, and when the next one comes."""

from __future__ import annotations

from collections.abc import Sequence


class Pager:
    """Turns pages by counting seconds as they are lived through, so that a clock that is set turns none."""

    def __init__(self, pages: Sequence[str], dwell_seconds: float) -> None:
        self.pages = tuple(pages)
        self.index = 0
        self.held = False
        self._dwell_seconds = dwell_seconds
        self._shown_seconds = 0.0

    @property
    def page(self) -> str:
        """The page shown."""
        return self.pages[self.index]

    def pass_time(self, seconds: float) -> bool:
        """Lets time pass; whether another page has come."""
        if self.held or len(self.pages) < 2:
            return False
        self._shown_seconds += seconds
        if self._shown_seconds < self._dwell_seconds:
            return False
        self.step(1)
        return True

    def step(self, pages: int) -> None:
        """Goes so many pages on or back; the new one is shown for its whole time."""
        self.index = (self.index + pages) % len(self.pages)
        self._shown_seconds = 0.0

    def hold(self) -> None:
        """Holds the page, or lets the pages turn again."""
        self.held = not self.held
        self._shown_seconds = 0.0
