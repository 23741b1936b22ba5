"""Payloads in blocks, records in the order of time, shorter keys."""

from __future__ import annotations

from calls.cache.migrations.fourth import CALL_COLUMNS, LEG_COLUMNS
from calls.keys import HASH_BITS


def _keyed(table: str, column: str) -> str:
    """Rows of a table with a key each, in the order of time: the least that its start and the keys before it allow."""
    return f"""SELECT place_id, place - 1 + max((place_ms << {HASH_BITS}) - (place - 1)) OVER (ORDER BY place) AS place_key
    FROM (SELECT {column} AS place_id, place(started_ms) AS place_ms,
        row_number() OVER (ORDER BY place(started_ms), {column}) AS place FROM {table})"""


SCRIPT = f"""
-- The rows of a reading as they were sent, compressed together; a row is found by its block and its slot in it.
CREATE TABLE payload_block (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id),
    packed BLOB NOT NULL
) STRICT;
INSERT INTO payload_block SELECT id, source_id, body FROM record;
INSERT INTO payload_block SELECT (SELECT max(id) FROM record) + v.id, r.source_id, v.body FROM record_revision AS v
    JOIN record AS r ON r.id = v.record_id;

ALTER TABLE record RENAME TO old_record;
ALTER TABLE record_revision RENAME TO old_revision;
CREATE TEMP TABLE record_place (place_id INTEGER PRIMARY KEY, place_key INTEGER NOT NULL);
INSERT INTO record_place {_keyed("old_record", "id")};

-- One row of a provider. The id begins with the start time, so that the table lies in the order of time; `started_ms` is set
-- only where the id does not tell it. NULL stands for what is mostly the same: `group_key` for the key, `changed_ms` for
-- `first_seen_ms`, `last_seen_ms` for `changed_ms`.
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id),
    key TEXT NOT NULL,
    group_key TEXT,
    link TEXT NOT NULL,
    started_ms INTEGER,
    block_id INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    changed_ms INTEGER,
    last_seen_ms INTEGER,
    unseen_since_ms INTEGER,
    superseded INTEGER NOT NULL DEFAULT 0,
    UNIQUE (source_id, key)
) STRICT;
INSERT INTO record SELECT place_key, r.source_id, key, nullif(group_key, key), link,
    iif(place_key >> {HASH_BITS} = started_ms, NULL, started_ms), r.id, 0, body_digest(body, payload_shape), first_seen_ms,
    nullif(changed_ms, first_seen_ms), nullif(last_seen_ms, changed_ms), unseen_since_ms, superseded
    FROM old_record AS r JOIN record_place ON place_id = r.id JOIN source AS s ON s.id = r.source_id ORDER BY place_key;

CREATE TABLE record_revision (
    id INTEGER PRIMARY KEY,
    record_id INTEGER NOT NULL REFERENCES record (id) ON DELETE CASCADE ON UPDATE CASCADE,
    block_id INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,
    replaced_ms INTEGER NOT NULL
) STRICT;
INSERT INTO record_revision SELECT v.id, place_key, (SELECT max(id) FROM old_record) + v.id, 0, seen_ms, replaced_ms
    FROM old_revision AS v JOIN record_place ON place_id = v.record_id;
DROP TABLE old_revision;
DROP TABLE old_record;
DROP TABLE record_place;
CREATE INDEX record_by_group ON record (source_id, group_key) WHERE group_key IS NOT NULL;
CREATE INDEX record_by_link ON record (source_id, link) WHERE link <> '';
CREATE INDEX record_revision_by_record ON record_revision (record_id, replaced_ms);

ALTER TABLE leg RENAME TO old_leg;
ALTER TABLE call RENAME TO old_call;
CREATE TEMP TABLE call_place (place_id INTEGER PRIMARY KEY, place_key INTEGER NOT NULL);
INSERT INTO call_place {_keyed("old_call", "key")};
CREATE TABLE call ({CALL_COLUMNS}) STRICT;
INSERT INTO call SELECT place_key, source_id, call_id, started_ms, ringing_ms, answered_ms, ended_ms, direction, status,
    caller_party, callee_party, queue_word, employee_word, project_word, route_word, trunk_word, linked, external, talk_ms,
    ring_ms, wait_ms, has_recording, has_transcription, has_monitor, approximate, doubt_word, leg_count, local_day, local_hour
    FROM old_call JOIN call_place ON place_id = key ORDER BY place_key;
CREATE TABLE leg ({LEG_COLUMNS}) STRICT, WITHOUT ROWID;
INSERT INTO leg SELECT place_key, position, started_ms, ringing_ms, answered_ms, ended_ms, caller_word, callee_word,
    employee_word, status, talk_ms, role FROM old_leg JOIN call_place ON place_id = call_key ORDER BY place_key, position;
DROP TABLE old_leg;
DROP TABLE old_call;
DROP TABLE call_place;

-- Within each entry the calls lie in the order of the key, so that the newest are found without sorting.
CREATE INDEX call_by_source ON call (source_id);
CREATE INDEX call_by_caller ON call (caller_party);
CREATE INDEX call_by_callee ON call (callee_party);
CREATE INDEX call_by_queue ON call (queue_word) WHERE queue_word <> 0;
CREATE INDEX call_by_employee ON call (employee_word) WHERE employee_word <> 0;
CREATE INDEX call_by_project ON call (project_word) WHERE project_word <> 0;
-- What was missed from whom.
CREATE INDEX call_missed ON call (caller_party) WHERE direction = 'in' AND status <> 'answered';
"""
