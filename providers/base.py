"""The protocol every telephony API is spoken to through, and the values its answers come in.

One way only: `fetch` yields pages of records, `derive` turns records into calls or employee buckets. Nothing specific to a
vendor leaves the vendor's module.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from calls.filters import Filter, FilterContext
from calls.model import Derived, Record, Reject, Source, Window
from providers.plan import Plan
from providers.transport import Transport


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a provider, read: its records, and the rows that could not be read.

    `notices` are sentences about the answer as a whole that a person should know: a field the document does not name, a
    total that contradicts the rows. They are stable texts, so that one state of affairs is one notice.
    """

    records: tuple[Record, ...]
    rejects: tuple[Reject, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """How a provider may be asked.

    `cadence_seconds`: the time between two polls that the vendor states, or our own politeness; never gone below.
    `provisional_seconds`: how long after a call's end its row may still be missing.
    `lookback_seconds`: how far each poll reads back at least, because rows appear when a call ends and windows work on its
    start. `whole_day`: each poll reads the local day from midnight, because the answer is a total.
    `backfill_days`: the length of one back-fill request's window; `backfill_spacing_seconds`: the pause between two;
    `history_days`: how far back the vendor goes.
    """

    cadence_seconds: int = 60
    provisional_seconds: int = 900
    lookback_seconds: int = 4 * 3600
    whole_day: bool = False
    backfill_days: int = 1
    backfill_spacing_seconds: int = 1
    history_days: int = 92


class Deriver(Protocol):
    """How records of one provider become calls. Pure: the same records and facts give the same calls.

    `link_ms`: records of different groups with the same non-empty `link` that start within this many milliseconds of each
    other belong together and are derived together (0: groups stand alone).
    """

    source: Source
    link_ms: int

    def facts(self, records: Sequence[Record]) -> frozenset[str]:
        """What these records teach about the others: a service number, an own number. Groups with a record whose `link`
        is a newly learned fact are derived again."""
        ...

    def derive(self, records: Sequence[Record], facts: frozenset[str]) -> Derived:
        """The calls or buckets of these records (complete groups), knowing all `facts` learned so far."""
        ...


CHECKED_MS = 15 * 60_000
"""How far back a check reads calls."""


class Provider(Deriver, Protocol):
    """A configured instance of a telephony API."""

    pace: Pace
    transport: Transport
    supersedes: bool
    """Whether rows have no identifier, so that a row not delivered again may have been replaced by another."""

    def fetch(self, window: Window, state: Mapping[str, str]) -> AsyncIterator[Page]:
        """All rows of calls that start in `window`, page by page to the end.

        `state` is what the provider's last `next_state` said. Raises `providers.errors.ProviderError`.
        """
        ...

    def plan(self, wanted: Filter, context: FilterContext) -> Plan:
        """What this provider would be asked for a filter. Asks nothing."""
        ...

    def ask(self, plan: Plan) -> AsyncIterator[Page]:
        """Sends a plan's requests and follows their pages; the records of whole calls, with every leg the API gives.

        The answer is filtered, so it extends no coverage. Raises `providers.errors.ProviderError`.
        """
        ...

    async def check(self) -> Mapping[str, str]:
        """Asks for the least that proves address, credentials and rights; what was learnt, in the vendor's own plain words.

        `problem` says what to do where something is amiss although the answer came; `calls` what of calls can be read.
        Raises `providers.errors.ProviderError`.
        """
        ...

    def next_state(self) -> Mapping[str, str]:
        """What the next `fetch` should know, valid once the last page of this one is stored (a cursor, a calibration)."""
        ...

    @property
    def requests(self) -> int:
        """How many HTTP requests this instance has sent."""
        ...

    @property
    def skew_seconds(self) -> int | None:
        """The provider's clock minus ours, from the last answer's Date header."""
        ...

    async def close(self) -> None:
        """Gives back connections, and the session where the API has a way to."""
        ...
