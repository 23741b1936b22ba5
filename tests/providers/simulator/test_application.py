"""What the five APIs share: routing, the clock in every answer, faults, the configuration."""

from __future__ import annotations

import tomllib
from typing import Any

import httpx
import pytest

from providers.simulator import Simulator, SimulatorClock, credentials
from providers.simulator.faults import FAULTS, Faults
from providers.simulator.world import PROVIDERS

from .help import asking, bearer, instant_ms, make_simulator, statistics

pytestmark = pytest.mark.anyio

URL = "/dstny/cdr/historik?from=2026-10-23&to=2026-10-26"
DSTNY = bearer(credentials.DSTNY_TOKEN)


async def ask(client: httpx.AsyncClient) -> httpx.Response:
    return await client.get(URL, headers=DSTNY)


async def test_unknown_providers_are_not_found() -> None:
    async with asking(make_simulator()) as client:
        for path in ("/", "/other/cdr", "/dstny", "/dstny/", "/telecomx/x", "/portsip/api", "/while1"):
            assert (await client.get(path)).status_code == 404


async def test_every_answer_carries_the_simulators_time() -> None:
    simulator = make_simulator("2026-10-26T11:40:07Z")
    async with asking(simulator) as client:
        assert (await client.get("/nowhere")).headers["date"] == "Mon, 26 Oct 2026 11:40:07 GMT"
        simulator.clock.advance(3_600_000)
        assert (await ask(client)).headers["date"] == "Mon, 26 Oct 2026 12:40:07 GMT"


async def test_a_request_too_large_is_refused() -> None:
    async with asking(make_simulator()) as client:
        assert (await client.post("/while1/api/cdr", content=b"x" * 2_000_000)).status_code == 413


async def test_the_application_answers_lifespan_messages() -> None:
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await make_simulator().app({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ("503", 503, "application/json"),
        ("401", 401, "application/json"),
        ("429", 429, "application/json"),
        ("429-date", 429, "application/json"),
        ("html", 200, "text/html"),
        ("html-502", 502, "text/html"),
        ("wrong-type", 200, "text/plain"),
        ("empty", 200, "application/json"),
    ],
)
async def test_a_fault_answers_in_place_of_the_api(fault: str, status: int, kind: str) -> None:
    async with asking(make_simulator(faults=f"dstny:{fault}")) as client:
        answer = await ask(client)
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (status, kind)
        retry = {"429": "1", "429-date": "Mon, 26 Oct 2026 11:40:01 GMT"}.get(fault)
        assert answer.headers.get("retry-after") == retry
        assert (await statistics(client)).status_code == 200


async def test_faults_that_spoil_a_good_answer() -> None:
    async with asking(make_simulator()) as client:
        good = (await ask(client)).json()
    async with asking(make_simulator(faults="dstny:truncated:1,dstny:duplicate:1,dstny:shuffled:1")) as client:
        cut, doubled, mixed, last = [await ask(client) for _ in range(4)]
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        cut.json()
    assert doubled.json() == good + good
    assert mixed.json() != good
    assert sorted(map(str, mixed.json())) == sorted(map(str, good))
    assert last.json() == good


async def test_rows_within_an_object_are_doubled_too() -> None:
    simulator = make_simulator()
    async with asking(simulator) as client:
        good = (await client.get("/portsip/api/cdrs", headers=DSTNY)).json()
        simulator.set_faults("telecomx:duplicate")
        assert len((await statistics(client)).json()) == 20
        simulator.set_faults("all:duplicate")
        assert (await client.get("/portsip/api/cdrs", headers=DSTNY)).json() == good


async def test_a_fault_meets_so_many_requests_of_its_kind_and_can_be_taken_back() -> None:
    simulator = make_simulator(faults="dstny.historik:503:2,soluno.token:500")
    async with asking(simulator) as client:
        assert [(await ask(client)).status_code for _ in range(3)] == [503, 503, 200]
        assert (await client.post("/soluno/token")).status_code == 500
        assert (await client.get("/soluno/cdr/historik")).status_code == 401
        simulator.set_faults("")
        assert (await client.post("/soluno/token")).status_code == 400


async def test_a_slow_answer_waits_and_a_reset_breaks_off() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    clock = SimulatorClock(instant_ms("2026-10-26T11:40:00Z"), speed=0)
    simulator = Simulator(clock=clock, faults="dstny:slow:1,dstny:reset:1", sleep=sleep)
    async with asking(simulator) as client:
        assert (await ask(client)).status_code == 200
        assert waited == [60.0]
        with pytest.raises(ConnectionResetError):
            await ask(client)


@pytest.mark.parametrize(
    ("specification", "complaint"),
    [
        ("nobody:503", "'nobody' is no provider"),
        ("dstny", "'' is no fault"),
        ("dstny:thunder", "'thunder' is no fault"),
        ("dstny:503:often", "'often' is no count"),
    ],
)
def test_a_fault_nobody_knows_is_refused(specification: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as caught:
        Faults(specification)
    assert "\n" not in str(caught.value)
    assert len(FAULTS) > 15


def test_the_configuration_names_the_five_providers_and_their_accounts() -> None:
    settings = tomllib.loads(make_simulator().config_text("http://127.0.0.1:8099/"))
    providers = settings["providers"]
    assert tuple(providers) == PROVIDERS
    assert all(providers[kind]["kind"] == kind for kind in PROVIDERS)
    assert all(providers[kind]["base_url"] == f"http://127.0.0.1:8099/{kind}" for kind in PROVIDERS)
    assert providers["soluno"]["token_url"] == "http://127.0.0.1:8099/soluno/token"
    assert {providers[kind].get("auth") for kind in PROVIDERS} == {
        *("password_grant", "bearer_static", "m2m_token", "oauth_password", None)
    }
    assert providers["while1"]["api_key"] == credentials.WHILE1_API_KEY


def test_the_configuration_tells_how_far_the_clock_is_ahead() -> None:
    shifted = make_simulator("2090-01-02T00:00:00Z").config_text("http://127.0.0.1:1")
    assert tomllib.loads(shifted)["clock_offset_seconds"] > 0
    assert "clock_offset_seconds" not in Simulator(days=0).config_text("http://127.0.0.1:1")


def test_the_clock_runs_at_its_speed_and_can_be_moved() -> None:
    real = [100.0]
    clock = SimulatorClock(1_000_000, speed=60, monotonic=lambda: real[0])
    assert clock.now_ms() == 1_000_000
    real[0] += 2.5
    assert clock.now_ms() == 1_150_000
    assert clock.real_seconds_until(1_150_000) == 0
    assert clock.real_seconds_until(1_210_000) == 1
    clock.advance(60_000)
    assert clock.now_ms() == 1_210_000
    assert SimulatorClock(5, speed=0).real_seconds_until(6) is None
    with pytest.raises(ValueError, match="-1 times"):
        SimulatorClock(0, speed=-1)


@pytest.mark.parametrize("days", [-1, 10_000])
def test_days_that_cannot_be_made_are_refused(days: int) -> None:
    with pytest.raises(ValueError, match=f"{days} days"):
        Simulator(days=days)
