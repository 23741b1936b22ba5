"""Missed calls as rows of an export: who waits to be called back, and what settled the others."""

from __future__ import annotations

from collections.abc import Callable

from calls.cache.snapshots import CallBack, Mark, Settled
from calls.exports import Column, Value, ValueKind, call_json
from calls.text import mask_number

Hide = Callable[[str], str]
WAITING_COLUMNS = (
    Column("caller"),
    Column("caller_name"),
    Column("first_missed_at", ValueKind.INSTANT),
    Column("last_missed_at", ValueKind.INSTANT),
    Column("tries", ValueKind.WHOLE),
    Column("providers"),
    Column("check_first"),
)
SETTLED_COLUMNS = (
    *WAITING_COLUMNS,
    Column("settled_at", ValueKind.INSTANT),
    *(Column(name) for name in ("by", "provider", "id", "direction", "who", "note")),
)


def waiting_values(who: CallBack, hide: Hide) -> dict[str, Value]:
    """Somebody to call back, by column; `hide` is applied to the number."""
    return {
        "caller": hide(who.caller),
        "caller_name": who.caller_name or None,
        "first_missed_at": who.first_missed_ms,
        "last_missed_at": who.last_missed_ms,
        "tries": who.tries,
        "providers": ", ".join(who.providers),
        "check_first": who.check_first or None,
    }


def settled_values(one: Settled, hide: Hide) -> dict[str, Value]:
    """Somebody who need not be called back any more, by column."""
    how: dict[str, Value]
    if one.by is not None:
        how = {"by": "call", **call_json(one.by, ("provider", "id", "direction"), mask=hide is mask_number)}
    else:
        mark = one.mark or Mark(0, "", "")
        how = {"by": "mark", "who": mark.who, "note": mark.note or None}
    return waiting_values(one.missed, hide) | {"settled_at": one.settled_ms} | how
