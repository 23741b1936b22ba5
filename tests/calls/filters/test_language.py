"""Reading the filter language: canonical text, errors with their place, and nothing that ever raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.filters import Filter, FilterError, parse, try_parse
from calls.filters.fields import FIELDS
from calls.filters.nodes import Clause
from calls.filters.parser import MAX_DEPTH, MAX_LENGTH, MAX_VALUES
from calls.text import clean
from tests.calls.filters.samples import Meaning, filters

EXAMPLE = 'direction:in status:missed since:today -number:+4672* duration:>30s queue:622,711 "Bo Madsen"'

fragments = st.lists(
    st.one_of(
        st.sampled_from(
            [f"{name}:" for name in FIELDS]
            + ['"', "(", ")", "-", ",", "or", "and", " ", ":", "..", ">", "<=", "*", "?", "\\", "[", "'", "%", "\x00", "\x1b"]
            + ["today", "-2h", "14:30", "2026-11-22", "2026-W47", "30s", "mon", "8..17", "withheld", "+4670", "in", "yes", "é"]
        ),
        st.text(max_size=6),
    ),
    max_size=12,
).map("".join)


@given(st.one_of(st.text(), fragments))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    outcome = try_parse(text)
    if isinstance(outcome, FilterError):
        line = str(outcome)
        assert line == clean(line, limit=1000)
        assert 1 <= outcome.column <= len(text) + 1
    else:
        assert parse(outcome.text).text == outcome.text
        assert parse(outcome.text) == outcome


@given(st.binary())
def test_bytes_that_are_not_utf8_are_refused_or_read(raw: bytes) -> None:
    outcome = try_parse(raw.decode("utf-8", "surrogateescape"))
    assert isinstance(outcome, Filter) or str(outcome).isprintable()


@given(filters)
def test_canonical_text_is_read_back_as_the_same_filter(asked: tuple[str, Meaning]) -> None:
    once = parse(asked[0])
    assert parse(once.text) == once
    assert parse(once.text).text == once.text


@given(st.text(min_size=1))
def test_any_clean_text_in_quotes_is_a_word(text: str) -> None:
    wanted = clean(text)
    if not wanted:
        return
    escaped = wanted
    for character in '\\"*?':
        escaped = escaped.replace(character, "\\" + character)
    (clause,) = parse(f'"{escaped}"').clauses
    assert isinstance(clause, Clause)
    assert (clause.field, parse(clause.text)) == ("", Filter(clause))


def test_the_example_of_the_language() -> None:
    asked = parse(EXAMPLE)
    assert asked.text == EXAMPLE
    assert [clause.text for clause in asked.clauses] == [
        "direction:in", "status:missed", "since:today", "-number:+4672*", "duration:>30s", "queue:622,711", '"Bo Madsen"',
    ]  # fmt: skip
    assert asked.names("number")
    assert not asked.names("caller")


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("", ""),
        ("  \t\n ", ""),
        ("Direction:IN", "direction:in"),
        ("a AND b", "a b"),
        ("a Or (b OR c)", "a or b or c"),
        ("((a b)) (c)", "a b c"),
        ("--a", "a"),
        ("-(-(a b))", "a b"),
        ("-(a)", "-a"),
        ("(a or b) c", "(a or b) c"),
        ("a or b c", "a or b c"),
        ('"or"', '"or"'),
        ('-"-a"', '-"-a"'),
        ('"Bo   Madsen "', '"Bo Madsen"'),
        ('"plain"', "plain"),
        ("a**b", "a*b"),
        ('"a\\*b"', '"a\\*b"'),
        ("back\\slash", '"back\\\\slash"'),
        ("14:30", '"14:30"'),
        ("duration:120", "duration:2m"),
        ("duration:1.5m", "duration:90s"),
        ("duration:1h5m", "duration:65m"),
        ("duration:..30", "duration:<=30s"),
        ("duration:250ms", "duration:250ms"),
        ("wait:>=0", "wait:>=0s"),
        ("hour:08", "hour:8"),
        ("hour:..9", "hour:0..9"),
        ("hour:<3", "hour:<3"),
        ("weekday:Monday..fri", "weekday:mon..fri"),
        ("since:MON", "since:monday"),
        ('since:"2026-11-22 14:30"', "since:2026-11-22T14:30"),
        ("since:9:05", "since:09:05"),
        ("to:now", "to:now"),
        ("on:2026-w47", "on:2026-W47"),
        ("from:2026-11-22t10:00:00.5+01:00", "from:2026-11-22T10:00:00.5+01:00"),
        ("number:Anonymous", "number:withheld"),
        ("number:070-174*", "number:070-174*"),
        ('queue:""', 'queue:""'),
        ('queue:">5"', 'queue:">5"'),
        ("bo,per", "bo,per"),
    ],
)
def test_canonical_text(typed: str, canonical: str) -> None:
    asked = parse(typed)
    assert asked.text == canonical
    assert parse(canonical) == asked
    assert asked.everything == (canonical == "")


@pytest.mark.parametrize(
    ("typed", "column", "says", "suggestion"),
    [
        ("directon:in", 1, "there is no field 'directon'", "direction:"),
        ("a http://x", 3, "there is no field 'http'", ""),
        ("direction:inbound", 11, "write in, out or internal", "in"),
        ("status:answered,mised", 17, "'mised' is not a value", "missed"),
        ("has:rec", 5, "write recording, transcription or monitor", "recording"),
        ("local:maybe", 7, "write yes or no", ""),
        ("a or", 5, "nothing after 'or'", ""),
        ("or a", 1, "nothing before 'or'", ""),
        ("a or or b", 6, "nothing after 'or'", ""),
        ("a and", 6, "nothing after 'and'", ""),
        ("and a", 1, "nothing before 'and'", ""),
        ("(a b", 1, "never closed", ""),
        ("a (", 3, "never closed", ""),
        ("a)", 2, "closes nothing", ""),
        ("()", 2, "nothing before this parenthesis", ""),
        ("a -", 3, "nothing to exclude", ""),
        ("- a", 1, "nothing to exclude", ""),
        ('say "hi', 5, "quote is never closed", ""),
        ('"a\\"', 1, "quote is never closed", ""),
        ('""', 1, "empty quotes", ""),
        ('ab"c"', 3, "a space is missing", ""),
        ('"a"b', 4, "a space is missing", ""),
        ("queue:", 7, "needs a value", ""),
        ("direction: in", 11, "in, out, internal", ""),
        ("queue:1,", 9, "missing after the comma", ""),
        (",a", 1, "none before it", ""),
        ("queue:>5", 7, "compares durations and hours only", ""),
        ("duration:long", 10, "is not a duration", ""),
        ("duration:>", 10, "a duration is missing", ""),
        ("duration:..", 10, "is not a range", ""),
        ("duration:2m..10s", 10, "runs backwards", "10s..2m"),
        ("hour:25", 6, "not one of 0 to 23", ""),
        ("hour:8-17", 6, "not one of 0 to 23", "8..17"),
        ("weekday:fru", 9, "not one of mon to sun", "fri"),
        ("since:todya", 7, "is not a time", "today"),
        ("since:2026-02-30", 7, "there is no such time", ""),
        ("since:24:00", 7, "there is no such time", ""),
        ("since:>today", 7, "no comparison and no range", ""),
        ("on:>today", 4, "takes no comparison", ""),
        ("on:-2h", 4, "is an instant", "since:-2h"),
        ("since:*", 7, "is not a time", ""),
        ("a\x1b[31m", 2, "U+001B", ""),
        ("a\u202eb", 2, "U+202E", ""),
        ("\udc80", 1, "U+DC80", ""),
    ],
)
def test_what_is_wrong_where_and_what_was_meant(typed: str, column: int, says: str, suggestion: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(typed)
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"column {column}: ")
    assert (caught.value.column, caught.value.suggestion) == (column, suggestion)
    assert not suggestion or str(caught.value).endswith(f"did you mean {suggestion}?")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("a" * 10_000, "10000 characters"),
        ("(" * MAX_LENGTH, f"deeper than {MAX_DEPTH}"),
        ("-(" * (MAX_LENGTH // 2), f"deeper than {MAX_DEPTH}"),
        ("a " * (MAX_LENGTH // 2), f"at most {MAX_VALUES} values"),
        ('"' * MAX_LENGTH, "empty quotes"),
        ("queue:" + "1," * 1900, f"at most {MAX_VALUES} values"),
        ("since:" + "9" * 3000, "is not a time"),
        ("duration:" + "9" * 3000, "is not a duration"),
        ("since:-99999999d", "is not a time"),
        ("since:0001-01-01", "there is no such time as"),
        ("on:9999-12", "there is no such time as"),
        ("to:9999-W52", "there is no such time as"),
        ("from:9999-12-31T23:59:59Z", "there is no such time as"),
    ],
)
def test_oversized_input_is_refused_in_one_short_line(typed: str, says: str) -> None:
    outcome = try_parse(typed)
    assert isinstance(outcome, FilterError)
    assert says in str(outcome)
    assert len(str(outcome)) < 250


def test_many_minus_signs_are_read() -> None:
    assert parse("-" * 3001 + "a").text == "-a"


def test_hostile_quotations_are_made_safe() -> None:
    outcome = try_parse("status:[/]\u0301\u0301\u0301\u0301\u0301")
    assert isinstance(outcome, FilterError)
    assert "'[/]\u0301\u0301\u0301'" in str(outcome)


def test_every_field_explains_itself_and_closed_ones_list_values_they_accept() -> None:
    for name, field in FIELDS.items():
        assert field.name == name
        assert field.hint
        for value in field.values:
            assert parse(f"{name}:{value}").names(name)


def test_filters_are_values() -> None:
    assert parse("direction:in  duration:60") == parse("Direction:in duration:1m")
    assert hash(parse("a b")) == hash(parse("a  b"))
    assert parse("a b") != parse("b a")
