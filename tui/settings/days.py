"""Holidays, opening hours and staff, read without the model of all settings where they stand plainly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from calls.calendar import USUAL_HOURS, Calendar, parse_opening_hours
from tui.settings.early import NotPlain
from tui.settings.layers import Layers


def calendar_of(layers: Layers) -> Calendar:
    """The calendar that is configured. Raises `UsageError` when it, or what it stands beside, cannot be read."""
    try:
        return _plainly(layers)
    except (NotPlain, ValueError):
        from tui.config import checked

        return checked(layers).calendar()


def configured_agents(layers: Layers) -> int | None:
    """How many people take calls, None where nobody has said. Raises `UsageError`."""
    value = layers.tree.get("agents")
    # With it come all metrics, which most commands do without.
    from calls.metrics.erlang import MOST_AGENTS

    if value is None or (type(value) is int and 0 < value <= MOST_AGENTS):
        return value
    from tui.config import checked

    return checked(layers).agents


def _plainly(layers: Layers) -> Calendar:
    providers = layers.tree.get("providers", {})
    if not isinstance(providers, Mapping):
        raise NotPlain
    tables = {name: table for name, table in providers.items() if isinstance(table, Mapping) and "holidays" in table}
    return Calendar(
        _days(layers.tree.get("holidays", [])),
        {name: _days(table["holidays"]) for name, table in tables.items()},
        parse_opening_hours(str(layers.tree.get("opening_hours", USUAL_HOURS))),
    )


def _days(value: object) -> frozenset[date]:
    """Days as the file has them, as dates or as texts, or as a list in an environment variable."""
    if isinstance(value, str):
        import json

        value = json.loads(value)
    if not isinstance(value, list):
        raise NotPlain
    return frozenset(_day(one) for one in value)


def _day(value: object) -> date:
    if isinstance(value, datetime):
        raise NotPlain
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise NotPlain
    return date.fromisoformat(value)
