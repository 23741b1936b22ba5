"""What a person changes of a report that is ordered: only what is named is sent, and the type never."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from calls.times import format_rfc3339
from providers.portsip.reports.answers import Report
from providers.portsip.reports.orders import (
    BadOrder,
    require_cron,
    require_email,
    require_filter,
    require_name,
    require_one_of,
    require_range,
)
from providers.portsip.reports.types import CUSTOM, FORMATS, RANGES, REPORT_TYPES, VALUED

_DURATION_LIMITS = ("duration_from", "duration_to")


@dataclass(frozen=True, slots=True)
class ReportChanges:
    """New values for some members of an order; None leaves a member as it is (REST reference, `POST /call_reports/{id}`).

    `filter` holds the members to change by the vendor's names; the others of the order's filter stay.
    """

    name: str | None = None
    email: str | None = None
    format: str | None = None
    range: str | None = None
    started_ms: int | None = None
    ended_ms: int | None = None
    cron_expr: str | None = None
    filter: Mapping[str, Any] | None = None

    def body(self, before: Report) -> dict[str, Any]:
        """The body of the request that changes `before`. Raises `BadOrder`.

        What the order holds already is not judged: its type, range or state may be newer than the document.
        """
        if all(getattr(self, each.name) is None for each in fields(self)):
            raise BadOrder("name, email, format, range, cron_expr, filter: say what to change")
        body: dict[str, Any] = {}
        if self.name is not None:
            require_name(self.name)
            body["name"] = self.name
        if self.email is not None:
            require_email(self.email)
            body["email"] = self.email
        if self.format is not None:
            require_one_of("format", self.format, FORMATS)
            body["format"] = self.format
        body |= self._time(before)
        if self.filter is not None:
            body["filter"] = _merged(before, self.filter)
        return body

    def _time(self, before: Report) -> dict[str, Any]:
        """The range, its edges and the schedule, as far as they change."""
        body: dict[str, Any] = {}
        if self.cron_expr == "":
            raise BadOrder("cron_expr: a schedule cannot be taken away; destroy the report and order it without one")
        if self.cron_expr is not None:
            require_cron(self.cron_expr)
            body["cron_expr"] = self.cron_expr
        if self.range is not None:
            require_one_of("range", self.range, RANGES)
            body["range"] = self.range
        after = self.range or before.range
        edges = (self.started_ms, self.ended_ms)
        if body or edges != (None, None):
            started_ms, ended_ms = edges
            if after == CUSTOM:
                started_ms = before.started_ms if started_ms is None else started_ms
                ended_ms = before.ended_ms if ended_ms is None else ended_ms
            require_range(after, started_ms, ended_ms, self.cron_expr or before.line.cron_expr)
            if started_ms is not None and ended_ms is not None:
                body |= {"started_at": format_rfc3339(started_ms), "ended_at": format_rfc3339(ended_ms)}
        return body


def _merged(before: Report, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The whole filter after the changes: the PBX takes it as one value."""
    kind = before.line.type
    if kind not in REPORT_TYPES:
        raise BadOrder(
            f"filter: what a report of type {kind or 'unknown'} takes is not known; change it in the PBX's own pages"
        )
    merged = {**before.filter, **changes}
    # A value stands beside its choice; when the choice goes, the value goes with it unless it is named itself.
    for party in ("from", "to"):
        if party in changes and changes[party] not in VALUED and f"{party}_value" not in changes:
            merged.pop(f"{party}_value", None)
    if changes.get("duration") == "ANY":
        for name in _DURATION_LIMITS:
            if name not in changes:
                merged.pop(name, None)
    known = {each.name for each in REPORT_TYPES[kind]}
    require_filter(kind, {name: value for name, value in merged.items() if name in known or name in changes})
    return merged
