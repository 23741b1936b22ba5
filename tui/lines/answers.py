"""What a provider answered: its requests, the rows that could not be read, and notices, a line each."""

from __future__ import annotations

from collections.abc import Sequence

from calls.cache.holdings import RejectedRow
from calls.cache.notices import Notice
from calls.model import RequestTrace
from tui.lines.line import Line, Role, Span, crop, left, right, wrap
from tui.lines.view import View
from tui.lines.words import OTHER_DAY_WIDTH, grouped, moment, time_words

SIZES_FROM_WIDTH = 60
_METHOD_WIDTH = 4
_STATUS_WIDTH = 6
_BYTES_WIDTH = 9
_MS_WIDTH = 8


def request_time(trace: RequestTrace, view: View) -> str:
    """When, to the second: "10:40:20", "Sat 10:40:20", "21 Nov 10:40:20"."""
    clock = f"{moment(trace.at_ms, view.zone):%H:%M:%S}"
    words = time_words(trace.at_ms, view.now_ms, view.zone)
    day = words.rpartition(" ")[0] if ":" in words else words
    return f"{day} {clock}" if day else clock


def request_header(times: int, width: int) -> Line:
    """The names of the columns; `times` is the width of the first."""
    cells = f"{left('time', times)} {left('', _METHOD_WIDTH)} {right('status', _STATUS_WIDTH)}"
    sizes = f" {right('bytes', _BYTES_WIDTH)} {right('ms', _MS_WIDTH)}" if width >= SIZES_FROM_WIDTH else ""
    return Line((Span(f"{cells}{sizes}  path", Role.DIM),))


def request_spans(trace: RequestTrace, times: int, width: int, view: View) -> tuple[Span, ...]:
    """One request: when, how, what came back, how much, how long it took, where; and what went wrong."""
    mark = view.symbols.mark
    bad = bool(trace.error) or trace.status is None or trace.status >= 400
    status = "none" if trace.status is None else str(trace.status)
    spans = [
        Span(left(request_time(trace, view), times, mark) + " ", Role.DIM),
        Span(left(trace.method, _METHOD_WIDTH, mark) + " ", Role.DIM),
        Span(right(status, _STATUS_WIDTH), Role.BAD if bad else Role.GOOD),
    ]
    if width >= SIZES_FROM_WIDTH:
        size, length = grouped(trace.received_bytes), grouped(trace.elapsed_ms)
        spans.append(Span(f" {right(size, _BYTES_WIDTH)} {right(length, _MS_WIDTH)}"))
    words = f"{trace.path}: {trace.error}" if trace.error else trace.path
    room = width - sum(span.width for span in spans) - 2
    spans.append(Span("  " + crop(words, room, mark), Role.BAD if bad else Role.TEXT))
    return tuple(spans)


def request_detail(trace: RequestTrace, view: View) -> str:
    """One request in a sentence, which can be copied."""
    dot = view.symbols.dot
    status = "no answer" if trace.status is None else f"status {trace.status}"
    size = f"{grouped(trace.received_bytes)} bytes in {grouped(trace.elapsed_ms)} ms"
    words = f"{moment(trace.at_ms, view.zone):%Y-%m-%d %H:%M:%S} {trace.method} {trace.path} {dot} {status} {dot} {size}"
    return f"{words} {dot} {trace.error}" if trace.error else words


def rejected_spans(row: RejectedRow, width: int, view: View) -> tuple[Span, ...]:
    """A row that could not be read: since when, why, and how it begins."""
    mark = view.symbols.mark
    reason = min(34, max(12, width // 3))
    return (
        Span(left(time_words(row.first_seen_ms, view.now_ms, view.zone), OTHER_DAY_WIDTH, mark) + " ", Role.DIM),
        Span(left(row.reason, reason, mark) + " ", Role.LATE),
        Span(crop(row.payload, width - OTHER_DAY_WIDTH - reason - 2, mark)),
    )


def notice_spans(notice: Notice, width: int, view: View) -> tuple[Span, ...]:
    """A notice: since when, and what."""
    mark = view.symbols.mark
    return (
        Span(left(time_words(notice.first_seen_ms, view.now_ms, view.zone), OTHER_DAY_WIDTH, mark) + " ", Role.DIM),
        Span(crop(notice.text, width - OTHER_DAY_WIDTH - 1, mark)),
    )


def notice_lines(notices: Sequence[Notice], width: int, view: View) -> list[Line]:
    """Notices in full, each with the day it was first given cause for."""
    lines: list[Line] = []
    for notice in notices:
        when = time_words(notice.first_seen_ms, view.now_ms, view.zone)
        for index, row in enumerate(wrap(notice.text, max(10, width - OTHER_DAY_WIDTH - 2), 3, view.symbols.mark)):
            lines.append(Line((Span(left("" if index else when, OTHER_DAY_WIDTH + 2), Role.DIM), Span(row, Role.LATE))))
    return lines


def notice_detail(notice: Notice, view: View) -> str:
    """A notice with both its moments."""
    first, last = (time_words(at, view.now_ms, view.zone) for at in (notice.first_seen_ms, notice.last_seen_ms))
    return f"{notice.text} {view.symbols.dot} first {first}, last {last}"
