"""One row of the answer, read: a leg, with local times and durations as clock faces.

New fields and values may come: they are kept as sent and never fatal.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from calls.model import Direction
from calls.text import clean, digits, is_withheld
from calls.times import parse_naive

LATEST_MS = 32_503_680_000_000  # the year 3000: what lies beyond is no time of a call
SUSPECT_OFFSET_MS = 5 * 60_000
LONGEST_CALL_SECONDS = 24 * 3600
LONGEST_DURATION_SECONDS = 2**31
COMPARED_DIGITS = 9
_DIRECTIONS = {"IN": Direction.IN, "OUT": Direction.OUT}
_CHANNEL_EPOCH = re.compile(r"(?:^|[^0-9])([0-9]{9,11})\.[0-9]+$")
_SHOWN_CALLER = re.compile(r'\s*"?([^"<]*?)"?\s*<[^>]*>\s*')
_DURATION = re.compile(r"(?:([0-9]{1,9}):([0-9]{1,9}):)?([0-9]{1,9})")
_CAUSE = re.compile(r"\s*HC:\s*([0-9]{1,3})\s*")

_FIELDS = """
id uniqueid linkedid time time_end caller_id source destination direction channel_formatted dstchannel_formatted customer_id
user_fullname qname code call_status call_status_info call_codes accounting_code accounting_value comments monitor_files
monitor_urls recording_file recording_url transfers project inbound_route inbound_route_id queue_log ivr_log external_id
external_info agent_details is_recovered transcription_id transcription_text bill_duration duration bill_minutes ivr_duration
hold_time ring_time
"""
KNOWN_FIELDS = frozenset(_FIELDS.split())
KNOWN_VALUES: Mapping[str, frozenset[str]] = {
    "direction": frozenset({"IN", "OUT"}),
    "call_status": frozenset({"NOANSWER", "CONGESTION", "FAILED", "BUSY", "ANSWERED"}),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A leg. A text is "" and anything else None where the row has none; what is not billed is 0 seconds of talk.

    `epoch_s` and `linked_epoch_s` are the seconds at which its own and its call's first channel came to be, None where the
    ids do not tell. `direction` is None for one that the document does not know. `status` is in capitals, without spaces.
    `by_machine`: a queue or a menu had its part in the leg. `doubt` says what is wrong with its start.
    """

    id: int
    uniqueid: str
    linkedid: str
    epoch_s: int | None
    linked_epoch_s: int | None
    started_ms: int
    ended_ms: int | None
    source: str
    destination: str
    caller_name: str
    direction: Direction | None
    direction_text: str
    status: str
    dial_status: str
    cause: int | None
    agent: str
    agent_known: bool
    queue: str
    project: str
    route: str
    external: str
    talk_seconds: int
    duration_seconds: int | None
    ring_seconds: int | None
    by_machine: bool
    has_recording: bool
    has_monitor: bool
    has_transcription: bool
    doubt: str = ""

    @property
    def group(self) -> str:
        """The call this leg belongs to: `linkedid`, or its own id where that is missing."""
        return self.linkedid or self.uniqueid or f"row {self.id}"

    @property
    def call_started_ms(self) -> int:
        """When the call began, as this leg alone tells it: its own start, less the age of the call's first channel."""
        if self.epoch_s is None or self.linked_epoch_s is None:
            return self.started_ms
        age_s = self.epoch_s - self.linked_epoch_s
        return self.started_ms - age_s * 1000 if 0 < age_s < LONGEST_CALL_SECONDS else self.started_ms

    @property
    def answered_ms(self) -> int | None:
        """When whatever was reached took the call: so long before the end as was billed."""
        if self.status != "ANSWERED" or self.ended_ms is None:
            return None
        return max(self.started_ms, self.ended_ms - self.talk_seconds * 1000)


def comparable(number: str) -> str:
    """A number in the form in which callers are compared: its last nine digits, a shorter one whole, "" if withheld."""
    if is_withheld(number):
        return ""
    bare = digits(number)
    return bare[-COMPARED_DIGITS:] if len(bare) >= COMPARED_DIGITS else number.strip().lower()


class _Fields:
    def __init__(self, payload: Mapping[str, Any]) -> None:
        self._payload = payload

    def text(self, name: str) -> str:
        value = self._payload.get(name)
        if value is None or isinstance(value, bool) or not isinstance(value, (str, int, float)):
            return ""
        return clean(value)

    def present(self, name: str) -> bool:
        value = self._payload.get(name)
        return value not in (None, "", "0", 0, False, [], {})

    def seconds(self, name: str) -> int | None:
        """A duration given as H:MM:SS with any number of hours, or in seconds; None for everything else."""
        value = self._payload.get(name)
        if isinstance(value, float) and math.isfinite(value):
            value = int(value)
        match = _DURATION.fullmatch(str(value).strip()) if isinstance(value, (str, int)) else None
        if match is None:
            return None
        hours, minutes, seconds = match.groups("0")
        total = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        return total if total < LONGEST_DURATION_SECONDS else None


def row_id(payload: Any) -> int:
    """The row's number, which the vendor writes as text. Raises ValueError."""
    if not isinstance(payload, dict):
        raise ValueError("the row is no object")
    value = payload.get("id")
    text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError("id is no row number")
    return int(text)


def read_row(payload: Any, zone: ZoneInfo, internal_number: re.Pattern[str]) -> Row:
    """The row, its local times read in `zone`; internal when both its numbers are. Raises ValueError, one reason in words."""
    number = row_id(payload)
    fields = _Fields(payload)
    uniqueid, linkedid = fields.text("uniqueid"), fields.text("linkedid")
    epoch_s = _epoch(uniqueid)
    started_ms, doubt = _start(fields.text("time"), epoch_s, zone)
    duration_seconds = fields.seconds("duration")
    if duration_seconds is None:
        ended_ms = _end(fields.text("time_end"), started_ms, zone)
    else:
        # The clock time of the end may lie on the wrong side of a change of the clocks, and is rounded otherwise.
        ended_ms = started_ms + duration_seconds * 1000
    source, destination, direction = fields.text("source"), fields.text("destination"), fields.text("direction").upper()
    internal = internal_number.search(source) and internal_number.search(destination)
    dial_status, cause = _status_info(fields.text("call_status_info"))
    return Row(
        id=number,
        uniqueid=uniqueid,
        linkedid=linkedid,
        epoch_s=epoch_s,
        linked_epoch_s=_epoch(linkedid),
        started_ms=started_ms,
        ended_ms=ended_ms,
        source=source,
        destination=destination,
        caller_name=_name_in(fields.text("caller_id")),
        direction=Direction.INTERNAL if internal else _DIRECTIONS.get(direction),
        direction_text=direction,
        status=fields.text("call_status").upper().replace(" ", "").replace("_", ""),
        dial_status=dial_status,
        cause=cause,
        agent=fields.text("user_fullname"),
        agent_known=bool(fields.text("user_fullname")) or fields.present("agent_details"),
        queue=fields.text("qname"),
        project=fields.text("project"),
        route=fields.text("inbound_route"),
        external=fields.text("external_id"),
        talk_seconds=fields.seconds("bill_duration") or 0,
        duration_seconds=duration_seconds,
        ring_seconds=fields.seconds("ring_time"),
        by_machine=any(map(fields.present, ("qname", "queue_log", "ivr_log")))
        or any(map(fields.seconds, ("ivr_duration", "hold_time"))),
        has_recording=fields.present("recording_url") or fields.present("recording_file"),
        has_monitor=fields.present("monitor_urls") or fields.present("monitor_files"),
        has_transcription=fields.present("transcription_id") or fields.present("transcription_text"),
        doubt=doubt,
    )


def _epoch(channel: str) -> int | None:
    match = _CHANNEL_EPOCH.search(channel)
    return int(match.group(1)) if match else None


def _start(text: str, epoch_s: int | None, zone: ZoneInfo) -> tuple[int, str]:
    """The start, and what is wrong with it. The channel's epoch tells the two passes of a repeated hour apart."""
    if not text:
        raise ValueError("time is missing")
    try:
        moment = parse_naive(text, zone, None if epoch_s is None else epoch_s * 1000)
    except ValueError:
        raise ValueError(f"time is no local time: {text[:64]!r}") from None
    if not 0 <= moment.ms < LATEST_MS:
        raise ValueError(f"time is no likely time: {text[:64]!r}")
    if moment.in_gap:
        return moment.ms, "its local time never existed, so the provider's zone or clock is suspect"
    if moment.ambiguous:
        return moment.ms, "its local time came twice, and nothing tells which it was"
    if epoch_s is not None and abs(moment.ms - epoch_s * 1000) > SUSPECT_OFFSET_MS:
        return moment.ms, "its local time disagrees with its channel, so the provider's zone is suspect"
    return moment.ms, ""


def _end(text: str, started_ms: int, zone: ZoneInfo) -> int | None:
    """The end as a clock time, None for none and for one before the start. Of a time that comes twice the pass after the
    start counts."""
    try:
        ended_ms = parse_naive(text, zone, started_ms).ms
    except ValueError:
        return None
    return ended_ms if started_ms <= ended_ms < LATEST_MS else None


def _status_info(text: str) -> tuple[str, int | None]:
    """The dial status and the Q.850 cause in `DS:...|HC:...|HI:...`."""
    dial_status, cause = "", None
    for part in text.split("|"):
        match = _CAUSE.fullmatch(part)
        if match:
            cause = int(match.group(1))
        elif part.strip().upper().startswith("DS:"):
            dial_status = part.strip()[3:].strip().upper()
    return dial_status, cause


def _name_in(caller_id: str) -> str:
    """The name in `"Name" <number>`; "" when there is none."""
    match = _SHOWN_CALLER.fullmatch(caller_id)
    name = match.group(1).strip() if match else ""
    return name if any(character.isalpha() for character in name) else ""


def content_of(payload: Any) -> str:
    """The row as JSON text, for the quarantine."""
    try:
        return json.dumps(payload, sort_keys=True, ensure_ascii=False)
    except RecursionError:
        return "(nested too deeply)"


def unfamiliar(payload: Mapping[str, Any]) -> frozenset[str]:
    """What this row holds beyond the document: names of fields, and `field=VALUE` for values of a listed kind."""
    found = {clean(name, 64) for name in payload.keys() - KNOWN_FIELDS}
    for name, values in KNOWN_VALUES.items():
        value = clean(payload.get(name), 64).upper().replace(" ", "").replace("_", "")
        if value and value not in values:
            found.add(f"{name}={value}")
    return frozenset(found)
