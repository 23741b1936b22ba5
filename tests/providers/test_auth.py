"""Authentication: what each strategy adds to a request, when it signs in, and when it gives up."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

import httpx
import pytest
from pydantic import SecretStr

from providers.auth import Basic, Carrier, FixedToken, HeaderToken, NoAuth, PasswordGrant, QueryToken, positive_seconds
from providers.errors import BadAnswer, Refused, Rejected, SignInRefused, Unavailable
from providers.transport import Auth, Transport

pytestmark = pytest.mark.anyio

TOKEN_URL = "https://login.example/token"


class Vendor:
    """A token endpoint that numbers its tokens, and a data endpoint that takes the newest one only."""

    def __init__(self, **session: object) -> None:
        self.session = session
        self.sign_ins: list[httpx.Request] = []
        self.sent: list[httpx.Request] = []
        self.refuse_data = False
        self.sign_in_answer: httpx.Response | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == TOKEN_URL:
            self.sign_ins.append(request)
            if self.sign_in_answer is not None:
                return self.sign_in_answer
            return httpx.Response(200, json={"access_token": f"token{len(self.sign_ins)}", **self.session})
        self.sent.append(request)
        good = request.headers.get("authorization") == f"Bearer token{len(self.sign_ins)}" and not self.refuse_data
        return httpx.Response(200 if good else 401, json=[])


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def transport(auth: Auth, handler: Callable[[httpx.Request], httpx.Response]) -> Transport:
    return Transport("https://pbx.example", auth=auth, http=httpx.MockTransport(handler))


def granting(vendor: Vendor, now: Callable[[], float] = Clock()) -> Transport:  # noqa: B008
    return transport(PasswordGrant(TOKEN_URL, "bo", SecretStr("p&w ö"), now), vendor)


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        (HeaderToken(SecretStr("t1")), "authorization", "Bearer t1"),
        (HeaderToken(SecretStr(" t1\n")), "authorization", "Bearer t1"),
        (HeaderToken(SecretStr("t1"), "X-Key", ""), "x-key", "t1"),
        (FixedToken(SecretStr("t1"), Carrier(header="Cookie", prefix="session=")), "cookie", "session=t1"),
        (Basic("bö", SecretStr("p:ä")), "authorization", "Basic YsO2OnA6w6Q="),
        (NoAuth(), "authorization", None),
    ],
)
async def test_fixed_credentials(auth: Auth, header: str, value: str | None) -> None:
    sent: list[httpx.Request] = []

    def refusing(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(401)

    answer = await transport(auth, refusing).send("GET", "/cdr")
    assert answer.status == 401
    assert [request.headers.get(header) for request in sent] == [value]


async def test_a_token_in_the_query_is_encoded() -> None:
    sent: list[httpx.Request] = []

    def taking(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    client = transport(QueryToken(SecretStr("a+b&c"), "key"), taking)
    await client.send("GET", "/cdr")
    await client.send("GET", "/cdr", query={"x": "1"})
    assert [request.url.raw_path for request in sent] == [b"/cdr?key=a%2Bb%26c", b"/cdr?x=1&key=a%2Bb%26c"]


@pytest.mark.parametrize("token", ["tök", "a\r\nX-Evil: 1"])
async def test_a_token_no_header_can_carry_is_refused_before_anything_is_sent(token: str) -> None:
    client = transport(HeaderToken(SecretStr(token)), Vendor())
    with pytest.raises(Refused, match="Authorization cannot carry") as caught:
        await client.send("GET", "/cdr")
    assert token not in str(caught.value)
    assert client.requests == 0


async def test_a_password_buys_one_token_for_many_requests() -> None:
    vendor = Vendor(expires_in=3600)
    client = granting(vendor)
    for _ in range(3):
        assert (await client.send("GET", "/cdr")).status == 200
    [sign_in] = vendor.sign_ins
    assert parse_qs(sign_in.content.decode()) == {"grant_type": ["password"], "username": ["bo"], "password": ["p&w ö"]}
    assert "authorization" not in sign_in.headers


@pytest.mark.parametrize(("expires_in", "good_for"), [(3600, 3540), ("3600", 3540), (3600.0, 3540), (40, 20)])
async def test_a_token_is_renewed_shortly_before_its_end(expires_in: object, good_for: int) -> None:
    vendor, clock = Vendor(expires_in=expires_in), Clock()
    client = granting(vendor, clock)
    await client.send("GET", "/cdr")
    clock.seconds += good_for - 1
    await client.send("GET", "/cdr")
    assert len(vendor.sign_ins) == 1
    clock.seconds += 1
    await client.send("GET", "/cdr")
    assert len(vendor.sign_ins) == 2


@pytest.mark.parametrize("expires_in", [None, -1, "soon", True, "nan", 0])
async def test_without_a_stated_end_a_token_lasts_until_it_is_refused(expires_in: object) -> None:
    vendor, clock = Vendor(expires_in=expires_in), Clock()
    client = granting(vendor, clock)
    await client.send("GET", "/cdr")
    clock.seconds += 1e9
    await client.send("GET", "/cdr")
    assert len(vendor.sign_ins) == 1
    vendor.sign_ins.append(vendor.sign_ins[0])
    assert (await client.send("GET", "/cdr")).status == 200
    assert len(vendor.sign_ins) == 3


async def test_a_second_401_is_the_answer() -> None:
    vendor = Vendor()
    vendor.refuse_data = True
    assert (await granting(vendor).send("GET", "/cdr")).status == 401
    assert len(vendor.sign_ins) == len(vendor.sent) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 422])
@pytest.mark.parametrize(
    ("body", "words"),
    [(b'{"error":"invalid_grant"}', ", invalid_grant"), (b'{"Message":"Denied."}', ", Denied."), (b"<html>", ""), (b"", "")],
)
async def test_a_refused_sign_in_is_asked_once(status: int, body: bytes, words: str) -> None:
    vendor = Vendor()
    vendor.sign_in_answer = httpx.Response(status, content=body)
    with pytest.raises(SignInRefused) as caught:
        await granting(vendor).send("GET", "/cdr")
    assert str(caught.value).startswith(f"POST /token: sign-in refused ({status}{words}); check the user name and password")
    assert caught.value.retryable is False
    assert len(vendor.sign_ins) == 1
    assert vendor.sent == []


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, {"access_token": 7}, {"error": "invalid_grant"}])
async def test_a_sign_in_without_a_token_counts_as_refused(body: object) -> None:
    vendor = Vendor()
    vendor.sign_in_answer = httpx.Response(200, json=body)
    with pytest.raises(SignInRefused, match="holds no access_token"):
        await granting(vendor).send("GET", "/cdr")
    assert len(vendor.sign_ins) == 1


async def test_other_faults_of_the_token_endpoint_are_told_apart() -> None:
    vendor = Vendor()
    for response, error in (
        (httpx.Response(404), Rejected),
        (httpx.Response(418), Rejected),
        (httpx.Response(302, headers={"location": "https://elsewhere.example"}), Rejected),
        (httpx.Response(503), Unavailable),
        (httpx.Response(200, content=b"<html>"), BadAnswer),
        (httpx.Response(200, content=b"[]"), BadAnswer),
    ):
        vendor.sign_in_answer = response
        with pytest.raises(error):
            await granting(vendor).send("GET", "/cdr", retry=False)
    assert vendor.sent == []


async def test_passwords_and_tokens_are_redacted() -> None:
    vendor = Vendor()
    client = granting(vendor)
    await client.send("GET", "/cdr")
    assert client.redact("p&w ö p%26w%20%C3%B6 token1") == "*** *** ***"
    basic = transport(Basic("bo", SecretStr("hunter2")), vendor)
    assert basic.redact("bo hunter2 Ym86aHVudGVyMg==") == "bo *** ***"


@pytest.mark.parametrize(
    ("value", "seconds"), [("60", 60.0), (1.5, 1.5), ("1e400", None), (10**400, None), ([], None), ({}, None), (-1, None)]
)
def test_seconds_from_hostile_values(value: object, seconds: float | None) -> None:
    assert positive_seconds(value) == seconds
