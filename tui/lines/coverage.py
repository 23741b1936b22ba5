"""What the cache lacks of a filter's range, in words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from calls.cache.snapshots import PaneSnapshot, ProviderStanding, Standing
from tui.lines.words import day_words


def missing_days(pane: PaneSnapshot | ProviderStanding) -> str:
    """The stretches a pane lacks as the provider's own days: "Wed 7 Jan", or from the first to the last of several."""
    if not pane.missing:
        return ""
    zone = ZoneInfo(pane.source.timezone)
    first = day_words(pane.missing[0].start_ms, zone)
    last = day_words(pane.missing[-1].end_ms - 1, zone)
    return first if first == last else f"{first} to {last}"


def missing_words(standing: Standing) -> str:
    """One sentence about what the cache lacks of the filter's range, provider by provider; "" when it lacks nothing."""
    found: dict[str, list[str]] = {}
    for one in standing.providers:
        if one.missing:
            found.setdefault(missing_days(one), []).append(one.source.name)
    return "; ".join(f"{', '.join(names)} not cached {days}" for days, names in found.items())
