"""What drawing depends on besides the data: the moment, the zone, the alphabet, the polling intervals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from types import MappingProxyType
from typing import NamedTuple

from tui.lines.symbols import UNICODE, Symbols

DEFAULT_INTERVAL_SECONDS = 300
_NO_INTERVALS: Mapping[str, int] = MappingProxyType({})


class View(NamedTuple):
    """`now_ms` is the moment drawn, `zone` the zone of every time on the screen (None: the machine's), `intervals` the
    seconds between polls by provider."""

    now_ms: int
    zone: tzinfo | None = None
    symbols: Symbols = UNICODE
    intervals: Mapping[str, int] = _NO_INTERVALS

    def interval_seconds(self, provider: str) -> int:
        """Seconds between two polls of a provider."""
        return self.intervals.get(provider, DEFAULT_INTERVAL_SECONDS)
