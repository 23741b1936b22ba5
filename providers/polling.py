"""Reading one provider: a live poll, or a stretch of history, into the cache."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from calls.cache.erasure import KeyMissing
from calls.cache.state import PollLog
from calls.cache.writer import Reading, Stored, Writer
from calls.model import Record, Reject, Window
from calls.times import DAY_MS, SECOND_MS, format_rfc3339, local_date, local_day_window
from providers import schedule
from providers.base import Provider
from providers.clock import Clock
from providers.errors import BadAnswer, ProviderError, SignInRefused
from providers.settings import ProviderSettings, derivation_digest, sign_in_digest

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


SKEW_SECONDS = 120
FUTURE_MS = 10 * 60 * 1000
NOTHING = Stored(0, 0, 0, 0, 0)


class ProviderPolling:
    """Polls one provider into the cache. Lives in the thread that writes the cache."""

    def __init__(
        self, provider: Provider, writer: Writer, source_id: int, clock: Clock, settings: ProviderSettings | None = None
    ) -> None:
        self.provider = provider
        self.source_id = source_id
        self.zone = ZoneInfo(provider.source.timezone)
        self.log = PollLog(writer.database, source_id)
        self._writer = writer
        self._clock = clock
        self._settings = settings

    def derive_anew(self) -> bool:
        """Derives every call again when what they depend on has changed since; whether it had."""
        if self._settings is None:
            return False
        digest, before = derivation_digest(self._settings), self.log.derivation()
        if digest == before:
            return False
        # A cache that never noted it was filled by a version without this; its calls are what its records give.
        self._writer.rebuild(self.provider, self.source_id)
        self.log.note_derivation(digest)
        return True

    def keep_only(self, days: int) -> None:
        """Turns calls that began more than so many local days ago into hourly figures; 0 keeps all."""
        if not days:
            return
        now_ms = self._clock.now_ms()
        edge_ms = local_day_window(local_date(now_ms - days * DAY_MS, self.zone), self.zone).start_ms
        if edge_ms > (self.log.purged_before_ms() or 0):
            self._writer.purge(self.source_id, edge_ms)

    async def poll(self, *, sign_in_again: bool = False) -> PollOutcome:
        """One live poll. Never raises for what a provider does; the outcome carries the error.

        A sign-in that was refused is not repeated, by whichever process, unless it is another one or the person wants it.
        """
        now_ms = self._clock.now_ms()
        refused = self.log.refused_sign_in()
        if refused and not sign_in_again and self._settings and sign_in_digest(self._settings, refused) == refused:
            return self._not_asked(SignInRefused("this sign-in was refused before, and is not repeated"))
        window = schedule.live_window(
            now_ms,
            self.provider.pace,
            self.zone,
            self.log.covered(),
            self.log.complete_to_ms(),
            self.log.longest_call_ms(now_ms - 7 * DAY_MS),
        )
        self.log.begin(now_ms)
        outcome = await self._read(window, now_ms, moves_watermark=True)
        self._note_sign_in(outcome.failure, refused)
        self.log.end(self._clock.now_ms(), outcome.error, self.provider.skew_seconds)
        return outcome

    def _note_sign_in(self, failure: ProviderError | None, refused: str) -> None:
        if isinstance(failure, SignInRefused) and self._settings is not None:
            self.log.remember_refusal(sign_in_digest(self._settings, refused))
        elif refused and failure is None:
            self.log.remember_refusal("")

    def _not_asked(self, failure: ProviderError) -> PollOutcome:
        source = self.provider.source
        known_to_ms = self.log.complete_to_ms()
        return PollOutcome(source.name, source.kind, 0, NOTHING, known_to_ms, failure=failure, error=str(failure))

    def known_until_ms(self) -> int:
        """Up to when a reading that begins now can be complete: the newest minutes stay provisional."""
        return self._clock.now_ms() - self.provider.pace.provisional_seconds * SECOND_MS

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
        notices += self._clock_notices(records, now_ms)
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
            except KeyMissing as error:
                failure = ProviderError(str(error), advice="put the file back where it was")
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

    def _clock_notices(self, records: list[Record], now_ms: int) -> list[str]:
        """Signs that a clock or the configured zone is wrong."""
        skew_seconds = self.provider.skew_seconds or 0
        found: list[str] = []
        if abs(skew_seconds) >= SKEW_SECONDS:
            way = "ahead of" if skew_seconds > 0 else "behind"
            found.append(
                f"the provider's clock is {SKEW_SECONDS // 60} minutes or more {way} this machine's; check this machine's clock"
            )
        latest_ms = now_ms + max(0, skew_seconds) * SECOND_MS + FUTURE_MS
        if any(row.started_ms > latest_ms for row in records):
            found.append(f"calls start in the future; check whether {self.provider.source.timezone} is the provider's timezone")
        return found

    def _keep_requests(self, count: int) -> None:
        newest = [*self.provider.transport.history][-count:] if count else []
        self.log.add_requests(newest)

    def _unforeseen(self, error: Exception) -> ProviderError:
        log.exception("reading %s failed", self.provider.source.name)
        return BadAnswer(f"reading the answer failed ({type(error).__name__})", advice="see the log, and report it")
