"""Telecom X: the request byte for byte, where the token travels, signing in, errors in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from providers.base import Provider
from providers.errors import BadAnswer, ProviderError, RateLimited, Refused, Rejected, SignInRefused, Unavailable
from providers.registry import make_provider, parse_settings
from providers.telecomx import Settings
from tests.providers.telecomx_help import Statistics, answering, provider, read, window

pytestmark = pytest.mark.anyio

AUTUMN = window("2025-10-26T00:00:00+02:00", "2025-10-27T00:00:00+01:00")
PRINTED_BODY = (
    b'{"from":"2025-10-25T22:00:00.000Z","to":"2025-10-26T22:59:59.999Z","direction":"BOTH","groupingInterval":"HOUR",'
    b'"fields":["employeeId","employeeName","extensionId","extensionNumber","outboundCalls","outboundSeconds",'
    b'"outboundAnswered","outboundUnanswered","outboundFailed","inboundCalls","inboundSeconds","inboundAnswered",'
    b'"inboundUnanswered","inboundBusy"],"format":"JSON"}'
)


async def test_the_request_for_one_local_day() -> None:
    service = Statistics()
    await read(provider(service), AUTUMN)
    [request] = service.asked
    assert (request.method, request.url.raw_path) == ("POST", b"/pbx/cdrstats?token=t0ken")
    assert request.content == PRINTED_BODY
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert "authorization" not in request.headers


async def test_customer_and_employees_are_named_only_where_set() -> None:
    service = Statistics()
    await read(provider(service, customer="12345678901234567890ABCD", employees=["e1", "e2"]), AUTUMN)
    [body] = service.bodies
    assert (body["customer"], body["employees"]) == ("12345678901234567890ABCD", ["e1", "e2"])
    assert not {"employee", "ignoreBelow", "ignoreLocal", "sort"} & set(body)


async def test_any_window_is_asked_in_whole_local_days() -> None:
    service = Statistics()
    await read(provider(service), window("2026-03-28T15:30:00+01:00", "2026-03-30T00:00:00.001+02:00"))
    assert [(body["from"], body["to"]) for body in service.bodies] == [
        ("2026-03-27T23:00:00.000Z", "2026-03-28T22:59:59.999Z"),
        ("2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"),
        ("2026-03-29T22:00:00.000Z", "2026-03-30T21:59:59.999Z"),
    ]
    assert await read(provider(service), window("2026-03-28T00:00:00Z", "2026-03-28T00:00:00Z")) == ([], [])
    assert len(service.bodies) == 3


@pytest.mark.parametrize(
    ("settings", "path", "header", "value"),
    [
        ({}, "/pbx/cdrstats?token=a%2Bb", "authorization", None),
        ({"token_in": "bearer"}, "/pbx/cdrstats", "authorization", "Bearer a+b"),
        ({"token_in": "header", "header_name": "X-Token"}, "/pbx/cdrstats", "x-token", "a+b"),
        ({"token_in": "header", "header_name": "X-Token", "header_prefix": "T "}, "/pbx/cdrstats", "x-token", "T a+b"),
        ({"token_in": "cookie", "cookie_name": "sid"}, "/pbx/cdrstats", "cookie", "sid=a+b"),
        ({"base_url": "http://127.0.0.1:8899/telecomx/"}, "/telecomx/pbx/cdrstats?token=a%2Bb", "authorization", None),
    ],
)
async def test_where_the_token_travels(settings: dict[str, Any], path: str, header: str, value: str | None) -> None:
    service = Statistics()
    await read(provider(service, token="a+b", **settings), AUTUMN)
    [request] = service.asked
    assert request.url.raw_path == path.encode()
    assert request.headers.get(header) == value


class Office(Statistics):
    """Statistics behind a login; `session` is what a login answers."""

    def __init__(self, session: Any, status: int = 200) -> None:
        super().__init__()
        self.session, self.status = session, status
        self.logins: list[httpx.Request] = []
        self.refusals = 0
        self.refusing = 403

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/auth/login":
            self.logins.append(request)
            if isinstance(self.session, bytes):
                return httpx.Response(self.status, content=self.session)
            token = {"token": f"session{len(self.logins)}"} if self.session is not None else {}
            return httpx.Response(self.status, json={**token, **(self.session or {})})
        if self.refusals:
            self.refusals -= 1
            self.asked.append(request)
            return httpx.Response(self.refusing, json={"message": "access_denied"})
        return super().__call__(request)

    @property
    def tokens(self) -> list[str]:
        return [request.url.params["token"] for request in self.asked]


def signing_in(office: Office, now: str = "2025-11-20T12:10:00Z") -> Any:
    return provider(office, now, token=None, username="bo@example.com", password="p w")


async def test_a_login_gives_a_session() -> None:
    office = Office({"success": True, "expiresInMinutes": 15})
    client = signing_in(office)
    await read(client, window("2025-11-17T00:00:00+01:00", "2025-11-19T00:00:00+01:00"))
    [login] = office.logins
    assert login.content == b'{"username":"bo@example.com","password":"p w","cookie":false}'
    assert login.url.raw_path == b"/auth/login"
    assert office.tokens == ["session1", "session1"]
    assert client.transport.redact("p w session1") == "*** ***"


@pytest.mark.parametrize(("minutes", "logins"), [(15, 2), (-1, 1), (None, 1), (600, 1)])
async def test_a_session_is_renewed_before_its_end(minutes: int | None, logins: int) -> None:
    clock = [1_763_640_000.0]
    office = Office({"expiresInMinutes": minutes})
    settings = {"kind": "telecomx", "username": "bo", "password": "pw", "hour_mode": "keyed"}
    client = make_provider("desk", parse_settings(settings), http=httpx.MockTransport(office), now=lambda: clock[0])
    for _ in range(2):
        assert [page async for page in client.fetch(AUTUMN, {})]
        clock[0] += 14 * 60
    assert len(office.logins) == logins


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_session_is_renewed_once(status: int) -> None:
    office = Office({})
    office.refusing, office.refusals = status, 1
    await read(signing_in(office), AUTUMN)
    assert office.tokens == ["session1", "session2"]
    office.refusals = 99
    with pytest.raises(Refused):
        await read(signing_in(office), AUTUMN)
    assert len(office.logins) == 4


@pytest.mark.parametrize(
    ("session", "status", "words"),
    [
        (b'{"message":"access_denied"}', 403, "sign-in refused (403, access_denied); check the user name and password"),
        (b"", 401, "sign-in refused (401); check the user name and password"),
        (b'{"message":"username"}', 422, "sign-in refused (422, username); check"),
        (b'{"success":false,"message":"wrong"}', 200, "the sign-in answer holds no token: wrong; check"),
        (b'{"message":"smsKey"}', 422, "asks for a second factor, which calltop cannot give; use an employee's token"),
        (b'{"success":true,"authenticatorToken":true}', 200, "asks for a second factor"),
    ],
)
async def test_a_login_that_fails_is_asked_once(session: bytes, status: int, words: str) -> None:
    office = Office(session, status)
    with pytest.raises(SignInRefused) as caught:
        await read(signing_in(office), AUTUMN)
    assert words in str(caught.value)
    assert str(caught.value).startswith("POST /auth/login: ")
    assert (len(office.logins), office.asked) == (1, [])


@pytest.mark.parametrize(
    "write", [lambda text: f'{{"message":"{text}"}}', lambda text: f'{{"error":{{"code":"{text}"}}}}', str]
)
@pytest.mark.parametrize(
    ("status", "message", "error", "words"),
    [
        (
            422,
            "from",
            Rejected,
            "422, the range 2025-10-25T22:00:00.000Z to 2025-10-26T22:59:59.999Z was refused; ask for a sh",
        ),
        (422, "format", Rejected, "422, format was refused; report this"),
        (422, "groupingInterval", Rejected, "422, groupingInterval was refused; report this"),
        (422, "sort", Rejected, "422, the request was refused: sort; check base_url"),
        (403, "access_denied", Refused, "403, access_denied; use the token of an employee with access level VIEWER or higher"),
        (401, "token", Refused, "401, not allowed: token; check the credentials"),
        (404, "employee", Rejected, "404, no such address: employee; check base_url"),
        (500, "internal_error", Unavailable, "the provider answered 500: internal_error; calltop tries again"),
        (429, "slow", RateLimited, "429, too many requests: slow"),
    ],
)
async def test_errors_in_words(
    write: Callable[[str], str], status: int, message: str, error: type[ProviderError], words: str
) -> None:
    client = provider(answering(write(message).encode(), status))
    with pytest.raises(error) as caught:
        await read(client, AUTUMN)
    assert str(caught.value).startswith(f"POST /pbx/cdrstats: {words}")
    assert client.requests == (3 if status == 500 else 1)


@pytest.mark.parametrize("status", [401, 403, 422, 500])
@pytest.mark.parametrize("body", [b"", b"<html>t0ken</html>", b"\xff\x00", b'{"message":"t0ken is wrong"}'])
async def test_errors_without_words_are_errors_too(status: int, body: bytes) -> None:
    with pytest.raises(ProviderError) as caught:
        await read(provider(answering(body, status)), AUTUMN)
    assert "t0ken" not in str(caught.value)
    assert f"{status}" in str(caught.value)


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"employeeId;inboundCalls\n1;2\n", "text/csv; charset=utf-8", "the answer is text/csv, JSON was asked for"),
        (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "JSON was asked for"),
        (b"[]", "text/html", "the answer is text/html, JSON was asked for"),
        (b"employeeId;inboundCalls\n", "application/json", "cut or broken JSON"),
        (b"<html>", "", "HTML"),
        (b"", "application/json", "an empty body"),
        (b'{"success":false,"message":"soon"}', "application/json", "no list of employees: soon"),
    ],
)
async def test_what_is_no_list_of_employees_is_no_data(body: bytes, content_type: str, words: str) -> None:
    with pytest.raises(BadAnswer, match=words):
        await read(provider(answering(body, content_type=content_type)), AUTUMN)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "set token, or username and password"),
        ({"username": "bo"}, "auth login with token_in query needs password"),
        ({"auth": "m2m_token", "username": "bo"}, "needs token"),
        ({"token": "t", "token_in": "header"}, "needs header_name"),
        ({"token": "t", "token_in": "cookie"}, "needs cookie_name"),
        ({"token": "t", "customer": "a b"}, "customer"),
        ({"token": "t", "employees": ["a", "../b"]}, "employees"),
        ({"token": "t", "hour_mode": "daily"}, "hour_mode"),
    ],
)
def test_settings_that_cannot_work_say_what_to_do(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_settings({"kind": "telecomx", **settings})


async def test_it_is_a_provider_that_is_read_by_whole_days() -> None:
    client = provider(backfill_spacing_seconds=2.5)
    as_provider: Provider = client
    assert (as_provider.source.kind, as_provider.source.timezone, as_provider.source.country_code) == (
        "telecomx",
        "Europe/Copenhagen",
        "45",
    )
    assert (client.pace.whole_day, client.pace.backfill_days, client.pace.backfill_spacing_seconds) == (True, 1, 2)
    assert provider().pace.backfill_spacing_seconds == 10
    assert (client.link_ms, client.facts([]), client.skew_seconds) == (0, frozenset(), None)
    assert all(field.description for field in Settings.model_fields.values())
    await client.close()
