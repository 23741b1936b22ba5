"""What the screen of providers asks the cache, and what it gets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from calls.cache.holdings import Holding, RejectedRow
from calls.cache.notices import Notice
from calls.cache.reader import Reader
from calls.cache.snapshots import ProviderStanding, Standing
from calls.filters import Filter
from calls.metrics.silence import Silence
from calls.model import RequestTrace
from tui.feed import Feed, NothingCached

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class ProvidersQuestion:
    """`provider` is the one whose requests and unreadable rows are wanted, "" for the first."""

    provider: str = ""


@dataclass(frozen=True, slots=True)
class ProvidersSnapshot:
    """How every provider does and what is held of it, of one moment; `requests`, `rejected` and `notices` are those of the
    `chosen` one, newest first. `silences` tell which lines are up."""

    standing: Standing
    holdings: tuple[Holding, ...] = ()
    chosen: str = ""
    requests: tuple[RequestTrace, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    notices: tuple[Notice, ...] = ()
    silences: tuple[Silence, ...] = ()

    def silence_of(self, provider: str) -> Silence | None:
        """What is to be thought of one provider's line."""
        return next((one for one in self.silences if one.provider == provider), None)

    def standing_of(self, provider: str) -> ProviderStanding | None:
        """How one provider does."""
        return next((one for one in self.standing.providers if one.source.name == provider), None)


class ProvidersReading:
    """Answers questions in the reader's thread. What is held is counted once for each state of the cache."""

    def __init__(self) -> None:
        self._known: tuple[int, ProvidersSnapshot] | None = None

    def read(self, feed: Feed, question: ProvidersQuestion, now_ms: int) -> ProvidersSnapshot:
        """The answer as of a moment; an empty one while there is no cache."""
        version = feed.version()
        try:
            if self._known is None or self._known[0] != version:
                self._known = version, feed.read(lambda reader: _all_of_them(reader, now_ms))
            known = self._known[1]
            names = [holding.source.name for holding in known.holdings]
            chosen = question.provider if question.provider in names else next(iter(names), "")
            return feed.read(lambda reader: _with_chosen(reader, known, chosen, now_ms))
        except NothingCached:
            return ProvidersSnapshot(Standing())


def _all_of_them(reader: Reader, now_ms: int) -> ProvidersSnapshot:
    return ProvidersSnapshot(reader.standing(Filter(), now_ms), reader.holdings(), silences=reader.silence(now_ms))


def _with_chosen(reader: Reader, known: ProvidersSnapshot, chosen: str, now_ms: int) -> ProvidersSnapshot:
    return replace(
        known,
        standing=reader.standing(Filter(), now_ms),
        chosen=chosen,
        requests=reader.requests(chosen, MOST_ROWS),
        rejected=reader.rejected(chosen, MOST_ROWS),
        notices=tuple(notice for notice in reader.notices() if notice.provider == chosen),
    )
