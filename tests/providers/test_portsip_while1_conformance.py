"""PortSIP and While1 against the simulated providers: what is read, and what the cache makes of it, is what happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from calls.model import Window
from tests.providers.exchange_help import (
    AUTUMN,
    DAY_MS,
    HOUR_MS,
    SPRING,
    Cached,
    client,
    everything,
    instant_ms,
    random_windows,
    read,
    simulated,
    told,
    truth,
)

pytestmark = pytest.mark.anyio

KINDS = pytest.mark.parametrize("kind", ["portsip", "while1"])
REPEATED_HOURS = Window(instant_ms("2026-10-25T00:00:00Z"), instant_ms("2026-10-25T02:00:00Z"))


@KINDS
@pytest.mark.parametrize("now", [AUTUMN, SPRING])
async def test_three_days_are_read_as_they_were(kind: str, now: str) -> None:
    simulator = simulated(now)
    provider = client(kind, simulator)
    records = await read(provider, everything(simulator))
    calls = provider.derive(records, provider.facts(records)).calls
    assert len(calls) > 300
    assert told(calls) == truth(simulator, kind)
    assert kind == "while1" or not any(call.approximate for call in calls)
    await provider.close()


@KINDS
async def test_the_repeated_hour_is_read_pass_by_pass(kind: str) -> None:
    simulator = simulated("2026-10-25T23:00:00Z", seed=3, days=1, calls_per_day=3000)
    provider = client(kind, simulator)
    facts = provider.facts(await read(provider, everything(simulator)))
    found = set()
    for start_ms in range(REPEATED_HOURS.start_ms, REPEATED_HOURS.end_ms, HOUR_MS // 2):
        half = Window(start_ms, start_ms + HOUR_MS // 2)
        calls = provider.derive(await read(provider, half), facts).calls
        assert told(calls) == truth(simulator, kind, half)
        found |= {call.id for call in calls}
    assert found == truth(simulator, kind, REPEATED_HOURS).keys()
    assert found


@KINDS
async def test_each_window_holds_its_own_calls_whole(kind: str) -> None:
    simulator = simulated("2026-10-26T09:00:00Z", seed=8, days=2, calls_per_day=600)
    provider = client(kind, simulator)
    facts = provider.facts(await read(provider, everything(simulator)))
    for window in random_windows(simulator, seed=8):
        calls = provider.derive(await read(provider, window), facts).calls
        assert told(calls) == truth(simulator, kind, window)


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        ("portsip", {"auth": "sign_in"}),
        ("while1", {"transport": "form"}),
        ("while1", {"send_action": "read"}),
    ],
)
async def test_every_way_to_ask_gives_the_same(kind: str, setting: dict[str, str]) -> None:
    simulator = simulated(calls_per_day=200)
    provider = client(kind, simulator, **setting)
    records = await read(provider, everything(simulator))
    assert told(provider.derive(records, provider.facts(records)).calls) == truth(simulator, kind)


@pytest.mark.parametrize(
    "faults",
    [
        *(
            f"portsip.cdrs:{fault}"
            for fault in ("shuffled", "duplicate", "503:1", "429:1", "reset:1", "html-502:1", "wrong-type")
        ),
        "portsip.calllogs:shuffled",
        "portsip.calllogs:duplicate",
        "portsip.cdrs:401:1",
        "portsip.cdrs:401:2",
        "portsip.calllogs:400:1",
        *(f"while1:{fault}" for fault in ("shuffled", "duplicate", "503:1", "429:1", "reset:1", "html-502:1", "wrong-type")),
    ],
)
async def test_what_can_be_borne_costs_no_call(faults: str) -> None:
    kind = faults.partition(":")[0].partition(".")[0]
    simulator = simulated(calls_per_day=500)
    provider = client(kind, simulator)
    simulator.set_faults(faults)
    records = await read(provider, everything(simulator))
    assert told(provider.derive(records, provider.facts(records)).calls) == truth(simulator, kind)


@KINDS
async def test_polls_while_time_goes_on_and_then_history(kind: str, tmp_path: Path) -> None:
    simulator = simulated("2026-10-24T20:00:00Z", seed=5, days=1)
    cached = Cached(tmp_path, client(kind, simulator), simulator)
    begun_ms = simulator.clock.now_ms()
    for minutes in [5, 5, 30, 120, 60, 60, 5, 200, 90, 5, 60, 180, 45] * 2:
        await cached.poll()
        simulator.clock.advance(minutes * 60_000)
    await cached.poll()
    again = await cached.poll()
    assert (again.inserted, again.updated) == (0, 0)
    now_ms = simulator.clock.now_ms()
    for start_ms in range(now_ms - 5 * DAY_MS, now_ms, DAY_MS):
        await cached.read(Window(start_ms, start_ms + DAY_MS))
    lines = cached.lines()
    assert lines == truth(simulator, kind)
    assert any(instant_ms(line["started_at"]) > begun_ms for line in lines.values())
    assert all(stored == 0 for stored in [(await cached.poll()).inserted, (await cached.poll()).updated])
    cached.close()


@KINDS
async def test_history_in_any_order_gives_the_same_cache(kind: str, tmp_path: Path) -> None:
    simulator = simulated(calls_per_day=600)
    cached = Cached(tmp_path, client(kind, simulator), simulator)
    windows = random_windows(simulator, seed=2)
    for window in windows[::2] + windows[1::2][::-1]:
        await cached.read(window)
    assert cached.lines() == truth(simulator, kind)
    cached.close()


async def test_portsip_sees_what_the_role_may_see() -> None:
    simulator = simulated(calls_per_day=400)
    provider = client("portsip", simulator, username="support1", password="simulated-user")
    own = {record.group for record in await read(provider, everything(simulator))}
    assert own < truth(simulator, "portsip").keys()


async def test_portsip_signs_off() -> None:
    simulator = simulated(calls_per_day=100)
    provider = client("portsip", simulator)
    await read(provider, everything(simulator))
    asked = provider.requests
    await provider.close()
    assert provider.requests == asked + 1
