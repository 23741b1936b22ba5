"""Storing what records amount to: calls with their legs, and employee buckets."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any

from calls.cache import peaks, rollups
from calls.cache.columns import CALL_COLUMNS, LEG_COLUMNS
from calls.cache.dictionaries import Texts
from calls.cache.localtimes import LocalTime, local_times
from calls.cache.places import FreeKeys
from calls.cache.records import storable
from calls.cache.rollups import Changes
from calls.cache.statements import chunks, marks
from calls.keys import key_of, starts_at
from calls.model import COUNTERS, Call, EmployeeBucket, Leg, Source
from calls.text import normalise_number

Row = tuple[Any, ...]

# fmt: off
BUCKET_COLUMNS = (
    "source_id", "started_ms", "employee_id", "extension_id", "ended_ms", "employee_name", "extension_number",
    *COUNTERS, "inbound_answered_derived", "merged_hours", "local_day", "local_hour", "employee_word", "extension_word",
)
# fmt: on
_summed = itemgetter(*(CALL_COLUMNS.index(name) for name in rollups.SUMMED))
_span = itemgetter(CALL_COLUMNS.index("started_ms"), CALL_COLUMNS.index("ended_ms"))
_parties = itemgetter(CALL_COLUMNS.index("caller_party"), CALL_COLUMNS.index("callee_party"))
_INSERT_CALL = f"INSERT INTO call (key, {', '.join(CALL_COLUMNS)}) VALUES (?{', ?' * len(CALL_COLUMNS)})"
_INSERT_LEG = f"INSERT INTO leg (call_key, position, {', '.join(LEG_COLUMNS)}) VALUES (?, ?{', ?' * len(LEG_COLUMNS)})"
_texts = attrgetter("queue", "employee", "project", "route", "trunk", "doubt")
_caller, _callee = attrgetter("caller", "caller_name"), attrgetter("callee", "callee_name")
_BUCKET_KEY = ("source_id", "started_ms", "employee_id", "extension_id")


class _Rows:
    """Makes rows of some calls; the ids of all their texts are found at once."""

    def __init__(
        self, connection: sqlite3.Connection, source_id: int, source: Source, calls: Collection[Call], texts: Texts
    ) -> None:
        self._source_id = source_id
        words = set(chain.from_iterable(map(_texts, calls)))
        words |= {text for call in calls for leg in call.legs for text in (leg.caller, leg.callee, leg.employee)}
        self._words = texts.words(connection, words)
        both = {*map(_caller, calls), *map(_callee, calls)}
        numbers = {number for number, _ in both}
        self._keys = {number: storable(normalise_number(number, source.country_code)) for number in numbers}
        parties = {(number, name): (number, self._keys[number], name) for number, name in both}
        known = texts.parties(connection, parties.values())
        self._parties = {pair: known[party] for pair, party in parties.items()}

    def keys(self, call: Call) -> tuple[str, str]:
        """The comparable numbers of caller and callee."""
        return self._keys[call.caller], self._keys[call.callee]

    def call(self, call: Call, call_id: str, local: LocalTime) -> Row:
        """The row of a call, without its key."""
        words, parties = self._words, self._parties
        # A flag with a sign is a number, which SQLite takes without asking what it is.
        return (
            self._source_id, call_id, call.started_ms, call.ringing_ms, call.answered_ms, call.ended_ms,
            str(call.direction), str(call.status),
            parties[call.caller, call.caller_name], parties[call.callee, call.callee_name],
            words[call.queue], words[call.employee], words[call.project], words[call.route], words[call.trunk],
            call.linked and storable(call.linked), call.external and storable(call.external),
            call.talk_ms, call.ring_ms, call.wait_ms,
            +call.has_recording, +call.has_transcription, +call.has_monitor, +call.approximate,
            words[call.doubt], len(call.legs) or 1, local.day, local.hour,
        )  # fmt: skip

    def leg(self, leg: Leg) -> Row:
        """The row of a leg, without the call it belongs to."""
        words = self._words
        return (
            leg.started_ms, leg.ringing_ms, leg.answered_ms, leg.ended_ms, words[leg.caller], words[leg.callee],
            words[leg.employee], str(leg.status), leg.talk_ms, leg.role,
        )  # fmt: skip


def _known(connection: sqlite3.Connection, source_id: int, call_ids: Iterable[str]) -> dict[str, tuple[int, Row]]:
    known: dict[str, tuple[int, Row]] = {}
    for some in chunks(sorted(call_ids)):
        rows = connection.execute(
            f"SELECT key, {', '.join(CALL_COLUMNS)} FROM call WHERE source_id = ? AND call_id IN ({marks(some)})",
            (source_id, *some),
        )
        known.update({row[2]: (row[0], row[1:]) for row in rows})
    return known


def store_calls(
    connection: sqlite3.Connection, source_id: int, source: Source, groups: Iterable[str], calls: Iterable[Call], texts: Texts
) -> None:
    """Makes the calls of these groups be exactly `calls`, and the sums with them; writes only what differs.

    A call's id is one of the groups.
    """
    wanted = {storable(call.id): call for call in calls}
    known = _known(connection, source_id, {*groups, *wanted})
    made = _Rows(connection, source_id, source, wanted.values(), texts)
    changes, times = Changes(), local_times(source.timezone)
    gone = [known[call_id] for call_id in known.keys() - wanted.keys()]
    new: list[tuple[Call, int | None, Row, list[Row]]] = []
    for call_id, call in wanted.items():
        local = times[call.started_ms]
        row, legs = made.call(call, call_id, local), [made.leg(leg) for leg in call.legs]
        key: int | None = None
        if call_id in known:
            key, before = known[call_id]
            if before == row and _legs(connection, key) == legs:
                continue
            gone.append((key, before))
            key = key if starts_at(key, call.started_ms) else None
            changes.replaced(made.keys(call))
        changes.came(_summed(row), local, made.keys(call))
        new.append((call, key, row, legs))
    for _, row in gone:
        summed = _summed(row)
        changes.went(summed, times[summed[0]], _parties(row))
    connection.executemany("DELETE FROM call WHERE key = ?", [(key,) for key, _ in gone])
    _insert(connection, source, new)
    rollups.apply(connection, source_id, changes)
    peaks.refresh(connection, map(_span, chain((row for _, row in gone), (row for _, _, row, _ in new))))


def _insert(connection: sqlite3.Connection, source: Source, new: Sequence[tuple[Call, int | None, Row, list[Row]]]) -> None:
    """Inserts calls with their legs; those without a key get one."""
    wanted = [key_of(call.started_ms, source.name, call.id) for call, key, _, _ in new if key is None]
    keys = FreeKeys(connection, "call", "key", wanted)
    keys.take(key for _, key, _, _ in new if key is not None)
    free = (keys.free(key) for key in wanted)
    given = [next(free) if key is None else key for _, key, _, _ in new]
    connection.executemany(_INSERT_CALL, [(key, *row) for key, (_, _, row, _) in zip(given, new, strict=True)])
    legs = [(key, place, *leg) for key, (_, _, _, some) in zip(given, new, strict=True) for place, leg in enumerate(some)]
    connection.executemany(_INSERT_LEG, legs)


def _legs(connection: sqlite3.Connection, call_key: int) -> list[Row]:
    return connection.execute(
        f"SELECT {', '.join(LEG_COLUMNS)} FROM leg WHERE call_key = ? ORDER BY position", (call_key,)
    ).fetchall()


def store_buckets(
    connection: sqlite3.Connection, source_id: int, source: Source, buckets: Iterable[EmployeeBucket], texts: Texts
) -> None:
    """Replaces the buckets with these totals; a bucket that is not among them stays as it is."""
    columns = ", ".join(BUCKET_COLUMNS)
    changing = [name for name in BUCKET_COLUMNS if name not in _BUCKET_KEY]
    updates = ", ".join(f"{name} = excluded.{name}" for name in changing)
    differs = " OR ".join(f"{name} IS NOT excluded.{name}" for name in changing)
    times = local_times(source.timezone)
    some = list(buckets)
    words = texts.words(connection, {text for bucket in some for text in (bucket.employee_name, bucket.extension_number)})
    for bucket in some:
        local = times[bucket.started_ms]
        counters = [getattr(bucket, name) for name in COUNTERS]
        row = (
            source_id, bucket.started_ms, storable(bucket.employee_id), storable(bucket.extension_id), bucket.ended_ms,
            storable(bucket.employee_name), storable(bucket.extension_number), *counters,
            int(bucket.inbound_answered_derived), bucket.merged_hours, local.day, local.hour,
            words[bucket.employee_name], words[bucket.extension_number],
        )  # fmt: skip
        connection.execute(
            f"INSERT INTO employee_bucket ({columns}) VALUES ({marks(BUCKET_COLUMNS)})"
            f" ON CONFLICT ({', '.join(_BUCKET_KEY)}) DO UPDATE SET {updates} WHERE {differs}",
            row,
        )
