"""Sums of all outcomes together, beside those by outcome, from which they are made: most figures are read from them. Those by
hour are kept of all providers together as well."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from calls.metrics.tally import COUNTS
from calls.model import Direction, Status

_ANSWERED = f"status = '{Status.ANSWERED}'"
OUTCOMES_COUNTED = (Status.BUSY, Status.FAILED, Status.CONGESTION)
"""The outcomes that have a count of their own in `COUNTS`, in its order."""
OUTCOME_SUMS: Mapping[str, str] = dict(
    zip(
        COUNTS,
        (
            "sum(calls)",
            f"sum(iif({_ANSWERED}, calls, 0))",
            "sum(talk_ms)",
            "sum(approximate)",
            *(f"sum(iif(status = '{status}', calls, 0))" for status in OUTCOMES_COUNTED),
            "sum(ring_ms)",
            "sum(rung)",
            f"sum(iif({_ANSWERED}, wait_ms, 0))",
            f"sum(iif({_ANSWERED}, waited, 0))",
        ),
        strict=True,
    )
)
"""How sums by outcome are put together, by the names of `COUNTS`."""


class _Total(NamedTuple):
    """A table of totals: what each sum is known by, in the order of the table."""

    name: str
    key: tuple[str, ...]

    def refresh(self, tallies: str) -> str:
        """What brings the totals of a source that begin at an instant up to the sums by outcome."""
        key = ", ".join(self.key)
        values = ", ".join(f"{name} = excluded.{name}" for name in COUNTS)
        return (
            f"INSERT INTO {self.name} SELECT {key}, {', '.join(OUTCOME_SUMS.values())} FROM {tallies}"
            f" WHERE started_ms = ? AND source_id = ? GROUP BY {key} ON CONFLICT DO UPDATE SET {values}"
        )


# By the table of sums from which they are made.
_TOTALS: Mapping[str, tuple[_Total, ...]] = {
    "hour_tally": (_Total("hour_total", ("direction", "started_ms", "local_day", "local_hour", "source_id")),),
    "queue_tally": (
        _Total("day_total", ("direction", "started_ms", "local_day", "source_id")),
        _Total("queue_total", ("queue_word", "source_id", "started_ms", "local_day", "direction")),
    ),
    "employee_tally": (_Total("employee_total", ("employee_word", "source_id", "started_ms", "local_day", "direction")),),
}


# The totals by hour of all providers, with the ids of those that take part.
_HOUR = ("direction", "started_ms", "local_day", "local_hour")
_DIRECTIONS = ", ".join(f"'{direction}'" for direction in Direction)


def _hours_together(begin: str) -> tuple[str, str]:
    """What removes hours that begin at, or before, an instant, and what makes them anew."""
    # Every direction is named, so that the order of the tables leads to the hours.
    hours = f"WHERE direction IN ({_DIRECTIONS}) AND started_ms {begin} ?"
    columns = ", ".join((*_HOUR, "group_concat(source_id)", *(f"sum({name})" for name in COUNTS)))
    return (
        f"DELETE FROM hour_together {hours}",
        f"INSERT INTO hour_together SELECT {columns} FROM hour_total {hours} GROUP BY {', '.join(_HOUR)}",
    )


def refresh(connection: sqlite3.Connection, tallies: str, source_id: int, starts_ms: Iterable[int]) -> None:
    """Makes the totals that begin at these instants anew, after the sums by outcome in a table changed."""
    starts = sorted(set(starts_ms))
    for total in _TOTALS.get(tallies, ()):
        connection.executemany(total.refresh(tallies), [(start_ms, source_id) for start_ms in starts])
    if tallies == "hour_tally":
        for statement in _hours_together("="):
            connection.executemany(statement, [(start_ms,) for start_ms in starts])


def forget(connection: sqlite3.Connection, tallies: str, gone: Sequence[Mapping[str, object]]) -> None:
    """Removes the totals of sums by outcome that are gone, each given by its columns; `refresh` brings back what is left."""
    for total in _TOTALS.get(tallies, ()):
        is_key = " AND ".join(f"{column} = :{column}" for column in total.key)
        connection.executemany(f"DELETE FROM {total.name} WHERE {is_key}", gone)


def forget_before(connection: sqlite3.Connection, tallies: str, source_id: int, before_ms: int) -> None:
    """Removes the totals of a source that begin before an instant."""
    for total in _TOTALS.get(tallies, ()):
        connection.execute(f"DELETE FROM {total.name} WHERE source_id = ? AND started_ms < ?", (source_id, before_ms))
    if tallies == "hour_tally":
        for statement in _hours_together("<"):
            connection.execute(statement, (before_ms,))
