"""A range of time as the API's `from` and `to`, and shorter ranges out of one that is too long.

The documents show local wall time to the minute, or a date alone, both ends inclusive, without any offset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from calls.model import Window
from calls.times import DAY_MS, MINUTE_MS, from_local, local_date, local_day_window, naive_window

_MICROSECOND = timedelta(microseconds=1)


def query_of(window: Window, zone: ZoneInfo) -> dict[str, str]:
    """The parameters that ask for at least `window`: dates alone when both edges are local midnights, else minutes."""
    if _is_midnight(window.start_ms, zone) and _is_midnight(window.end_ms, zone):
        last_ms = window.end_ms - 1
        return {"from": local_date(window.start_ms, zone).isoformat(), "to": local_date(last_ms, zone).isoformat()}
    # Whole minutes are cut in UTC, where no minute is missing or repeated.
    first_ms = window.start_ms // MINUTE_MS * MINUTE_MS
    end_ms = -(-window.end_ms // MINUTE_MS) * MINUTE_MS
    first, end = naive_window(Window(first_ms, end_ms), zone)
    if end.microsecond:
        end += _MICROSECOND
    return {"from": f"{first:%Y-%m-%d %H:%M}", "to": f"{end:%Y-%m-%d %H:%M}"}


def widest(query: Mapping[str, str], zone: ZoneInfo) -> Window:
    """Every instant that the parameters may stand for: whole days, or up to the last second of the last minute."""
    if len(query["to"]) == len("YYYY-MM-DD"):
        first, last = (local_day_window(date.fromisoformat(query[name]), zone) for name in ("from", "to"))
        return Window(first.start_ms, last.end_ms)
    start, end = (datetime.fromisoformat(query[name]) for name in ("from", "to"))
    return Window(from_local(start, zone), from_local(end, zone, second_pass=True) + MINUTE_MS)


def _is_midnight(instant_ms: int, zone: ZoneInfo) -> bool:
    return local_day_window(local_date(instant_ms, zone), zone).start_ms == instant_ms


def halves(window: Window, zone: ZoneInfo) -> tuple[Window, ...]:
    """The two halves of `window`, cut at a local midnight where it is longer than a day, else at a whole minute.

    Empty when it is too short to cut.
    """
    middle_ms = (window.start_ms + window.end_ms) // 2
    cut_ms = middle_ms // MINUTE_MS * MINUTE_MS
    if window.end_ms - window.start_ms > DAY_MS:
        day = local_day_window(local_date(middle_ms, zone), zone)
        inside = [edge_ms for edge_ms in (day.start_ms, day.end_ms) if window.start_ms < edge_ms < window.end_ms]
        cut_ms = min(inside, key=lambda edge_ms: abs(edge_ms - middle_ms), default=cut_ms)
    if not window.start_ms < cut_ms < window.end_ms:
        return ()
    return Window(window.start_ms, cut_ms), Window(cut_ms, window.end_ms)


def pieces(window: Window, longest_ms: int | None, zone: ZoneInfo) -> Iterator[Window]:
    """`window` in parts no longer than `longest_ms`, oldest first; whole when that is None."""
    if window.empty:
        return
    parts = halves(window, zone) if longest_ms is not None and window.end_ms - window.start_ms > longest_ms else ()
    if not parts:
        yield window
    for part in parts:
        yield from pieces(part, longest_ms, zone)
