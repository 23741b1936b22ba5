"""What the Reports screen needs from the rest of the program: somebody at whom statistics files are ordered and fetched.

The screen knows the providers by name only; their vocabulary comes as fields of a form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tui.forms import FormField

Values = Mapping[str, str]
# Bytes that have come, and how many are expected: None when that is not known.
Progress = Callable[[int, int | None], None]


class DeskError(Exception):
    """What was asked for was not done; one line that says why and what to do. `fields` names what is wrong, value by value."""

    def __init__(self, words: str, fields: Values | None = None) -> None:
        super().__init__(words)
        self.fields: Values = fields or {}


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A report that is ordered. `schedule` is a crontab time, "" for a report made once."""

    provider: str
    id: str
    name: str
    type: str
    schedule: str
    status: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that is done. `size_bytes` is None where the provider did not say."""

    provider: str
    id: str
    name: str
    type: str
    format: str
    completed_ms: int | None
    file_name: str
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class ReportLists:
    """Everything that is ordered and done, and in words why a provider could not be asked, by its name."""

    orders: tuple[OrderRow, ...] = ()
    files: tuple[FileRow, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


class ReportDesk(Protocol):
    """Every method but the first three asks a provider and raises `DeskError`; none blocks the event loop."""

    def report_providers(self) -> tuple[str, ...]:
        """The providers that make reports to order; empty until they are known."""
        ...

    def statement_providers(self) -> tuple[str, ...]:
        """The providers that give statements as files; empty until they are known."""
        ...

    def order_fields(self, values: Values) -> tuple[FormField, ...]:
        """The fields of a new order: those that go with the values chosen so far."""
        ...

    def statement_fields(self, values: Values) -> tuple[FormField, ...]:
        """The fields of a statement."""
        ...

    async def lists(self) -> ReportLists:
        """What is ordered and done at every provider."""
        ...

    async def create(self, provider: str, values: Values) -> str:
        """Orders a report; its id."""
        ...

    async def change_fields(self, row: OrderRow) -> Callable[[Values], tuple[FormField, ...]]:
        """The fields of an order as it is now, for the values chosen so far."""
        ...

    async def change(self, row: OrderRow, before: Values, values: Values) -> None:
        """Changes what differs between two sets of values."""
        ...

    async def destroy(self, row: OrderRow | FileRow) -> None:
        """Takes an order back, or removes a file."""
        ...

    async def download(self, row: FileRow, path: Path, progress: Progress) -> int:
        """Saves a file, whole or not at all; its size in bytes. `progress` is called from another thread."""
        ...

    async def statement(self, provider: str, values: Values, path: Path) -> int:
        """Saves a statement as received; its size in bytes."""
        ...
