"""The one place that speaks HTTP. Every provider sends through its own `Transport`.

It holds the time-outs, the retries, the pacing, the size limit, the refusal of redirects, the redaction of secrets and a short
history of requests. What a test replaces is the httpx transport below it (`httpx.ASGITransport`, `httpx.MockTransport`).
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import httpx
import stamina
from aiolimiter import AsyncLimiter
from pydantic import SecretStr

from calls.files import typed_path
from calls.model import RequestTrace
from calls.text import clean
from providers.answer import Answer, failure, http_date_seconds, refusal, vendor_text
from providers.errors import BadAnswer, ProviderError, RateLimited, Rejected, TimedOut, TooLarge, Unreachable
from providers.files import NotWritten, PartFile

__all__ = [
    "Answer",
    "Auth",
    "Credentials",
    "RequestTrace",
    "Transport",
    "encode_query",
    "refusal",
    "shared_ssl_context",
    "trusting",
]

MAX_ANSWER_BYTES = 32 * 1024 * 1024
MAX_INLINE_WAIT_SECONDS = 5.0
ATTEMPTS = 3
HISTORY_LENGTH = 200
PHASES_PER_EXCHANGE = 4
LONGEST_DOWNLOAD_SECONDS = 3600.0
USER_AGENT = "calltop"

stamina.instrumentation.set_on_retry_hooks([])


@dataclass(frozen=True, slots=True)
class Credentials:
    """What authentication adds to a request."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


class Auth(Protocol):
    """An authentication strategy."""

    async def credentials(self, transport: Transport) -> Credentials:
        """What to add to a request; signs in first where that is needed. Raises `Refused`."""
        ...

    async def renew(self, transport: Transport) -> bool:
        """Called once after a 401: True when there are new credentials worth one more try."""
        ...

    def secrets(self) -> Sequence[SecretStr]:
        """Every secret this strategy knows now, for redaction."""
        ...


@lru_cache(maxsize=1)
def shared_ssl_context() -> ssl.SSLContext:
    """One verifying context for all clients: making one costs about 25 ms."""
    return httpx.create_ssl_context()


def trusting(ca_file: Path | None) -> ssl.SSLContext | None:
    """A verifying context that trusts the certificates in `ca_file` besides the public ones; None without a file.

    Raises `Rejected` when the file cannot be used.
    """
    if ca_file is None:
        return None
    context = httpx.create_ssl_context()
    try:
        context.load_verify_locations(cafile=typed_path(ca_file))
    except (OSError, ValueError) as error:
        reason = clean(getattr(error, "reason", None) or getattr(error, "strerror", None) or error)
        raise Rejected(f"no certificates could be read from {ca_file}: {reason}", advice="check tls_ca_file") from error
    return context


def encode_query(pairs: Mapping[str, str]) -> str:
    """A query string with every reserved character percent-encoded: a space is %20, a plus sign %2B."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs.items())


def _should_retry(error: Exception) -> bool | float:
    if not isinstance(error, ProviderError) or not error.retryable or isinstance(error, BadAnswer):
        return False
    if error.retry_after_seconds is not None:
        return error.retry_after_seconds if error.retry_after_seconds <= MAX_INLINE_WAIT_SECONDS else False
    return not isinstance(error, RateLimited)


class Transport:
    """Requests to one provider instance: one at a time, paced, retried where that is safe.

    `base_url` may hold a path prefix. `http` replaces the network in tests. Certificates are verified against the public
    authorities, and those in `ca_file` too; `ssl_context` replaces both. `timeout_seconds` bounds each phase of a request
    (connect, send, wait, receive a part), and four times that the whole. `requests_per_minute` of 0 means unpaced.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: Auth | None = None,
        http: httpx.AsyncBaseTransport | None = None,
        ssl_context: ssl.SSLContext | None = None,
        ca_file: Path | None = None,
        timeout_seconds: float = 30.0,
        requests_per_minute: float = 0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.auth = auth
        self.requests = 0
        self.skew_seconds: int | None = None
        self.history: deque[RequestTrace] = deque(maxlen=HISTORY_LENGTH)
        self._http = http
        self._ssl_context = ssl_context
        self._ca_file = ca_file
        self._timeout_seconds = timeout_seconds
        self._limiter = AsyncLimiter(requests_per_minute, 60) if requests_per_minute else None
        self._now = now
        self._client: httpx.AsyncClient | None = None
        self._one_at_a_time = asyncio.Lock()

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json_body: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        authenticated: bool = True,
        retry: bool = True,
        into: PartFile | None = None,
    ) -> Answer:
        """Sends one request below `base_url` (or to an absolute `path`) and returns its answer, whatever 2xx or 4xx it is.

        A 401 is answered by one renewal of the credentials and one repeat. Credentials never leave for an address outside
        the provider's own scheme, host and port. Raises `Unreachable`, `Unavailable`, `RateLimited`, `BadAnswer`, `Rejected`
        (a redirect) and what `Auth` raises. With `into`, the content of a 200 goes there and the answer's body stays empty;
        then the whole may take `LONGEST_DOWNLOAD_SECONDS`, and what the disk refuses is raised as OSError.
        """
        url = path if path.startswith(("https://", "http://")) else self.base_url + path
        own = _origin(url) == _origin(self.base_url)
        if query:
            url += ("&" if "?" in url else "?") + encode_query(query)
        content, media_type = _encode_body(json_body, form)
        base_headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": USER_AGENT}
        if media_type:
            base_headers["Content-Type"] = media_type
        request = _Request(method, url, {**base_headers, **(headers or {})}, content, into)
        auth = self.auth if authenticated and own else None
        try:
            answer = await self._attempts(request, auth, retry)
            if answer.status == 401 and auth is not None and await auth.renew(self):
                answer = await self._attempts(request, auth, retry)
        except NotWritten as problem:
            raise problem.error from None
        return answer

    def said(self, answer: Answer) -> str:
        """What the provider says about a failure, on one short line without secrets; "" when it says nothing readable."""
        return self.redact(vendor_text(answer))

    async def _attempts(self, request: _Request, auth: Auth | None, retry: bool) -> Answer:
        retries = stamina.retry_context(
            on=_should_retry, attempts=ATTEMPTS if retry else 1, timeout=None, wait_initial=0.5, wait_max=4.0
        )
        async for attempt in retries:
            with attempt:
                credentials = await auth.credentials(self) if auth is not None else Credentials()
                return await self._once(request.with_credentials(credentials))
        raise AssertionError("the retry context yields at least once")

    async def _once(self, request: _Request) -> Answer:
        async with self._one_at_a_time:
            if self._limiter is not None:
                await self._limiter.acquire()
            self.requests += 1
            at_ms, started = int(self._now() * 1000), time.monotonic()
            answer: Answer | None = None
            problem = "given up before its end"
            try:
                answer = await self._exchange(request)
                moment = http_date_seconds(answer.headers.get("date", ""))
                if moment is not None:
                    self.skew_seconds = round(moment - self._now())
                failed = failure(answer, request.url, self.said(answer), self._now())
                if failed is not None:
                    raise failed
                problem = ""
            except ProviderError as error:
                error.what = problem = self.redact(f"{request.asked}: {error.what}")
                raise
            finally:
                received = len(answer.body) + (request.into.size if request.into else 0) if answer else 0
                elapsed_ms = int((time.monotonic() - started) * 1000)
                method, path = request.asked.split(" ", 1)
                status = answer.status if answer else None
                self.history.append(RequestTrace(at_ms, method, self.redact(path), status, received, elapsed_ms, problem))
            return answer

    async def _exchange(self, request: _Request) -> Answer:
        host = urlsplit(request.url).netloc
        longest = self._timeout_seconds * PHASES_PER_EXCHANGE if request.into is None else LONGEST_DOWNLOAD_SECONDS
        try:
            async with asyncio.timeout(longest):
                return await self._receive(request)
        except TimeoutError:
            raise TimedOut(f"{host} did not finish its answer within {longest:g} s") from None
        except httpx.TimeoutException as error:
            phase = type(error).__name__.removesuffix("Timeout").lower()
            raise TimedOut(f"{host} did not answer in time ({phase})") from None
        except httpx.DecodingError:
            raise BadAnswer("the answer's compression is broken") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            reason = "" if isinstance(error, UnicodeError) else clean(self.redact(str(error)))
            untrusted = "CERTIFICATE_VERIFY_FAILED" in reason
            advice = "if the certificate is the provider's own, name its file in tls_ca_file" if untrusted else None
            raise Unreachable(f"no connection to {host}: {reason or type(error).__name__}", advice=advice) from None

    async def _receive(self, request: _Request) -> Answer:
        client = self._open_client()
        body = bytearray()
        async with client.stream(request.method, request.url, headers=request.headers, content=request.content) as response:
            file = request.into if response.status_code == 200 else None
            if request.into is not None:
                request.into.begin(_announced_bytes(response) if file else None)
            async for chunk in response.aiter_bytes():
                if file is not None:
                    file.take(chunk)
                    continue
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise TooLarge(f"the answer is larger than {MAX_ANSWER_BYTES // 2**20} MB")
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, headers, bytes(body), request.asked)

    def _open_client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=self._http,
                verify=self._ssl_context or trusting(self._ca_file) or (True if self._http else shared_ssl_context()),
                timeout=httpx.Timeout(self._timeout_seconds),
                follow_redirects=False,
                # A session a provider sets by itself would travel beside the configured credentials.
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            )
        return self._client

    def redact(self, text: str) -> str:
        """`text` with every known secret replaced by three asterisks, in whatever form it was written."""
        forms: set[str] = set()
        for secret in self.auth.secrets() if self.auth is not None else ():
            value = secret.get_secret_value()
            escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}
            forms |= {value, quote(value, safe=""), quote(value), *escaped}
        for form in sorted(forms - {""}, key=len, reverse=True):
            text = text.replace(form, "***")
        return text

    async def close(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None
    into: PartFile | None = None

    @property
    def asked(self) -> str:
        return f"{self.method} {urlsplit(self.url).path or '/'}"

    def with_credentials(self, credentials: Credentials) -> _Request:
        url = self.url
        if credentials.query:
            url += ("&" if "?" in url else "?") + encode_query(credentials.query)
        return replace(self, url=url, headers={**self.headers, **credentials.headers})


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError as error:
        raise Rejected(f"{clean(url.partition('?')[0])} cannot be read as an address") from error


def _announced_bytes(response: httpx.Response) -> int | None:
    text = response.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _encode_body(json_body: Any, form: Mapping[str, str] | None) -> tuple[bytes | None, str]:
    if json_body is not None:
        text = json.dumps(json_body, ensure_ascii=False, separators=(",", ":"))
        return text.encode(), "application/json; charset=utf-8"
    if form is not None:
        return encode_query(form).encode(), "application/x-www-form-urlencoded"
    return None, ""
