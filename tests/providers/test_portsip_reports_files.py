"""Files of call reports: streamed to a private place, taken whole or not at all, and never believed to be what they say."""

from __future__ import annotations

import errno
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.errors import BadAnswer, ProviderError, Rejected, TooLarge, Unavailable, Unreachable
from providers.files import NotWritten, PartFile
from providers.portsip.reports import BadOrder, Reports
from tests.providers.test_portsip_reports import completed, is_empty, order, scripted

pytestmark = pytest.mark.anyio

CSV = {"content-type": "application/octet-stream"}


class Parts(httpx.AsyncByteStream):
    """A body in parts, which may break off with an error."""

    def __init__(self, parts: list[bytes], problem: Exception | None = None) -> None:
        self._parts, self._problem = parts, problem

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part
        if self._problem is not None:
            raise self._problem


def serving(content: bytes = b"a,b\n", status: int = 200) -> Reports:
    return scripted(lambda _: httpx.Response(status, headers=CSV, content=content))


async def test_progress_is_told_part_by_part(tmp_path: Path) -> None:
    def serve(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={**CSV, "content-length": "6"}, stream=Parts([b"a,b\n", b"1\n"]))

    seen: list[tuple[int, int | None]] = []
    await scripted(serve).download(completed(), tmp_path / "f", lambda *now: seen.append(now))
    assert seen == [(4, 6), (6, 6)]
    assert (tmp_path / "f").read_bytes() == b"a,b\n1\n"
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o600


async def test_what_broke_off_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asyncio.sleep", _no_wait)
    answers = [Parts([b"long and wrong"], httpx.ReadError("reset")), Parts([b"a,b\n"])]
    reports = scripted(lambda _: httpx.Response(200, headers=CSV, stream=answers.pop(0)))
    assert await reports.download(completed(file_size=4), tmp_path / "f") == 4
    assert (tmp_path / "f").read_bytes() == b"a,b\n"


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def _no_wait(_: float) -> None:
    return None


@pytest.mark.parametrize(
    "content",
    [b"<html>", b"\xef\xbb\xbf<!DOCTYPE html>", b"  \r\n<HTML lang=sv>", b"<head>x", b""],
)
async def test_a_page_or_nothing_under_a_files_name_is_not_kept(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"kept")
    with pytest.raises(BadAnswer, match="came"):
        await serving(content=content).download(completed(), tmp_path / "f")
    assert names_in(tmp_path) == ["f"]
    assert (tmp_path / "f").read_bytes() == b"kept"


async def test_a_size_of_nought_says_nothing(tmp_path: Path) -> None:
    assert await serving().download(completed(file_size=0), tmp_path / "f") == 4


@pytest.mark.parametrize(
    ("answer", "error", "told"),
    [
        ({"status": 404}, Rejected, "404, the file is gone; look at the list"),
        ({"status": 206}, BadAnswer, "206 came instead of the file"),
        ({"status": 302, "content": b""}, Rejected, "redirected"),
    ],
)
async def test_an_answer_without_the_file_leaves_nothing(
    answer: dict[str, Any], error: type[ProviderError], told: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=told):
        await serving(**answer).download(completed(), tmp_path / "f")
    assert is_empty(tmp_path)


async def test_a_file_without_end_is_left(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="order it for a shorter range"):
        await serving(content=b"x" * 3000).download(completed(), tmp_path / "f", limit_bytes=2999)
    assert is_empty(tmp_path)


async def test_a_folder_that_is_not_there_is_seen_before_anything_is_asked(tmp_path: Path) -> None:
    asked: list[httpx.Request] = []
    with pytest.raises(FileNotFoundError):
        await scripted(lambda request: asked.append(request) or httpx.Response(200)).download(  # type: ignore[func-returns-value]
            completed(), tmp_path / "none" / "f"
        )
    assert asked == []


async def test_a_full_disk_is_no_fault_of_the_pbx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise NotWritten(OSError(errno.ENOSPC, "No space left on device"))

    monkeypatch.setattr(PartFile, "take", full)
    with pytest.raises(OSError, match="No space left"):
        await serving().download(completed(), tmp_path / "f")
    assert is_empty(tmp_path)


@pytest.mark.parametrize(
    "file_url",
    [
        "https://pbx.example@elsewhere.example/f",
        "https://user@pbx.example/f",
        "https://pbx.example.elsewhere.example/f",
        "https://pbx.example:8443/f",
        "///elsewhere.example/../f",
        "/api/%2e%2e/%2E%2E/f",
        "https://pbx.example/api/../f",
        "\\\\elsewhere.example\\f",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ],
)
async def test_an_address_that_is_not_the_pbxs_is_never_asked(file_url: str, tmp_path: Path) -> None:
    asked: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(401)

    with pytest.raises(Rejected):
        await scripted(serve).download(completed(file_url=file_url), tmp_path / "f")
    assert asked == []
    assert is_empty(tmp_path)


@pytest.mark.parametrize("file_url", ["https://PBX.example:443/f", "https://pbx.example/f"])
async def test_the_pbxs_own_address_may_be_written_otherwise(file_url: str, tmp_path: Path) -> None:
    assert await serving().download(completed(file_url=file_url), tmp_path / "f") == 4


Failing = Callable[[httpx.Request], httpx.Response]


def refused(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


@pytest.mark.parametrize(
    ("failing", "error"),
    [
        (refused, Unreachable),
        (lambda _: httpx.Response(502, html="<html>"), Unavailable),
        (lambda _: httpx.Response(201, text='{"id": "1'), BadAnswer),
    ],
)
async def test_an_order_whose_fate_is_not_known_says_so(failing: Failing, error: type[ProviderError]) -> None:
    with pytest.raises(error, match="it may have been done all the same: look at the list"):
        await scripted(failing).create(order())


async def test_a_list_that_is_not_json_is_to_be_asked_again() -> None:
    for body in ("<html>", "{", "", "null"):
        with pytest.raises(BadAnswer, match="run it again later"):
            await scripted(lambda _, body=body: httpx.Response(200, text=body)).orders()  # type: ignore[misc]


async def test_what_the_pbx_names_as_wrong_is_passed_on() -> None:
    said = {"errors": [{"code": "VALIDATE_FAILED", "message": "filter.call_queues is empty"}]}
    with pytest.raises(Rejected, match=r"filter\.call_queues is empty; correct what it names"):
        await scripted(lambda _: httpx.Response(400, json=said)).create(order())


@pytest.mark.parametrize("sort", ["size", "name up", "name desc asc", "name,id", " "])
async def test_an_order_of_rows_that_is_not_there_is_not_asked_for(sort: str) -> None:
    with pytest.raises(BadOrder, match="sort"):
        await scripted(lambda _: httpx.Response(200)).orders(sort=sort)


async def test_a_pbx_with_shorter_pages_is_read_to_its_end_too() -> None:
    rows = [{"name": f"report {number}"} for number in range(130)]

    def paged(request: httpx.Request) -> httpx.Response:
        skip = int(request.url.params["skip"])
        return httpx.Response(200, json={"items": rows[skip : skip + 50], "count": 130})

    assert len(await scripted(paged).orders()) == 130
