"""The key of a cached call: its start, then bits of a hash, so that the cache's table lies in the order of time."""

from __future__ import annotations

from hashlib import blake2b

HASH_BITS = 20
_HASH_MASK = (1 << HASH_BITS) - 1
# A key has 64 bits, so a start before the year 1692 or after 2248 lies at the edge of these years.
_LAST_PLACE_MS = (1 << 43) - 2


def place_ms(started_ms: int) -> int:
    """The instant at which a call stands in the table: its start, unless that lies in no year that a key can hold."""
    return min(max(started_ms, -_LAST_PLACE_MS), _LAST_PLACE_MS)


def first_key(started_ms: int) -> int:
    """The least key that a call which starts at this instant can have."""
    return place_ms(started_ms) << HASH_BITS


def last_key(started_ms: int) -> int:
    """The greatest key that a call which starts at this instant can have."""
    return first_key(started_ms) | _HASH_MASK


def key_of(started_ms: int, source_name: str, call_id: str) -> int:
    """The key a call has unless another call has it."""
    digest = blake2b(f"{source_name}\0{call_id}".encode("utf-8", "replace"), digest_size=8).digest()
    return first_key(started_ms) | (int.from_bytes(digest, "big") & _HASH_MASK)


def starts_at(key: int, started_ms: int) -> bool:
    """Whether a key is one of a call that starts at this instant."""
    return key >> HASH_BITS == place_ms(started_ms)
