"""The snapshot behind the wall monitor."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from calls.cache import tallies
from calls.cache.figures import figures
from calls.cache.known import KnownSource
from calls.cache.missed import CALL_BACK_SINCE, oldest_unreturned
from calls.cache.silence import silence
from calls.cache.snapshots import CallBack
from calls.cache.standing import alert_states, poll_state
from calls.cache.wall_snapshot import SavedPage, Slice, WallCallBack, WallProvider, WallQuestion, WallSnapshot
from calls.calendar import Calendar
from calls.filters import Filter, FilterContext, made, parse
from calls.filters.started import TIME_FIELDS
from calls.keys import first_key
from calls.metrics import HEADLINE, METRICS, Tally
from calls.tags import two_words
from calls.text import mask_number
from calls.times import HOUR_MS, MINUTE_MS, QUARTER_MS, day_hours, local_date

CALL_BACKS = 40
SLICE_MS = 5 * MINUTE_MS
# A call is told of when it ends, and few last longer than this.
PROVISIONAL_MS = 15 * MINUTE_MS
TODAY = made.today()
# The wall's day may begin before a provider's own, and the longest day has 25 hours.
A_DAY_AND_MORE = parse("since:-27h")
OF_TODAY = (*HEADLINE, METRICS["wait_median"], METRICS["wait_p90"])


def snapshot(
    connection: sqlite3.Connection,
    question: WallQuestion,
    context: FilterContext,
    sources: Mapping[str, KnownSource],
    version: int,
    calendar: Calendar,
) -> WallSnapshot:
    """The wall as of the context's moment."""
    now_ms = context.now_ms
    today = tallies.totals(connection, TODAY, context, sources)
    waiting, waiting_count = oldest_unreturned(connection, CALL_BACK_SINCE, context, CALL_BACKS)
    day = local_date(now_ms, question.zone)
    return WallSnapshot(
        taken_ms=now_ms,
        version=version,
        providers=tuple(_provider(connection, known, today, now_ms, calendar) for known in sources.values()),
        figures=figures(connection, TODAY, context, sources, OF_TODAY).get("", {}),
        last_hour=_last_hour(connection, sources, now_ms),
        hours=_hours(connection, context, question),
        call_backs=tuple(_call_back(one, day, question) for one in waiting),
        call_back_count=waiting_count,
        alerts=alert_states(connection),
        saved=tuple(_saved(connection, name, wanted, context, sources) for name, wanted in question.saved),
        revealed=question.reveal,
    )


def _provider(
    connection: sqlite3.Connection, known: KnownSource, today: Mapping[str, Tally], now_ms: int, calendar: Calendar
) -> WallProvider:
    state = poll_state(connection, known, now_ms)
    of_today = today.get(known.source.name, Tally(kinds=frozenset({known.source.kind})))
    return WallProvider(known.source, state, of_today, silence(connection, known, state, now_ms, calendar))


def _call_back(waiting: CallBack, day: date, question: WallQuestion) -> WallCallBack:
    return WallCallBack(
        number=waiting.caller if question.reveal else masked_number(waiting.caller),
        tag=two_words(waiting.number_key, day, question.tag_key),
        first_missed_ms=waiting.first_missed_ms,
        last_missed_ms=waiting.last_missed_ms,
        tries=waiting.tries,
        providers=waiting.providers,
    )


def masked_number(number: str) -> str:
    """The number without its last four digits; nothing at all of an address in letters, which may be a person's name."""
    return "" if any(character.isalpha() for character in number) else mask_number(number)


def _last_hour(connection: sqlite3.Connection, sources: Mapping[str, KnownSource], now_ms: int) -> tuple[Slice, ...]:
    """Twelve stretches of five minutes, of the providers that tell of single calls."""
    end_ms = (now_ms // SLICE_MS + 1) * SLICE_MS
    start_ms = end_ms - HOUR_MS
    rows = connection.execute(
        "SELECT c.started_ms / ?1, count(*), sum(c.status = 'answered') FROM call AS c NOT INDEXED"
        " WHERE c.key >= ?2 AND c.started_ms < ?3 AND c.direction = 'in' GROUP BY 1",
        (SLICE_MS, first_key(start_ms), end_ms),
    ).fetchall()
    counts = {number: (offered, answered) for number, offered, answered in rows}
    edge_ms = _complete_to_ms(sources.values(), now_ms)
    told_to_ms = max((known.complete_to_ms or 0 for known in sources.values() if not known.gives_buckets), default=0)
    return tuple(
        Slice(
            at_ms,
            at_ms + SLICE_MS,
            *counts.get(at_ms // SLICE_MS, (0, 0)),
            provisional=at_ms + SLICE_MS > edge_ms,
            known=at_ms < told_to_ms,
        )
        for at_ms in range(start_ms, end_ms, SLICE_MS)
    )


def _complete_to_ms(sources: Iterable[KnownSource], now_ms: int) -> int:
    """Up to when nothing more is to come. Who has told nothing for an hour is missing altogether, which is said elsewhere."""
    told = [known.complete_to_ms for known in sources if known.complete_to_ms is not None and not known.gives_buckets]
    return min([now_ms - PROVISIONAL_MS, *(edge_ms for edge_ms in told if edge_ms > now_ms - HOUR_MS)])


def _hours(connection: sqlite3.Connection, context: FilterContext, question: WallQuestion) -> tuple[Slice, ...]:
    """The hours that today has by the wall's clock, of all providers together."""
    offered: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    for quarters in tallies.quarters(connection, A_DAY_AND_MORE, context).values():
        for start_ms, (some, of_them) in quarters.items():
            offered[start_ms] += some
            answered[start_ms] += of_them
    now_ms = context.now_ms
    return tuple(
        Slice(
            hour.start_ms,
            hour.end_ms,
            sum(offered[at_ms] for at_ms in range(hour.start_ms, hour.end_ms, QUARTER_MS)),
            sum(answered[at_ms] for at_ms in range(hour.start_ms, hour.end_ms, QUARTER_MS)),
            provisional=hour.start_ms <= now_ms and hour.end_ms > now_ms - PROVISIONAL_MS,
        )
        for hour in day_hours(local_date(now_ms, question.zone), question.zone)
    )


def _saved(
    connection: sqlite3.Connection, name: str, wanted: Filter, context: FilterContext, sources: Mapping[str, KnownSource]
) -> SavedPage:
    names_time = any(wanted.names(field) for field in TIME_FIELDS)
    narrowed = wanted if names_time else wanted.narrowed(TODAY)
    return SavedPage(name, figures(connection, narrowed, context, sources, HEADLINE).get("", {}), names_time)
