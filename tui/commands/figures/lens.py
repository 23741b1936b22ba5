"""`calltop stats --explain METRIC`: everything that a figure is made of."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO
from zoneinfo import ZoneInfo

from calls.exports import call_json
from calls.metrics.figures import NO_VALUE, Figure, spaced
from calls.metrics.lens import Lens, LensPart, LensRows
from calls.model import Call, Window
from calls.text import clean
from calls.times import format_rfc3339
from tui.commands.tables import call_table, local_time_text, write_table

PART_HEADER = ("provider", "value", "grade", "complete to", "why")
ROW_COLUMNS = ("provider", "id", "started_at", "direction", "status", "caller", "callee", "talk_seconds", "wait_seconds")


def write_lens(out: TextIO, lens: Lens, zones: Mapping[str, ZoneInfo], form: str, *, mask: bool = False) -> int:
    """Writes a figure laid open, as sections of text or as one object; always 1."""
    if form == "json":
        out.write(json.dumps(_object(lens, mask=mask), ensure_ascii=False) + "\n")
        return 1
    out.write(f"{lens.metric.title}  {lens.figure.text()}\n{lens.metric.definition}\n\n")
    out.write(f"formula      {lens.metric.formula}\n             {lens.worked}\n")
    out.write(f"under        {clean(lens.filter) or 'everything that is cached'}\n")
    out.write(f"grade        {': '.join(filter(None, (_grade(lens.figure), lens.figure.grade_reason)))}\n")
    for name, rows in (("numerator", lens.numerator), ("denominator", lens.denominator)):
        _write_rows(out, name, rows, zones, mask=mask)
    out.write("\n")
    write_table(out, PART_HEADER, [_part_line(part, zones[part.provider]) for part in lens.parts], frozenset({1}))
    for line in _gap_lines(lens.parts, zones):
        out.write(f"{line}\n")
    if lens.variants:
        out.write("\n")
        asked = [(one.metric.title, one.figure.text(), _grade(one.figure), one.metric.formula) for one in lens.variants]
        write_table(out, ("also asked as", "value", "grade", "formula"), asked, frozenset({1}))
    return 1


def _grade(figure: Figure) -> str:
    return figure.grade.word.replace("_", " ")


def _write_rows(out: TextIO, name: str, rows: LensRows, zones: Mapping[str, ZoneInfo], *, mask: bool) -> None:
    count = f"{spaced(rows.count)} {'s' if rows.seconds else 'calls'}"
    if rows.filter is None:
        out.write(f"\n{name:<12} {count}: {rows.instead or 'no filter lists them'}\n")
        return
    command = f"calltop calls {shlex.quote(rows.filter)}".rstrip() if rows.filter else "calltop calls"
    out.write(f"\n{name:<12} {count}, listed by: {clean(command)}\n")
    if rows.first:
        call_table(out, rows.first, zones, mask=mask)


def _part_line(part: LensPart, zone: ZoneInfo) -> tuple[str, ...]:
    if part.figure is None:
        return part.provider, NO_VALUE, "impossible", NO_VALUE, part.reason
    edge = part.figure.complete_to_ms
    complete = "unknown" if edge is None else local_time_text(edge, zone)
    return part.provider, part.figure.text(), _grade(part.figure), complete, part.figure.grade_reason


def _gap_lines(parts: Iterable[LensPart], zones: Mapping[str, ZoneInfo]) -> Iterator[str]:
    for part in parts:
        zone = zones[part.provider]
        for gap in () if part.figure is None else part.figure.gaps:
            yield f"{part.provider} lacks {local_time_text(gap.start_ms, zone)} to {local_time_text(gap.end_ms, zone)}"


def _object(lens: Lens, *, mask: bool) -> dict[str, object]:
    return {
        "metric": lens.metric.name,
        "title": lens.metric.title,
        "definition": lens.metric.definition,
        "formula": lens.metric.formula,
        "worked": lens.worked,
        "filter": lens.filter,
        "service_seconds": lens.thresholds.service_seconds,
        "short_abandon_seconds": lens.thresholds.short_abandon_seconds,
        **_figure(lens.figure),
        "numerator_rows": _rows(lens.numerator, mask=mask),
        "denominator_rows": _rows(lens.denominator, mask=mask),
        "providers": [
            {"provider": part.provider, "kind": part.kind}
            | ({"grade": "impossible", "reason": part.reason} if part.figure is None else _figure(part.figure))
            for part in lens.parts
        ],
        "variants": {one.metric.name: {"formula": one.metric.formula, **_figure(one.figure)} for one in lens.variants},
    }


def _figure(figure: Figure) -> dict[str, object]:
    return figure.json() | {"reason": figure.grade_reason or None, "gaps": [_gap(gap) for gap in figure.gaps]}


def _gap(gap: Window) -> dict[str, str]:
    return {"from": format_rfc3339(gap.start_ms), "to": format_rfc3339(gap.end_ms)}


def _rows(rows: LensRows, *, mask: bool) -> dict[str, object]:
    return {
        "filter": rows.filter,
        "instead": rows.instead or None,
        "first": [_row(call, mask=mask) for call in rows.first],
    }


def _row(call: Call, *, mask: bool) -> dict[str, object]:
    return dict(call_json(call, ROW_COLUMNS, mask=mask))
