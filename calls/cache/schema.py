"""The tables of the cache, as ordered migrations. `PRAGMA user_version` says how many have been applied."""

from __future__ import annotations

import sqlite3
from pathlib import Path

APPLICATION_ID = 0x43414C4C  # "CALL", so that `file` and a careful reader can tell what this is

_FIRST = """
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    timezone TEXT NOT NULL,
    country_code TEXT NOT NULL
) STRICT;

-- One row as a provider sent it, compressed; the version before a change moves to record_revision.
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id),
    key TEXT NOT NULL,
    group_key TEXT NOT NULL,
    link TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    body BLOB NOT NULL,
    digest BLOB NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    UNIQUE (source_id, key)
) STRICT;
CREATE INDEX record_by_group ON record (source_id, group_key);
CREATE INDEX record_by_link ON record (source_id, link, started_ms) WHERE link <> '';

CREATE TABLE record_revision (
    id INTEGER PRIMARY KEY,
    record_id INTEGER NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    body BLOB NOT NULL,
    seen_ms INTEGER NOT NULL,
    replaced_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX record_revision_by_record ON record_revision (record_id, replaced_ms);

-- What records teach about others: an own number, a service number.
CREATE TABLE fact (
    source_id INTEGER NOT NULL REFERENCES source (id),
    fact TEXT NOT NULL,
    PRIMARY KEY (source_id, fact)
) STRICT, WITHOUT ROWID;

-- The key begins with the start time, so that the table lies in order of time.
CREATE TABLE call (
    key INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id),
    call_id TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    ringing_ms INTEGER,
    answered_ms INTEGER,
    ended_ms INTEGER,
    direction TEXT NOT NULL,
    status TEXT NOT NULL,
    caller TEXT NOT NULL,
    caller_key TEXT NOT NULL,
    caller_name TEXT NOT NULL,
    callee TEXT NOT NULL,
    callee_key TEXT NOT NULL,
    callee_name TEXT NOT NULL,
    queue TEXT NOT NULL,
    employee TEXT NOT NULL,
    project TEXT NOT NULL,
    route TEXT NOT NULL,
    trunk TEXT NOT NULL,
    linked TEXT NOT NULL,
    external TEXT NOT NULL,
    talk_ms INTEGER NOT NULL,
    ring_ms INTEGER,
    wait_ms INTEGER,
    has_recording INTEGER NOT NULL,
    has_transcription INTEGER NOT NULL,
    has_monitor INTEGER NOT NULL,
    approximate INTEGER NOT NULL,
    doubt TEXT NOT NULL,
    leg_count INTEGER NOT NULL,
    local_day INTEGER NOT NULL,
    local_hour INTEGER NOT NULL,
    search TEXT NOT NULL,
    UNIQUE (source_id, call_id)
) STRICT;
CREATE INDEX call_by_time ON call (started_ms);
-- Within a source its entries lie in the order of the key, so that its newest calls are found without sorting.
CREATE INDEX call_by_source ON call (source_id);
CREATE INDEX call_by_source_time ON call (source_id, started_ms, direction, status, talk_ms);
CREATE INDEX call_by_caller ON call (caller_key, started_ms) WHERE caller_key <> '';
CREATE INDEX call_by_callee ON call (callee_key, started_ms) WHERE callee_key <> '';
CREATE INDEX call_missed ON call (started_ms) WHERE direction = 'in' AND status <> 'answered';

CREATE TABLE leg (
    call_key INTEGER NOT NULL REFERENCES call (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    ringing_ms INTEGER,
    answered_ms INTEGER,
    ended_ms INTEGER,
    caller TEXT NOT NULL,
    callee TEXT NOT NULL,
    employee TEXT NOT NULL,
    status TEXT NOT NULL,
    talk_ms INTEGER NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (call_key, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE employee_bucket (
    source_id INTEGER NOT NULL REFERENCES source (id),
    started_ms INTEGER NOT NULL,
    employee_id TEXT NOT NULL,
    extension_id TEXT NOT NULL,
    ended_ms INTEGER NOT NULL,
    employee_name TEXT NOT NULL,
    extension_number TEXT NOT NULL,
    outbound_calls INTEGER,
    outbound_seconds INTEGER,
    outbound_answered INTEGER,
    outbound_unanswered INTEGER,
    outbound_failed INTEGER,
    inbound_calls INTEGER,
    inbound_seconds INTEGER,
    inbound_answered INTEGER,
    inbound_unanswered INTEGER,
    inbound_busy INTEGER,
    inbound_answered_derived INTEGER NOT NULL,
    merged_hours INTEGER NOT NULL,
    local_day INTEGER NOT NULL,
    local_hour INTEGER NOT NULL,
    PRIMARY KEY (source_id, started_ms, employee_id, extension_id)
) STRICT, WITHOUT ROWID;

-- Ranges of time that were read completely, [start_ms, end_ms), and when.
CREATE TABLE coverage (
    source_id INTEGER NOT NULL REFERENCES source (id),
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL,
    read_ms INTEGER NOT NULL,
    PRIMARY KEY (source_id, start_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE poll_state (
    source_id INTEGER PRIMARY KEY REFERENCES source (id),
    complete_to_ms INTEGER,
    last_good_poll_ms INTEGER,
    last_try_ms INTEGER,
    next_due_ms INTEGER,
    failing_since_ms INTEGER,
    error TEXT NOT NULL DEFAULT '',
    polling INTEGER NOT NULL DEFAULT 0,
    skew_seconds INTEGER,
    provider_state TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id),
    digest BLOB NOT NULL,
    payload TEXT NOT NULL,
    reason TEXT NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    UNIQUE (source_id, digest)
) STRICT;

-- Who polls a provider: at most one living process.
CREATE TABLE lease (
    source_id INTEGER PRIMARY KEY REFERENCES source (id),
    holder TEXT NOT NULL,
    pid INTEGER NOT NULL,
    heartbeat_ms INTEGER NOT NULL
) STRICT;
"""

_SECOND = """
-- When a complete reading of its time first lacked the row; NULL while the provider delivers it.
ALTER TABLE record ADD COLUMN unseen_since_ms INTEGER;
-- 1 where another row took its place: kept, and left out of the calls.
ALTER TABLE record ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;
CREATE INDEX record_by_time ON record (source_id, started_ms);

-- What a person should know about a provider's answers as a whole, each state of affairs once.
CREATE TABLE notice (
    source_id INTEGER NOT NULL REFERENCES source (id),
    text TEXT NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    PRIMARY KEY (source_id, text)
) STRICT, WITHOUT ROWID;

-- The newest requests to a provider: no query, no body, no secret.
CREATE TABLE request (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id),
    at_ms INTEGER NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    status INTEGER,
    received_bytes INTEGER NOT NULL,
    elapsed_ms INTEGER NOT NULL,
    error TEXT NOT NULL
) STRICT;
CREATE INDEX request_by_source ON request (source_id, at_ms);

-- A sign-in that was refused, by a digest of who signed in where, so that no later process repeats it.
ALTER TABLE poll_state ADD COLUMN refused_sign_in TEXT NOT NULL DEFAULT '';
-- The oldest instant the provider still knows, as far as it has told.
ALTER TABLE poll_state ADD COLUMN history_floor_ms INTEGER;
-- The day whose earlier days were read again last, as an ordinal.
ALTER TABLE poll_state ADD COLUMN reread_day INTEGER;
-- What the derivation of its calls depended on when they were last derived.
ALTER TABLE poll_state ADD COLUMN derivation TEXT NOT NULL DEFAULT '';

-- What a person did about a call, by its provider's own identifier, so that it outlives every new derivation.
CREATE TABLE mark (
    source_id INTEGER NOT NULL REFERENCES source (id),
    call_id TEXT NOT NULL,
    marked_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (source_id, call_id)
) STRICT, WITHOUT ROWID;
"""

_THIRD = """
-- What is left of calls that are no longer kept: an hour of one direction, outcome and queue, without numbers and names.
CREATE TABLE hour_figure (
    source_id INTEGER NOT NULL REFERENCES source (id),
    started_ms INTEGER NOT NULL,
    local_day INTEGER NOT NULL,
    local_hour INTEGER NOT NULL,
    direction TEXT NOT NULL,
    status TEXT NOT NULL,
    queue TEXT NOT NULL,
    calls INTEGER NOT NULL,
    talk_ms INTEGER NOT NULL,
    approximate INTEGER NOT NULL,
    PRIMARY KEY (source_id, started_ms, local_hour, direction, status, queue)
) STRICT, WITHOUT ROWID;
ALTER TABLE poll_state ADD COLUMN purged_before_ms INTEGER;

-- Parties that were erased, as keyed hashes of their numbers; the key lies in a file beside the cache.
CREATE TABLE erased_party (
    digest TEXT PRIMARY KEY,
    erased_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

MIGRATIONS: tuple[str, ...] = (_FIRST, _SECOND, _THIRD)


class CacheTooNew(Exception):
    """The cache was written by a newer calltop."""

    def __init__(self, path: Path, version: int) -> None:
        super().__init__(
            f"{path} was written by a newer calltop (schema {version}, this one knows {len(MIGRATIONS)});"
            " upgrade calltop, or name another cache with --cache"
        )


def schema_version(connection: sqlite3.Connection) -> int:
    """How many migrations the open cache has had."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def made_by_another(connection: sqlite3.Connection) -> bool:
    """Whether the file holds the tables of another program. A new file holds nothing yet."""
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
    return application != APPLICATION_ID and bool(application or tables or schema_version(connection))


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Brings the cache to the newest schema, one transaction per migration; keeps a copy of an older cache beside it.

    Raises `CacheTooNew`. The caller holds the write lock.
    """
    version = schema_version(connection)
    if version > len(MIGRATIONS):
        raise CacheTooNew(path, version)
    if 0 < version < len(MIGRATIONS):
        backup = path.with_name(f"{path.name}.schema-{version}.backup")
        backup.unlink(missing_ok=True)
        connection.execute("VACUUM INTO ?", (str(backup),))
        backup.chmod(0o600)
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {script} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {number}; COMMIT;"
        )
