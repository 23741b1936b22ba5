"""PortSIP: what is said about an answer as a whole, once per state of affairs and in stable words; and the account's facts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.filters import FilterContext, parse
from providers.errors import Refused, Rejected, SignInRefused
from providers.portsip import PortsipProvider
from providers.portsip.notices import MORE_NAMES, MOST_NAMES, unfamiliar_texts
from providers.simulator import credentials
from tests.providers.exchange_help import client as simulated_client
from tests.providers.exchange_help import simulated
from tests.providers.portsip_help import ANSWERED, SAMPLE_DAY, Pbx, leg, provider, session

pytestmark = pytest.mark.anyio


class Always:
    """A server with one answer."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer

    def __call__(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(self._answer.status_code, content=self._answer.content)


async def notices(client: PortsipProvider) -> list[str]:
    return [notice async for page in client.fetch(SAMPLE_DAY, {}) for notice in page.notices]


async def test_a_documented_answer_raises_none() -> None:
    assert await notices(provider(Pbx([ANSWERED], [leg("l1", ANSWERED["id"], "103", -21540)]))) == []


async def test_new_fields_and_values_are_named_once_in_a_reading_and_again_in_the_next() -> None:
    rows = [session(number, number, mood="fine", direction="SIDEWAYS", end_reason="BORED") for number in range(150)]
    client = provider(Pbx(rows, [leg("l1", 1, "101", tone="high")]))
    expected = [
        f"{name} is not in the document and is kept as sent" for name in ("direction=SIDEWAYS", "end_reason=BORED", "mood")
    ]
    expected.append("tone is not in the document and is kept as sent")
    expected.append("under half of the sessions have call logs, so who answered is partly a guess")
    assert await notices(client) == expected
    assert await notices(client) == expected


async def test_a_count_smaller_than_the_rows_that_came() -> None:
    text = "the count of a list is smaller than the number of rows that came"
    for count, expected in ((1, [text]), (2, []), (900, [])):
        answer = httpx.Response(200, json={"count": count, "items": [session(1), session(2, 5)]})
        client = provider(Always(answer))
        assert [notice for notice in await notices(client) if "session_id" not in notice] == expected


async def test_a_list_that_ignores_what_is_asked() -> None:
    pbx = Pbx([session(number, number) for number in range(20)], [])
    pbx.obeys -= {"orderby"}
    said = await notices(provider(pbx))
    assert said == ["the list does not obey filter and orderby, so it is read newest first, which takes more requests"]


async def test_a_version_without_call_logs() -> None:
    said = "this version has no call logs, so calls are known as sessions only"
    assert await notices(provider(Pbx([session(1)], None))) == [said]


async def test_a_tenant_in_another_zone() -> None:
    pbx = Pbx([ANSWERED], [])
    pbx.tenant = {"timezone": "Asia/Singapore", "currency": "SGD"}
    said = "the tenant's zone is Asia/Singapore, yet days are cut in UTC: set timezone to the tenant's"
    assert await notices(provider(pbx)) == [said]
    assert await notices(provider(pbx, timezone="Asia/Singapore")) == []
    pbx.tenant = {"timezone": ["odd"]}
    assert await notices(provider(pbx, timezone="Asia/Singapore")) == []


async def test_a_failure_to_read_the_tenant_costs_no_call_and_is_tried_again() -> None:
    pbx = Pbx([ANSWERED], [])
    pbx.tenant = {"timezone": "Asia/Singapore"}
    broken = [True]

    def answer(request: httpx.Request) -> httpx.Response:
        if broken[0] and request.url.path == "/api/tenant":
            return httpx.Response(200, text="<html>")
        return pbx(request)

    client = provider(answer)
    assert await notices(client) == []
    broken[0] = False
    assert len(await notices(client)) == 1


async def test_asking_tells_the_same() -> None:
    client = provider(Pbx([session(1, mood="fine")], []))
    context = FilterContext(SAMPLE_DAY.end_ms, {client.source.name: client.source})
    made = client.plan(parse("since:2024-08-20"), context)
    said = [notice async for page in client.ask(made) for notice in page.notices]
    assert said == ["mood is not in the document and is kept as sent"]


@given(st.lists(st.text(max_size=64)))
def test_any_names_give_few_and_stable_texts(names: list[str]) -> None:
    found = unfamiliar_texts(names)
    assert found == unfamiliar_texts(names[::-1])
    assert len(set(found)) == len(found) <= MOST_NAMES + 1
    assert (MORE_NAMES in found) is (len(set(names)) > MOST_NAMES)


def checking(**settings: Any) -> PortsipProvider:
    made = simulated_client("portsip", simulated(calls_per_day=10), **settings)
    assert isinstance(made, PortsipProvider)
    return made


async def test_check_tells_who_is_signed_in_and_what_is_seen() -> None:
    facts = await checking().check()
    assert facts == {
        "user": "calltop",
        "role": "Admin",
        "scope": "all calls",
        "timezone": "Europe/Stockholm",
        "currency": "SEK",
        "calls": "sessions can be read",
    }
    user = credentials.PORTSIP_USER
    facts = await checking(username=user.username, password=user.password).check()
    assert (facts["role"], facts["scope"]) == ("StandardUser", "own calls")
    assert "role Admin or QueueManager" in facts["problem"]
    assert "the tenant's zone is Europe/Stockholm" in (await checking(timezone="UTC").check())["problem"]


async def test_check_of_an_older_version_leaves_out_what_it_does_not_answer() -> None:
    older = provider(lambda request: httpx.Response(200 if "cdrs" in request.url.path else 404, json={}))
    assert await older.check() == {"calls": "sessions can be read"}
    with pytest.raises(Rejected, match="check base_url"):
        await provider(lambda request: httpx.Response(404, json={})).check()
    reset = {"role": "Admin", "password_force_reset": True}
    client = provider(lambda request: httpx.Response(200, json=reset if "user" in request.url.path else {}))
    assert (await client.check())["problem"] == "the password must be changed in the web portal before it expires"
    with pytest.raises(Refused):
        await provider(lambda request: httpx.Response(401, json={})).check()


@pytest.mark.parametrize(("auth", "words"), [("sign_in", "two-factor sign-in"), ("oauth_password", "second factor")])
async def test_a_second_factor_is_explained_in_one_line(auth: str, words: str) -> None:
    owner = credentials.PORTSIP_SECOND_FACTOR
    with pytest.raises(SignInRefused, match=words) as refused:
        await checking(auth=auth, username=owner.username, password=owner.password).check()
    assert "\n" not in str(refused.value)
    assert owner.password not in str(refused.value)
