"""Query options of PortSIP's lists: `filter`, `orderby`, `top` and `skip`, without the `$` that OData puts before them.

Unlike OData 4, times are quoted like text (knowledge base, "Accessing CDRs and recordings").
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Literal

from calls.model import Window
from calls.times import SECOND_MS, format_rfc3339

LONGEST_LITERAL = 256
PAGE_ROWS = 100  # the largest `top` the vendor allows

Text = Literal[
    "id",
    "session_id",
    "caller",
    "caller_display_name",
    "callee",
    "callee_display_name",
    "direction",
    "reroute_reason",
    "did_cid",
    "trunk",
    "service_number",
    "user_data",
]
Field = Text | Literal["started_at"]
Number = Literal["status_code"]
Operator = Literal["eq", "ne", "gt", "ge", "lt", "le"]
Function = Literal["startswith", "endswith", "contains"]


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


def compare_number(field: Number, operator: Operator, value: int) -> str:
    """One comparison of a number, such as `status_code eq 486`."""
    return f"{field} {operator} {value}"


def text_test(function: Function, field: Text, part: str) -> str:
    """One test of a text, such as `endswith(caller,'701740605')`. Raises ValueError for a part that cannot be quoted."""
    return f"{function}({field},{literal(part)})"


def any_of(window: Window, conditions: Sequence[str]) -> str:
    """Rows that start in `window` and meet one of the conditions; without any, all rows of the window.

    "and" binds closer than "or", so the window stands in each alternative and no parentheses are needed.
    """
    edges = in_window(window)
    return " or ".join(f"{edges} and {condition}" for condition in conditions) or edges


def since(instant_ms: int) -> str:
    """Rows that start at or after an instant, widened to its whole second."""
    return compare("started_at", "ge", _time(whole_seconds(instant_ms)))


def before(instant_ms: int) -> str:
    """Rows that start before an instant, widened to the next whole second."""
    return compare("started_at", "lt", _time(-whole_seconds(-instant_ms)))


def in_window(window: Window) -> str:
    """Calls that start in `window`, its edges widened to whole seconds in UTC."""
    return f"{since(window.start_ms)} and {before(window.end_ms)}"


def whole_seconds(instant_ms: int) -> int:
    """The instant cut down to its second."""
    return instant_ms // SECOND_MS * SECOND_MS


def _time(instant_ms: int) -> str:
    return format_rfc3339(instant_ms).replace(".000Z", "Z")
