"""Telecom X: requests checked before they are sent, the meaning of keys, and files saved and read."""

from __future__ import annotations

import io
import stat
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from providers.files import save
from providers.telecomx.files import read_csv, read_workbook
from providers.telecomx.statement import ALL_FIELDS, Statement
from tests.providers.telecomx_help import COPENHAGEN, window

DAY = window("2025-10-26T00:00:00+02:00", "2025-10-27T00:00:00+01:00")
MONTH = window("2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00")
ISO_2026 = window("2025-12-29T00:00:00+01:00", "2027-01-04T00:00:00+01:00")
YEAR = window("2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00")


def test_every_parameter_of_the_document() -> None:
    asked = Statement(
        window=MONTH, grouping="DAY", customer="c1", employees=("a", "b"), ignore_below_seconds=10, ignore_local=True,
        direction="IN", fields=("employeeName", "inboundCalls"), sort="employeeName", format="CSV",
    )  # fmt: skip
    assert asked.body(COPENHAGEN) == {
        "customer": "c1",
        "employees": ["a", "b"],
        "from": "2026-09-30T22:00:00.000Z",
        "to": "2026-10-31T22:59:59.999Z",
        "ignoreBelow": 10,
        "ignoreLocal": True,
        "direction": "IN",
        "groupingInterval": "DAY",
        "fields": ["employeeName", "inboundCalls"],
        "sort": "employeeName",
        "format": "CSV",
    }
    assert Statement(employee="a").body(COPENHAGEN) == {
        "employee": "a",
        "direction": "BOTH",
        "groupingInterval": "DAY",
        "fields": list(ALL_FIELDS),
        "format": "JSON",
    }


@pytest.mark.parametrize(("grouping", "longest"), [("HOUR", DAY), ("DAY", MONTH), ("WEEK", ISO_2026), ("MONTH", YEAR)])
def test_no_range_in_which_a_key_means_two_intervals(grouping: Any, longest: Any) -> None:
    asked = Statement(longest, grouping)
    assert asked.body(COPENHAGEN)["groupingInterval"] == grouping
    for wider in (longest._replace(start_ms=longest.start_ms - 1), longest._replace(end_ms=longest.end_ms + 1)):
        with pytest.raises(ValueError, match="would merge intervals with the same key: ask within one") as caught:
            replace(asked, window=wider).body(COPENHAGEN)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"customer": "a b"}, "no id"),
        ({"employee": "a", "employees": ("b",)}, "not both"),
        ({"ignore_below_seconds": -1}, "0 or more"),
        ({"fields": ()}, "at least one field"),
        ({"fields": ("calls",)}, "no field"),
        ({"fields": ("inboundCalls",), "sort": "employeeName"}, "among the fields"),
        ({"window": window("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")}, "empty"),
    ],
)
def test_what_must_not_be_sent(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Statement(**wrong).body(COPENHAGEN)


def test_what_keys_mean() -> None:
    assert Statement(DAY, "HOUR").interval("2", COPENHAGEN) == window("2025-10-26T00:00:00Z", "2025-10-26T02:00:00Z")
    assert Statement(DAY, "DAY").interval("26", COPENHAGEN) == DAY
    week = Statement(ISO_2026, "WEEK").interval("53", COPENHAGEN)
    assert week == window("2026-12-28T00:00:00+01:00", "2027-01-04T00:00:00+01:00")
    assert Statement(YEAR, "MONTH").interval("10", COPENHAGEN) == MONTH
    assert Statement(YEAR, "MONTH").interval("12", COPENHAGEN).end_ms == YEAR.end_ms
    for asked, key in ((Statement(DAY, "HOUR"), "24"), (Statement(MONTH, "DAY"), "32"), (Statement(YEAR, "MONTH"), "0")):
        with pytest.raises(ValueError, match="of the range asked for"):
            asked.interval(key, COPENHAGEN)


def test_a_file_is_saved_whole_and_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "october.csv"
    path.write_bytes(b"older")
    assert save(b"a;b\r\n", path) == 5
    assert path.read_bytes() == b"a;b\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_csv_with_either_separator() -> None:
    for separator in ",;":
        text = separator.join(("employeeId", "interval", "inboundCalls")) + "\r\n" + separator.join(("e1", "49", "7")) + "\r\n"
        assert read_csv(b"\xef\xbb\xbf" + text.encode()) == [{"employeeId": "e1", "data": {"49": {"inboundCalls": "7"}}}]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xff", "not UTF-8"),
        (b"a,b\r\n", "no column interval"),
        (b"employeeId,interval\r\ne1\r\n", "line 2 of the file has 1 columns"),
        (b"employeeId,interval\r\ne1,1\r\ne1,1\r\n", "repeats"),
    ],
)
def test_csv_that_cannot_be_read(content: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_csv(content)


def book(sheet: str, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, sheet)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK", "cannot be read"),
        (book("<a/>", "other.xml"), "no sheet"),
        (book("<a"), "cannot be read"),
        (book('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "declares entities"),
        (book("<a>" + " " * (64 * 1024 * 1024) + "</a>"), "larger than 64 MB"),
    ],
    ids=["no archive", "no sheet", "broken", "entities", "bomb"],
)
def test_a_workbook_that_cannot_be_read(content: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_workbook(content)
