"""Records, calls, buckets, coverage, quarantine, leases."""

SCRIPT = """
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
