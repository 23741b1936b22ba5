"""Recordings of calls, fetched one at a time when a person wants one, and from the PBX's own address only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from calls.text import clean
from providers.errors import BadAnswer, Rejected
from providers.files import save
from providers.transport import Transport, refusal

# A shorter answer is no audio: the PBX has none, or the token may not hear it.
SHORTEST_BYTES = 1024
LONGEST_ADDRESS = 2_000
_PLAYER = "/tools/play-record?monitor={}&download=1"


def addresses(rows: Sequence[Any]) -> Iterator[str]:
    """Where the recordings of these legs lie, as the PBX wrote it."""
    for row in rows:
        if not isinstance(row, dict):
            continue
        for name in ("recording_url", "monitor_urls"):
            value = row.get(name)
            first = value.strip().splitlines()[0].strip() if isinstance(value, str) and value.strip() else ""
            if first:
                yield clean(first, LONGEST_ADDRESS)


async def download(transport: Transport, address: str, path: Path) -> int:
    """Saves a recording; its size in bytes. Raises `ProviderError`, also for an address that is not the PBX's."""
    answer = await transport.send("GET", _url(transport.base_url, address), headers={"Accept": "*/*"})
    if answer.status >= 400:
        raise refusal(answer, transport.said(answer))
    if len(answer.body) < SHORTEST_BYTES or answer.media_type in ("text/html", "application/json"):
        raise BadAnswer(f"{answer.asked}: no audio came", advice="check whether the token's user may hear recordings")
    return save(answer.body, path)


def _url(base_url: str, address: str) -> str:
    try:
        asked, own = urlsplit(address), urlsplit(base_url)
    except ValueError:
        raise Rejected("the recording's address cannot be read", advice="listen to it in the PBX") from None
    if asked.scheme or asked.netloc:
        if (asked.scheme, asked.netloc) != (own.scheme, own.netloc):
            raise Rejected(f"the recording lies at {clean(asked.netloc)}, which is not the PBX", advice="listen to it there")
        return address
    if address.startswith("/"):
        return f"{own.scheme}://{own.netloc}{address}"
    return base_url + _PLAYER.format(quote(address, safe=""))
