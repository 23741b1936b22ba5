"""Payloads come back as they went in, and what they are packed by holds no value of any row."""

from __future__ import annotations

import zlib
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from calls.cache.payloads import GONE, Bodies, Packing, put
from calls.cache.records import body_of
from calls.model import Record
from tests.calls.cache.help import NOON_MS, NORTH, Cache, record

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


payloads = st.dictionaries(st.text(max_size=8), values, max_size=5)


@given(st.lists(payloads, min_size=1, max_size=5), st.binary(min_size=1, max_size=300))
def test_any_payloads_come_back(some: list[dict[str, object]], shape: bytes) -> None:
    bodies = [body_of(Record("a", "a", 0, payload)) for payload in some]
    packed_as = Packing(shape)
    assert packed_as.unpack(packed_as.pack(bodies)) == bodies
    assert packed_as.unpack(zlib.compress(bodies[0])) == bodies[:1]


def test_a_slot_is_emptied_and_a_block_without_any_body_goes(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "calltop.db")
    with closing(cache.database):
        cache.read(record("a", talk_ms=1), record("b", talk_ms=2))
        [place, other] = cache.rows("SELECT block_id, slot FROM record ORDER BY key")
        connection = cache.database.connection
        put(connection, 1, {(place[0], place[1]): GONE})
        read = Bodies(connection, 1)
        assert (read[place[0], place[1]], read[other[0], other[1]]) == (GONE, b'{"talk_ms":2}')
        put(connection, 1, {(other[0], other[1]): GONE})
        assert cache.rows("SELECT count(*) FROM payload_block") == [(0,)]


def test_a_shape_has_names_of_fields_and_never_changes(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "calltop.db")
    with closing(cache.database):
        cache.read(record("a", caller="+46701740605", caller_name="Bo Madsen", nested=[{"inner": "secret"}]))
        [(shape,)] = cache.rows("SELECT payload_shape FROM source WHERE name = ?", NORTH.name)
        assert all(name in shape for name in (b"caller_name", b"nested", b"inner"))
        assert not any(value in shape for value in (b"46701740605", b"Madsen", b"secret"))
        cache.read(record("b", entirely="other"), read_ms=NOON_MS + 1)
        assert cache.rows("SELECT payload_shape FROM source WHERE name = ?", NORTH.name) == [(shape,)]
