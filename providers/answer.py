"""An HTTP answer as the providers' modules see it: whole, never followed, with what it says about failures in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from calls.text import clean
from providers.errors import BadAnswer, ProviderError, RateLimited, Refused, Rejected, Unavailable

LONGEST_RETRY_AFTER_SECONDS = 24 * 3600.0
DEEPEST_NESTING = 32
_LONGEST_VENDOR_TEXT = 200
_MOST_EXPLAINING_BYTES = 64 * 1024
_EXPLAINING_NAMES = ("error_description", "message", "error", "msg", "detail", "reason", "title", "code")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whole. Header names are lower case. `asked` is the request's method and path, for messages."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    asked: str = ""

    @property
    def media_type(self) -> str:
        """The content type in lower case, without parameters; "" when the provider gave none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The body as JSON. Raises `BadAnswer` for HTML, cut text and everything else that is not JSON."""
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            kind = "HTML" if self.body.lstrip()[:1] == b"<" else "cut or broken JSON" if self.body else "an empty body"
            what = f"the answer ({self.status}, {len(self.body)} bytes) is {kind}"
            raise BadAnswer(f"{self.asked}: {what}" if self.asked else what) from error


def row_json(value: Any) -> str:
    """A row as JSON text that does not depend on the order of its fields. Raises ValueError for one nested deeper than
    `DEEPEST_NESTING`, which the interpreters that calltop runs on may or may not be able to write."""
    layer, depth = [value], 0
    while layer:
        if depth > DEEPEST_NESTING:
            raise ValueError("the row is nested too deeply")
        inner = [part.values() if isinstance(part, dict) else part for part in layer if isinstance(part, dict | list)]
        layer, depth = [part for parts in inner for part in parts], depth + 1
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def vendor_text(answer: Answer) -> str:
    """What the provider says about a failure, on one short line; "" when nothing there is meant for a person.

    A JSON object's text stands under one of the usual names, at the top or one object deeper. HTML is never quoted.
    """
    if not answer.body or len(answer.body) > _MOST_EXPLAINING_BYTES:
        return ""
    text = answer.body.decode("utf-8-sig", "replace").strip()
    if text.startswith("<") or answer.media_type == "text/html":
        return ""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return clean(text, _LONGEST_VENDOR_TEXT)
    return clean(_explanation_in(value), _LONGEST_VENDOR_TEXT)


def _explanation_in(value: object, depth: int = 0) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and depth < 2:
        return _explanation_in(value[0], depth + 1)
    if not isinstance(value, dict) or depth > 2:
        return ""
    by_name = {str(name).lower(): inner for name, inner in value.items()}
    for name in _EXPLAINING_NAMES:
        inner = by_name.get(name)
        text = str(inner) if isinstance(inner, int) and not isinstance(inner, bool) else _explanation_in(inner, depth + 1)
        if text.strip():
            return text
    return ""


def http_date_seconds(text: str) -> float | None:
    """An HTTP date (RFC 9110, section 5.6.7) as epoch seconds; None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def retry_after_seconds(answer: Answer, now: float) -> float | None:
    """How long the provider asks to wait (RFC 9110, section 10.2.3), at most a day; None when it does not say."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_RETRY_AFTER_SECONDS)
    moment = http_date_seconds(text)
    return None if moment is None else min(max(0.0, moment - now), LONGEST_RETRY_AFTER_SECONDS)


def failure(answer: Answer, url: str, said: str, now: float) -> ProviderError | None:
    """The error that `answer` to a request for `url` is whoever the vendor is, else None. `said` is the vendor's text."""
    colon = f": {said}" if said else ""
    if answer.status == 429:
        return RateLimited(f"429, too many requests{colon}", retry_after_seconds=retry_after_seconds(answer, now))
    if answer.status >= 500:
        waiting = retry_after_seconds(answer, now)
        return Unavailable(f"the provider answered {answer.status}{colon}", retry_after_seconds=waiting)
    if 300 <= answer.status < 400:
        target = _host(answer.headers.get("location", "")) or _host(url)
        return Rejected(f"{answer.status}, redirected to {target}", advice="set base_url to the provider's new address")
    return None


def _host(url: str) -> str:
    try:
        return clean(urlsplit(url).hostname or "")
    except ValueError:
        return ""


def refusal(answer: Answer, detail: str = "") -> ProviderError:
    """The error for a 4xx answer that a provider's module does not explain better itself. `detail` is the vendor's text."""
    said = f": {clean(detail)}" if detail else ""
    where = f"{answer.asked}: " if answer.asked else ""
    if answer.status in (401, 403):
        return Refused(f"{where}{answer.status}, not allowed{said}")
    if answer.status == 404:
        return Rejected(f"{where}404, no such address{said}", advice="check base_url")
    return Rejected(f"{where}{answer.status}, the request was refused{said}")
