"""The hash, against vectors that a real PHP made, and the form parser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.simulator.php import api_hash, http_build_query, parse_form, urlencode, values

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "while1_hash_vectors.json").read_text(encoding="utf-8"))


def test_there_are_twelve_vectors() -> None:
    assert len(VECTORS) == 12


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_query_and_hash_equal_phps(vector: dict[str, Any]) -> None:
    assert http_build_query(vector["params"]) == vector["query"]
    signed = {"api_hash": "left out", **vector["params"]}
    assert api_hash(signed, vector["api_key"]) == vector["api_hash"]


@pytest.mark.parametrize(
    ("parameters", "query"),
    [
        ({}, ""),
        ({"page": "1"}, "page=1"),
        ({"a": [1, None, 3]}, "a%5B0%5D=1&a%5B2%5D=3"),
        ({"a": True, "b": False, "c": None, "d": ""}, "a=1&b=0&d="),
        ({"a": 2**63 - 1, "b": 2**63}, "a=9223372036854775807&b=9.2233720368548E%2B18"),
        ({"a": 0.1 + 0.2, "b": 1.0, "c": 1e-7}, "a=0.3&b=1&c=1.0E-7"),
        ({"ă ~*": "ș-_."}, "%C4%83+%7E%2A=%C8%99-_."),
    ],
)
def test_queries_by_hand(parameters: dict[str, Any], query: str) -> None:
    assert http_build_query(parameters) == query


@given(st.text())
def test_encoding_is_pythons_but_for_the_tilde(text: str) -> None:
    try:
        expected = quote_plus(text, safe="").replace("~", "%7E")
    except UnicodeEncodeError:
        return
    assert urlencode(text) == expected


names = st.text(st.characters(blacklist_characters="[]. \x00", blacklist_categories=["Cs"]), min_size=1, max_size=8)
arrays = st.recursive(
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=10),
    lambda inner: st.dictionaries(names, inner, min_size=1, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(names, arrays, max_size=4))
def test_a_form_reads_back_as_it_was_built(parameters: dict[str, Any]) -> None:
    assert parse_form(http_build_query(parameters)) == parameters


@pytest.mark.parametrize(
    ("form", "parameters"),
    [
        ("a[]=1&a[]=2", {"a": {"0": "1", "1": "2"}}),
        ("a[5]=x&a[]=y", {"a": {"5": "x", "6": "y"}}),
        ("a=1&a=2", {"a": "2"}),
        ("a=1&a[b]=2", {"a": {"b": "2"}}),
        ("a b.c=1", {"a_b_c": "1"}),
        ("a[b=1", {"a_b": "1"}),
        ("a[b][c]d=1", {"a": {"b": {"c": "1"}}}),
        ("&&a", {"a": ""}),
    ],
)
def test_forms_are_read_as_php_reads_them(form: str, parameters: dict[str, Any]) -> None:
    assert parse_form(form) == parameters


def test_a_form_that_is_no_utf8_is_refused() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        parse_form("a=%FF")


def test_values_of_arrays() -> None:
    assert values(["x", None]) == ["x", None]
    assert values({"1": "x", "0": "y"}) == ["x", "y"]
    assert values("x") is None
