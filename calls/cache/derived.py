"""Storing what records amount to: calls with their legs, and employee buckets."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from calls.cache import rollups
from calls.cache.dictionaries import Party, party_ids, word_ids
from calls.cache.records import chunks, marks, storable
from calls.cache.rollups import Touched
from calls.keys import key_of, place_ms, starts_at
from calls.model import COUNTERS, Call, EmployeeBucket, Leg, Source
from calls.text import normalise_number
from calls.times import local_date, local_hour

Row = tuple[Any, ...]

# fmt: off
CALL_COLUMNS = (
    "source_id", "call_id", "started_ms", "ringing_ms", "answered_ms", "ended_ms", "direction", "status",
    "caller_party", "callee_party", "queue_word", "employee_word", "project_word", "route_word", "trunk_word",
    "linked", "external", "talk_ms", "ring_ms", "wait_ms", "has_recording", "has_transcription", "has_monitor",
    "approximate", "doubt_word", "leg_count", "local_day", "local_hour",
)
LEG_COLUMNS = (
    "started_ms", "ringing_ms", "answered_ms", "ended_ms", "caller_word", "callee_word", "employee_word", "status", "talk_ms",
    "role",
)
BUCKET_COLUMNS = (
    "source_id", "started_ms", "employee_id", "extension_id", "ended_ms", "employee_name", "extension_number",
    *COUNTERS, "inbound_answered_derived", "merged_hours", "local_day", "local_hour", "employee_word", "extension_word",
)
# fmt: on
_place = itemgetter(*(CALL_COLUMNS.index(name) for name in ("started_ms", "caller_party", "callee_party")))
_INSERT_CALL = f"INSERT INTO call (key, {', '.join(CALL_COLUMNS)}) VALUES (?{', ?' * len(CALL_COLUMNS)})"
_INSERT_LEG = f"INSERT INTO leg (call_key, position, {', '.join(LEG_COLUMNS)}) VALUES (?, ?{', ?' * len(LEG_COLUMNS)})"
_BUCKET_KEY = ("source_id", "started_ms", "employee_id", "extension_id")


def _local(started_ms: int, zone: ZoneInfo) -> tuple[int, int]:
    return local_date(place_ms(started_ms), zone).toordinal(), local_hour(place_ms(started_ms), zone)


class _Texts:
    """The ids of all texts of some calls, found at once."""

    def __init__(self, connection: sqlite3.Connection, calls: Collection[Call], country_code: str) -> None:
        self._country_code = country_code
        self._keys: dict[str, str] = {}
        self._words = word_ids(connection, {storable(text) for call in calls for text in _words(call)})
        self._parties = party_ids(connection, {party for call in calls for party in self._both(call)})

    def _both(self, call: Call) -> tuple[Party, Party]:
        return self._party(call.caller, call.caller_name), self._party(call.callee, call.callee_name)

    def _party(self, number: str, name: str) -> Party:
        return storable(number), self._key(number), storable(name)

    def _key(self, number: str) -> str:
        key = self._keys.get(number)
        if key is None:
            key = self._keys[number] = storable(normalise_number(number, self._country_code))
        return key

    def parties(self, call: Call) -> tuple[int, int]:
        """Caller and callee."""
        caller, callee = self._both(call)
        return self._parties[caller], self._parties[callee]

    def keys(self, call: Call) -> tuple[str, str]:
        """The comparable numbers of caller and callee."""
        return self._key(call.caller), self._key(call.callee)

    def word(self, text: str) -> int:
        """A queue, an employee, a leg's number."""
        return self._words[storable(text)]


def _words(call: Call) -> Iterator[str]:
    yield from (call.queue, call.employee, call.project, call.route, call.trunk, call.doubt)
    for leg in call.legs:
        yield from (leg.caller, leg.callee, leg.employee)


def _call_row(source_id: int, zone: ZoneInfo, call: Call, texts: _Texts) -> tuple[object, ...]:
    day, hour = _local(call.started_ms, zone)
    return (
        source_id, storable(call.id), call.started_ms, call.ringing_ms, call.answered_ms, call.ended_ms,
        call.direction.value, call.status.value, *texts.parties(call),
        texts.word(call.queue), texts.word(call.employee), texts.word(call.project), texts.word(call.route),
        texts.word(call.trunk), storable(call.linked), storable(call.external), call.talk_ms, call.ring_ms, call.wait_ms,
        int(call.has_recording), int(call.has_transcription), int(call.has_monitor),
        int(call.approximate), texts.word(call.doubt), call.leg_count, day, hour,
    )  # fmt: skip


def _leg_row(leg: Leg, texts: _Texts) -> tuple[object, ...]:
    return (
        leg.started_ms, leg.ringing_ms, leg.answered_ms, leg.ended_ms, texts.word(leg.caller), texts.word(leg.callee),
        texts.word(leg.employee), leg.status.value, leg.talk_ms, leg.role,
    )  # fmt: skip


class _Keys:
    """Gives calls their keys; a clash moves a key up by one."""

    def __init__(self, connection: sqlite3.Connection, source: Source, calls: Iterable[Call]) -> None:
        self._connection = connection
        self._source = source
        first = {key_of(call.started_ms, source.name, call.id) for call in calls}
        self._taken: set[int] = set()
        for some in chunks(sorted(first)):
            rows = connection.execute(f"SELECT key FROM call WHERE key IN ({marks(some)})", tuple(some))
            self._taken.update(key for (key,) in rows)

    def take(self, keys: Iterable[int]) -> None:
        """Leaves these keys to the calls that have them."""
        self._taken.update(keys)

    def free(self, call: Call) -> int:
        """A key that no call has."""
        key = key_of(call.started_ms, self._source.name, call.id)
        while key in self._taken:
            key += 1
            if self._connection.execute("SELECT 1 FROM call WHERE key = ?", (key,)).fetchone() is not None:
                self._taken.add(key)
        self._taken.add(key)
        return key


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
    connection: sqlite3.Connection, source_id: int, source: Source, groups: Iterable[str], calls: Iterable[Call]
) -> None:
    """Makes the calls of these groups be exactly `calls`, and the sums by hour with them; writes only what differs.

    A call's id is one of the groups.
    """
    wanted = {storable(call.id): call for call in calls}
    known = _known(connection, source_id, {*groups, *wanted})
    zone = ZoneInfo(source.timezone)
    texts = _Texts(connection, wanted.values(), source.country_code)
    touched = Touched(zone)
    gone = [(key,) for call_id, (key, _) in known.items() if call_id not in wanted]
    for call_id in known.keys() - wanted.keys():
        touched.add_stored(*_place(known[call_id][1]))
    new: list[tuple[Call, int | None, Row, list[Row]]] = []
    for call_id, call in wanted.items():
        row, legs = _call_row(source_id, zone, call, texts), [_leg_row(leg, texts) for leg in call.legs]
        key: int | None = None
        if call_id in known:
            key, before = known[call_id]
            if before == row and _legs(connection, key) == legs:
                continue
            gone.append((key,))
            touched.add_stored(*_place(before))
            key = key if starts_at(key, call.started_ms) else None
        touched.add(call.started_ms, *texts.keys(call))
        new.append((call, key, row, legs))
    connection.executemany("DELETE FROM call WHERE key = ?", gone)
    keys = _Keys(connection, source, [call for call, key, _, _ in new if key is None])
    keys.take(key for _, key, _, _ in new if key is not None)
    rows = [(keys.free(call) if key is None else key, row, legs) for call, key, row, legs in new]
    connection.executemany(_INSERT_CALL, [(key, *row) for key, row, _ in rows])
    connection.executemany(_INSERT_LEG, [(key, position, *leg) for key, _, legs in rows for position, leg in enumerate(legs)])
    rollups.recount(connection, source_id, touched)


def _legs(connection: sqlite3.Connection, call_key: int) -> list[Row]:
    return connection.execute(
        f"SELECT {', '.join(LEG_COLUMNS)} FROM leg WHERE call_key = ? ORDER BY position", (call_key,)
    ).fetchall()


def store_buckets(connection: sqlite3.Connection, source_id: int, source: Source, buckets: Iterable[EmployeeBucket]) -> None:
    """Replaces the buckets with these totals; a bucket that is not among them stays as it is."""
    columns = ", ".join(BUCKET_COLUMNS)
    changing = [name for name in BUCKET_COLUMNS if name not in _BUCKET_KEY]
    updates = ", ".join(f"{name} = excluded.{name}" for name in changing)
    differs = " OR ".join(f"{name} IS NOT excluded.{name}" for name in changing)
    zone = ZoneInfo(source.timezone)
    some = list(buckets)
    words = word_ids(
        connection, {storable(text) for bucket in some for text in (bucket.employee_name, bucket.extension_number)}
    )
    for bucket in some:
        day, hour = _local(bucket.started_ms, zone)
        counters = [getattr(bucket, name) for name in COUNTERS]
        row = (
            source_id, bucket.started_ms, storable(bucket.employee_id), storable(bucket.extension_id), bucket.ended_ms,
            storable(bucket.employee_name), storable(bucket.extension_number), *counters,
            int(bucket.inbound_answered_derived), bucket.merged_hours, day, hour,
            words[storable(bucket.employee_name)], words[storable(bucket.extension_number)],
        )  # fmt: skip
        connection.execute(
            f"INSERT INTO employee_bucket ({columns}) VALUES ({marks(BUCKET_COLUMNS)})"
            f" ON CONFLICT ({', '.join(_BUCKET_KEY)}) DO UPDATE SET {updates} WHERE {differs}",
            row,
        )
