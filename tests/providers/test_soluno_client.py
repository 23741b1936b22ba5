"""Soluno and Dstny: the request line byte for byte, the answers' shapes, errors in words, answers that are cut off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.model import Window
from providers import transport as transport_module
from providers.base import Provider
from providers.errors import BadAnswer, ProviderError, RateLimited, Refused, Rejected, TimedOut, TooLarge, Unavailable
from providers.soluno import client as client_module
from providers.soluno.query import halves, pieces, query_of
from tests.providers.soluno_help import SAMPLE, SAMPLE_DAY, Vendor, changed, provider, read, utc_ms, window

pytestmark = pytest.mark.anyio

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WEEK = window("2017-01-02T00:00:00+01:00", "2017-01-09T00:00:00+01:00")


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (window("2017-01-04T08:00:00+01:00", "2017-01-04T17:00:00+01:00"), "2017-01-04%2008%3A00&to=2017-01-04%2017%3A00"),
        (window("2017-01-01T08:00:00+01:00", "2017-01-04T17:00:00+01:00"), "2017-01-01%2008%3A00&to=2017-01-04%2017%3A00"),
        (SAMPLE_DAY, "2017-01-04&to=2017-01-04"),
        (WEEK, "2017-01-02&to=2017-01-08"),
        (window("2017-01-04T00:00:00+01:00", "2017-01-04T12:00:00+01:00"), "2017-01-04%2000%3A00&to=2017-01-04%2012%3A00"),
        (
            window("2017-01-04T08:00:59.999+01:00", "2017-01-04T17:00:00.001+01:00"),
            "2017-01-04%2008%3A00&to=2017-01-04%2017%3A01",
        ),
        (window("2025-10-26T00:20:00Z", "2025-10-26T01:10:00Z"), "2025-10-26%2002%3A00&to=2025-10-26%2003%3A00"),
        (window("2025-10-25T23:30:00Z", "2025-10-26T00:30:00Z"), "2025-10-26%2001%3A30&to=2025-10-26%2003%3A00"),
        (window("2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z"), "2025-10-26&to=2025-10-26"),
        (window("2026-03-29T00:30:00Z", "2026-03-29T00:59:30Z"), "2026-03-29%2001%3A30&to=2026-03-29%2003%3A00"),
        (window("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), "2026-03-29&to=2026-03-29"),
    ],
)
async def test_the_request_line(asked: Window, line: str) -> None:
    vendor = Vendor()
    await read(provider(vendor), asked)
    assert vendor.lines == ["/cdr/historik?from=" + line]
    [request] = vendor.asked
    assert request.method == "GET"
    assert request.content == b""
    assert sorted(request.headers) == ["accept", "accept-encoding", "authorization", "connection", "host", "user-agent"]


@given(st.integers(utc_ms("2017-01-01T00:00:00Z"), utc_ms("2030-01-01T00:00:00Z")), st.integers(1, 9 * 86_400_000))
def test_the_query_holds_the_whole_window(start_ms: int, length_ms: int) -> None:
    asked = Window(start_ms, start_ms + length_ms)
    query = query_of(asked, STOCKHOLM)
    first, last = (datetime.fromisoformat(query[name]) for name in ("from", "to"))
    if len(query["to"]) == 10:
        last += timedelta(days=1)
    earliest = first.replace(tzinfo=STOCKHOLM, fold=0).timestamp() * 1000
    latest = last.replace(tzinfo=STOCKHOLM, fold=1).timestamp() * 1000
    assert earliest <= asked.start_ms
    assert asked.end_ms <= latest


@given(st.integers(0, 2 * 10**12), st.integers(0, 20 * 86_400_000), st.none() | st.integers(60_000, 10 * 86_400_000))
def test_pieces_make_up_the_window(start_ms: int, length_ms: int, longest_ms: int | None) -> None:
    longest_ms = None if longest_ms is None else max(longest_ms, length_ms // 50)
    asked = Window(start_ms, start_ms + length_ms)
    parts = list(pieces(asked, longest_ms, STOCKHOLM))
    edges = [part.start_ms for part in parts] + [asked.end_ms]
    assert edges[0] == (asked.start_ms if parts else asked.end_ms)
    assert [part.end_ms for part in parts] == edges[1:]
    assert all(longest_ms is None or part.end_ms - part.start_ms <= max(longest_ms, 120_000) for part in parts)


def test_long_windows_are_cut_at_local_midnights() -> None:
    first, second = halves(window("2025-10-23T00:00:00+02:00", "2025-10-29T00:00:00+01:00"), STOCKHOLM)
    assert first.end_ms == second.start_ms == utc_ms("2025-10-26T00:00:00+02:00")
    assert halves(Window(0, 60_000), STOCKHOLM) == ()


async def test_rows_outside_the_window_are_left_out() -> None:
    asked = window("2017-01-04T16:16:03.004+01:00", "2017-01-04T16:16:04.274+01:00")
    records, rejects = await read(provider(Vendor([*SAMPLE, changed(SAMPLE[0], start="?")])), asked)
    assert sorted(record.payload["callerNo"] for record in records) == ["+4672222222", "+4672333333"]
    assert len(rejects) == 1
    assert await read(provider(Vendor()), Window(5, 5)) == ([], [])


@pytest.mark.parametrize(
    ("kind", "base_url", "url"),
    [
        ("soluno", None, "https://api.soluno.se/cdr/historik"),
        ("dstny", None, "https://api.dstny.se/cdr/historik"),
        ("dstny", "https://api.soluno.se/", "https://api.soluno.se/cdr/historik"),
        ("soluno", "http://127.0.0.1:8899/soluno", "http://127.0.0.1:8899/soluno/cdr/historik"),
        ("soluno", "https://gate.example/cdr/historik", "https://gate.example/cdr/historik"),
    ],
)
async def test_one_api_at_two_addresses(kind: str, base_url: str | None, url: str) -> None:
    vendor = Vendor(SAMPLE)
    records, _ = await read(provider(vendor, kind, **({"base_url": base_url} if base_url else {})), SAMPLE_DAY)
    assert str(vendor.asked[0].url).partition("?")[0] == url
    assert not any("api." in record.key for record in records)


@pytest.mark.parametrize("body", [{"calls": SAMPLE}, {"total": 3, "rows": SAMPLE}])
async def test_an_object_around_the_only_array_is_taken(body: Any) -> None:
    assert len((await read(provider(Vendor(body))))[0]) == 3


@pytest.mark.parametrize(
    "response", [httpx.Response(204), httpx.Response(200, content=b"[]"), httpx.Response(200, content=b"\xef\xbb\xbf[ ]")]
)
async def test_no_calls(response: httpx.Response) -> None:
    assert await read(provider(Vendor(response))) == ([], [])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "an empty body"),
        (b"<html>sign in</html>", "HTML"),
        (b'[{"callerNo": "+46', "cut or broken JSON"),
        (b'{"message": "soon back"}', "no list of calls: soon back"),
        (b'{"error": "x", "details": []}', "no list of calls"),
        (b'{"a": [], "b": []}', "no list of calls"),
        (b'"text"', "no list of calls"),
        (b"null", "no list of calls"),
    ],
)
async def test_anything_else_is_a_bad_answer_and_no_data(body: bytes, words: str) -> None:
    with pytest.raises(BadAnswer, match=f"^GET /cdr/historik: the answer .*{words}") as caught:
        await read(provider(Vendor(httpx.Response(200, content=body))))
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("status", "error", "words", "requests"),
    [
        (400, Rejected, "400, the range 2017-01-04 to 2017-01-04 was refused: Denied; check query_timezone", 1),
        (401, Refused, "401, the credentials were refused: Denied; check the credentials", 1),
        (403, Refused, "403, not allowed: Denied; ask the vendor whether the call log service is ordered", 1),
        (404, Rejected, "404, no such address: Denied; check base_url", 1),
        (429, RateLimited, "429, too many requests: Denied; calltop waits", 1),
        (500, Unavailable, "the provider answered 500: Denied; calltop tries again", 3),
        (503, Unavailable, "the provider answered 503: Denied; calltop tries again", 3),
    ],
)
async def test_errors_in_words(status: int, error: type[ProviderError], words: str, requests: int) -> None:
    for content in (b'{"Message": "Denied"}', b"Denied"):
        vendor = Vendor(httpx.Response(status, content=content))
        with pytest.raises(error) as caught:
            await read(provider(vendor), SAMPLE_DAY)
        assert str(caught.value).startswith(f"GET /cdr/historik: {words}")
        assert len(vendor.asked) == requests
    for content in (b"", b"<html>Denied</html>"):
        with pytest.raises(error) as caught:
            await read(provider(Vendor(httpx.Response(status, content=content))), SAMPLE_DAY)
        assert "Denied" not in str(caught.value)
        assert "<" not in str(caught.value)


@pytest.mark.parametrize(("headers", "seconds"), [({}, 300.0), ({"retry-after": "900"}, 900.0)])
async def test_after_429_five_minutes_pass_unless_the_vendor_says_otherwise(headers: dict[str, str], seconds: float) -> None:
    with pytest.raises(RateLimited) as caught:
        await read(provider(Vendor(httpx.Response(429, headers=headers))))
    assert caught.value.retry_after_seconds == seconds


def answering(limit: int | None, rows: list[dict[str, Any]]) -> Callable[[httpx.Request], Any]:
    """A provider that gives the rows of the asked range, but never more than `limit`."""

    def answer(request: httpx.Request) -> Any:
        query = parse_qs(urlsplit(str(request.url)).query)
        first, last = query["from"][0], query["to"][0]
        hits = [
            row for row in rows if first <= row["start"][:16].replace("T", " ")[: len(first)] and row["start"][:10] <= last[:10]
        ]
        hits = [row for row in hits if len(last) == 10 or row["start"][:16].replace("T", " ") <= last]
        return hits[:limit]

    return answer


def rows_of_the_week(count: int) -> list[dict[str, Any]]:
    """Rows spread over the week, in local time, unsorted."""
    first = datetime.fromisoformat("2017-01-02")
    starts = [first + timedelta(seconds=7 * 86_400 * number / count) for number in range(count)]
    rows = [
        changed(SAMPLE[1], start=f"{start:%Y-%m-%dT%H:%M:%S}.000+01:00", callerNo=f"+467{i}") for i, start in enumerate(starts)
    ]
    return rows[::2] + rows[1::2]


async def test_a_round_count_is_asked_again_in_halves() -> None:
    rows = rows_of_the_week(95)
    vendor = Vendor(answering(20, rows))
    client = provider(vendor, suspect_row_counts=[20])
    records, _ = await read(client, WEEK)
    assert sorted(record.payload["callerNo"] for record in records) == sorted(row["callerNo"] for row in rows)
    assert vendor.lines[0] == "/cdr/historik?from=2017-01-02&to=2017-01-08"
    assert len(vendor.lines) == len(set(vendor.lines)) > 5
    assert client.next_state() == {}


async def test_a_provider_that_ignores_the_range_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "MOST_CUTS", 20)
    vendor = Vendor(rows_of_the_week(10))
    with pytest.raises(BadAnswer, match="10 rows come however short the range; if that is their true number"):
        await read(provider(vendor, suspect_row_counts=[10]), WEEK)
    assert 20 < len(vendor.asked) <= 41


async def test_a_minute_that_is_truly_that_full_is_taken() -> None:
    minute = window("2017-01-04T16:16:00+01:00", "2017-01-04T16:17:00+01:00")
    assert len((await read(provider(Vendor(SAMPLE), suspect_row_counts=[3]), minute))[0]) == 3


async def test_after_a_very_large_answer_windows_stay_half_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "MANY_ROWS", 90)
    vendor = Vendor(answering(None, rows_of_the_week(95)))
    client = provider(vendor)
    assert len((await read(client, WEEK))[0]) == 95
    assert len(vendor.asked) == 1
    state = client.next_state()
    again = provider(vendor)
    assert sum([len(page.records) async for page in again.fetch(WEEK, state)]) == 95
    assert vendor.lines[1:] == [
        "/cdr/historik?from=2017-01-02&to=2017-01-04",
        "/cdr/historik?from=2017-01-05&to=2017-01-06",
        "/cdr/historik?from=2017-01-07&to=2017-01-08",
    ]
    assert again.next_state() == state


async def test_an_answer_too_large_to_take_is_asked_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "MAX_ANSWER_BYTES", 9_000)
    vendor = Vendor(answering(None, rows_of_the_week(95)))
    assert len((await read(provider(vendor), WEEK))[0]) == 95
    with pytest.raises(TooLarge):
        await read(provider(Vendor(SAMPLE * 50)), Window(WEEK.start_ms, WEEK.start_ms + 60_000))


async def test_answers_too_large_however_short_the_range_do_not_shorten_later_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "MAX_ANSWER_BYTES", 9_000)
    vendor = Vendor(SAMPLE * 50)
    client = provider(vendor)
    with pytest.raises(TooLarge):
        await read(client, WEEK)
    assert len(vendor.asked) < 20
    vendor.answer, asked = SAMPLE, len(vendor.asked)
    await read(client, WEEK)
    assert len(vendor.asked) == asked + 1
    assert client.next_state() == {}


async def test_after_a_time_out_the_next_attempt_asks_for_less() -> None:
    vendor = Vendor(httpx.ReadTimeout("slow"))
    client = provider(vendor)
    with pytest.raises(TimedOut):
        await read(client, WEEK)
    vendor.answer = []
    await read(client, WEEK)
    assert vendor.lines[3] == "/cdr/historik?from=2017-01-02&to=2017-01-04"
    assert client.next_state() == {}


async def test_a_state_that_means_nothing_is_passed_over() -> None:
    vendor = Vendor()
    client = provider(vendor)
    assert [page async for page in client.fetch(SAMPLE_DAY, {"longest_window_minutes": "²", "other": "x"})]
    assert len(vendor.asked) == 1


async def test_it_is_a_provider_and_keeps_the_vendors_pace() -> None:
    client = provider(kind="dstny", timezone="Europe/Helsinki", backfill_spacing_seconds=0)
    as_provider: Provider = client
    assert (as_provider.source.name, as_provider.source.kind, as_provider.source.timezone) == (
        "office",
        "dstny",
        "Europe/Helsinki",
    )
    assert (client.pace.cadence_seconds, client.pace.backfill_spacing_seconds, client.pace.history_days) == (300, 0, 92)
    assert provider().pace.backfill_spacing_seconds == 300
    assert (client.link_ms, client.requests, client.skew_seconds) == (0, 0, None)
    vendor = Vendor()
    await read(provider(vendor, timezone="Europe/Helsinki"), SAMPLE_DAY)
    assert vendor.lines == ["/cdr/historik?from=2017-01-04&to=2017-01-04"]
    await client.close()
