"""Reading one provider: a live poll, or a stretch of history, into the cache."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from calls.cache.state import PollLog, RequestLine
from calls.cache.writer import Reading, Stored, Writer
from calls.model import Record, Reject, Window
from calls.times import format_rfc3339
from providers import schedule
from providers.base import Provider
from providers.clock import Clock
from providers.errors import BadAnswer, ProviderError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What one poll did. `error` is None when it went well; `failure` is the error itself."""

    provider: str
    kind: str
    requests: int
    stored: Stored
    complete_to_ms: int | None
    failure: ProviderError | None = None
    error: str | None = None

    def json(self) -> Mapping[str, Any]:
        """The object that `calltop collect --json` prints."""
        return {
            "provider": self.provider,
            "kind": self.kind,
            "requests": self.requests,
            "received": self.stored.received,
            "inserted": self.stored.inserted,
            "updated": self.stored.updated,
            "unchanged": self.stored.unchanged,
            "rejected": self.stored.rejected,
            "complete_to": None if self.complete_to_ms is None else format_rfc3339(self.complete_to_ms),
            "error": self.error,
        }


NOTHING = Stored(0, 0, 0, 0, 0)


class ProviderPolling:
    """Polls one provider into the cache. Lives in the thread that writes the cache."""

    def __init__(self, provider: Provider, writer: Writer, source_id: int, clock: Clock) -> None:
        self.provider = provider
        self.source_id = source_id
        self.zone = ZoneInfo(provider.source.timezone)
        self.log = PollLog(writer.database, source_id)
        self._writer = writer
        self._clock = clock

    async def poll(self) -> PollOutcome:
        """One live poll. Never raises for what a provider does; the outcome carries the error."""
        now_ms = self._clock.now_ms()
        window = schedule.live_window(
            now_ms,
            self.provider.pace,
            self.zone,
            self.log.covered(),
            self.log.complete_to_ms(),
            self.log.longest_call_ms(now_ms - 7 * schedule.DAY_MS),
        )
        self.log.begin(now_ms)
        outcome = await self._read(window, now_ms, moves_watermark=True)
        self.log.end(self._clock.now_ms(), outcome.error, self.provider.skew_seconds)
        return outcome

    def known_until_ms(self) -> int:
        """Up to when a reading that begins now can be complete: the newest minutes stay provisional."""
        return self._clock.now_ms() - self.provider.pace.provisional_seconds * schedule.SECOND_MS

    async def read_history(self, window: Window) -> PollOutcome:
        """Reads one stretch of the past; it extends coverage but says nothing about now."""
        return await self._read(window, self._clock.now_ms(), moves_watermark=False)

    async def _read(self, window: Window, now_ms: int, *, moves_watermark: bool) -> PollOutcome:
        asked_before = self.provider.requests
        records: list[Record] = []
        rejects: list[Reject] = []
        notices: list[str] = []
        failure: ProviderError | None = None
        try:
            async for page in self.provider.fetch(window, self.log.provider_state()):
                records += page.records
                rejects += page.rejects
                notices += page.notices
        except ProviderError as error:
            failure = error
        except Exception as error:
            # An answer nobody foresaw must not end the polling of this provider.
            failure = self._unforeseen(error)
        reading = Reading(tuple(records), tuple(rejects), now_ms, notices=tuple(notices), supersedes=self.provider.supersedes)
        if failure is None:
            covered, complete_to_ms = schedule.known_after(window, now_ms, self.provider.pace)
            reading = replace(
                reading,
                asked=window,
                covered=covered,
                complete_to_ms=complete_to_ms if moves_watermark else None,
                provider_state=self.provider.next_state(),
            )
        stored = NOTHING
        if records or rejects or notices or failure is None:
            try:
                stored = self._writer.store(self.provider, self.source_id, reading)
            except sqlite3.Error:
                raise
            except Exception as error:
                failure = self._unforeseen(error)
        self._keep_requests(self.provider.requests - asked_before)
        return PollOutcome(
            provider=self.provider.source.name,
            kind=self.provider.source.kind,
            requests=self.provider.requests - asked_before,
            stored=stored,
            complete_to_ms=self.log.complete_to_ms(),
            failure=failure,
            error=None if failure is None else str(failure),
        )

    def _keep_requests(self, count: int) -> None:
        newest = [*self.provider.transport.history][-count:] if count else []
        self.log.add_requests([RequestLine(*astuple(trace)) for trace in newest])

    def _unforeseen(self, error: Exception) -> ProviderError:
        log.exception("reading %s failed", self.provider.source.name)
        return BadAnswer(f"reading the answer failed ({type(error).__name__})", advice="see the log, and report it")
