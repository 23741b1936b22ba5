"""One row of the answer, read; and an answer's rows as records.

There is no id in a row, so its key is made of what does not change: the numbers and the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from calls.model import Record, Reject, Window
from calls.text import clean, normalise_number
from calls.times import format_rfc3339, parse_naive, parse_rfc3339
from providers.answer import row_json
from providers.base import Page

LONGEST_REJECT = 4_000
LATEST_MS = 32_503_680_000_000  # the year 3000: what lies beyond is no time of a call
_NONE = frozenset({"", "null"})


@dataclass(frozen=True, slots=True)
class Row:
    """A row's seven fields. An instant is None, a number "", where the row has none.

    `zone_doubt` is set when a time came without its offset and was read in the provider's zone.
    """

    caller: str
    start_ms: int
    receiving: str
    received_ms: int | None
    callee: str
    answered_ms: int | None
    stop_ms: int | None
    zone_doubt: bool = False


class RowReader:
    """Reads one row. `start_ms` is when the caller lifted the handset.

    Times that lack an offset are read in `zone`. Raises ValueError, one reason in words, here for the start and in `row` for
    everything else.
    """

    def __init__(self, payload: Mapping[str, Any], zone: ZoneInfo) -> None:
        self._payload = payload
        self._zone = zone
        self._zone_doubt = False
        start_ms = self._instant("start")
        if start_ms is None:
            raise ValueError("start is missing")
        self.start_ms = start_ms

    def row(self) -> Row:
        """The whole row.

        Dstny's table prints `calleeAnswered` as `callerAnswered`, so that name is taken where the right one is missing.
        """
        answered_name = "callerAnswered" if "calleeAnswered" not in self._payload else "calleeAnswered"
        return Row(
            caller=self._text("callerNo"),
            start_ms=self.start_ms,
            receiving=self._text("receivingNo"),
            received_ms=self._instant("received", self.start_ms),
            callee=self._text("calleeNo"),
            answered_ms=self._instant(answered_name, self.start_ms),
            stop_ms=self._instant("stop", self.start_ms),
            zone_doubt=self._zone_doubt,  # last, because reading the times sets it
        )

    def _text(self, name: str) -> str:
        """The cleaned text of a field; null, "", "null" and a missing field are all ""."""
        value = self._payload.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise ValueError(f"{name} is no text")
        text = clean(value)
        return "" if text.lower() in _NONE else text

    def _instant(self, name: str, near_ms: int | None = None) -> int | None:
        """The instant in a field, None where the row has none. `near_ms` decides a local time that came twice."""
        text = self._text(name)
        if not text:
            return None
        try:
            instant_ms = parse_rfc3339(text)
        except ValueError:
            try:
                instant_ms = self._without_offset(text, near_ms)
            except ValueError:
                raise ValueError(f"{name} is no time: {text[:64]!r}") from None
        if not 0 <= instant_ms < LATEST_MS:
            raise ValueError(f"{name} is no likely time: {text[:64]!r}")
        return instant_ms

    def _without_offset(self, text: str, near_ms: int | None) -> int:
        whole, _, fraction = text.replace("T", " ", 1).partition(".")
        moment = parse_naive(whole, self._zone, near_ms)
        if fraction and not (fraction.isascii() and fraction.isdigit()):
            raise ValueError(text)
        self._zone_doubt = True
        return moment.ms + (int(fraction.ljust(3, "0")[:3]) if fraction else 0)


def rows_in(body: Any) -> list[Any]:
    """The rows of an answer's JSON: an array, or the only array in an object. Raises ValueError."""
    if isinstance(body, list):
        return body
    if isinstance(body, dict) and not any("error" in str(name).lower() for name in body):
        arrays = [value for value in body.values() if isinstance(value, list)]
        if len(arrays) == 1:
            return arrays[0]
    raise ValueError("the answer is no list of calls")


def read_page(rows: Sequence[Any], window: Window, zone: ZoneInfo, country_code: str) -> Page:
    """The records of the calls that start in `window`, and the rows that cannot be read.

    Rows with the same key parts are numbered in the order of their content, so that the order of the answer does not matter.
    """
    rejects: list[Reject] = []
    alike: dict[str, list[tuple[str, int, str, Mapping[str, Any]]]] = {}
    for payload in rows:
        content = ""
        try:
            content = row_json(payload)
            if not isinstance(payload, dict):
                raise ValueError("the row is no object")
            reader = RowReader(payload, zone)
            if reader.start_ms not in window:
                continue
            row = reader.row()
        except ValueError as error:
            rejects.append(Reject(clean(content, LONGEST_REJECT), clean(str(error))))
            continue
        parts = f"{row.caller}|{format_rfc3339(row.start_ms)}|{row.receiving}|{row.callee}"
        link = normalise_number(row.caller, country_code)
        alike.setdefault(parts, []).append((content, row.start_ms, link, payload))
    records: list[Record] = []
    for parts, candidates in alike.items():
        for ordinal, (_, start_ms, link, payload) in enumerate(sorted(candidates, key=lambda candidate: candidate[0])):
            key = f"{parts}|{ordinal}"
            records.append(Record(key=key, group=key, started_ms=start_ms, payload=payload, link=link))
    return Page(tuple(records), tuple(rejects))
