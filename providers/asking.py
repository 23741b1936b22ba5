"""Asking the providers what the cache cannot know: a filter goes out as each API's own parameters, the answer is merged."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from calls.cache.writer import Reading, Writer
from calls.filters import Filter, FilterContext
from calls.model import Source
from calls.times import format_rfc3339
from providers.base import Page, Provider
from providers.clock import Clock
from providers.errors import BadAnswer, ProviderError
from providers.plan import Plan

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """How asking one provider stands: its requests so far, the records received and how many of them were new.

    `error` is None unless it failed, `finished` whether nothing more will come. `note` says when a part of the answer was not
    kept.
    """

    provider: str
    requests: int = 0
    received: int = 0
    inserted: int = 0
    finished: bool = False
    error: str | None = None
    note: str = ""


def context_of(sources: Sequence[Source], now_ms: int) -> FilterContext:
    """What a filter needs to be read against these providers."""
    return FilterContext(now_ms, {source.name: source for source in sources})


def plans(providers: Sequence[Provider], wanted: Filter, now_ms: int) -> list[Plan]:
    """What each provider would be asked for a filter, in the order given."""
    context = context_of([provider.source for provider in providers], now_ms)
    return [provider.plan(wanted, context) for provider in providers]


async def ask(
    provider: Provider,
    plan: Plan,
    writer: Writer,
    source_id: int,
    clock: Clock,
    report: Callable[[Asked], None] = lambda asked: None,
) -> Asked:
    """Sends a plan's requests and merges each page of the answer as it comes, so that giving up loses nothing received.

    Never raises for what a provider does; the outcome carries the error. Coverage does not grow, because the answer is
    filtered.
    """
    before = provider.requests
    asked = Asked(plan.provider)
    error: str | None = None
    try:
        async for page in provider.ask(plan):
            asked = _merged(asked, provider, page, writer, source_id, clock.now_ms())
            asked = replace(asked, requests=provider.requests - before)
            report(asked)
    except ProviderError as failure:
        error = str(failure)
    except sqlite3.Error:
        raise
    except Exception as failure:
        # An answer nobody foresaw must not end the asking of the other providers.
        log.exception("asking %s failed", plan.provider)
        error = str(BadAnswer(f"reading the answer failed ({type(failure).__name__})", advice="see the log, and report it"))
    asked = replace(asked, requests=provider.requests - before, finished=True, error=error, note=_note(plan, writer, source_id))
    report(asked)
    return asked


class Asker:
    """Asks providers on a person's behalf, one filter at a time; lives in the event loop that polls them.

    `progress` says how far the last asking is, provider by provider; empty when nothing was asked.
    """

    def __init__(self, providers: Sequence[Provider], writer: Writer, ids: Mapping[str, int], clock: Clock) -> None:
        self._providers = tuple(providers)
        self._writer = writer
        self._ids = ids
        self._clock = clock
        self._task: asyncio.Task[list[Asked]] | None = None
        self.progress: tuple[Asked, ...] = ()

    def plans(self, wanted: Filter) -> list[Plan]:
        """What each provider would be asked. Asks nothing, so any thread may call it."""
        return plans(self._providers, wanted, self._clock.now_ms())

    def begin(self, wanted: Filter) -> tuple[str, ...]:
        """Begins to ask, giving up what was asked before; the names of those that are asked."""
        self.stop()
        asking = [
            (provider, plan, self._ids[plan.provider])
            for provider, plan in zip(self._providers, self.plans(wanted), strict=True)
            if plan.requests
        ]
        self.progress = tuple(Asked(plan.provider) for _, plan, _ in asking)
        if asking:
            self._task = asyncio.create_task(ask_all(asking, self._writer, self._clock, self._note))
            self._task.add_done_callback(_end)
        return tuple(asked.provider for asked in self.progress)

    def stop(self) -> None:
        """Gives up what is being asked; what came is kept."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.progress = tuple(replace(asked, finished=True) for asked in self.progress)

    def _note(self, news: Asked) -> None:
        self.progress = tuple(news if asked.provider == news.provider else asked for asked in self.progress)


def _end(task: asyncio.Task[list[Asked]]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("asking ended", exc_info=error)


async def ask_all(
    asking: Sequence[tuple[Provider, Plan, int]],
    writer: Writer,
    clock: Clock,
    report: Callable[[Asked], None] = lambda asked: None,
) -> list[Asked]:
    """Asks several providers, each with its plan and its id in the cache, side by side."""
    return list(await asyncio.gather(*(ask(provider, plan, writer, known, clock, report) for provider, plan, known in asking)))


def _note(plan: Plan, writer: Writer, source_id: int) -> str:
    """What is not kept of an answer: calls older than the retention."""
    edge_ms = writer.purged_before_ms(source_id)
    if edge_ms is None or plan.window.start_ms >= edge_ms:
        return ""
    return f"calls before {format_rfc3339(edge_ms)} are not kept (retention_days)"


def _merged(asked: Asked, provider: Provider, page: Page, writer: Writer, source_id: int, now_ms: int) -> Asked:
    stored = writer.store(provider, source_id, Reading(page.records, page.rejects, now_ms, notices=page.notices))
    return replace(asked, received=asked.received + stored.received, inserted=asked.inserted + stored.inserted)
