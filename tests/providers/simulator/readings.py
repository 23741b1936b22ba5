"""The feeds read a second time, from the vendors' pages alone: what the truth is compared with.

Nothing here comes from the simulator's own modules or from the clients.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Line = dict[str, Any]
Row = dict[str, Any]
_BUCHAREST = ZoneInfo("Europe/Bucharest")
_SHORT = re.compile(r"\d{2,5}")


def _text(row: Row, name: str) -> str | None:
    value = row.get(name)
    if value in (None, "", "null"):
        return None
    return str(value).replace("\u202e", "")


def _ms(text: str | None) -> int | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return int(moment.replace(microsecond=0).timestamp()) * 1000 + moment.microsecond // 1000


def _told(ms: int | None) -> str | None:
    if ms is None:
        return None
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{ms % 1000:03}Z"


def _rounded(ms: int) -> int:
    return (ms + 500) // 1000


def soluno_lines(rows: list[Row], kind: str) -> dict[str, Line]:
    """A line per row, by id."""
    own = {_text(row, "calleeNo") for row in rows} - {None}
    lines: dict[str, Line] = {}
    for row in rows:
        caller, queue, callee = (_text(row, name) for name in ("callerNo", "receivingNo", "calleeNo"))
        start, received, answered, stop = (_ms(_text(row, name)) for name in ("start", "received", "calleeAnswered", "stop"))
        assert start is not None
        assert stop is not None
        until = stop if answered is None else answered
        stem = "|".join([caller or "", _told(start) or "", queue or "", callee or ""])
        ordinal = 0
        while f"{stem}|{ordinal}" in lines:
            ordinal += 1
        internal = bool(_SHORT.fullmatch(caller or "")) or caller in own
        lines[f"{stem}|{ordinal}"] = {
            "provider": kind,
            "kind": kind,
            "id": f"{stem}|{ordinal}",
            "started_at": _told(start),
            "ringing_at": _told(received),
            "answered_at": _told(answered),
            "ended_at": _told(stop),
            "direction": "internal" if internal else "in",
            "status": "missed" if answered is None else "answered",
            "caller": caller,
            "caller_name": None,
            "callee": callee or queue,
            "callee_name": None,
            "queue": queue,
            "employee": None,
            "talk_seconds": 0 if answered is None else _rounded(stop - answered),
            "ring_seconds": _rounded(until - (start if received is None else received)),
            "wait_seconds": _rounded(until - start),
            "legs": 1,
        }
    return lines


_WAYS = {"INBOUND_CALL": "in", "INBOUND_OUTBOUND_CALL": "in", "OUTBOUND_CALL": "out", "EXTENSION_CALL": "internal"}


def _unanswered(row: Row) -> str:
    code = row["status_code"]
    if code in (486, 600):
        return "busy"
    if code == 503 or row.get("reroute_reason") == "CAPACITY_BLOCKED":
        return "congestion"
    gone = row.get("end_reason") == "CANCELLED" or row.get("reroute_reason") == "QUEUE_ABANDONED"
    return "missed" if gone or code in (0, 408, 480, 487, 603) else "failed"


def portsip_lines(sessions: list[Row], logs: list[Row]) -> dict[str, Line]:
    """A line per session, by id."""
    services = {row.get("service_number") for row in sessions + logs} - {None, ""}
    legs: defaultdict[str, list[Row]] = defaultdict(list)
    for log in logs:
        legs[log["session_id"]].append(log)
    lines: dict[str, Line] = {}
    for row in sessions:
        own = sorted(legs[row["id"]], key=lambda leg: str(leg["started_at"]))
        people = [leg for leg in own if leg["callee"] not in services and _text(leg, "answered_at")]
        started, rang, ended = (_ms(_text(row, name)) for name in ("started_at", "rang_at", "ended_at"))
        answered = min((_ms(leg["answered_at"]) or 0 for leg in people), default=None)
        assert started is not None
        assert ended is not None
        until = ended if answered is None else answered
        through_service = any(leg["callee"] in services for leg in own)
        talk = sum(leg["duration"] for leg in people) if through_service else row["duration"]
        employee = max(people, key=lambda leg: int(leg["duration"]), default=None)
        if employee is not None and row["direction"] == "OUTBOUND_CALL":
            employee = {"callee_display_name": row.get("caller_display_name")}
        lines[row["id"]] = {
            "provider": "portsip",
            "kind": "portsip",
            "id": row["id"],
            "started_at": _told(started),
            "ringing_at": _told(rang),
            "answered_at": _told(answered),
            "ended_at": _told(ended),
            "direction": _WAYS[row["direction"]],
            "status": "answered" if people else _unanswered(row),
            "caller": _text(row, "caller"),
            "caller_name": _text(row, "caller_display_name"),
            "callee": _text(row, "callee"),
            "callee_name": _text(row, "callee_display_name"),
            "queue": _text(row, "service_number"),
            "employee": _text(employee, "callee_display_name") if employee else None,
            "talk_seconds": talk if people else 0,
            "ring_seconds": None if rang is None else _rounded(until - rang),
            "wait_seconds": _rounded(until - started),
            "legs": len(own),
        }
    return lines


def _seconds(text: str) -> int:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _started_ms(row: Row) -> int:
    """The pass of the wall time that lies nearest to the channel's own epoch."""
    naive = datetime.fromisoformat(row["time"])
    match = re.search(r"(\d{9,11})\.\d+$", row["uniqueid"])
    assert match is not None
    passes = [int(naive.replace(tzinfo=_BUCHAREST, fold=fold).timestamp()) for fold in (0, 1)]
    return min(passes, key=lambda seconds: abs(seconds - int(match[1]))) * 1000


def _by_person(row: Row) -> bool:
    named = row["user_fullname"] or row["agent_details"]
    return row["call_status"] == "ANSWERED" and (row["direction"] == "OUT" or bool(named))


def _grouped(rows: list[Row]) -> dict[str, list[Row]]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: int(row["id"])):
        groups[row["linkedid"]].append(row)
    for name, group in list(groups.items()):
        stray = group[0]
        if len(group) > 1 or stray["direction"] != "IN" or stray["call_status"] == "ANSWERED" or not stray["source"]:
            continue
        for other, legs in groups.items():
            near = abs(_started_ms(stray) - min(_started_ms(leg) for leg in legs)) <= 30_000
            same = legs[0]["direction"] == "IN" and legs[0]["source"] == stray["source"]
            if other != name and near and same and stray["source"][-1].isdigit() and any(map(_by_person, legs)):
                legs.append(stray)
                del groups[name]
                break
    return groups


def _while1_status(rows: list[Row]) -> str:
    if any(map(_by_person, rows)):
        return "answered"
    words = [row["call_status"].replace(" ", "") for row in rows]
    if {"NOANSWER", "ANSWERED"} & set(words):
        return "missed"
    info = rows[0]["call_status_info"] or ""
    if words[0] == "FAILED" and re.search(r"DS:CONGESTION|HC:(34|38|41|42)\b", info):
        return "congestion"
    return str(words[0].lower())


def while1_lines(rows: list[Row]) -> dict[str, Line]:
    """A line per call, by id."""
    lines: dict[str, Line] = {}
    for name, group in _grouped(rows).items():
        legs = sorted(group, key=lambda row: int(row["id"]))
        first = group[0]
        people = [row for row in legs if _by_person(row)]

        def answered_ms(row: Row) -> int:
            return _started_ms(row) + (_seconds(row["duration"]) - _seconds(row["bill_duration"])) * 1000

        taken = min(people, key=answered_ms, default=None)
        started = min(map(_started_ms, legs))
        ended = max(_started_ms(row) + _seconds(row["duration"]) * 1000 for row in legs)
        heard = taken or max(legs, key=lambda row: _seconds(row["duration"]))
        talker = max(people, key=lambda row: _seconds(row["bill_duration"]), default=None)
        inside = _SHORT.fullmatch(first["source"] or "") and _SHORT.fullmatch(first["destination"] or "")
        caller_name = re.match(r'"([^"]*)"', _text(first, "caller_id") or "")
        lines[name] = {
            "provider": "while1",
            "kind": "while1",
            "id": name,
            "started_at": _told(started),
            "ringing_at": None,
            "answered_at": _told(answered_ms(taken)) if taken else None,
            "ended_at": _told(ended),
            "direction": "internal" if inside else str(first["direction"]).lower(),
            "status": _while1_status(legs),
            "caller": _text(first, "source"),
            "caller_name": caller_name[1] if caller_name else None,
            "callee": taken["destination"] if taken else next((row["destination"] for row in legs if row["destination"]), None),
            "callee_name": None,
            "queue": next((row["qname"] for row in legs if row["qname"]), None),
            "employee": talker["user_fullname"] if talker else None,
            "talk_seconds": sum(_seconds(row["bill_duration"]) for row in people),
            "ring_seconds": _seconds(heard["ring_time"]),
            "wait_seconds": ((answered_ms(taken) if taken else ended) - started) // 1000,
            "legs": len(legs),
        }
    return lines
