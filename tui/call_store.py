"""The calls that have been read of a long list: as many as a few screens hold, the rest is read again when it is looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from calls.cache.listing import Listing
from calls.model import Call

MOST_CALLS = 4_000
# Read around what is in sight, so that the next page is there before it is asked for.
SCREENS_AROUND = 2


@dataclass(frozen=True, slots=True)
class Held:
    """A call as it stood at a version of the cache; None for one that is gone."""

    version: int
    call: Call | None


class CallStore:
    """Calls by key, the last used are kept."""

    def __init__(self, most: int = MOST_CALLS) -> None:
        self._most = most
        self._held: OrderedDict[int, Held] = OrderedDict()

    def get(self, key: int) -> Held | None:
        """What is held of a call; also of an older version, which stands until the newer one is read."""
        held = self._held.get(key)
        if held is not None:
            self._held.move_to_end(key)
        return held

    def put(self, version: int, calls: Mapping[int, Call | None]) -> None:
        """Takes calls as they stood at a version."""
        for key, call in calls.items():
            self._held[key] = Held(version, call)
            self._held.move_to_end(key)
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    def wanted(self, listing: Listing, shown: range) -> range:
        """The positions to read now: those around `shown` that are not held as the list has them; empty when the ones in sight
        are held, and half a screen beside them."""
        height = len(shown)
        if not height or not len(listing):
            return range(0)
        near = self._missing(listing, range(shown.start - height // 2, shown.stop + height // 2))
        if not near:
            return range(0)
        around = range(shown.start - SCREENS_AROUND * height, shown.stop + SCREENS_AROUND * height)
        missing = self._missing(listing, around)
        return range(missing[0], missing[-1] + 1)

    def _missing(self, listing: Listing, positions: range) -> list[int]:
        inside = range(max(0, positions.start), min(len(listing), positions.stop))
        held, version = self._held, listing.version
        return [
            position for position in inside if (found := held.get(listing.keys[position])) is None or found.version != version
        ]
