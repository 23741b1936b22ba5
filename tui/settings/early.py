"""The settings that the first frame waits for, declared without the library that checks all of them: importing that takes
longer than drawing the frame. `tui.config.Config` inherits them, so each is declared once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from calls.filters import FilterError, try_parse
from calls.text import clean
from calls.times import zone_named
from providers.defaults import DEFAULT_ZONES, POLL_MINUTES
from tui.settings.layers import Layers

DEFAULT_THEME = "calltop-dark"
_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}
MOST_OFFSET_SECONDS = 100 * 365 * 86_400
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,20})?", re.ASCII)


class EarlySettings:
    """What is known before the first frame."""

    cache: Path | None = None
    """The cache file; the default is `calltop.db` in your data folder."""
    theme: str = DEFAULT_THEME
    """The colours of the interface: calltop-dark, calltop-light, or another theme's name."""
    ascii: bool = False
    """Draw with ASCII characters only."""
    display_timezone: str | None = None
    """The zone of the times on the screen, an IANA name; the default is the one most providers live in."""
    clock_offset_seconds: float = 0
    """Seconds that the simulated providers' clock is ahead of this machine's; real providers need 0."""
    filters: dict[str, str] = {}  # noqa: RUF012 - only a default: nobody writes into it
    """Filters by a name of your own, `[filters]`; the first eight are on F2 to F9, all are in the command palette."""
    keys: dict[str, tuple[str, ...]] = {}  # noqa: RUF012 - only a default: nobody writes into it
    """Keys of your own, `[keys]`: the name of an action and its key or keys, `next_theme = "T"`; docs/keys.md has the names."""


class NotPlain(Exception):
    """A value is not plainly of its type, so that only the model of all settings can judge it."""


def early_settings(layers: Layers, *, forgiving: bool = False) -> EarlySettings:
    """The early settings as given. Raises `NotPlain`, or takes the default of what it cannot read when `forgiving`."""
    settings = EarlySettings()
    for name, read in _READERS.items():
        if name in layers.tree:
            try:
                setattr(settings, name, read(layers.tree[name]))
            except NotPlain:
                if not forgiving:
                    raise
    return settings


def checked_filters(filters: Mapping[str, str]) -> dict[str, str]:
    """The filters, their names cleaned. Raises ValueError for one that cannot be read."""
    for name, text in filters.items():
        reading = try_parse(text)
        if isinstance(reading, FilterError):
            raise ValueError(f"{clean(name)}: {reading}")
    return {clean(name): text for name, text in filters.items()}


def checked_zone(name: str | None) -> str | None:
    """An IANA name. Raises ValueError."""
    if name is not None:
        zone_named(name)
    return name


def display_zone(settings: EarlySettings, layers: Layers) -> ZoneInfo | None:
    """The zone of the times on the screen: `display_timezone`, else the one most providers live in, else the machine's."""
    if settings.display_timezone:
        return zone_named(settings.display_timezone)
    named = [table.get("timezone") or DEFAULT_ZONES.get(str(table.get("kind"))) for table in _provider_tables(layers).values()]
    for zone, _ in Counter(str(zone) for zone in named if zone).most_common():
        try:
            return zone_named(zone)
        except ValueError:
            continue  # the model says so, where the provider's other settings are judged
    return None


def poll_seconds(layers: Layers) -> dict[str, int]:
    """Seconds between two polls of each provider."""
    return {name: _poll_seconds(table.get("poll_minutes")) for name, table in _provider_tables(layers).items()}


def alert_sinks(layers: Layers) -> dict[str, frozenset[str]]:
    """Where each alert is told, by the alert's cleaned name."""
    tables = layers.tree.get("alerts")
    found = {}
    for name, table in tables.items() if isinstance(tables, dict) else ():
        sinks = table.get("sinks", ()) if isinstance(table, dict) else ()
        listed = sinks.split(",") if isinstance(sinks, str) else sinks
        found[clean(name)] = (
            frozenset(str(sink).strip() for sink in listed) if isinstance(listed, list | tuple) else frozenset()
        )
    return found


def _poll_seconds(minutes: object) -> int:
    try:
        return int(_number(minutes) * 60)
    except NotPlain:
        return int(POLL_MINUTES * 60)


def _provider_tables(layers: Layers) -> Mapping[str, Mapping[str, Any]]:
    tables = layers.tree.get("providers")
    return {name: table for name, table in tables.items() if isinstance(table, dict)} if isinstance(tables, dict) else {}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise NotPlain
    return value


def _boolean(value: object) -> bool:
    found = value if isinstance(value, bool) else _BOOLEANS.get(str(value))
    if found is None:
        raise NotPlain
    return found


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not _NUMBER.fullmatch(str(value)):
        raise NotPlain
    return float(value)


def checked_offset(seconds: float) -> float:
    """An offset between two clocks. Raises ValueError for one that leads out of the calendar, or is no number."""
    # Written so that what is no number fails too.
    if not abs(seconds) <= MOST_OFFSET_SECONDS:
        raise ValueError("clocks are less than a hundred years apart")
    return seconds


def _offset(value: object) -> float:
    try:
        return checked_offset(_number(value))
    except ValueError:
        raise NotPlain from None


def _zone(value: object) -> str:
    try:
        return checked_zone(_text(value)) or ""
    except ValueError:
        raise NotPlain from None


def _filters(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise NotPlain
    try:
        return checked_filters({name: _text(text) for name, text in value.items()})
    except ValueError:
        raise NotPlain from None


def _keys(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise NotPlain
    # With it come all actions, which few commands need.
    from tui.own_keys import checked_keys

    try:
        return checked_keys({name: _texts(keys) for name, keys in value.items()})
    except ValueError:
        raise NotPlain from None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(one) for one in value) if isinstance(value, list) else (_text(value),)


_READERS: Mapping[str, Callable[[object], object]] = {
    "cache": lambda value: value if isinstance(value, Path) else Path(_text(value)),
    "theme": _text,
    "ascii": _boolean,
    "display_timezone": _zone,
    "clock_offset_seconds": _offset,
    "filters": _filters,
    "keys": _keys,
}
