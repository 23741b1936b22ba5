"""What the screen of calls asks the cache: the list by position, in two steps, so that its beginning is there at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from calls.cache.listing import Listing
from calls.cache.reader import Reader
from calls.cache.snapshots import Standing
from calls.filters import Filter
from tui.feed import Feed, NothingCached

HEAD_CALLS = 500
COUNTED_NEW = 1000


@dataclass(frozen=True, slots=True)
class CallsQuestion:
    """Which calls, in which order (`calls.cache.listing.ORDERS`); all of them, or their beginning. `sought` is a call whose
    place is asked for, by its provider and id."""

    wanted: Filter
    order: str = "started"
    descending: bool = True
    whole: bool = True
    sought: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CallsSnapshot:
    """The list, and how many calls the cache has altogether. `newest` are the keys of the newest calls of the list, the newest
    first, at most `COUNTED_NEW`. `sought` is the key of the call that was asked for, None when it is not kept."""

    question: CallsQuestion
    standing: Standing = field(default_factory=Standing)
    listing: Listing = field(default_factory=lambda: Listing(Filter()))
    total: int = 0
    newest: tuple[int, ...] = ()
    sought: int | None = None


def read_calls(feed: Feed, question: CallsQuestion, now_ms: int) -> CallsSnapshot:
    """The answer; an empty list while there is no cache. Raises as `Feed.read`."""

    def ask(reader: Reader) -> CallsSnapshot:
        wanted, descending = question.wanted, question.descending
        # The beginning of an order that has no index costs as much as the whole.
        limit = None if question.whole or question.order != "started" else HEAD_CALLS
        listed = reader.listing(wanted, now_ms, question.order, descending=descending, limit=limit)
        standing = reader.standing(wanted, now_ms)
        total = reader.count(Filter(), now_ms)
        sought = None if question.sought is None else reader.key_of(*question.sought)
        return CallsSnapshot(question, standing, listed, total, listed.newest(COUNTED_NEW), sought)

    try:
        return feed.read(ask)
    except NothingCached:
        return CallsSnapshot(question)
