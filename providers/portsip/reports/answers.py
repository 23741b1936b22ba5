"""Reports as the PBX tells of them. Every field may be missing, and types and states may be newer than the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calls.text import clean
from calls.times import parse_rfc3339
from providers.errors import BadAnswer

LONGEST_ADDRESS = 2_000
DEEPEST_FILTER = 4


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in the list of orders. `status` is RUNNING, SCHEDULED, ABORTED or a newer word."""

    id: str
    name: str
    type: str
    cron_expr: str
    status: str


@dataclass(frozen=True, slots=True)
class Report:
    """An order, whole. `filter` holds what the PBX sent, its texts made safe; times are None where it sent none."""

    line: ReportLine
    email: str
    format: str
    range: str
    started_ms: int | None
    ended_ms: int | None
    filter: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CompletedReport:
    """A finished file. `file_size` is in bytes, None where the PBX did not say; `file_url` is as sent, and not trusted."""

    id: str
    name: str
    type: str
    format: str
    completed_ms: int | None
    file_name: str
    file_size: int | None
    file_url: str


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadAnswer("the answer holds no report")
    return value


def _text(row: Mapping[str, Any], name: str, limit: int = 256) -> str:
    value = row.get(name)
    return clean(value, limit) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _instant(row: Mapping[str, Any], name: str) -> int | None:
    try:
        return parse_rfc3339(_text(row, name))
    except ValueError:
        return None


def _shown(value: Any, depth: int = 0) -> Any:
    """A value of a filter with every text in it made safe; what is nested deeper than any filter is left out."""
    if isinstance(value, dict):
        return {clean(name): _shown(each, depth + 1) for name, each in value.items()} if depth < DEEPEST_FILTER else {}
    if isinstance(value, list):
        return [_shown(each, depth + 1) for each in value] if depth < DEEPEST_FILTER else []
    return clean(value) if isinstance(value, str) else value


def read_line(value: Any) -> ReportLine:
    """A line of the list. Raises `BadAnswer`."""
    row = _object(value)
    return ReportLine(*(_text(row, name) for name in ("id", "name", "type", "cron_expr", "status")))


def read_report(value: Any) -> Report:
    """A whole order. Raises `BadAnswer`."""
    row = _object(value)
    chosen = row.get("filter")
    return Report(
        line=read_line(row),
        email=_text(row, "email"),
        format=_text(row, "format"),
        range=_text(row, "range"),
        started_ms=_instant(row, "started_at"),
        ended_ms=_instant(row, "ended_at"),
        filter=_shown(chosen) if isinstance(chosen, dict) else {},
    )


def read_completed(value: Any) -> CompletedReport:
    """A finished file. Raises `BadAnswer`."""
    row = _object(value)
    size = row.get("file_size")
    return CompletedReport(
        id=_text(row, "id"),
        name=_text(row, "name"),
        type=_text(row, "type"),
        format=_text(row, "format"),
        completed_ms=_instant(row, "completed_at"),
        file_name=_text(row, "file_name"),
        file_size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        file_url=_text(row, "file_url", LONGEST_ADDRESS),
    )
