"""While1's signature: the vendor's rules, by fixed vectors and by a second reading of them."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.model import Window
from providers.while1.request import date_between, parameters
from providers.while1.signature import flattened, query_string, signature
from tests.providers.while1_help import KEY, ZONE

VECTORS = json.loads(Path(__file__).with_name("while1_hash_vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_vectors(vector: dict[str, Any]) -> None:
    assert query_string(vector["params"]) == vector["query"]
    assert signature(vector["params"], vector["api_key"]) == vector["api_hash"]
    signed_already = {**vector["params"], "api_hash": "something"}
    assert signature(signed_already, vector["api_key"]) == vector["api_hash"]


@pytest.mark.parametrize(
    ("params", "expected"),
    [({"page": 1}, "c12a0bc8f72115f7e915ea40734884b5"), ({}, "bfbecb61818c225378eaa662b537e570")],
)
def test_short_vectors(params: dict[str, Any], expected: str) -> None:
    assert signature(params, KEY) == expected


# The second reading, of PHP's manual: http_build_query, urlencode, and the conversion of floats at precision 14.


def php_urlencode(text: str) -> str:
    out = bytearray()
    for byte in text.encode("utf-8"):
        if chr(byte).isascii() and (chr(byte).isalnum() or byte in b"-_."):
            out.append(byte)
        elif byte == 0x20:
            out += b"+"
        else:
            out += b"%" + bytes([byte]).hex().upper().encode()
    return out.decode()


def php_number(value: float) -> str:
    if value == 0:
        return "-0" if str(value).startswith("-") else "0"
    sign, digits, _ = Decimal(f"{value:.13e}").as_tuple()
    exponent = Decimal(f"{value:.13e}").adjusted()
    text = "".join(map(str, digits)).rstrip("0") or "0"
    if exponent < -4 or exponent >= 14:
        body = f"{text[0]}.{text[1:] or '0'}E{'-' if exponent < 0 else '+'}{abs(exponent)}"
    elif exponent < 0:
        body = "0." + "0" * (-exponent - 1) + text
    else:
        whole = text[: exponent + 1].ljust(exponent + 1, "0")
        body = whole + ("." + text[exponent + 1 :] if text[exponent + 1 :] else "")
    return ("-" if sign else "") + body


def php_http_build_query(data: Any, prefix: str = "") -> str:
    parts = []
    items = list(data.items()) if isinstance(data, dict) else list(enumerate(data))
    for key, value in items:
        name = php_urlencode(str(key)) if not prefix else prefix + "%5B" + php_urlencode(str(key)) + "%5D"
        if value is None:
            continue
        if isinstance(value, (dict, list)):
            inner = php_http_build_query(value, name)
            if inner:
                parts.append(inner)
        elif value is True or value is False:
            parts.append(name + "=" + ("1" if value else "0"))
        elif isinstance(value, str):
            parts.append(name + "=" + php_urlencode(value))
        elif isinstance(value, int) and -(2**63) <= value < 2**63:
            parts.append(f"{name}={value}")
        else:
            parts.append(name + "=" + php_urlencode(php_number(float(value))))
    return "&".join(parts)


texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**70), max_value=2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(texts.filter(bool), values, max_size=5), st.text(alphabet="abcdef0123456789", max_size=32))
def test_the_second_reading_agrees(params: dict[str, Any], key: str) -> None:
    params.pop("api_hash", None)
    query = php_http_build_query(params)
    assert query_string(params) == query
    assert signature(params, key) == md5((query + key).encode()).hexdigest()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_cannot_be_sent_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"cannot be sent|surrogates"):
        signature({"filters": {"telephone": value}}, KEY)


def test_a_form_carries_what_was_signed() -> None:
    body = parameters(2, {"date_between": ["2024-01-01 00:00:00", "2024-01-15 23:59:59"]}, signing_key=KEY)
    pairs = flattened(body)
    assert [name for name, _ in pairs] == ["page", "filters[date_between][0]", "filters[date_between][1]", "api_hash"]
    sent = {name: text for name, text in pairs if name != "api_hash"}
    assert signature(sent, KEY) == body["api_hash"]


def test_only_what_is_not_null_is_sent_in_the_order_that_is_signed() -> None:
    body = parameters(
        1,
        {"direction": None, "from_id": 7, "inbound_route_id": [1, None, 3], "external_id": "S\u0326"},
        signing_key=KEY,
        action="read",
    )
    assert list(body) == ["action", "page", "filters", "api_hash"]
    assert body["filters"] == {"from_id": 7, "inbound_route_id": [1, 3], "external_id": "\u0218"}
    assert body["api_hash"] == signature({"action": "read", "page": 1, "filters": body["filters"]}, KEY)
    assert parameters(1, {}) == {"page": 1}


@pytest.mark.parametrize(
    ("start_s", "end_s", "edges"),
    [
        (1_710_367_200, 1_710_453_600, ["2024-03-14 00:00:00", "2024-03-14 23:59:59"]),
        (1_710_401_324.4, 1_710_401_325.6, ["2024-03-14 09:28:44", "2024-03-14 09:28:45"]),
        # The repeated hour of 2025-10-26: either pass, both, and an edge in it.
        (1_761_438_600, 1_761_440_400, ["2025-10-26 03:00:00", "2025-10-26 03:59:59"]),
        (1_761_442_200, 1_761_444_000, ["2025-10-26 03:00:00", "2025-10-26 03:59:59"]),
        (1_761_433_200, 1_761_442_200, ["2025-10-26 02:00:00", "2025-10-26 03:59:59"]),
        (1_761_442_200, 1_761_447_600, ["2025-10-26 03:00:00", "2025-10-26 04:59:59"]),
        # The day of the missing hour.
        (1_774_735_200, 1_774_818_000, ["2026-03-29 00:00:00", "2026-03-29 23:59:59"]),
    ],
)
def test_a_window_as_inclusive_local_times(start_s: float, end_s: float, edges: list[str]) -> None:
    assert date_between(Window(int(start_s * 1000), int(end_s * 1000)), ZONE) == edges
