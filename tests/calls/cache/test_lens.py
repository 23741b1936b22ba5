"""The lens over a figure, from a cache."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache.reader import Reader
from calls.cache.writer import Reading
from calls.filters import parse
from calls.metrics import METRICS, Grade, Thresholds
from calls.metrics.lens import FIRST_ROWS, LensRows
from calls.model import Record, Source, Window
from tests.calls.cache.help import DAY_MS, DESK, HOUR_MS, NOON_MS, FakeDeriver, a_cache

PBX = Source("pbx", "portsip", "Europe/Stockholm", "46")
GAP = Window(NOON_MS - DAY_MS, NOON_MS - 20 * HOUR_MS)
THRESHOLDS = Thresholds(25, 7)


def some_calls() -> Iterator[Record]:
    chance = random.Random("lens")
    for number in range(300):
        started_ms = NOON_MS - chance.randrange(3 * DAY_MS)
        answered = chance.random() < 0.6
        payload = {
            "direction": chance.choices(["in", "out", "internal"], [7, 3, 1])[0],
            "status": "answered" if answered else chance.choice(["missed", "busy", "failed"]),
            "talk_ms": 60_000 if answered else 0,
            "wait_ms": chance.randrange(60_000),
            "caller": chance.choice(["", "+46701740605", "+46701740606"]),
        }
        yield Record(str(number), str(number), started_ms, payload)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path = tmp_path_factory.mktemp("lens") / "calltop.db"
    with a_cache(path, PBX, DESK) as cache:
        records = tuple(some_calls())
        for covered in (Window(NOON_MS - 3 * DAY_MS, GAP.start_ms), Window(GAP.end_ms, NOON_MS)):
            reading = Reading(records, (), NOON_MS, covered=covered, complete_to_ms=NOON_MS)
            cache.writer.store(FakeDeriver(PBX, link_ms=0), cache.ids["pbx"], reading)
        counters = {"employee_id": "1", "inbound_calls": 4, "inbound_answered": 3, "inbound_seconds": 90}
        totals = (Record("1", "1", NOON_MS - HOUR_MS, counters),)
        reading = Reading(totals, (), NOON_MS, covered=Window(NOON_MS - 3 * DAY_MS, NOON_MS), complete_to_ms=NOON_MS)
        cache.writer.store(FakeDeriver(DESK), cache.ids["desk"], reading)
    with closing(Reader(path)) as made:
        yield made


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("text", ["provider:pbx", "provider:pbx direction:out since:-30h"])
def test_the_filters_of_a_lens_list_the_rows_of_its_sides(reader: Reader, name: str, text: str) -> None:
    lens = reader.lens(parse(text), NOON_MS, METRICS[name], THRESHOLDS)
    assert lens is not None
    figure = reader.figures(parse(text), NOON_MS, [METRICS[name]], None, THRESHOLDS)[""][name]
    assert (lens.figure, lens.filter) == (figure, parse(text).text)
    for rows, number in ((lens.numerator, figure.numerator), (lens.denominator, figure.denominator)):
        assert rows.count == number
        if rows.filter is None:
            assert rows.instead or name == "cost"
            continue
        listed = list(reader.calls(parse(rows.filter), NOON_MS))
        assert list(rows.first) == listed[:FIRST_ROWS]
        if not rows.seconds and not METRICS[name].whole:
            assert len(listed) == number
    assert [one.metric.name for one in lens.variants] == list(METRICS[name].variants)


def test_each_provider_has_its_grade_its_reason_and_its_coverage(reader: Reader) -> None:
    lens = reader.lens(parse(""), NOON_MS, METRICS["answer_rate"])
    assert lens is not None
    pbx, desk = lens.parts
    assert pbx.figure is not None
    assert desk.figure is not None
    assert (pbx.figure.grade, pbx.figure.gaps, pbx.figure.complete_to_ms) == (Grade.EXACT, (GAP,), NOON_MS)
    assert (desk.figure.numerator, desk.figure.denominator, desk.figure.grade) == (3, 4, Grade.APPROXIMATE)
    assert desk.figure.grade_reason.startswith("Telecom X answers are calls less unanswered")
    assert lens.figure.numerator == pbx.figure.numerator + 3
    assert lens.worked == f"{lens.figure.numerator} / {lens.figure.denominator} = {100 * (lens.figure.value or 0):.1f} %"


def test_a_provider_that_cannot_answer_the_filter_says_why(reader: Reader) -> None:
    lens = reader.lens(parse("status:missed"), NOON_MS, METRICS["offered"])
    assert lens is not None
    assert (lens.parts[1].figure, lens.parts[1].reason) == (None, "knows employees and hours, not status")


def test_totals_of_employees_have_no_rows(reader: Reader) -> None:
    lens = reader.lens(parse("provider:desk"), NOON_MS, METRICS["offered"])
    assert lens is not None
    assert lens.numerator == LensRows(4, False, "provider:desk direction:in", ())


def test_without_anybody_who_can_answer_there_is_no_lens(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db", DESK), closing(Reader(tmp_path / "calltop.db")) as reader:
        assert reader.lens(parse("status:missed"), NOON_MS, METRICS["offered"]) is None
