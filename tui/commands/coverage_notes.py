"""What a headless answer owes its reader: how complete it is."""

from __future__ import annotations

from calls.cache.coverage import gaps
from calls.cache.known import asked_window
from calls.cache.reader import Reader
from calls.filters import Filter
from calls.times import format_rfc3339
from tui.commands.opening import say


def explain_coverage(reader: Reader, wanted: Filter, now_ms: int, *, by_figures: bool = False) -> bool:
    """Says on standard error what the cache lacks of the range that was asked for. `by_figures` where hourly figures of calls
    that are no longer kept answer too.

    Returns whether it knows any part of it: an empty answer is a true one only then.
    """
    context = reader.context(now_ms)
    knows = False
    for note in wanted.notes(context):
        say(note)
    asked_sources = reader.asked(wanted, now_ms)
    if not asked_sources and (names := ", ".join(reader.sources())):
        say(f"the filter means none of the cached providers; there are {names}")
    for name, known in asked_sources.items():
        asked = asked_window(wanted, context, known)
        complete_to_ms = known.complete_to_ms or 0
        covered = known.covered if by_figures else known.calls_covered
        missing = gaps(covered, asked)
        knows = knows or sum(gap.end_ms - gap.start_ms for gap in missing) < asked.end_ms - asked.start_ms
        if not known.covered:
            say(f"{name}: nothing is cached yet; run: calltop collect --once")
        elif known.purged_before_ms is not None and not by_figures and asked.start_ms < known.purged_before_ms:
            say(f"{name}: calls before {format_rfc3339(known.purged_before_ms)} are no longer kept, only hourly figures")
        elif early := [gap for gap in missing if gap.start_ms < complete_to_ms]:
            say(
                f"{name}: {format_rfc3339(early[0].start_ms)} to {format_rfc3339(early[-1].end_ms)} is not wholly cached;"
                " run: calltop backfill"
            )
    return knows
