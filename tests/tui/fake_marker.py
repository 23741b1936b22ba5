"""Writes nothing, and tells what it was asked."""

from __future__ import annotations

from tui.feed import Told


class FakeMarker:
    """Answers every request at once with `trouble`."""

    def __init__(self, trouble: str = "") -> None:
        self.trouble = trouble
        self.asked: list[tuple[str, str, int, str]] = []

    def mark(self, number_key: str, through_ms: int, note: str, told: Told) -> None:
        self.asked.append(("mark", number_key, through_ms, note))
        told(0 if self.trouble else 1, self.trouble)

    def unmark(self, number_key: str, through_ms: int, told: Told) -> None:
        self.asked.append(("unmark", number_key, through_ms, ""))
        told(0 if self.trouble else 1, self.trouble)

    def stop(self, timeout_seconds: float) -> None:
        raise NotImplementedError
