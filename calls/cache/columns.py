"""The columns of calls and of their legs, as they are written and read."""

from __future__ import annotations

# fmt: off
CALL_COLUMNS = (
    "source_id", "call_id", "started_ms", "ringing_ms", "answered_ms", "ended_ms", "direction", "status",
    "caller_party", "callee_party", "queue_word", "employee_word", "project_word", "route_word", "trunk_word",
    "linked", "external", "talk_ms", "ring_ms", "wait_ms", "has_recording", "has_transcription", "has_monitor",
    "approximate", "doubt_word", "leg_count", "local_day", "local_hour",
)
LEG_COLUMNS = (
    "started_ms", "ringing_ms", "answered_ms", "ended_ms", "caller_word", "callee_word", "employee_word", "status", "talk_ms",
    "role",
)
# fmt: on
