"""The files that PortSIP's call reports become: the calls of their range that meet their filter, as CSV or as a page."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from providers.simulator.odata import instant_us
from providers.simulator.portsip.rows import is_outside, session, told
from providers.simulator.world import PlacedCall, World

ZONE = ZoneInfo("Europe/Stockholm")
MOST_CALLS = 20_000
COLUMNS = ("id", "caller", "callee", "started_at", "answered_at", "ended_at", "direction", "status_code", "duration")


def window(order: Mapping[str, Any], now_ms: int) -> tuple[int, int]:
    """The range of an order as milliseconds from and to; days and weeks are those of the tenant's zone."""
    if order["range"] == "CUSTOM":
        start_us, end_us = instant_us(order["started_at"]), instant_us(order["ended_at"])
        return start_us // 1000, -(-end_us // 1000)
    now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZONE)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    start, end = {
        "TODAY": (today, now),
        "YESTERDAY": (today - timedelta(days=1), today),
        "LAST_WEEK": (monday - timedelta(days=7), monday),
        "LAST_SEVEN_DAYS": (today - timedelta(days=7), today),
        "LAST_MONTH": ((first - timedelta(days=1)).replace(day=1), first),
        "LAST_THIRTY_DAYS": (today - timedelta(days=30), today),
    }[order["range"]]
    return int(start.timestamp() * 1000), int(end.timestamp() * 1000)


def content(order: Mapping[str, Any], world: World, now_ms: int) -> bytes:
    """The file of an order."""
    start_ms, end_ms = window(order, now_ms)
    calls = world.started_between("portsip", start_ms, min(end_ms, now_ms), now_ms)
    rows = [told(session(call, now_ms), 0) for call in calls if matches(call, order["filter"])][:MOST_CALLS]
    table = [[str(row.get(name, "")) for name in COLUMNS] for row in rows]
    return _csv(table) if order["format"] == "CSV" else _page(table)


def matches(call: PlacedCall, chosen: Mapping[str, Any]) -> bool:
    """Whether a call meets the filter of its type; what costs and rings leave open is met by every call."""
    numbers = {call.group, call.callee.number, *(leg.group for leg in call.attempts)}
    if groups := chosen.get("call_queues") or chosen.get("ring_groups"):
        if not numbers & set(groups):
            return False
        early = chosen.get("enable_exclude_calls_dropped_before_seconds", False)
        waited_us = (call.person_answered_us() or call.ended_us) - call.started_us
        is_dropped = call.person_answered_us() is None
        return not (early and is_dropped and waited_us < chosen["exclude_calls_dropped_before_seconds"] * 1_000_000)
    if "groups" in chosen:
        return call.direction == "out"
    return (
        _is_party(call, call.caller.number, "from", chosen)
        and _is_party(call, call.callee.number, "to", chosen)
        and chosen.get("answer_state", "ANY") in ("ANY", "ANSWERED" if call.answered_us is not None else "NOT_ANSWERED")
        and _is_long(call, chosen)
    )


def _is_party(call: PlacedCall, number: str, party: str, chosen: Mapping[str, Any]) -> bool:
    value = str(chosen.get(f"{party}_value", ""))
    is_inside = not is_outside(call) or (party == "from") == (call.direction == "out")
    match chosen.get(party, "ANY"):
        case "NUMBER":
            return number == value
        case "NUMBERS_START_WITH":
            return number.startswith(value)
        case "NUMBERS_CONTAIN":
            return value in number
        case "EXTENSION_OR_EXTENSION_RANGE":
            low, _, high = value.partition("-")
            return number.isdigit() and len(low) <= len(number) <= len(high or low) and low <= number <= (high or low)
        case "INTERNAL_EXTENSIONS":
            return is_inside
        case "EXTERNAL_NUMBERS":
            return not is_inside
        case _:
            return True


def _is_long(call: PlacedCall, chosen: Mapping[str, Any]) -> bool:
    """Whether the ring or talk time lies within the limits, both of them included."""
    answered_us = call.answered_us
    match chosen.get("duration", "ANY"):
        case "TALK_DURATION":
            length_us = 0 if answered_us is None else call.ended_us - answered_us
        case "RING_DURATION":
            ended_us = call.ended_us if answered_us is None else answered_us
            length_us = 0 if call.rang_us is None else ended_us - call.rang_us
        case _:
            return True
    seconds = -(-length_us // 1_000_000)
    return bool(chosen.get("duration_from", 0) <= seconds <= chosen.get("duration_to", seconds))


def _csv(table: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    rows.writerows(table)
    return text.getvalue().encode()


def _page(table: Iterable[list[str]]) -> bytes:
    rows = [f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in [list(COLUMNS), *table]]
    return f"<!DOCTYPE html><html><body><table>{''.join(rows)}</table></body></html>".encode()
