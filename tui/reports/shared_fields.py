"""Fields that several forms of the Reports screen have: whom to ask, and where a file shall lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from calls.files import typed_path
from tui.desk import Values
from tui.forms import FormField, why_not_new


def with_provider(
    fields: Callable[[Values], Sequence[FormField]], names: Sequence[str]
) -> Callable[[Values], Sequence[FormField]]:
    """The fields, and before them the provider where there are several."""
    if len(names) == 1:
        return fields
    provider = FormField("provider", "Provider", "whom to ask", choices=tuple(names))
    return lambda values: (provider, *fields(values))


def path_field(default: Path) -> FormField:
    """Where a file shall lie."""
    return FormField("path", "Save as", "a file that is not there yet", value=str(default), required=True)


def place(text: str) -> tuple[Path, str]:
    """The file that is meant, and why it cannot be written, "" when it can."""
    try:
        path = typed_path(Path(text))
    except ValueError as error:
        return Path(text), str(error)
    return path, why_not_new(path)
