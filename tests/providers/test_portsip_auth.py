"""Signing in to PortSIP: what is sent, when it is sent again, and when never."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from providers.errors import BadAnswer, ProviderError, Refused, SignInRefused, Unavailable
from providers.portsip import PortsipProvider
from tests.providers.portsip_help import fetched, provider

pytestmark = pytest.mark.anyio

CREDENTIALS: dict[str, Any] = {"username": "bo", "password": "p&w ö", "domain": "sip.example"}
EMPTY_LIST = {"count": 0, "items": []}


class Pbx:
    """Signs in, refreshes, and answers data requests with the newest token only."""

    def __init__(self, **session: Any) -> None:
        self.session = session
        self.requests: list[httpx.Request] = []
        self.token = 0
        self.refuse_data = 0
        self.sign_in_answer: httpx.Response | None = None
        self.refresh_answer: httpx.Response | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path in ("/api/login/oauth/token", "/api/auth/sign_in", "/api/auth/refresh_token"):
            refreshing = b"refresh" in request.content
            special = self.refresh_answer if refreshing else self.sign_in_answer
            if special is not None:
                return special
            self.token += 1
            tokens = {"access_token": f"a{self.token}", "refresh_token": f"r{self.token}", "token_type": "Bearer"}
            return httpx.Response(200, json={**tokens, **self.session})
        if request.url.path == "/api/login/oauth/revoke":
            return httpx.Response(204)
        if self.refuse_data or request.headers.get("authorization") != f"Bearer a{self.token}":
            self.refuse_data = max(0, self.refuse_data - 1)
            return httpx.Response(401, json={})
        return httpx.Response(200, json=EMPTY_LIST)

    @property
    def asked(self) -> list[str]:
        """The requests as words: sign in, refresh, data, revoke."""
        words = {"/api/login/oauth/revoke": "revoke", "/api/cdrs": "data"}
        return [words.get(one.url.path) or ("refresh" if b"refresh" in one.content else "sign in") for one in self.requests]


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_724_162_400.0

    def __call__(self) -> float:
        return self.seconds


async def refused(reader: PortsipProvider) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await fetched(reader)
    return caught.value


async def test_oauth_password_grant_byte_for_byte() -> None:
    pbx = Pbx(expires_in=1800)
    await fetched(provider(pbx, **CREDENTIALS))
    sign_in = pbx.requests[0]
    assert (sign_in.method, str(sign_in.url)) == ("POST", "https://pbx.example:8887/api/login/oauth/token")
    assert sign_in.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in sign_in.headers
    assert sign_in.content == (
        b"grant_type=password&username=bo&password=p%26w%20%C3%B6&scope=all"
        b"&client_id=9d806019-75b2-4b3d-bb8b-f5a3a412cc0a&domain=sip.example"
    )
    assert pbx.requests[1].headers["authorization"] == "Bearer a1"


async def test_a_system_administrator_has_no_domain() -> None:
    pbx = Pbx()
    await fetched(provider(pbx, username="bo", password="p"))
    assert "domain" not in parse_qs(pbx.requests[0].content.decode())


async def test_sign_in_byte_for_byte_and_its_refresh() -> None:
    clock, pbx = Clock(), Pbx(expires_in=100)
    reader = provider(pbx, clock, auth="sign_in", **CREDENTIALS)
    await fetched(reader)
    clock.seconds += 80
    await fetched(reader)
    sign_in, refresh = pbx.requests[0], pbx.requests[2]
    assert str(sign_in.url) == "https://pbx.example:8887/api/auth/sign_in"
    assert sign_in.content.decode() == '{"username":"bo","password":"p&w ö","domain":"sip.example"}'
    assert str(refresh.url) == "https://pbx.example:8887/api/auth/refresh_token"
    assert refresh.content == b'{"refresh_token":"r1"}'
    assert "authorization" not in refresh.headers


async def test_a_static_token_is_sent_and_never_renewed_or_revoked() -> None:
    pbx = Pbx()
    reader = provider(pbx, token="mine")
    error = await refused(reader)
    assert isinstance(error, Refused)
    assert [request.headers["authorization"] for request in pbx.requests] == ["Bearer mine"]
    await reader.close()
    assert pbx.asked == ["data"]


@pytest.mark.parametrize(
    "session",
    [{"expires_in": 1000}, {"expires_in": "1000"}, {"expires_at": "2024-08-20T14:16:40Z"}, {"expires_at": 1_724_163_400}],
)
async def test_the_token_is_refreshed_at_four_fifths_of_its_life(session: dict[str, Any]) -> None:
    clock, pbx = Clock(), Pbx(**session)
    reader = provider(pbx, clock, **CREDENTIALS)
    await fetched(reader)
    clock.seconds += 799
    await fetched(reader)
    assert pbx.asked == ["sign in", "data", "data"]
    clock.seconds += 1
    pbx.session = {"expires_in": 1000}
    await fetched(reader)
    assert pbx.asked[3:] == ["refresh", "data"]
    assert (
        pbx.requests[3].content == b"grant_type=refresh_token&refresh_token=r1&client_id=9d806019-75b2-4b3d-bb8b-f5a3a412cc0a"
    )
    clock.seconds += 800
    await fetched(reader)
    assert parse_qs(pbx.requests[5].content.decode())["refresh_token"] == ["r2"]


async def test_a_token_without_an_end_lasts_until_it_is_refused() -> None:
    clock, pbx = Clock(), Pbx()
    reader = provider(pbx, clock, **CREDENTIALS)
    await fetched(reader)
    clock.seconds += 10_000_000
    await fetched(reader)
    pbx.token += 1
    await fetched(reader)
    assert pbx.asked == ["sign in", "data", "data", "data", "refresh", "data"]


async def test_a_refused_refresh_leads_to_one_sign_in() -> None:
    clock, pbx = Clock(), Pbx(expires_in=100)
    reader = provider(pbx, clock, **CREDENTIALS)
    await fetched(reader)
    pbx.refresh_answer = httpx.Response(400, json={"errors": [{"code": "UNKNOWN", "message": "bad refresh token"}]})
    clock.seconds += 90
    await fetched(reader)
    assert pbx.asked == ["sign in", "data", "refresh", "sign in", "data"]


async def test_data_refused_for_good_asks_for_a_refresh_and_a_sign_in_once() -> None:
    pbx = Pbx()
    reader = provider(pbx, **CREDENTIALS)
    await fetched(reader)
    pbx.refuse_data = 99
    error = await refused(reader)
    assert isinstance(error, Refused)
    assert "401" in str(error)
    assert pbx.asked[2:] == ["data", "refresh", "data", "sign in", "data"]


async def test_data_refused_from_the_first_asks_no_more_than_that() -> None:
    pbx = Pbx()
    pbx.refuse_data = 99
    assert isinstance(await refused(provider(pbx, **CREDENTIALS)), Refused)
    assert pbx.asked == ["sign in", "data", "refresh", "data", "sign in", "data"]


async def test_without_refresh_tokens_a_refusal_leads_to_one_sign_in() -> None:
    pbx = Pbx(refresh_token=None)
    pbx.refuse_data = 99
    assert isinstance(await refused(provider(pbx, **CREDENTIALS)), Refused)
    assert pbx.asked == ["sign in", "data", "sign in", "data"]


async def test_a_refreshed_token_that_is_refused_is_replaced_by_a_sign_in() -> None:
    pbx = Pbx()
    reader = provider(pbx, **CREDENTIALS)
    await fetched(reader)
    pbx.refuse_data = 2
    await fetched(reader)
    assert pbx.asked[2:] == ["data", "refresh", "data", "sign in", "data"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            httpx.Response(400, json={"errors": [{"code": "UNAUTHORIZED", "message": "wrong user name or password"}]}),
            r"sign-in refused \(400\): wrong user name or password; check the user name and password",
        ),
        (httpx.Response(400, json={}), r"sign-in refused \(400\); check"),
        (httpx.Response(403, text="<html>no</html>"), r"sign-in refused \(403\); check"),
        (
            httpx.Response(400, json={"errors": [{"code": "DENIED", "message": "too many"}]}),
            r"blocked this machine's address after too many wrong passwords: too many; correct the password, wait",
        ),
        (httpx.Response(404, json={"errors": [{"code": "UNKNOWN"}]}), r"404, no such tenant domain: UNKNOWN; check domain"),
        (
            httpx.Response(200, json={"two_factor_enabled": True, "token": "half"}),
            r"two-factor sign-in, which needs a person each time; use a service account without it",
        ),
        (httpx.Response(200, json={"token_type": "Bearer"}), r"the sign-in answer holds no access_token"),
    ],
)
@pytest.mark.parametrize("auth", ["oauth_password", "sign_in"])
async def test_a_refused_sign_in_is_explained_and_never_repeated(answer: httpx.Response, words: str, auth: str) -> None:
    pbx = Pbx()
    pbx.sign_in_answer = answer
    with pytest.raises(SignInRefused, match=words):
        await fetched(provider(pbx, auth=auth, **CREDENTIALS))
    assert pbx.asked == ["sign in"]


async def test_a_gateway_in_between_is_no_refusal() -> None:
    pbx = Pbx()
    pbx.sign_in_answer = httpx.Response(502, text="<html>Bad Gateway</html>")
    with pytest.raises(Unavailable, match="502"):
        await fetched(provider(pbx, **CREDENTIALS))
    pbx.sign_in_answer = httpx.Response(200, text="<html>Welcome</html>")
    with pytest.raises(BadAnswer, match="HTML"):
        await fetched(provider(pbx, **CREDENTIALS))


async def test_secrets_stay_out_of_messages() -> None:
    pbx = Pbx()
    text = "user bo with p&w ö"
    pbx.sign_in_answer = httpx.Response(400, json={"errors": [{"code": "UNAUTHORIZED", "message": text}]})
    error = await refused(provider(pbx, **CREDENTIALS))
    assert "user bo with ***" in str(error)


async def test_signing_off_revokes_the_token_best_effort() -> None:
    pbx = Pbx()
    reader = provider(pbx, **CREDENTIALS)
    await fetched(reader)
    await reader.close()
    assert pbx.asked == ["sign in", "data", "revoke"]
    assert (pbx.requests[-1].method, pbx.requests[-1].headers["authorization"]) == ("POST", "Bearer a1")


async def test_signing_off_from_a_provider_that_is_gone_does_not_fail() -> None:
    pbx = Pbx()

    def gone(request: httpx.Request) -> httpx.Response:
        if "revoke" in request.url.path:
            raise httpx.ConnectError("gone")
        return pbx(request)

    reader = provider(gone, **CREDENTIALS)
    await fetched(reader)
    await reader.close()
    assert pbx.asked == ["sign in", "data"]


async def test_closing_without_a_session_asks_nothing() -> None:
    pbx = Pbx()
    await provider(pbx, **CREDENTIALS).close()
    assert pbx.requests == []
