"""What providers of totals cannot answer, and why."""

from __future__ import annotations

import pytest

from calls.cache import buckets
from calls.filters import parse


@pytest.mark.parametrize(
    ("text", "grouping", "reason"),
    [
        ("since:today direction:in employee:bo 102", "hour", ""),
        ("", None, ""),
        ("status:missed", None, "knows employees and hours, not status"),
        ("queue:711 or -wait:>20s", "day", "knows employees and hours, not queue or wait"),
        ("direction:internal", None, "knows employees and hours, not internal calls apart"),
        ("direction:in", "queue", "knows employees and hours, not queues"),
        ("direction:in", "number", "knows employees and hours, not numbers"),
    ],
)
def test_a_provider_of_totals_says_what_it_does_not_know(text: str, grouping: str | None, reason: str) -> None:
    assert buckets.impossible(parse(text), grouping) == reason
