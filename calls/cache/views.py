"""The views that other programs may rely on: one row per call, leg, employee and hour, covered range, provider.

Their columns keep their names and meanings; the tables beneath them may change with any version.
"""

from __future__ import annotations

_WORD = "(SELECT text FROM word WHERE id = {})"
_NUMBER = "(SELECT number FROM party WHERE id = {})"
_KEY = "(SELECT number_key FROM party WHERE id = {})"
_NAME = "(SELECT name FROM party WHERE id = {})"

# A local day is stored as its ordinal, and 719163 is the first of January 1970.
_DATE = "date(({0} - 719163) * 86400, 'unixepoch')"
_INSTANT = "strftime('%Y-%m-%dT%H:%M:%fZ', {0} / 1000.0, 'unixepoch')"

VIEWS = {
    "providers": """SELECT s.name AS provider, s.kind, s.timezone, p.complete_to_ms, p.last_good_poll_ms, p.failing_since_ms,
        p.error FROM source AS s LEFT JOIN poll_state AS p ON p.source_id = s.id""",
    "coverage_ranges": """SELECT s.name AS provider, v.start_ms, v.end_ms, v.read_ms FROM coverage AS v
        JOIN source AS s ON s.id = v.source_id""",
    "calls": f"""SELECT s.name AS provider, s.kind, c.call_id AS id, {_INSTANT.format("c.started_ms")} AS started_at,
        c.started_ms, c.ringing_ms, c.answered_ms, c.ended_ms, c.direction, c.status,
        {_NUMBER.format("c.caller_party")} AS caller, {_KEY.format("c.caller_party")} AS caller_comparable,
        {_NAME.format("c.caller_party")} AS caller_name, {_NUMBER.format("c.callee_party")} AS callee,
        {_KEY.format("c.callee_party")} AS callee_comparable, {_NAME.format("c.callee_party")} AS callee_name,
        {_WORD.format("c.queue_word")} AS queue, {_WORD.format("c.employee_word")} AS employee,
        {_WORD.format("c.project_word")} AS project, {_WORD.format("c.route_word")} AS route,
        {_WORD.format("c.trunk_word")} AS trunk, c.linked, c.external, c.talk_ms, c.ring_ms, c.wait_ms, c.has_recording,
        c.has_transcription, c.has_monitor, c.approximate, {_WORD.format("c.doubt_word")} AS doubt, c.leg_count AS legs,
        {_DATE.format("c.local_day")} AS local_date, c.local_hour, m.marked_ms, m.who AS marked_by,
        m.note AS mark_note
        FROM call AS c JOIN source AS s ON s.id = c.source_id
        LEFT JOIN mark AS m ON m.source_id = c.source_id AND m.call_id = c.call_id""",
    "legs": f"""SELECT s.name AS provider, c.call_id AS id, l.position, l.started_ms, l.ringing_ms, l.answered_ms, l.ended_ms,
        {_WORD.format("l.caller_word")} AS caller, {_WORD.format("l.callee_word")} AS callee,
        {_WORD.format("l.employee_word")} AS employee, l.status, l.talk_ms, l.role
        FROM leg AS l JOIN call AS c ON c.key = l.call_key JOIN source AS s ON s.id = c.source_id""",
    "employee_hours": """SELECT s.name AS provider, b.started_ms, b.ended_ms, b.employee_id, b.employee_name,
        b.extension_number, b.inbound_calls, b.inbound_answered, b.inbound_unanswered, b.inbound_busy, b.inbound_seconds,
        b.outbound_calls, b.outbound_answered, b.outbound_unanswered, b.outbound_failed, b.outbound_seconds
        FROM employee_bucket AS b JOIN source AS s ON s.id = b.source_id""",
    "hourly_totals": """SELECT s.name AS provider, t.started_ms, t.direction, t.status, sum(t.calls) AS calls,
        sum(t.talk_ms) AS talk_ms FROM (
            SELECT source_id, started_ms, direction, status, calls, talk_ms FROM hour_tally
            UNION ALL SELECT source_id, started_ms, direction, status, calls, talk_ms FROM hour_figure
        ) AS t JOIN source AS s ON s.id = t.source_id GROUP BY t.source_id, t.started_ms, t.direction, t.status""",
    "daily_totals": f"""SELECT s.name AS provider, {_DATE.format("t.local_day")} AS local_date, t.direction, t.status,
        {_WORD.format("t.queue_word")} AS queue, sum(t.calls) AS calls, sum(t.talk_ms) AS talk_ms FROM (
            SELECT source_id, local_day, direction, status, queue_word, calls, talk_ms FROM queue_tally
            UNION ALL SELECT source_id, local_day, direction, status, queue_word, calls, talk_ms FROM hour_figure
        ) AS t JOIN source AS s ON s.id = t.source_id GROUP BY t.source_id, t.local_day, t.direction, t.status, t.queue_word""",
}

DROP = " ".join(f"DROP VIEW IF EXISTS {name};" for name in VIEWS)
CREATE = " ".join(f"CREATE VIEW {name} AS {sql};" for name, sql in VIEWS.items())
