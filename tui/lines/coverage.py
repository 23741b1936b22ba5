"""What the cache lacks of a filter's range, in words."""

from __future__ import annotations

from collections.abc import Sequence

from calls.cache.snapshots import LiveSnapshot
from calls.model import Window
from tui.lines.view import View
from tui.lines.words import day_words


def missing_days(missing: Sequence[Window], view: View) -> str:
    """The stretches as days: "Wed 7 Jan", or from the first to the last of several; "" without any."""
    if not missing:
        return ""
    first = day_words(missing[0].start_ms, view.zone)
    last = day_words(missing[-1].end_ms - 1, view.zone)
    return first if first == last else f"{first} to {last}"


def missing_words(snapshot: LiveSnapshot, view: View) -> str:
    """One sentence about what the cache lacks of the filter's range, provider by provider; "" when it lacks nothing."""
    found: dict[str, list[str]] = {}
    for pane in snapshot.panes:
        if pane.missing:
            found.setdefault(missing_days(pane.missing, view), []).append(pane.source.name)
    return "; ".join(f"{', '.join(names)} not cached {days}" for days, names in found.items())
