"""What a person should know about an answer as a whole. The texts are stable: one state of affairs, one notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calls.text import clean

FIELDS = frozenset({"callerNo", "start", "receivingNo", "received", "calleeNo", "calleeAnswered", "callerAnswered", "stop"})
"""What the documents name: the seven fields, and Dstny's other spelling of `calleeAnswered`."""
MOST_NAMES = 8
LONGEST_NAME = 40
WRAPPED = "the answer is wrapped in an object, where the document shows a list"
ONLY_INBOUND = "every call so far came from outside: this feed probably has no calls out"


def unfamiliar_fields(rows: Sequence[Any]) -> tuple[str, ...]:
    """A notice for each field that the documents do not name; they are kept as sent."""
    names: set[str] = set()
    for row in rows:
        if isinstance(row, dict) and not row.keys() <= FIELDS:
            names |= row.keys() - FIELDS
    shown = sorted({clean(name, LONGEST_NAME) for name in names})
    found = [f"a field that the document does not name is kept as sent: {name or '(no name)'}" for name in shown[:MOST_NAMES]]
    return (*found, *(["more fields that the document does not name are kept as sent"] if len(shown) > MOST_NAMES else []))


def suspect_count(count: int) -> str:
    """The notice about a number of rows at which a provider may have stopped."""
    return f"an answer of exactly {count} rows may have been cut off, so it is asked again in halves"
