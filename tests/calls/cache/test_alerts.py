"""What an alert has come to is in the cache: a restart tells nothing twice, and of two processes one tells it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from calls.alerts import Comparison, Known, Look, Phase, Reading, Rule
from calls.cache import alerts
from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.filters import Filter
from tests.calls.cache.help import MINUTE_MS, NOON_MS

RULE = Rule("rate", "answer_rate", Comparison.BELOW, 0.8, for_ms=5 * MINUTE_MS)
BAD = Reading(Known.VALUE, 0.7046, "31/44")
GOOD = Reading(Known.VALUE, 0.9, "9/10")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calltop.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with closing(Database(path)) as made:
        yield made


def told(database: Database, reading: Reading, minutes: float, rule: Rule = RULE, *, quiet: bool = False) -> list[bool]:
    """Whether each saying of a look is that all is well again."""
    with database.transaction() as connection:
        looks = [Look(rule, reading, quiet)]
        return [one.resolved for one in alerts.advance_all(connection, looks, NOON_MS + round(minutes * MINUTE_MS))]


def test_it_is_told_once_by_whoever_looks_and_shown_to_all(path: Path, database: Database) -> None:
    assert told(database, BAD, 0) == []
    with closing(Database(path)) as another:
        assert told(another, BAD, 5) == [False]
    assert told(database, BAD, 6) == []
    with closing(Reader(path)) as reader:
        (status,) = reader.alerts()
    assert (status.name, status.phase, status.since_ms, status.told) == ("rate", Phase.FIRING, NOON_MS + 5 * MINUTE_MS, 1)
    assert status.sentence == "answer rate 70 % (31/44), should not be below 80 %"
    assert told(database, GOOD, 10) == [True]


def test_every_screen_hears_of_it_as_long_as_somebody_watches(path: Path, database: Database) -> None:
    told(database, BAD, 0)
    with closing(Reader(path)) as reader:
        assert reader.standing(Filter(), NOON_MS + MINUTE_MS).alarms == ()
        told(database, BAD, 5)
        (alarm,) = reader.standing(Filter(), NOON_MS + 6 * MINUTE_MS).alarms
        assert (alarm.name, alarm.since_ms) == ("rate", NOON_MS + 5 * MINUTE_MS)
        assert alarm.sentence == "answer rate 70 % (31/44), should not be below 80 %"
        assert reader.live(Filter(), NOON_MS + 6 * MINUTE_MS).standing.alarms == (alarm,)
        assert reader.standing(Filter(), NOON_MS + 30 * MINUTE_MS).alarms == ()


def test_two_that_look_at_the_same_moment_do_the_work_once(database: Database) -> None:
    told(database, BAD, 0)
    assert told(database, GOOD, 0.1) == []
    assert database.connection.execute("SELECT phase, value FROM alert").fetchall() == [("pending", 0.7046)]
    with database.transaction() as connection:
        assert alerts.due(connection, [RULE], NOON_MS + 5_000) == []
        assert alerts.due(connection, [RULE], NOON_MS + 15_000) == [RULE]
        assert alerts.due(connection, [RULE], NOON_MS - 3_600_000) == [RULE]


def test_a_rule_taken_out_of_the_configuration_is_shown_no_more(path: Path, database: Database) -> None:
    told(database, BAD, 0)
    told(database, BAD, 16, replace(RULE, name="other"))
    with closing(Reader(path)) as reader:
        assert [status.name for status in reader.alerts()] == ["other"]
