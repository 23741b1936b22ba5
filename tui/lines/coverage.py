"""What the cache lacks of a filter's range, in words."""

from __future__ import annotations

from calls.cache.coverage import gaps
from calls.cache.snapshots import LiveSnapshot, PaneSnapshot
from calls.filters import Filter, FilterContext
from calls.model import Window
from tui.lines.view import View
from tui.lines.words import day_words


def lacking(pane: PaneSnapshot, wanted: Filter, now_ms: int) -> tuple[Window, ...]:
    """The stretches the filter reaches that were never read completely, up to what the provider can be known for.

    A filter without a beginning asks for what is cached, so that it lacks nothing before that.
    """
    if not pane.covered or pane.state.complete_to_ms is None:
        return ()
    context = FilterContext(now_ms, {pane.source.name: pane.source})
    reach = wanted.reach(context, pane.source.name)
    start_ms = pane.covered[0].start_ms if reach.start_ms is None else reach.start_ms
    known_to_ms = pane.state.complete_to_ms
    asked = Window(start_ms, known_to_ms if reach.end_ms is None else min(reach.end_ms, known_to_ms))
    return () if asked.empty else tuple(gaps(pane.covered, asked))


def missing_words(snapshot: LiveSnapshot, wanted: Filter, view: View) -> str:
    """One sentence about what the cache lacks of the filter's range, provider by provider; "" when it lacks nothing."""
    if wanted.everything:
        return ""
    found: dict[str, list[str]] = {}
    for pane in snapshot.panes:
        if missing := lacking(pane, wanted, snapshot.taken_ms):
            first = day_words(missing[0].start_ms, view.zone)
            last = day_words(missing[-1].end_ms - 1, view.zone)
            found.setdefault(first if first == last else f"{first} to {last}", []).append(pane.source.name)
    return "; ".join(f"{', '.join(names)} not cached {days}" for days, names in found.items())
