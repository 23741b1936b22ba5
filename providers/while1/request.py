"""Requests as the API takes them: a page number, filters by name, and the signature over exactly what is sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Literal
from zoneinfo import ZoneInfo

from calls.model import Window
from calls.times import SECOND_MS, naive_window
from providers.while1.signature import SIGNATURE, signature

Filter = Literal[
    "date_between",
    "project_id",
    "user_id",
    "inbound_route_id",
    "direction",
    "call_status",
    "telephone_like",
    "telephone",
    "source",
    "destination",
    "hour_between",
    "from_id",
    "uniqueid",
    "linkedid",
    "external_id",
    "has_transcription",
    "has_monitor_file",
    "has_recording_file",
]


def parameters(
    page: int, filters: Mapping[Filter, Any], *, signing_key: str | None = None, action: Literal["none", "read"] = "none"
) -> dict[str, Any]:
    """The body of one request for rows: page, filters, signature, in this order, and nothing that is null.

    Text is brought into one Unicode form first, so that the signature covers the very bytes that are sent.
    """
    body: dict[str, Any] = {"action": "read"} if action == "read" else {}
    body["page"] = page
    kept = {name: _composed(value) for name, value in filters.items() if value is not None}
    if kept:
        body["filters"] = kept
    if signing_key is not None:
        body[SIGNATURE] = signature(body, signing_key)
    return body


def _composed(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, (list, tuple)):
        return [_composed(inner) for inner in value if inner is not None]
    return value


def date_between(window: Window, zone: ZoneInfo) -> list[str]:
    """The two inclusive local times between which every call that starts in `window` lies.

    An edge in the hour that comes twice in autumn is widened to that whole hour, because the API takes no offset.
    """
    first_ms = window.start_ms // SECOND_MS * SECOND_MS
    last_ms = -(-window.end_ms // SECOND_MS) * SECOND_MS - SECOND_MS
    first, last = naive_window(Window(first_ms, max(first_ms, last_ms)), zone)
    return [f"{first:%Y-%m-%d %H:%M:%S}", f"{last:%Y-%m-%d %H:%M:%S}"]
