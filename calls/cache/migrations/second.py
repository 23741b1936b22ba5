"""What is unseen, notices, requests, marks, and what polling must remember."""

SCRIPT = """
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
