"""Soluno and Dstny: settings and the ways to sign in."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from providers.errors import Refused
from providers.registry import parse_settings
from providers.soluno import Settings
from tests.providers.soluno_help import SAMPLE_DAY, Vendor, provider, read

pytestmark = pytest.mark.anyio

TOKEN_URL = "https://login.example/token/"


@pytest.mark.parametrize(
    ("settings", "header", "value"),
    [
        ({"token": "t0ken"}, "authorization", "Bearer t0ken"),
        ({"auth": "bearer_static", "token": "t0ken"}, "authorization", "Bearer t0ken"),
        ({"auth": "basic", "username": "bo", "password": "pw"}, "authorization", "Basic Ym86cHc="),
        ({"auth": "header", "header_name": "X-Key", "token": "t0ken"}, "x-key", "t0ken"),
        ({"auth": "header", "header_name": "X-Key", "header_prefix": "Key ", "token": "t0ken"}, "x-key", "Key t0ken"),
        ({"auth": "none"}, "authorization", None),
    ],
)
async def test_credentials_in_a_header(settings: dict[str, Any], header: str, value: str | None) -> None:
    vendor = Vendor()
    await read(provider(vendor, auth=settings.pop("auth", None), **settings), SAMPLE_DAY)
    assert vendor.asked[0].headers.get(header) == value
    assert vendor.lines == ["/cdr/historik?from=2017-01-04&to=2017-01-04"]


async def test_a_token_in_the_query() -> None:
    vendor = Vendor()
    await read(provider(vendor, auth="query", query_name="key", token="a+b"), SAMPLE_DAY)
    assert vendor.lines == ["/cdr/historik?from=2017-01-04&to=2017-01-04&key=a%2Bb"]
    assert "authorization" not in vendor.asked[0].headers


async def test_a_user_name_and_a_password_buy_a_token() -> None:
    def answer(request: httpx.Request) -> Any:
        return {"access_token": "t1", "expires_in": 60} if str(request.url) == TOKEN_URL else []

    vendor = Vendor(answer)
    await read(provider(vendor, auth=None, username="bo", password="p w", token_url=TOKEN_URL), SAMPLE_DAY)
    sign_in, data = vendor.asked
    assert parse_qs(sign_in.content.decode()) == {"grant_type": ["password"], "username": ["bo"], "password": ["p w"]}
    assert data.headers["authorization"] == "Bearer t1"


async def test_a_refused_token_is_renewed_once_and_then_given_up() -> None:
    def answer(request: httpx.Request) -> Any:
        return {"access_token": "t1"} if str(request.url) == TOKEN_URL else httpx.Response(401)

    vendor = Vendor(answer)
    client = provider(vendor, auth=None, username="bo", password="pw", token_url=TOKEN_URL)
    with pytest.raises(Refused, match="401, the credentials were refused; check the credentials"):
        await read(client, SAMPLE_DAY)
    assert [str(request.url).partition("?")[0] for request in vendor.asked] == [
        TOKEN_URL,
        "https://api.soluno.se/cdr/historik",
    ] * 2


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, 'set token, or username and password with token_url, or auth = "none"'),
        ({"username": "bo", "password": "pw"}, "token_url is missing; for Soluno it is probably https://api.unotelefoni.se"),
        ({"kind": "dstny", "username": "bo", "password": "pw"}, "token_url is missing; ask Dstny"),
        ({"username": "bo", "token_url": TOKEN_URL}, "auth password_grant needs password"),
        ({"username": "bo", "password": "pw", "token_url": "http://login.example/token"}, "use https"),
        ({"auth": "basic", "username": "bo"}, "auth basic needs password"),
        ({"auth": "header", "token": "t"}, "auth header needs header_name"),
        ({"auth": "header", "token": "t", "header_name": "X: y"}, "header_name"),
        ({"auth": "query", "token": "t"}, "auth query needs query_name"),
        ({"auth": "digest", "token": "t"}, "auth"),
        ({"token": "t", "base_url": "http://api.soluno.se"}, "use https"),
        ({"token": "t", "query_timezone": "Sweden"}, "is no time zone"),
        ({"token": "t", "internal_number_pattern": "("}, "is no regular expression"),
        ({"token": "t", "colour": "red"}, "colour"),
    ],
)
def test_settings_that_cannot_work_say_what_to_do(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(").replace('"', ".")):
        parse_settings({"kind": "soluno", **settings})


def test_secrets_come_from_files_and_are_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.touch(mode=0o600)
    secret.write_text("t0ken\n")
    settings = parse_settings({"kind": "soluno", "token_file": str(secret)})
    assert isinstance(settings, Settings)
    assert settings.token is not None
    assert settings.token.get_secret_value() == "t0ken"
    assert "t0ken" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())
