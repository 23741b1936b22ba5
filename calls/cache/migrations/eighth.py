"""What was known when: past readings, and where the version before a change belonged."""

SCRIPT = """
-- Readings that reached their end: which range was known completely from then on, up to when, and what they brought.
CREATE TABLE reading (
    source_id INTEGER NOT NULL REFERENCES source (id),
    read_ms INTEGER NOT NULL,
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL,
    complete_to_ms INTEGER,
    inserted INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (source_id, read_ms, start_ms)
) STRICT, WITHOUT ROWID;
INSERT INTO reading SELECT v.source_id, v.read_ms, v.start_ms, v.end_ms, p.complete_to_ms, 0, 0
    FROM coverage AS v LEFT JOIN poll_state AS p ON p.source_id = v.source_id;

-- NULL in versions from before: they belonged where the record does now.
ALTER TABLE record_revision ADD COLUMN group_key TEXT;
ALTER TABLE record_revision ADD COLUMN link TEXT;
ALTER TABLE record_revision ADD COLUMN started_ms INTEGER;
"""
