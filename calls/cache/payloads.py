"""Payloads as they are stored: JSON, compressed against the shape of their source's rows, which is the names of the fields.

A shape is taken from the first row of a source and never changes; it holds no value of any row.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from calls.model import Record

MAX_SHAPE_BYTES = 8_192
_COMMON = b'"",null,true,false,0,1,":"",":null,":"in","out","answered","missed"2026-01-01T00:00:00.000Z","'


@dataclass(frozen=True, slots=True)
class Packing:
    """How one source's payloads are packed."""

    shape: bytes

    def pack(self, body: bytes) -> bytes:
        """A body of JSON as it is stored."""
        packer = zlib.compressobj(6, zdict=self.shape)
        return packer.compress(body) + packer.flush()

    def unpack(self, packed: bytes) -> dict[str, Any]:
        """A stored body as the row the provider sent. Bodies without a shape are read too."""
        payload = json.loads(zlib.decompressobj(zdict=self.shape).decompress(packed))
        assert isinstance(payload, dict)
        return payload


def packing(connection: sqlite3.Connection, source_id: int) -> Packing:
    """How a source's payloads are packed."""
    (shape,) = connection.execute("SELECT payload_shape FROM source WHERE id = ?", (source_id,)).fetchone()
    return Packing(shape or _COMMON)


def packing_for(connection: sqlite3.Connection, source_id: int, rows: Iterable[Record]) -> Packing:
    """How a source's payloads are packed from now on: the first row it ever had gives the shape."""
    found = packing(connection, source_id)
    first = next(iter(rows), None)
    if found.shape is not _COMMON or first is None:
        return found
    names = [f'"{name}":"' for name in sorted(_names(first.payload)) if name.isidentifier()]
    shape = "".join(names).encode("utf-8", "replace")[-MAX_SHAPE_BYTES:] + _COMMON
    connection.execute("UPDATE source SET payload_shape = ? WHERE id = ?", (shape, source_id))
    return Packing(shape)


def _names(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        return {name for key, inner in value.items() for name in (key, *_names(inner))}
    if isinstance(value, list | tuple):
        return {name for inner in value for name in _names(inner)}
    return set()
