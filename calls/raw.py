"""A provider's row as a person may see it: flat, clean, without secrets, links to recordings and private texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from calls.text import clean

MOST_FIELDS = 300
_DEEPEST = 8
# Names are looked at in lower case, with words parted by "_".
_SECRET = re.compile(
    r"(^|_)(token|secret|password|passwd|pass|pwd|key|api_?key|apikey|auth|authorization|cookie|credential\w*|pin)$"
)
_RECORDING = re.compile(r"record|monitor|(^|_)(url|urls|uri|link|href)$")
_PRIVATE = re.compile(r"comment|transcri|(^|_)(note|notes|memo|external_info|message|body)$")
_LINK = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
HIDDEN_SECRET, HIDDEN_LINK, HIDDEN_TEXT = "a secret", "a link", "private text"


@dataclass(frozen=True, slots=True)
class RawField:
    """A field by its path ("customer.name", "transfers[0]"). `value` is "" when it has none; `hidden` says what stands there
    instead of a value that is not shown, and then there is no value."""

    name: str
    value: str = ""
    hidden: str = ""

    @property
    def words(self) -> str:
        """The value, or that it is hidden."""
        return f"hidden: {self.hidden}" if self.hidden else self.value


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after; "" where there was none. A hidden value that changed says no more than that."""

    name: str
    before: str
    after: str


def raw_fields(payload: Mapping[str, Any]) -> tuple[RawField, ...]:
    """Every field of a row, in its order; at most `MOST_FIELDS`."""
    return tuple(_field(path, value) for (path, value), _ in zip(_flat("", payload, 0), range(MOST_FIELDS), strict=False))


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """The fields that differ between two versions of a row, in the order of the later one."""
    old, new = dict(_flat("", before, 0)), dict(_flat("", after, 0))
    names = [*new, *(name for name in old if name not in new)][:MOST_FIELDS]
    return tuple(
        Change(clean(name), _field(name, old.get(name)).words, _field(name, new.get(name)).words)
        for name in names
        if old.get(name) != new.get(name)
    )


def _flat(path: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value and depth < _DEEPEST:
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}" if path else str(name), inner, depth + 1)
    elif isinstance(value, list | tuple) and value and depth < _DEEPEST:
        for index, inner in enumerate(value):
            yield from _flat(f"{path}[{index}]", inner, depth + 1)
    else:
        yield path, value


def _field(path: str, value: Any) -> RawField:
    if isinstance(value, bool):
        return RawField(clean(path), "true" if value else "false")
    text = clean("" if value in ({}, []) else value)
    return RawField(clean(path), "", hidden) if text and (hidden := _hidden(path, text)) else RawField(clean(path), text)


def _hidden(path: str, text: str) -> str:
    # What lies within a hidden field is hidden as well.
    for name in path.split("."):
        words = _WORD_BORDER.sub("_", name).strip("_").lower()
        words = re.sub(r"(_\d+)+$", "", words)
        if _SECRET.search(words):
            return HIDDEN_SECRET
        if _RECORDING.search(words):
            return HIDDEN_LINK
        if _PRIVATE.search(words):
            return HIDDEN_TEXT
    return HIDDEN_LINK if _LINK.search(text) else ""
