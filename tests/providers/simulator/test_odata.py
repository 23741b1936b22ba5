"""The language of PortSIP's filters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.simulator.odata import FilterError, parse_filter, parse_order
from providers.simulator.portsip.rows import LEG_FIELDS, SESSION_FIELDS

ROW = {
    "id": "7",
    "caller": "+4684650",
    "callee": "102",
    "callee_display_name": "O'Brien's \"desk\"",
    "started_at": 1_609_459_200_000_000,
    "answered_at": None,
    "status_code": 486,
    "duration": 0,
}


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("caller eq '+4684650'", True),
        ("caller ne '+4684650'", False),
        ("callee_display_name eq 'O''Brien''s \"desk\"'", True),
        ("started_at ge '2021-01-01T00:00:00Z'", True),
        ("started_at gt '2021-01-01T00:00:00Z'", False),
        ("started_at lt '2021-01-01T00:00:00.000001Z'", True),
        ("started_at eq '2021-01-01T01:00:00+01:00'", True),
        ("status_code eq 486 and duration le 0", True),
        ("duration ge 30", False),
        ("startswith(caller,'+468')", True),
        ("endswith( caller , '999' )", False),
        ("contains(callee_display_name,'Brien')", True),
        # A field without a value makes every comparison false.
        ("answered_at ge '2000-01-01T00:00:00Z'", False),
        ("answered_at lt '2000-01-01T00:00:00Z'", False),
        ("trunk ne 'x'", False),
        ("contains(trunk,'')", False),
        ("trunk eq 'x' or caller eq '+4684650'", True),
        # "and" binds tighter than "or".
        ("callee eq '102' or callee eq '103' and caller eq 'x'", True),
        ("(callee eq '102' or callee eq '103') and caller eq 'x'", False),
    ],
)
def test_a_filter_tells_rows_apart(text: str, true: bool) -> None:
    assert parse_filter(text, SESSION_FIELDS).test(ROW) is true


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "caller",
        "caller eq",
        "caller eq 102",
        'caller eq "102"',
        "caller eq 'x",
        "caller eq 'it's'",
        "caller = '102'",
        "caller EQ '102'",
        "nonsense eq '1'",
        "session_id eq '1'",
        "started_at ge 2021-01-01T00:00:00Z",
        "started_at ge '2021-01-01'",
        "started_at ge '2021-13-01T00:00:00Z'",
        "started_at ge '2021-01-01T00:00:00'",
        "duration ge '30'",
        "duration ge 1.5",
        "not caller eq '1'",
        "caller in ('1','2')",
        "caller eq null",
        "startswith(caller)",
        "startswith(started_at,'2')",
        "caller eq '1' and",
        "caller eq '1' caller eq '2'",
        "(caller eq '1'",
        "caller eq '1')",
        "$filter eq '1'",
        "(" * 60 + "caller eq '1'" + ")" * 60,
    ],
)
def test_what_the_language_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(FilterError):
        parse_filter(text, SESSION_FIELDS)


def test_the_sessions_id_is_a_field_of_legs_only() -> None:
    assert parse_filter("session_id eq '1'", LEG_FIELDS).test({"session_id": "1"})


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_filter(text, SESSION_FIELDS).test(ROW)
    except FilterError:
        return


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text))
def test_a_quoted_text_means_itself(text: str) -> None:
    quoted = text.replace("'", "''")
    expression = parse_filter(f"caller eq '{quoted}'", SESSION_FIELDS)
    assert expression.test({"caller": text})
    assert not expression.test({"caller": text + "x"})


comparisons = st.tuples(st.sampled_from(["ge", "gt", "le", "lt", "eq", "ne"]), st.integers(0, 59)).map(
    lambda pair: f"started_at {pair[0]} '2021-01-01T00:00:{pair[1]:02}Z'"
)
filters = st.recursive(
    comparisons | st.just("caller eq '1'"),
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
    max_leaves=6,
)


@given(filters, st.integers(-5, 65))
def test_a_filter_is_never_true_outside_its_bounds(text: str, second: int) -> None:
    expression = parse_filter(text, SESSION_FIELDS)
    us = 1_609_459_200_000_000 + second * 1_000_000
    if expression.test({"started_at": us, "caller": "1"}):
        assert expression.bounds[0] <= us < expression.bounds[1]


def test_an_order_goes_up_unless_it_says_down() -> None:
    assert parse_order("started_at", SESSION_FIELDS) == [("started_at", False)]
    assert parse_order("started_at desc, id asc", SESSION_FIELDS) == [("started_at", True), ("id", False)]
    for wrong in ("", "nonsense", "started_at down", "started_at,", "started_at asc desc"):
        with pytest.raises(FilterError):
            parse_order(wrong, SESSION_FIELDS)
