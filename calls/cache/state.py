"""How polling stands, kept in the cache so that every window on it shows the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from calls.cache import coverage
from calls.cache.database import Database
from calls.model import RequestTrace, Window

KEPT_REQUESTS = 500


class PollLog:
    """Reads and writes the polling state of one source. Lives in the thread that writes the cache."""

    def __init__(self, database: Database, source_id: int) -> None:
        self._database = database
        self._source_id = source_id

    def _value(self, column: str) -> object:
        row = self._database.connection.execute(
            f"SELECT {column} FROM poll_state WHERE source_id = ?",
            (self._source_id,),
        ).fetchone()
        return row[0] if row else None

    def _set(self, column: str, value: int | str) -> None:
        with self._database.transaction() as connection:
            connection.execute(f"UPDATE poll_state SET {column} = ? WHERE source_id = ?", (value, self._source_id))

    def _instant(self, column: str) -> int | None:
        value = self._value(column)
        return value if isinstance(value, int) else None

    def covered(self) -> tuple[Window, ...]:
        """The ranges that have been read completely."""
        return coverage.read(self._database.connection, self._source_id)

    def complete_to_ms(self) -> int | None:
        """All calls started before it are believed present."""
        return self._instant("complete_to_ms")

    def next_due_ms(self) -> int | None:
        """When the next poll was planned."""
        return self._instant("next_due_ms")

    def last_try_ms(self) -> int | None:
        """When the provider was last asked."""
        return self._instant("last_try_ms")

    def provider_state(self) -> Mapping[str, str]:
        """What the provider asked to be told at its next poll."""
        state = json.loads(str(self._value("provider_state") or "{}"))
        return {str(name): str(value) for name, value in state.items()} if isinstance(state, dict) else {}

    def longest_call_ms(self, since_ms: int) -> int:
        """The longest call that started since then, 0 without any."""
        row = self._database.connection.execute(
            "SELECT max(ended_ms - started_ms) FROM call WHERE source_id = ? AND started_ms >= ?",
            (self._source_id, since_ms),
        ).fetchone()
        return max(0, row[0] or 0)

    def failing(self) -> bool:
        """Whether the last poll failed."""
        return self._value("failing_since_ms") is not None

    def begin(self, now_ms: int) -> None:
        """Notes that the provider is being asked. It stays due until the next poll is planned, should this one break off."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE poll_state SET polling = 1, last_try_ms = ?1, next_due_ms = coalesce(next_due_ms, ?1)"
                " WHERE source_id = ?2",
                (now_ms, self._source_id),
            )

    def end(self, now_ms: int, error: str | None, skew_seconds: int | None) -> None:
        """Notes how asking went."""
        with self._database.transaction() as connection:
            if error is None:
                connection.execute(
                    "UPDATE poll_state SET polling = 0, error = '', failing_since_ms = NULL, last_good_poll_ms = ?,"
                    " skew_seconds = ? WHERE source_id = ?",
                    (now_ms, skew_seconds, self._source_id),
                )
            else:
                connection.execute(
                    "UPDATE poll_state SET polling = 0, error = ?, failing_since_ms = coalesce(failing_since_ms, ?),"
                    " skew_seconds = coalesce(?, skew_seconds) WHERE source_id = ?",
                    (error, now_ms, skew_seconds, self._source_id),
                )

    def add_requests(self, lines: Sequence[RequestTrace]) -> None:
        """Keeps the newest requests."""
        if not lines:
            return
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO request (source_id, at_ms, method, path, status, received_bytes, elapsed_ms, error)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(self._source_id, *line) for line in lines],
            )
            connection.execute(
                "DELETE FROM request WHERE source_id = ?1 AND id NOT IN"
                " (SELECT id FROM request WHERE source_id = ?1 ORDER BY at_ms DESC, id DESC LIMIT ?2)",
                (self._source_id, KEPT_REQUESTS),
            )

    def reread_day(self) -> int | None:
        """The local day, as an ordinal, in whose night the days before were last read again."""
        return self._instant("reread_day")

    def note_reread(self, day: int) -> None:
        """Notes that the days before a local day have been read again."""
        self._set("reread_day", day)

    def history_floor_ms(self) -> int | None:
        """The instant before which the provider knows nothing, None while it has not told."""
        return self._instant("history_floor_ms")

    def note_history_floor(self, floor_ms: int) -> None:
        """Notes that the provider knows nothing before an instant."""
        self._set("history_floor_ms", floor_ms)

    def purged_before_ms(self) -> int | None:
        """The instant before which calls are no longer kept."""
        return self._instant("purged_before_ms")

    def derivation(self) -> str:
        """What the derivation of the cached calls depended on, "" when that was never noted."""
        return str(self._value("derivation") or "")

    def note_derivation(self, digest: str) -> None:
        """Notes what the cached calls have been derived with."""
        self._set("derivation", digest)

    def refused_sign_in(self) -> str:
        """The digest of the sign-in that was refused last, "" when none was."""
        return str(self._value("refused_sign_in") or "")

    def remember_refusal(self, digest: str) -> None:
        """Keeps that a sign-in was refused; "" forgets it."""
        self._set("refused_sign_in", digest)

    def plan(self, next_due_ms: int | None) -> None:
        """Notes when the next poll is due, None when it waits for the person."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE poll_state SET next_due_ms = ? WHERE source_id = ?", (next_due_ms, self._source_id))


def remember_refusal_of(database: Database, provider: str, digest: str) -> None:
    """Keeps that a provider's sign-in was refused; does nothing for one that the cache does not know yet."""
    with database.transaction() as connection:
        connection.execute(
            "UPDATE poll_state SET refused_sign_in = ? WHERE source_id = (SELECT id FROM source WHERE name = ?)",
            (digest, provider),
        )
