"""Soluno and Dstny: which numbers are own, and so which way a call went."""

from __future__ import annotations

from typing import Any

import pytest

from calls.model import Direction
from tests.providers.soluno_help import SAMPLE, Vendor, calls_of, changed, provider, read

pytestmark = pytest.mark.anyio

CUSTOMER, DESK, MOBILE, GROUP = "+46701740605", "102", "+46725555555", "622"


def row(caller: str | None, callee: str | None, group: str | None = None) -> dict[str, Any]:
    return changed(SAMPLE[0], callerNo=caller, calleeNo=callee, receivingNo=group)


async def direction(asked: dict[str, Any], facts: frozenset[str] = frozenset(), **settings: Any) -> Direction:
    [call] = await calls_of([asked], facts, **settings)
    return call.direction


async def facts_of(*rows: dict[str, Any], **settings: Any) -> frozenset[str]:
    client = provider(Vendor(list(rows)), **settings)
    return client.facts((await read(client))[0])


async def test_a_stranger_calls_in_and_a_short_number_calls_within() -> None:
    assert await direction(row(CUSTOMER, DESK)) is Direction.IN
    assert await direction(row(None, DESK)) is Direction.IN
    assert await direction(row(DESK, "103")) is Direction.INTERNAL
    assert await direction(row("1", DESK)) is Direction.IN
    assert await direction(row("7", "103"), internal_number_pattern=r"^\d$") is Direction.INTERNAL


async def test_with_own_numbers_listed_calls_out_are_told() -> None:
    own: dict[str, Any] = {"own_numbers": ["+46812345*", "072-555 55 55"]}
    assert await direction(row("+4681234501", CUSTOMER), **own) is Direction.OUT
    assert await direction(row("08-12 345 99", DESK), **own) is Direction.INTERNAL
    assert await direction(row(MOBILE, "+46812345000"), **own) is Direction.INTERNAL
    assert await direction(row(MOBILE, None, GROUP), **own) is Direction.INTERNAL
    assert await direction(row("+46812399", DESK), **own) is Direction.IN
    assert await direction(row(DESK, CUSTOMER)) is Direction.INTERNAL


async def test_a_mobile_that_was_called_as_a_person_of_the_exchange_is_own() -> None:
    learned = await facts_of(row(CUSTOMER, MOBILE, GROUP))
    assert learned == {MOBILE}
    assert await direction(row(MOBILE, DESK), learned) is Direction.INTERNAL
    assert await direction(row("0046 72 555 55 55", DESK), learned) is Direction.INTERNAL
    assert await direction(row(CUSTOMER, DESK), learned) is Direction.IN
    assert await direction(row(MOBILE, DESK), learned, learn_own_numbers=False) is Direction.IN


async def test_the_link_of_a_record_is_the_fact_that_would_change_it() -> None:
    [record] = (await read(provider(Vendor([row("072-555 55 55", DESK)]))))[0]
    assert {record.link} == await facts_of(row(CUSTOMER, MOBILE))


async def test_what_teaches_nothing() -> None:
    assert await facts_of(row(CUSTOMER, None, GROUP), row(CUSTOMER, "anonymous"), row(CUSTOMER, DESK)) == frozenset()
    assert await facts_of(row(DESK, CUSTOMER)) == frozenset()
    assert await facts_of(row(DESK, MOBILE, GROUP)) == {MOBILE}
    assert await facts_of(row(CUSTOMER, MOBILE), learn_own_numbers=False) == frozenset()


async def test_a_withheld_caller_is_never_own() -> None:
    everything = frozenset({"", "anonymous", MOBILE})
    assert await direction(row("anonymous", DESK), everything, own_numbers=["*", "anonymous", ""]) is Direction.IN
    [record] = (await read(provider(Vendor([row("Anonymous", DESK)]))))[0]
    assert record.link == ""


async def test_names_come_from_the_directory() -> None:
    names = {"072-5555555": "Bo\x1b Madsen", GROUP: "Reception", "+46701740605": "A customer"}
    [call] = await calls_of([row(CUSTOMER, MOBILE, GROUP)], directory=names)
    assert (call.caller_name, call.callee_name, call.employee) == ("A customer", "Bo Madsen", "Bo Madsen")
    [call] = await calls_of([changed(row(CUSTOMER, None, GROUP), calleeAnswered=None)], directory=names)
    assert (call.callee_name, call.employee) == ("Reception", "")
