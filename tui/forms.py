"""What a form asks a person: fields with a label and a line of help, and the rules that hold before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Check = Callable[[str], str]


def no_rule(_value: str) -> str:
    """Takes every value."""
    return ""


@dataclass(frozen=True, slots=True)
class FormField:
    """One question. `choices` make it a choice, of which the first is chosen where `value` names none; else it is a line of
    text. `check` gets what was typed and returns what is wrong with it in a few words, "" when nothing is."""

    name: str
    label: str
    help: str = ""
    value: str = field(default="", repr=False)
    choices: tuple[str, ...] = ()
    required: bool = False
    secret: bool = False
    check: Check = no_rule

    @property
    def first_value(self) -> str:
        """The value that the form begins with."""
        if self.choices:
            return self.value if self.value in self.choices else self.choices[0]
        return self.value


def why_not_new(path: Path) -> str:
    """Why no file can be made at a path, in a few words; "" when one can."""
    try:
        if not path.name or not path.parent.is_dir():
            return f"there is no folder {path.parent}"
        return f"{path.name} is there already; name another file" if path.exists() else ""
    except (OSError, ValueError) as error:
        return f"it cannot be a file: {getattr(error, 'strerror', None) or error}"


def mistakes(fields: Sequence[FormField], values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by the field's name; empty when the form can be sent."""
    found: dict[str, str] = {}
    for each in fields:
        value = values.get(each.name, "").strip()
        if not value:
            if each.required:
                found[each.name] = "needed"
        elif wrong := each.check(value):
            found[each.name] = wrong
    return found
