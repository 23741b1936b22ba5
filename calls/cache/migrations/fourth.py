"""Texts of calls stored once, sums kept by hour, views for others to build on."""

CALL_COLUMNS = """
    key INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id),
    call_id TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    ringing_ms INTEGER,
    answered_ms INTEGER,
    ended_ms INTEGER,
    direction TEXT NOT NULL,
    status TEXT NOT NULL,
    caller_party INTEGER NOT NULL,
    callee_party INTEGER NOT NULL,
    queue_word INTEGER NOT NULL,
    employee_word INTEGER NOT NULL,
    project_word INTEGER NOT NULL,
    route_word INTEGER NOT NULL,
    trunk_word INTEGER NOT NULL,
    linked TEXT NOT NULL,
    external TEXT NOT NULL,
    talk_ms INTEGER NOT NULL,
    ring_ms INTEGER,
    wait_ms INTEGER,
    has_recording INTEGER NOT NULL,
    has_transcription INTEGER NOT NULL,
    has_monitor INTEGER NOT NULL,
    approximate INTEGER NOT NULL,
    doubt_word INTEGER NOT NULL,
    leg_count INTEGER NOT NULL,
    local_day INTEGER NOT NULL,
    local_hour INTEGER NOT NULL,
    UNIQUE (call_id, source_id)
"""

LEG_COLUMNS = """
    call_key INTEGER NOT NULL REFERENCES call (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    ringing_ms INTEGER,
    answered_ms INTEGER,
    ended_ms INTEGER,
    caller_word INTEGER NOT NULL,
    callee_word INTEGER NOT NULL,
    employee_word INTEGER NOT NULL,
    status TEXT NOT NULL,
    talk_ms INTEGER NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (call_key, position)
"""


def _word(text: str) -> str:
    return f"(SELECT id FROM word WHERE text = {text})"


def _party(side: str) -> str:
    return f"(SELECT id FROM party WHERE number = c.{side} AND number_key = c.{side}_key AND name = c.{side}_name)"


_WORDS = ("queue", "employee", "project", "route", "trunk", "doubt")
_ALL_WORDS = " UNION ".join(
    [f"SELECT {column} AS text FROM old_call" for column in _WORDS]
    + [f"SELECT {column} FROM old_leg" for column in ("caller", "callee", "employee")]
    + ["SELECT employee_name FROM employee_bucket", "SELECT extension_number FROM employee_bucket"]
    + ["SELECT queue FROM old_hour_figure"]
)

SCRIPT = f"""
-- Every text of a call that repeats, once. The empty text has the id 0.
CREATE TABLE word (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE,
    folded TEXT NOT NULL
) STRICT;
CREATE INDEX word_by_folded ON word (folded);
INSERT INTO word VALUES (0, '', '');

-- Who calls and is called: the number as sent, its comparable form ('' when withheld), the name, and all three folded.
CREATE TABLE party (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL,
    number_key TEXT NOT NULL,
    name TEXT NOT NULL,
    search TEXT NOT NULL,
    UNIQUE (number, number_key, name)
) STRICT;
CREATE INDEX party_by_key ON party (number_key);
INSERT INTO party VALUES (0, '', '', '', char(10) || char(10));

ALTER TABLE leg RENAME TO old_leg;
ALTER TABLE call RENAME TO old_call;
ALTER TABLE hour_figure RENAME TO old_hour_figure;
INSERT INTO word (text, folded) SELECT text, fold(text) FROM ({_ALL_WORDS}) WHERE text <> '';
INSERT INTO party (number, number_key, name, search)
    SELECT *, fold(number || char(10) || number_key || char(10) || name) FROM (
        SELECT caller AS number, caller_key AS number_key, caller_name AS name FROM old_call
        UNION SELECT callee, callee_key, callee_name FROM old_call
    ) WHERE number <> '' OR number_key <> '' OR name <> '';

-- The key begins with the start time, so that the table lies in order of time.
CREATE TABLE call ({CALL_COLUMNS}) STRICT;
INSERT INTO call SELECT key, source_id, call_id, started_ms, ringing_ms, answered_ms, ended_ms, direction, status,
    {_party("caller")}, {_party("callee")}, {", ".join(_word(f"c.{column}") for column in _WORDS[:5])}, linked, external,
    talk_ms, ring_ms, wait_ms, has_recording, has_transcription, has_monitor, approximate, {_word("c.doubt")}, leg_count,
    local_day, local_hour FROM old_call AS c;

CREATE TABLE leg ({LEG_COLUMNS}) STRICT, WITHOUT ROWID;
INSERT INTO leg SELECT call_key, position, started_ms, ringing_ms, answered_ms, ended_ms, {_word("l.caller")},
    {_word("l.callee")}, {_word("l.employee")}, status, talk_ms, role FROM old_leg AS l;
DROP TABLE old_leg;
DROP TABLE old_call;

-- Within each entry the calls lie in the order of the key, so that the newest are found without sorting.
CREATE INDEX call_by_source ON call (source_id);
CREATE INDEX call_by_caller ON call (caller_party);
CREATE INDEX call_by_callee ON call (callee_party);
CREATE INDEX call_by_queue ON call (queue_word) WHERE queue_word <> 0;
CREATE INDEX call_by_employee ON call (employee_word) WHERE employee_word <> 0;
CREATE INDEX call_by_project ON call (project_word) WHERE project_word <> 0;
-- What was missed from whom, and what settles it.
CREATE INDEX call_missed ON call (caller_party) WHERE direction = 'in' AND status <> 'answered';
CREATE INDEX call_answered_from ON call (caller_party) WHERE direction = 'in' AND status = 'answered';
CREATE INDEX call_answered_to ON call (callee_party) WHERE direction = 'out' AND status = 'answered';

-- What is left of calls that are no longer kept: an hour of one direction, outcome and queue, without numbers and names.
CREATE TABLE hour_figure (
    source_id INTEGER NOT NULL REFERENCES source (id),
    started_ms INTEGER NOT NULL,
    local_day INTEGER NOT NULL,
    local_hour INTEGER NOT NULL,
    direction TEXT NOT NULL,
    status TEXT NOT NULL,
    queue_word INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    talk_ms INTEGER NOT NULL,
    approximate INTEGER NOT NULL,
    PRIMARY KEY (source_id, started_ms, local_hour, direction, status, queue_word)
) STRICT, WITHOUT ROWID;
INSERT INTO hour_figure SELECT source_id, started_ms, local_day, local_hour, direction, status, {_word("f.queue")},
    calls, talk_ms, approximate FROM old_hour_figure AS f;
DROP TABLE old_hour_figure;

ALTER TABLE employee_bucket ADD COLUMN employee_word INTEGER NOT NULL DEFAULT 0;
ALTER TABLE employee_bucket ADD COLUMN extension_word INTEGER NOT NULL DEFAULT 0;
UPDATE employee_bucket SET employee_word = {_word("employee_name")}, extension_word = {_word("extension_number")};

-- Sums of the calls that are kept, by the local hour of their source in which they started.
CREATE TABLE hour_tally (
    source_id INTEGER NOT NULL REFERENCES source (id),
    started_ms INTEGER NOT NULL,
    direction TEXT NOT NULL,
    status TEXT NOT NULL,
    local_day INTEGER NOT NULL,
    local_hour INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    talk_ms INTEGER NOT NULL,
    approximate INTEGER NOT NULL,
    PRIMARY KEY (started_ms, source_id, direction, status)
) STRICT, WITHOUT ROWID;
-- The same by local day and queue.
CREATE TABLE queue_tally (
    source_id INTEGER NOT NULL REFERENCES source (id),
    started_ms INTEGER NOT NULL,
    direction TEXT NOT NULL,
    status TEXT NOT NULL,
    queue_word INTEGER NOT NULL,
    local_day INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    talk_ms INTEGER NOT NULL,
    approximate INTEGER NOT NULL,
    PRIMARY KEY (started_ms, source_id, direction, status, queue_word)
) STRICT, WITHOUT ROWID;
-- The same by local day and employee.
CREATE TABLE employee_tally (
    source_id INTEGER NOT NULL REFERENCES source (id),
    started_ms INTEGER NOT NULL,
    direction TEXT NOT NULL,
    status TEXT NOT NULL,
    employee_word INTEGER NOT NULL,
    local_day INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    talk_ms INTEGER NOT NULL,
    approximate INTEGER NOT NULL,
    PRIMARY KEY (started_ms, source_id, direction, status, employee_word)
) STRICT, WITHOUT ROWID;
INSERT INTO hour_tally SELECT source_id, hour_start(started_ms, (SELECT timezone FROM source AS s WHERE s.id = source_id)),
    direction, status, min(local_day), min(local_hour), count(*), sum(talk_ms), sum(approximate)
    FROM call GROUP BY 1, 2, 3, 4;
INSERT INTO queue_tally SELECT source_id, day_start(started_ms, (SELECT timezone FROM source AS s WHERE s.id = source_id)),
    direction, status, queue_word, min(local_day), count(*), sum(talk_ms), sum(approximate)
    FROM call GROUP BY 1, 2, 3, 4, 5;
INSERT INTO employee_tally SELECT source_id, day_start(started_ms, (SELECT timezone FROM source AS s WHERE s.id = source_id)),
    direction, status, employee_word, min(local_day), count(*), sum(talk_ms), sum(approximate)
    FROM call GROUP BY 1, 2, 3, 4, 5;

-- When someone with this number was last missed, and last spoken to, in either direction, at any provider.
CREATE TABLE contact (
    number_key TEXT PRIMARY KEY,
    missed_ms INTEGER NOT NULL,
    answered_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_open ON contact (missed_ms) WHERE answered_ms IS NULL OR missed_ms >= answered_ms;
INSERT INTO contact SELECT p.number_key, max(c.started_ms), (
        SELECT max(spoken.started_ms) FROM party AS q JOIN call AS spoken
        ON (spoken.caller_party = q.id AND spoken.direction = 'in' OR spoken.callee_party = q.id AND spoken.direction = 'out')
        WHERE q.number_key = p.number_key AND spoken.status = 'answered'
    ) FROM call AS c JOIN party AS p ON p.id = c.caller_party
    WHERE c.direction = 'in' AND c.status <> 'answered' AND p.number_key <> '' GROUP BY p.number_key;

-- The names of the fields of a source's rows, by which payloads are packed: written once, never changed.
ALTER TABLE source ADD COLUMN payload_shape BLOB NOT NULL DEFAULT x'';
"""
