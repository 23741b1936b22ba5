"""The transport: what goes out, what comes back, what is retried, what is refused, and what is remembered."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from providers import transport as transport_module
from providers.answer import retry_after_seconds
from providers.auth import HeaderToken, QueryToken
from providers.errors import BadAnswer, ProviderError, RateLimited, Rejected, TooLarge, Unavailable, Unreachable
from providers.transport import HISTORY_LENGTH, Answer, Auth, RequestTrace, Transport, encode_query, refusal, trusting

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC).timestamp()
Handler = Callable[[httpx.Request], httpx.Response]


def transport(handler: Handler | httpx.AsyncBaseTransport, auth: Auth | None = None, timeout: float = 30.0) -> Transport:
    http = handler if isinstance(handler, httpx.AsyncBaseTransport) else httpx.MockTransport(handler)
    return Transport("https://pbx.example/api", auth=auth, http=http, timeout_seconds=timeout, now=lambda: NOW)


class Script:
    """Answers one scripted response or error per request, the last one for ever, and keeps what was asked."""

    def __init__(self, *steps: httpx.Response | Exception) -> None:
        self.steps = list(steps)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return httpx.Response(step.status_code, headers=step.headers, content=step.content)


async def test_a_request_goes_out_as_written() -> None:
    script = Script(httpx.Response(200, json=[]))
    client = transport(script)
    await client.send("GET", "/cdr", query={"from": "2017-01-04 08:00", "note": "a+b/ä"})
    [request] = script.asked
    assert request.url.raw_path == b"/api/cdr?from=2017-01-04%2008%3A00&note=a%2Bb%2F%C3%A4"
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["user-agent"] == "calltop"
    assert "content-type" not in request.headers
    assert "cookie" not in request.headers


async def test_bodies_are_strict_json_or_a_form() -> None:
    script = Script(httpx.Response(200, json=[]))
    client = transport(script)
    await client.send("POST", "/json", json_body={"name": "Bø", "all": True})
    await client.send("POST", "/form", form={"user": "a b", "password": "p&=+"})
    assert script.asked[0].content == '{"name":"Bø","all":true}'.encode()
    assert script.asked[0].headers["content-type"] == "application/json; charset=utf-8"
    assert script.asked[1].content == b"user=a%20b&password=p%26%3D%2B"
    assert script.asked[1].headers["content-type"] == "application/x-www-form-urlencoded"


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_query_reads_back_as_it_was(pairs: dict[str, str]) -> None:
    assert dict(httpx.QueryParams(encode_query(pairs))) == pairs
    assert "+" not in encode_query(pairs)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectTimeout("x"), "pbx.example did not answer in time (connect)"),
        (httpx.WriteTimeout("x"), "pbx.example did not answer in time (write)"),
        (httpx.ReadTimeout("x"), "pbx.example did not answer in time (read)"),
        (httpx.PoolTimeout("x"), "pbx.example did not answer in time (pool)"),
        (httpx.ConnectError("refused"), "no connection to pbx.example: refused"),
        (httpx.RemoteProtocolError("peer closed connection"), "no connection to pbx.example: peer closed connection"),
        (httpx.ReadError(""), "no connection to pbx.example: ReadError"),
    ],
)
async def test_network_faults_are_tried_three_times_and_named(error: Exception, words: str) -> None:
    script = Script(error)
    client = transport(script)
    with pytest.raises(Unreachable) as caught:
        await client.send("GET", "/cdr")
    assert str(caught.value) == f"GET /api/cdr: {words}; calltop tries again by itself"
    assert len(script.asked) == client.requests == len(client.history) == 3


async def test_a_certificate_nobody_vouches_for_can_be_named() -> None:
    script = Script(httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"))
    with pytest.raises(Unreachable, match="name its file in tls_ca_file"):
        await transport(script).send("GET", "/cdr")


async def test_every_phase_has_the_configured_time_out() -> None:
    script = Script(httpx.Response(200))
    await transport(script, timeout=7).send("GET", "/cdr")
    assert script.asked[0].extensions["timeout"] == {"connect": 7, "read": 7, "write": 7, "pool": 7}


class Dripping(httpx.AsyncByteStream):
    """A body that never ends and never quite stops."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"["
        await asyncio.Event().wait()


async def test_an_answer_that_never_ends_is_given_up() -> None:
    client = transport(lambda request: httpx.Response(200, stream=Dripping()), timeout=0.001)
    with pytest.raises(Unreachable, match=r"did not finish its answer within 0\.004 s"):
        await client.send("GET", "/cdr", retry=False)
    assert client.requests == 1


async def test_requests_beyond_the_pace_wait() -> None:
    script = Script(httpx.Response(200))
    client = Transport("https://pbx.example", http=httpx.MockTransport(script), requests_per_minute=1)
    await client.send("GET", "/first")
    waiting = asyncio.ensure_future(client.send("GET", "/second"))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not waiting.done()
    assert len(script.asked) == 1
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_cancelled_request_ends_at_once_and_is_remembered() -> None:
    begun = asyncio.Event()

    async def hang(request: httpx.Request) -> httpx.Response:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    client = transport(httpx.MockTransport(hang))
    task = asyncio.ensure_future(client.send("GET", "/cdr"))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert client.requests == 1
    assert client.history[-1].error == "given up before its end"


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
async def test_a_provider_that_cannot_answer_now_is_asked_again(status: int) -> None:
    script = Script(httpx.Response(status), httpx.Response(status), httpx.Response(200, json=[1]))
    assert (await transport(script).send("GET", "/cdr")).json() == [1]
    assert len(script.asked) == 3


async def test_five_hundreds_carry_the_vendors_words() -> None:
    client = transport(Script(httpx.Response(500, json={"message": "internal_error"})))
    with pytest.raises(Unavailable, match="GET /api/cdr: the provider answered 500: internal_error; calltop tries again"):
        await client.send("GET", "/cdr")


async def test_what_must_not_be_repeated_is_not() -> None:
    script = Script(httpx.Response(503))
    with pytest.raises(Unavailable):
        await transport(script).send("POST", "/reports", retry=False)
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    ("headers", "requests", "seconds"),
    [
        ({}, 1, None),
        ({"retry-after": "2"}, 3, 2.0),
        ({"retry-after": "120"}, 1, 120.0),
        ({"retry-after": format_datetime(datetime.fromtimestamp(NOW + 90, UTC), usegmt=True)}, 1, 90.0),
    ],
)
async def test_too_many_requests(headers: dict[str, str], requests: int, seconds: float | None) -> None:
    script = Script(httpx.Response(429, headers=headers))
    with pytest.raises(RateLimited) as caught:
        await transport(script).send("GET", "/cdr")
    assert len(script.asked) == requests
    assert caught.value.retry_after_seconds == seconds


@given(st.text())
def test_any_retry_after_is_a_sane_wait_or_none(text: str) -> None:
    seconds = retry_after_seconds(Answer(429, {"retry-after": text}, b""), NOW)
    assert seconds is None or 0 <= seconds <= 86400


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_refused_and_named(status: int) -> None:
    script = Script(httpx.Response(status, headers={"location": "https://user:pw@evil.example/x?token=1"}))
    with pytest.raises(Rejected) as caught:
        await transport(script, HeaderToken(SecretStr("s3cret"))).send("GET", "/cdr")
    assert str(caught.value) == (
        f"GET /api/cdr: {status}, redirected to evil.example; set base_url to the provider's new address"
    )
    assert len(script.asked) == 1


async def test_credentials_stay_at_the_providers_address() -> None:
    script = Script(httpx.Response(200))
    client = transport(script, HeaderToken(SecretStr("s3cret")))
    for url in ("https://files.example/a", "http://pbx.example/a", "https://pbx.example:8443/a", "https://pbx.example/a"):
        await client.send("GET", url)
    assert ["authorization" in request.headers for request in script.asked] == [False, False, False, True]


async def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(Rejected, match="cannot be read as an address"):
        await transport(Script(httpx.Response(200))).send("GET", "https://[half/a?token=x")


async def test_too_large_an_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "MAX_ANSWER_BYTES", 2 * 2**20)
    bomb = gzip.compress(b" " * (5 * 2**20))
    script = Script(httpx.Response(200, headers={"content-encoding": "identity"}, content=b"x" * (2 * 2**20 + 1)))
    with pytest.raises(TooLarge, match="larger than 2 MB"):
        await transport(script).send("GET", "/cdr")
    assert len(script.asked) == 1
    with pytest.raises(TooLarge):
        await transport(
            lambda request: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(bomb))
        ).send("GET", "/cdr")


async def test_compressed_answers_are_read_and_broken_ones_named() -> None:
    packed = gzip.compress(b"[1]")

    def answering(body: bytes) -> Transport:
        return transport(
            lambda request: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(body))
        )

    assert (await answering(packed).send("GET", "/cdr")).json() == [1]
    with pytest.raises(BadAnswer, match="compression is broken"):
        await answering(b"no gzip").send("GET", "/cdr")


@pytest.mark.parametrize(
    ("body", "kind"), [(b"<html>", "HTML"), (b'[{"a":', "cut or broken JSON"), (b"", "an empty body"), (b"\xff", "broken JSON")]
)
async def test_an_answer_that_is_no_json_says_what_it_is(body: bytes, kind: str) -> None:
    answer = await transport(Script(httpx.Response(200, content=body))).send("GET", "/cdr")
    with pytest.raises(BadAnswer, match=f"GET /api/cdr: the answer .* is .*{kind}"):
        answer.json()


async def test_deep_nesting_and_a_byte_order_mark() -> None:
    assert Answer(200, {}, b"\xef\xbb\xbf[]").json() == []
    with pytest.raises(BadAnswer):
        Answer(200, {}, b"[" * 200_000).json()


async def test_the_history_keeps_neither_query_nor_secret() -> None:
    script = Script(httpx.Response(200, content=b"12345"), httpx.Response(404))
    client = transport(script, QueryToken(SecretStr("s3cret")))
    await client.send("GET", "/cdr", query={"from": "x"})
    await client.send("POST", "/s3cret/login")
    first, second = client.history
    assert first == RequestTrace(int(NOW * 1000), "GET", "/api/cdr", 200, 5, first.elapsed_ms, "")
    assert (second.method, second.path, second.status) == ("POST", "/api/***/login", 404)
    for _ in range(HISTORY_LENGTH):
        await client.send("GET", "/cdr")
    assert len(client.history) == HISTORY_LENGTH
    await client.close()


@pytest.mark.parametrize("secret", ["s3cret", "p w/ä+", 'q"uo\\te', "tab\tend\n"])
async def test_a_secret_appears_in_no_message(secret: str) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {request.url} with {secret!r} and {secret}")

    client = transport(echo, QueryToken(SecretStr(secret)))
    with pytest.raises(Unreachable) as caught:
        await client.send("GET", "/cdr")
    for leak in (secret.strip(), repr(secret.strip())[1:-1], httpx.QueryParams({"t": secret.strip()})["t"]):
        assert leak not in str(caught.value)
    assert "***" in str(caught.value)


async def test_a_secret_within_another_leaves_no_rest() -> None:
    class Two(QueryToken):
        def secrets(self) -> tuple[SecretStr, ...]:
            return SecretStr("abc"), SecretStr("abcdef")

    assert transport(Script(httpx.Response(200)), Two(SecretStr("abc"))).redact("<abcdef>") == "<***>"


@pytest.mark.parametrize(("ahead", "zone"), [(0, "GMT"), (95, "GMT"), (-40, "GMT"), (3, "-0000")])
async def test_the_skew_of_the_providers_clock(ahead: int, zone: str) -> None:
    date = datetime.fromtimestamp(NOW + ahead, UTC).strftime("%a, %d %b %Y %H:%M:%S ") + zone
    client = transport(Script(httpx.Response(200, headers={"date": date})))
    await client.send("GET", "/cdr")
    assert client.skew_seconds == ahead


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Xxx 2026 00:00:00 GMT", "Mon, 01 Jan 2026 00:00:00 +9999999999"])
async def test_a_date_that_is_none_says_nothing_of_the_clock(date: str) -> None:
    client = transport(Script(httpx.Response(200, headers={"date": date})))
    await client.send("GET", "/cdr")
    assert client.skew_seconds is None


async def test_a_session_that_the_provider_sets_is_not_kept() -> None:
    script = Script(httpx.Response(200, headers={"set-cookie": "session=1; Path=/"}))
    client = transport(script)
    await client.send("GET", "/cdr")
    await client.send("GET", "/cdr")
    assert "cookie" not in script.asked[1].headers


def test_refusals_in_words() -> None:
    def words(status: int, detail: str = "") -> ProviderError:
        return refusal(Answer(status, {}, b"", "GET /cdr"), detail)

    assert str(words(403, "level")).startswith("GET /cdr: 403, not allowed: level; check the credentials")
    assert str(words(404)) == "GET /cdr: 404, no such address; check base_url"
    assert words(422).retryable is False


async def test_a_certificate_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    assert trusting(None) is None
    (tmp_path / "empty.pem").write_text("nothing")
    for name, reason in (("missing.pem", "No such file"), ("empty.pem", "")):
        with pytest.raises(Rejected, match=f"no certificates could be read from .*{name}: {reason}.*; check tls_ca_file"):
            trusting(tmp_path / name)
    client = Transport("https://pbx.example", ca_file=tmp_path / "missing.pem")
    with pytest.raises(Rejected, match=r"^GET /cdr: no certificates"):
        await client.send("GET", "/cdr")
