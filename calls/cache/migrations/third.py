"""Hourly figures of calls that are no longer kept, and erased parties."""

SCRIPT = """
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
