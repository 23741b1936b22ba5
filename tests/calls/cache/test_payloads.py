"""Payloads come back as they went in, and what they are packed by holds no value of any row."""

from __future__ import annotations

import json
import zlib
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from calls.cache.payloads import Packing
from tests.calls.cache.help import NOON_MS, NORTH, Cache, record

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), values, max_size=5), st.binary(min_size=1, max_size=300))
def test_any_payload_comes_back(payload: dict[str, object], shape: bytes) -> None:
    body = json.dumps(payload).encode()
    packed_as = Packing(shape)
    assert packed_as.unpack(packed_as.pack(body)) == payload
    assert packed_as.unpack(zlib.compress(body)) == payload


def test_a_shape_has_names_of_fields_and_never_changes(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "calltop.db")
    with closing(cache.database):
        cache.read(record("a", caller="+46701740605", caller_name="Bo Madsen", nested=[{"inner": "secret"}]))
        [(shape,)] = cache.rows("SELECT payload_shape FROM source WHERE name = ?", NORTH.name)
        assert all(name in shape for name in (b"caller_name", b"nested", b"inner"))
        assert not any(value in shape for value in (b"46701740605", b"Madsen", b"secret"))
        cache.read(record("b", entirely="other"), read_ms=NOON_MS + 1)
        assert cache.rows("SELECT payload_shape FROM source WHERE name = ?", NORTH.name) == [(shape,)]
