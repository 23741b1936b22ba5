"""Payloads as they are stored: JSON, many in one compressed block, each found by its block and its slot in it.

A block is written once, with the rows that one reading brought, and a row that changes gets a slot in another block: the
version before stays where it is. A block is written anew only to take out, for good, what is erased or no longer kept.

Blocks are compressed against the shape of their source's rows, which is the names of the fields. A shape is taken from the
first row of a source and never changes; it holds no value of any row.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calls.model import Record

Place = tuple[int, int]
"""A block and a slot in it."""

BLOCK_ROWS = 256
MAX_SHAPE_BYTES = 8_192
KEPT_BLOCKS = 64
LEVEL = 5  # nearly as small as the highest, in half of its time
GONE = b""
# JSON holds no line break of its own.
_BETWEEN = b"\n"
COMMON_SHAPE = b'"",null,true,false,0,1,":"",":null,":"in","out","answered","missed"2026-01-01T00:00:00.000Z","'


@dataclass(frozen=True, slots=True)
class Packing:
    """How one source's payloads are packed."""

    shape: bytes

    def pack(self, bodies: Iterable[bytes]) -> bytes:
        """Bodies of JSON as a block."""
        packer = zlib.compressobj(LEVEL, zdict=self.shape)
        return packer.compress(_BETWEEN.join(bodies)) + packer.flush()

    def unpack(self, packed: bytes) -> list[bytes]:
        """The bodies of a block. Blocks without a shape are read too."""
        return zlib.decompressobj(zdict=self.shape).decompress(packed).split(_BETWEEN)


def payload_of(body: bytes) -> dict[str, Any]:
    """A body as the row the provider sent."""
    payload = json.loads(body)
    assert isinstance(payload, dict)
    return payload


def packing(connection: sqlite3.Connection, source_id: int) -> Packing:
    """How a source's payloads are packed."""
    (shape,) = connection.execute("SELECT payload_shape FROM source WHERE id = ?", (source_id,)).fetchone()
    return Packing(shape or COMMON_SHAPE)


def packing_for(connection: sqlite3.Connection, source_id: int, rows: Iterable[Record]) -> Packing:
    """How a source's payloads are packed from now on: the first row it ever had gives the shape."""
    found = packing(connection, source_id)
    first = next(iter(rows), None)
    if found.shape is not COMMON_SHAPE or first is None:
        return found
    names = [f'"{name}":"' for name in sorted(_names(first.payload)) if name.isidentifier()]
    shape = "".join(names).encode("utf-8", "replace")[-MAX_SHAPE_BYTES:] + COMMON_SHAPE
    connection.execute("UPDATE source SET payload_shape = ? WHERE id = ?", (shape, source_id))
    return Packing(shape)


def _names(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        return {name for key, inner in value.items() for name in (key, *_names(inner))}
    if isinstance(value, list | tuple):
        return {name for inner in value for name in _names(inner)}
    return set()


def write(connection: sqlite3.Connection, source_id: int, packed_as: Packing, bodies: Sequence[bytes]) -> list[Place]:
    """Stores bodies; returns where each lies."""
    places: list[Place] = []
    for start in range(0, len(bodies), BLOCK_ROWS):
        some = bodies[start : start + BLOCK_ROWS]
        block_id = connection.execute(
            "INSERT INTO payload_block (source_id, packed) VALUES (?, ?)", (source_id, packed_as.pack(some))
        ).lastrowid
        assert block_id is not None
        places += [(block_id, slot) for slot in range(len(some))]
    return places


class Bodies:
    """Reads stored bodies of one source, and remembers the blocks it read last."""

    def __init__(self, connection: sqlite3.Connection, source_id: int) -> None:
        self._connection = connection
        self._packing = packing(connection, source_id)
        self._blocks: dict[int, list[bytes]] = {}

    def __getitem__(self, place: Place) -> bytes:
        return self.block(place[0])[place[1]]

    def block(self, block_id: int) -> Sequence[bytes]:
        """All bodies of a block."""
        block = self._blocks.get(block_id)
        if block is None:
            if len(self._blocks) >= KEPT_BLOCKS:
                self._blocks.clear()
            block = self._blocks[block_id] = _bodies_of(self._connection, self._packing, block_id)
        return block


def _bodies_of(connection: sqlite3.Connection, packed_as: Packing, block_id: int) -> list[bytes]:
    (packed,) = connection.execute("SELECT packed FROM payload_block WHERE id = ?", (block_id,)).fetchone()
    return packed_as.unpack(packed)


def put(connection: sqlite3.Connection, source_id: int, bodies: Mapping[Place, bytes]) -> None:
    """Puts other bodies into slots, `GONE` where nothing is to be left. A block without any body is removed."""
    packed_as = packing(connection, source_id)
    by_block: dict[int, dict[int, bytes]] = defaultdict(dict)
    for (block_id, slot), body in bodies.items():
        by_block[block_id][slot] = body
    for block_id, some in by_block.items():
        known = _bodies_of(connection, packed_as, block_id)
        for slot, body in some.items():
            known[slot] = body
        if any(known):
            connection.execute("UPDATE payload_block SET packed = ? WHERE id = ?", (packed_as.pack(known), block_id))
        else:
            connection.execute("DELETE FROM payload_block WHERE id = ?", (block_id,))
