"""Numbers that were shown for a moment are hidden again."""

from __future__ import annotations

from dataclasses import replace

from calls.cache.wall import masked_number
from calls.cache.wall_snapshot import WallSnapshot


def masked(snapshot: WallSnapshot) -> WallSnapshot:
    """The snapshot with every number masked, whatever it was asked with."""
    if not snapshot.revealed:
        return snapshot
    hidden = tuple(replace(one, number=masked_number(one.number)) for one in snapshot.call_backs)
    return replace(snapshot, call_backs=hidden, revealed=False)
