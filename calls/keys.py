"""The key of a cached call or record: its start, then bits of a hash, so that the cache's tables lie in the order of time."""

from __future__ import annotations

from zlib import crc32

# So few that a key has 48 bits until the year 2039, which SQLite stores in fewer bytes, in the table and in every index.
HASH_BITS = 6
_HASH_MASK = (1 << HASH_BITS) - 1
# A clash moves a key up, and when very many calls start at once, beyond their instant: by this much at most.
_MOVED_MS = 1_000
# A start before the year 1692 or after 2248 lies at the edge of these years.
_LAST_PLACE_MS = (1 << 43) - 2
_LAST_KEY = (1 << 63) - 1
EARLIEST_MS, LATEST_MS = -(1 << 62), 1 << 62
"""Before and after the start of every call."""
EARLIEST_KEY, LATEST_KEY = -(1 << 63), (1 << 63) - 1
"""No key lies beyond."""


def place_ms(started_ms: int) -> int:
    """The instant at which a call stands in the table: its start, unless that lies in no year that a key can hold."""
    if -_LAST_PLACE_MS <= started_ms <= _LAST_PLACE_MS:
        return started_ms
    return _LAST_PLACE_MS if started_ms > 0 else -_LAST_PLACE_MS


def place_sql(column: str) -> str:
    """The same of a column, in SQL."""
    return f"max({-_LAST_PLACE_MS}, min({column}, {_LAST_PLACE_MS}))"


def first_key(started_ms: int) -> int:
    """The least key that a call which starts at this instant can have."""
    return place_ms(started_ms) << HASH_BITS


def last_key(started_ms: int) -> int:
    """The greatest key that a call which starts at this instant can have."""
    moved_ms = started_ms + _MOVED_MS
    # All that lie at the last edge move each other up.
    return _LAST_KEY if moved_ms > _LAST_PLACE_MS else first_key(moved_ms) | _HASH_MASK


def key_of(started_ms: int, source_name: str, call_id: str) -> int:
    """The key a call has unless another call has it."""
    return first_key(started_ms) | (crc32(f"{source_name}\0{call_id}".encode("utf-8", "replace")) & _HASH_MASK)


def starts_at(key: int, started_ms: int) -> bool:
    """Whether a key is one of a call that starts at this instant."""
    return key >> HASH_BITS == place_ms(started_ms)
