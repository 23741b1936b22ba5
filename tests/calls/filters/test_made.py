"""Filters that the program makes itself are those that a person would have typed."""

from __future__ import annotations

from calls.filters import parse
from calls.filters.made import calls_where, calls_with, since_days, today


def test_what_is_made_is_what_would_be_read() -> None:
    assert today() == parse("on:today")
    assert since_days(6) == parse("since:-6d")
    assert calls_with("+46701740605") == parse("number:+46701740605")
    assert calls_where("queue", "Two words") == parse('queue:"Two words"')
