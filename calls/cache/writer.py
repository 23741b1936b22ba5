"""The only way into the cache: one transaction per answer, with rows, derived calls, coverage and watermark together."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Protocol
from zoneinfo import ZoneInfo

from calls.cache import (
    coverage,
    derived,
    dictionaries,
    erasure,
    marks,
    naming,
    notices,
    past,
    quarantine,
    readings,
    records,
    removal,
    retention,
    rollups,
)
from calls.cache.database import Database
from calls.model import Derived, Record, Reject, Source, Window

REBUILT_TOGETHER = 5_000


class Deriver(Protocol):
    """How records of one source become calls (see `providers.base.Deriver`)."""

    source: Source
    link_ms: int

    def facts(self, records: Sequence[Record]) -> frozenset[str]: ...

    def derive(self, records: Sequence[Record], facts: frozenset[str]) -> Derived: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What one poll, or one chunk of history, brought.

    `covered` is the range now known completely, None when the reading broke off. `complete_to_ms` moves the watermark,
    which never goes back. `provider_state` is kept for the provider's next poll. `notices` are stable sentences about the
    answers. `asked` is the range that was read to its end, None when the reading broke off or was filtered; `supersedes` says
    that a stored row of it which was not delivered was replaced by another of its link and start.
    """

    records: tuple[Record, ...]
    rejects: tuple[Reject, ...]
    read_ms: int
    covered: Window | None = None
    complete_to_ms: int | None = None
    provider_state: Mapping[str, str] | None = None
    notices: tuple[str, ...] = ()
    asked: Window | None = None
    supersedes: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """What a reading changed, counted in records."""

    received: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int


class Writer:
    """Writes readings. Use it from the thread that made its database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._texts = dictionaries.Texts()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, also of what is remembered of the cache."""
        try:
            with self.database.transaction() as connection:
                self._texts.begin(connection)
                yield connection
        except BaseException:
            self._texts.forget()
            raise

    def register(self, sources: Iterable[Source]) -> dict[str, int]:
        """Makes these sources known, and returns the id of each by name.

        A source that is known keeps its zone and country code until the next reading, which cuts its calls anew. What was
        cached under a name that another kind had goes by "name (kind)" until that kind has the name again.
        """
        with self._transaction() as connection:
            return naming.register(connection, sources)

    def store(self, deriver: Deriver, source_id: int, reading: Reading) -> Stored:
        """Stores a reading, all of it or nothing, and without the parties that were erased."""
        with self._transaction() as connection:
            reading = self._without_erased(connection, deriver.source.country_code, reading)
            edge_ms = retention.purged_before_ms(connection, source_id)
            reading = replace(reading, records=retention.kept(reading.records, edge_ms))
            changes = records.store(connection, source_id, reading.records, reading.read_ms, deriver.link_ms)
            learned = self._learn(connection, deriver, source_id, reading.records)
            groups, moved = self._adapt(connection, deriver.source, source_id)
            groups |= changes.touched
            # A row that became unreadable was delivered all the same, and which one it was cannot be told.
            if reading.asked is not None and not reading.rejects:
                groups |= records.reconcile(
                    connection,
                    source_id,
                    reading.records,
                    reading.asked,
                    reading.read_ms,
                    supersedes=reading.supersedes,
                )
            if learned:
                groups |= records.groups_linked_to(connection, source_id, learned)
            self._derive(connection, deriver, source_id, groups, changes.fresh)
            if moved:
                rollups.count_source(connection, source_id, ZoneInfo(deriver.source.timezone))
            quarantine.keep(connection, source_id, reading.rejects, reading.read_ms)
            notices.note(connection, source_id, reading.notices, reading.read_ms)
            if reading.covered is not None:
                coverage.extend(connection, source_id, reading.covered, reading.read_ms)
                brought = (changes.inserted, changes.updated)
                readings.note(connection, source_id, reading.read_ms, reading.covered, reading.complete_to_ms, brought)
            if reading.complete_to_ms is not None:
                connection.execute(
                    "UPDATE poll_state SET complete_to_ms = max(coalesce(complete_to_ms, 0), ?) WHERE source_id = ?",
                    (reading.complete_to_ms, source_id),
                )
            if reading.provider_state is not None:
                connection.execute(
                    "UPDATE poll_state SET provider_state = ? WHERE source_id = ?",
                    (json.dumps(dict(reading.provider_state), sort_keys=True), source_id),
                )
        received = changes.inserted + changes.updated + changes.unchanged
        return Stored(
            received + len(reading.rejects), changes.inserted, changes.updated, changes.unchanged, len(reading.rejects)
        )

    def _without_erased(self, connection: sqlite3.Connection, country_code: str, reading: Reading) -> Reading:
        erased = erasure.read(connection, self.database.path)
        if not erased.digests:
            return reading
        rows = tuple(erased.redacted(record, country_code) for record in map(records.storable_record, reading.records))
        return replace(reading, records=rows, rejects=erasure.kept_rejects(reading.rejects, erased, country_code))

    def purged_before_ms(self, source_id: int) -> int | None:
        """The instant before which calls of a source are no longer kept, None while all are."""
        return retention.purged_before_ms(self.database.connection, source_id)

    def purge(self, source_id: int, before_ms: int) -> int:
        """Turns the calls of a source that started before an instant into hourly figures; how many there were.

        What providers send of that time from now on is not stored.
        """
        with self._transaction() as connection:
            gone = retention.purge(connection, source_id, before_ms)
            self._texts.forget()
        return gone

    def erase(self, number: str, derivers: Mapping[str, Deriver], erased_ms: int) -> dict[str, int]:
        """Erases a party from every source, whatever the spelling of its number, and for the future.

        Returns how many records held it, by source. The calls of a source without a deriver, which is no longer configured,
        are removed with their records. Afterwards nothing of the number is left in the file.
        """
        counts: dict[str, int] = {}
        with self._transaction() as connection:
            sources = connection.execute("SELECT id, name, country_code FROM source").fetchall()
            may_hold = erasure.may_hold(number)
            erased = erasure.remember(connection, self.database.path, {code: number for _, _, code in sources}, erased_ms)
            for source_id, name, country_code in sources:
                changed = removal.redact(connection, source_id, partial(erased.redacted, country_code=country_code), may_hold)
                counts[name] = len(changed.rows)
                groups = changed.groups
                deriver = derivers.get(name)
                if deriver is None:
                    removal.remove(connection, source_id, changed.rows)
                    derived.store_calls(
                        connection, source_id, Source(name, "", "UTC", country_code), changed.groups, (), self._texts
                    )
                else:
                    groups |= self._derive(connection, deriver, source_id, groups)
                marks.forget(connection, source_id, groups, partial(erased.holds, country_code=country_code))
                erasure.forget_rejects(connection, source_id, erased, country_code)
            gone = dictionaries.forget_unused(connection)
            self._texts.forget()
        self.database.compact(gone)
        return counts

    def mark(self, number_key: str, through_ms: int, marked_ms: int, who: str, note: str = "") -> int:
        """Marks the missed calls that a caller made up to an instant as dealt with; how many there were.

        `number_key` is the comparable form of the number (`calls.text.normalise_number`). A later missed call asks again.
        """
        with self._transaction() as connection:
            return marks.mark(connection, number_key, through_ms, marked_ms, who, note)

    def unmark(self, number_key: str, through_ms: int) -> int:
        """Takes such marks back; how many there were."""
        with self._transaction() as connection:
            return marks.unmark(connection, number_key, through_ms)

    def rebuild(self, deriver: Deriver, source_id: int) -> None:
        """Derives every call of a source again from its raw records, `REBUILT_TOGETHER` groups at a time; counts its sums."""
        with self._transaction() as connection:
            self._adapt(connection, deriver.source, source_id)
            groups = records.groups_in_time(connection, source_id)
            parts = [groups[start : start + REBUILT_TOGETHER] for start in range(0, len(groups), REBUILT_TOGETHER)]
            connection.execute("DELETE FROM fact WHERE source_id = ?", (source_id,))
            for part in parts:
                self._learn(connection, deriver, source_id, records.load(connection, source_id, frozenset(part)))
            self._derive_in_parts(connection, deriver, source_id, groups)
            rollups.count_source(connection, source_id, ZoneInfo(deriver.source.timezone))
            rollups.count_all_contacts(connection)

    def go_back(self, moment_ms: int, derivers: Mapping[str, Deriver]) -> tuple[str, ...]:
        """Makes the cache, a copy of another, know what that one knew at an instant.

        Returns the sources without a deriver, of which nothing is left: their calls cannot be derived anew.
        """
        with self._transaction() as connection:
            sources = connection.execute("SELECT id, name FROM source ORDER BY id").fetchall()
            for source_id, name in sources:
                if (deriver := derivers.get(name)) is None:
                    groups = frozenset(records.groups_in_time(connection, source_id))
                    unknown = Source(name, "", "UTC", "")
                    derived.store_calls(connection, source_id, unknown, groups, (), self._texts)
                    past.forget_source(connection, source_id)
                else:
                    self._go_back(connection, deriver, source_id, moment_ms)
                past.forget_later(connection, source_id, moment_ms)
        return tuple(name for _, name in sources if name not in derivers)

    def _go_back(self, connection: sqlite3.Connection, deriver: Deriver, source_id: int, moment_ms: int) -> None:
        groups, _ = self._adapt(connection, deriver.source, source_id)
        groups |= past.groups_of_later(connection, source_id, moment_ms)
        learned = any(deriver.facts([one]) for one in past.versions(connection, source_id, moment_ms, later=True))
        if deriver.link_ms:
            groups = records.neighbours(connection, source_id, groups, deriver.link_ms)
        groups |= past.undo(connection, source_id, moment_ms)
        if groups and connection.execute("DELETE FROM employee_bucket WHERE source_id = ?", (source_id,)).rowcount:
            # Totals that are no longer told stay unless all are derived anew.
            groups |= frozenset(records.groups_in_time(connection, source_id))
        if learned:
            groups |= self._learn_anew(connection, deriver, source_id, moment_ms)
        self._derive_in_parts(connection, deriver, source_id, sorted(groups))

    def _learn_anew(self, connection: sqlite3.Connection, deriver: Deriver, source_id: int, moment_ms: int) -> frozenset[str]:
        """Knows the facts that were taught up to an instant, and no others; the groups that hang on one that is gone."""
        before, facts = self._facts(connection, source_id), set[str]()
        told = past.versions(connection, source_id, moment_ms, later=False)
        while some := list(islice(told, REBUILT_TOGETHER)):
            facts.update(map(records.storable, deriver.facts(some)))
        connection.execute("DELETE FROM fact WHERE source_id = ?", (source_id,))
        connection.executemany("INSERT INTO fact VALUES (?, ?)", [(source_id, fact) for fact in sorted(facts)])
        return records.groups_linked_to(connection, source_id, before ^ facts)

    def _derive_in_parts(self, connection: sqlite3.Connection, deriver: Deriver, source_id: int, groups: Sequence[str]) -> None:
        done: set[str] = set()
        for start in range(0, len(groups), REBUILT_TOGETHER):
            part = groups[start : start + REBUILT_TOGETHER]
            done |= self._derive(connection, deriver, source_id, frozenset(part) - done)

    def _adapt(self, connection: sqlite3.Connection, source: Source, source_id: int) -> tuple[frozenset[str], bool]:
        """Takes over a changed source; returns the groups whose calls depend on its zone or its country code, and whether
        its hours are cut in another zone now."""
        kind, *before = connection.execute(
            "SELECT kind, timezone, country_code FROM source WHERE id = ?", (source_id,)
        ).fetchone()
        now = [source.timezone, source.country_code]
        if (kind, before) == (source.kind, now):
            return frozenset(), False
        connection.execute(
            "UPDATE source SET kind = ?, timezone = ?, country_code = ? WHERE id = ?", (source.kind, *now, source_id)
        )
        # The records of another kind of provider could not be read.
        groups = frozenset(records.groups_in_time(connection, source_id) if kind == source.kind else ())
        return groups, before[0] != source.timezone

    def _learn(
        self, connection: sqlite3.Connection, deriver: Deriver, source_id: int, rows: Sequence[Record]
    ) -> frozenset[str]:
        found = frozenset(map(records.storable, deriver.facts(rows)))
        learned = found - self._facts(connection, source_id)
        connection.executemany("INSERT INTO fact VALUES (?, ?)", [(source_id, fact) for fact in sorted(learned)])
        return learned

    def _facts(self, connection: sqlite3.Connection, source_id: int) -> frozenset[str]:
        rows = connection.execute("SELECT fact FROM fact WHERE source_id = ?", (source_id,))
        return frozenset(row[0] for row in rows)

    def _derive(
        self,
        connection: sqlite3.Connection,
        deriver: Deriver,
        source_id: int,
        groups: frozenset[str],
        fresh: records.Fresh = records.NOTHING_FRESH,
    ) -> frozenset[str]:
        """Derives these groups, and those that hang on them; returns them all."""
        if not groups:
            return groups
        if deriver.link_ms:
            groups = records.neighbours(connection, source_id, groups, deriver.link_ms)
        outcome = deriver.derive(records.load(connection, source_id, groups, fresh), self._facts(connection, source_id))
        derived.store_calls(connection, source_id, deriver.source, groups, outcome.calls, self._texts)
        derived.store_buckets(connection, source_id, deriver.source, outcome.buckets, self._texts)
        return groups
