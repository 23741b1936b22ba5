"""While1's recordings: fetched when wanted, from the PBX's own address, and kept only when they are audio."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.errors import BadAnswer, ProviderError, Rejected
from tests.providers.while1_help import BASE_URL, fetched, provider, row

pytestmark = pytest.mark.anyio

AUDIO = b"RIFF" + bytes(4000)


class Pbx:
    """A PBX with one leg, which says where its recording lies."""

    def __init__(self, audio: httpx.Response, **fields: Any) -> None:
        self.audio = audio
        self.leg = row(7, 100, **fields)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.method == "GET":
            return self.audio
        return httpx.Response(200, json={"has_error": False, "pagination": [], "results": [self.leg]})


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"recording_url": f"{BASE_URL}/rec/7.wav"}, "/rec/7.wav"),
        ({"recording_url": "/rec/7.wav"}, "/rec/7.wav"),
        ({"monitor_urls": "/m/1.wav\n/m/2.wav"}, "/m/1.wav"),
        ({"recording_url": "a b/7"}, "/tools/play-record?monitor=a%20b%2F7&download=1"),
    ],
)
async def test_a_recording_is_saved_for_its_owner(fields: dict[str, str], path: str, tmp_path: Path) -> None:
    pbx = Pbx(httpx.Response(200, content=AUDIO, headers={"content-type": "audio/wav"}), **fields)
    assert await provider(pbx).recording("1700000000.1", tmp_path / "call.wav") == len(AUDIO)
    saved = tmp_path / "call.wav"
    assert mode(saved) == 0o600
    assert pbx.asked[-1].url.raw_path.decode().endswith(path)
    assert pbx.asked[-1].headers["authorization"].startswith("Bearer ")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def is_empty(folder: Path) -> bool:
    return not [*folder.iterdir()]


@pytest.mark.parametrize(
    ("fields", "answer", "error", "told"),
    [
        ({}, httpx.Response(200, content=AUDIO), Rejected, "has no recording"),
        (
            {"recording_url": "https://elsewhere.example/7.wav"},
            httpx.Response(200),
            Rejected,
            "elsewhere.example, which is not",
        ),
        ({"recording_url": "/7.wav"}, httpx.Response(200, content=b"no"), BadAnswer, "no audio came"),
        ({"recording_url": "/7.wav"}, httpx.Response(200, html="x" * 5000), BadAnswer, "no audio came"),
        ({"recording_url": "/7.wav"}, httpx.Response(404), Rejected, "404"),
    ],
)
async def test_what_is_no_recording_is_not_kept(
    fields: dict[str, str], answer: httpx.Response, error: type[ProviderError], told: str, tmp_path: Path
) -> None:
    pbx = Pbx(answer, **fields)
    with pytest.raises(error, match=told):
        await provider(pbx).recording("1700000000.1", tmp_path / "call.wav")
    assert is_empty(tmp_path)
    assert all(request.url.host == httpx.URL(BASE_URL).host for request in pbx.asked)


async def test_a_poll_never_asks_for_audio() -> None:
    pbx = Pbx(httpx.Response(200, content=AUDIO), recording_url="/7.wav")
    await fetched(provider(pbx))
    assert {request.method for request in pbx.asked} == {"POST"}
