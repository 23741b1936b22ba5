"""The formula of a figure with its numbers put in."""

from __future__ import annotations

import re

import pytest

from calls.metrics import METRICS, Sample, Tally, Thresholds
from calls.metrics.lens import worked_formula

# Numbers that are all different, so that a word that stands for another number shows.
TALLY = Tally(
    offered=1000,
    answered=613,
    talk_ms=123_456_789,
    busy=31,
    failed=17,
    congestion=7,
    ring_ms=7_654_321,
    rung=901,
    wait_ms=9_876_543,
    waited=607,
    kinds=frozenset({"portsip"}),
    complete_to_ms=1,
)
SAMPLE = Sample(
    answered_waits=((0, 100), (20, 200), (40, 150), (41, 157)),
    abandoned_waits=((4, 29), (10, 61), (40, 83), (90, 159)),
    missed_known=367, unreturned=211, callers_known=953, repeats=97, peak=19, peak_ms=5, busiest=89, busiest_ms=7,
    period_seconds=86_400,
)  # fmt: skip
THRESHOLDS = Thresholds(20, 5)


def worked(name: str) -> str:
    metric = METRICS[name]
    return worked_formula(metric, metric.terms(TALLY, SAMPLE, THRESHOLDS), metric.figure(TALLY, SAMPLE, THRESHOLDS))


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.terms(TALLY, SAMPLE, THRESHOLDS)])
def test_the_numbers_put_in_amount_to_the_figure(name: str) -> None:
    metric = METRICS[name]
    figure = metric.figure(TALLY, SAMPLE, THRESHOLDS)
    sides = worked(name).split(" = ")
    assert re.fullmatch(r"[\d. ()/+-]+", sides[0]), "a word of the formula has no number"
    assert figure.value is not None
    assert eval(sides[0]) == pytest.approx(figure.value, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("answer_rate", "613 / 1000 = 61.3 %"),
        ("missed", "1000 - 613 = 387"),
        ("offered", "1000"),
        ("ner", "(613 + 31 + 332) / 1000 = 97.6 %"),
        ("acd", "123456.789 / 613 = 201.398 s"),
        ("service_level", "450 / (994 - 173) = 54.8 %"),
        ("abandoned", "332 - 29 = 303"),
        ("wait_p90", "21 s"),
        ("peak_concurrent", "19"),
        ("cost", "-"),
    ],
)
def test_formulas_as_a_person_reads_them(name: str, text: str) -> None:
    assert worked(name) == text
