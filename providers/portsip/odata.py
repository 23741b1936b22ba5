"""Query options of PortSIP's lists: `filter`, `orderby`, `top` and `skip`, without the `$` that OData puts before them.

Unlike OData 4, times are quoted like text (knowledge base, "Accessing CDRs and recordings").
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from calls.model import Window
from calls.times import format_rfc3339

LONGEST_LITERAL = 256
PAGE_ROWS = 100  # the largest `top` the vendor allows
SECOND_MS = 1000

Field = Literal["started_at", "caller", "callee"]
Operator = Literal["eq", "ne", "gt", "ge", "lt", "le"]


def literal(text: str) -> str:
    """`text` in single quotes, each quote inside doubled.

    Raises ValueError for control characters and for more than 256 characters.
    """
    if len(text) > LONGEST_LITERAL:
        raise ValueError(f"a filter text may have {LONGEST_LITERAL} characters, this one has {len(text)}")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise ValueError("a filter text may not hold control characters")
    return "'" + text.replace("'", "''") + "'"


def compare(field: Field, operator: Operator, value: str) -> str:
    """One comparison, such as `caller eq '102'`. Raises ValueError for a value that cannot be quoted."""
    return f"{field} {operator} {literal(value)}"


def in_window(window: Window) -> str:
    """Calls that start in `window`, its edges widened to whole seconds in UTC."""
    first, end = whole_seconds(window.start_ms), -whole_seconds(-window.end_ms)
    return f"{compare('started_at', 'ge', _time(first))} and {compare('started_at', 'lt', _time(end))}"


def whole_seconds(instant_ms: int) -> int:
    """The instant cut down to its second."""
    return instant_ms // SECOND_MS * SECOND_MS


def _time(instant_ms: int) -> str:
    return format_rfc3339(instant_ms).replace(".000Z", "Z")
