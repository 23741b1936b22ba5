"""The course of every alert."""

SCRIPT = """
-- How each alert of the configuration stands and what of it was told, so that a restart tells nothing twice and several
-- processes on one cache tell a thing once between them.
CREATE TABLE alert (
    name TEXT PRIMARY KEY,
    phase TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    looked_ms INTEGER NOT NULL,
    held_ms INTEGER,
    value REAL,
    detail TEXT NOT NULL,
    said TEXT NOT NULL,
    said_ms INTEGER,
    sentence TEXT NOT NULL,
    told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""
