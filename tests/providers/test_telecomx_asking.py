"""Telecom X: a filter as a request for statistics, what is stored of the answer, and what is known of the token."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from calls.cache.database import Database
from calls.cache.writer import Reading, Writer
from calls.filters import FilterContext, parse
from calls.filters.fields import FIELDS
from providers.plan import How, Plan
from providers.telecomx import TelecomXProvider
from providers.telecomx.notices import CONTRADICTED
from providers.telecomx.vocabulary import EMPLOYEES_NOT_NUMBERS, IMPOSSIBLE
from tests.providers.telecomx_help import (
    SAMPLE,
    InboundCall,
    Statistics,
    answering,
    employee,
    provider,
    read,
    utc_ms,
    window,
)

pytestmark = pytest.mark.anyio

NOW = "2026-10-26T11:40:00Z"
EMPLOYEE = "5450f1834b75ff21032563a1"
AUTUMN = window("2025-10-26T00:00:00+02:00", "2025-10-27T00:00:00+01:00")


def plan(text: str, client: TelecomXProvider | None = None, **options: Any) -> Plan:
    client = client or provider(now=NOW, **options)
    return client.plan(parse(text), FilterContext(utc_ms(NOW), {client.source.name: client.source}))


@pytest.mark.parametrize(
    ("text", "how", "sent"),
    [
        ("direction:in", "sent", "direction=IN ignoreLocal=true"),
        ("direction:out", "sent", "direction=OUT ignoreLocal=true"),
        ("direction:in,out", "sent", "direction=BOTH ignoreLocal=true"),
        ("-direction:internal", "sent", "direction=BOTH ignoreLocal=true"),
        ("-direction:in", "impossible", ""),
        ("direction:internal", "impossible", ""),
        ("local:no", "sent", "ignoreLocal=true"),
        ("-local:yes", "sent", "ignoreLocal=true"),
        ("local:yes", "impossible", ""),
        ("duration:>=30s", "sent", "ignoreBelow=30"),
        ("duration:>30s", "sent", "ignoreBelow=31"),
        ("duration:>=2m,>3m", "sent", "ignoreBelow=120"),
        ("duration:<30s", "impossible", ""),
        ("duration:10s..20s", "impossible", ""),
        ("duration:>=1500ms", "impossible", ""),
        (f"employee:{EMPLOYEE}", "sent", f"employee={EMPLOYEE}"),
        (f"employee:{EMPLOYEE},53da4c7552b2dbf05521c09b", "sent", f"employees={EMPLOYEE},53da4c7552b2dbf05521c09b"),
        ('employee:"Bo Madsen"', "local", ""),
        (f"-employee:{EMPLOYEE}", "local", ""),
        ("employee:Bo*", "local", ""),
        ("hour:8..17", "narrowed", "groupingInterval=HOUR"),
        ("weekday:mon", "narrowed", "groupingInterval=HOUR"),
        ("on:yesterday", "sent", "from=2026-10-24T22:00:00.000Z to=2026-10-25T22:59:59.999Z"),
        ("since:today", "sent", "from=2026-10-25T23:00:00.000Z"),
        ("since:08:30", "narrowed", "from=2026-10-26T07:30:00.000Z"),
        ("-since:today", "local", ""),
        ("number:102 or direction:in", "impossible", ""),
        ("direction:in or local:no", "impossible", ""),
        ("Madsen", "local", ""),
        ("provider:elsewhere", "local", ""),
    ],
)
def test_each_clause(text: str, how: str, sent: str) -> None:
    [clause] = plan(text).clauses
    assert (clause.how.value, clause.sent) == (how, sent)
    assert bool(clause.why) is (how != "sent")


def test_every_field_has_a_reading_and_numbers_are_not_known() -> None:
    for name, words in IMPOSSIBLE.items():
        value = FIELDS[name].values[0] if FIELDS[name].closed else ">5s" if name in ("ring", "wait") else "102"
        for text in (f"{name}:{value}", f"-{name}:{value}"):
            made = plan(text)
            assert [(clause.how, clause.why) for clause in made.impossible] == [(How.IMPOSSIBLE, words)]
            assert made.requests == ()
    assert IMPOSSIBLE["number"] == EMPLOYEES_NOT_NUMBERS


async def test_a_name_is_resolved_once_an_answer_has_told_it() -> None:
    client = provider(answering(SAMPLE), now=NOW, hour_mode="windowed")
    await read(client, window("2026-10-26T08:00:00Z", "2026-10-26T09:00:00Z"))
    for text in ('employee:"bo madsen"', "employee:232"):
        made = plan(f"{text} since:today", client)
        assert made.clauses[0].sent == f"employee={EMPLOYEE}"
        assert all(request.json_body and request.json_body["employee"] == EMPLOYEE for request in made.requests)


async def test_whole_totals_are_stored_and_narrowed_ones_are_not() -> None:
    service = Statistics([InboundCall("2026-10-25T10:10:00Z", 60), InboundCall("2026-10-26T10:10:00Z", 60)])
    client = provider(service, now=NOW)
    whole = plan("on:yesterday..today", client)
    assert [(body["groupingInterval"], body["from"]) for request in whole.requests if (body := request.json_body)] == [
        ("HOUR", "2026-10-24T22:00:00.000Z"),
        ("HOUR", "2026-10-25T23:00:00.000Z"),
    ]
    assert len([record async for page in client.ask(whole) for record in page.records]) == 2
    narrowed = plan("on:yesterday..today direction:in", client)
    assert [request.json_body["groupingInterval"] for request in narrowed.requests if request.json_body] == ["DAY"]
    assert [page async for page in client.ask(narrowed)] == []
    assert [bucket.inbound_calls for bucket in await client.statistics(narrowed)] == [1, 1]
    assert "not stored" in narrowed.afterwards


async def test_after_a_change_to_keys_the_repeated_hour_counts_once() -> None:
    service = Statistics([InboundCall("2025-10-26T00:30:00Z", 10), InboundCall("2025-10-26T01:30:00Z", 10)])
    by_window, _ = await read(provider(service, hour_mode="windowed"), AUTUMN)
    keyed = provider(service, hour_mode="keyed")
    by_key, _ = await read(keyed, AUTUMN)
    for older, newer in ((by_window, by_key), (by_key, by_window)):
        kept = list({record.key: record for record in (*older, *newer)}.values())
        assert len({record.group for record in kept}) == 1
        buckets = keyed.derive(kept, frozenset()).buckets
        assert sum(bucket.inbound_calls or 0 for bucket in buckets) == 2


async def test_notices_are_stable() -> None:
    cell = {"inboundCalls": 5, "inboundUnanswered": 1, "inboundAnswered": 3, "inboundLost": 1}
    client = provider(answering([{**employee({"8": cell, "9": cell}), "team": "x"}]), hour_mode="keyed")
    [page] = [page async for page in client.fetch(AUTUMN, {})]
    assert page.notices == (CONTRADICTED, "the statistics have fields the document does not name: inboundLost, team")


async def test_the_cache_counts_the_repeated_hour_once_after_each_change(tmp_path: Path) -> None:
    service = Statistics([InboundCall("2025-10-26T00:30:00Z", 10), InboundCall("2025-10-26T01:30:00Z", 10)])
    database = Database(tmp_path / "calltop.db")
    writer = Writer(database)
    try:
        for seen_ms, mode in enumerate(("windowed", "keyed", "windowed", "keyed"), utc_ms(NOW)):
            client = provider(service, hour_mode=mode)
            source_id = writer.register([client.source])[client.source.name]
            records, _ = await read(client, AUTUMN)
            writer.store(client, source_id, Reading(tuple(records), (), seen_ms))
            connection = sqlite3.connect(tmp_path / "calltop.db")
            [[counted]] = connection.execute("SELECT SUM(inbound_calls) FROM employee_bucket")
            connection.close()
            assert counted == 2, mode
    finally:
        database.close()
