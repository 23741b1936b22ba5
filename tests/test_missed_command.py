"""`calltop missed` over a cache that was filled from simulated providers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulated import Site, simulated_site
from tui.lines.words import counted


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with simulated_site(tmp_path_factory.mktemp("site"), "--days", "1", "--calls-per-day", "600") as (made, _):
        assert made.here("collect", "--once").returncode == 0
        assert made.here("backfill", "--no-pacing", "--since", "1d").returncode == 0
        yield made


def test_a_caller_is_marked_as_dealt_with_and_taken_back(site: Site) -> None:
    before = site.told("missed", "--format", "json")
    someone = next(one for one in before if one["caller"].startswith("+"))
    number = f"{someone['caller'][:5]} {someone['caller'][5:]}"
    done = site.here("missed", "--done", number, "--note", "rang back from the mobile")
    assert done.returncode == 0, done.stderr
    assert f"{counted(someone['tries'], 'missed call')} of {number} " in done.stderr
    assert " marked as dealt with" in done.stderr
    assert site.told("missed", "--format", "json") == [one for one in before if one != someone]
    told = [one for one in site.told("missed", "--settled", "--format", "json") if one["by"] == "mark"]
    assert [(one["caller"], one["note"]) for one in told] == [(someone["caller"], "rang back from the mobile")]
    assert "rang back from the mobile" in site.here("missed", "--settled").stdout
    assert site.here("missed", "--not-done", number).returncode == 0
    assert site.told("missed", "--format", "json") == before
    assert site.here("missed", "--not-done", number).returncode == 1


def test_what_settled_the_others_is_a_call_in_the_cache(site: Site) -> None:
    settled = site.told("missed", "--settled", "--format", "json")
    assert settled
    calls = {(call["provider"], call["id"]): call for call in site.told("calls", "--format", "json")}
    for one in settled:
        closing = calls[one["provider"], one["id"]]
        assert closing["status"] == "answered"
        assert closing["started_at"] == one["settled_at"] > one["last_missed_at"]
        assert closing["direction"] in ("in", "out")


def test_hidden_callers_are_counted_apart(site: Site) -> None:
    hidden = site.told("calls", "direction:in -status:answered caller:withheld", "--format", "json")
    assert hidden
    done = site.here("missed")
    assert f"{counted(len(hidden), 'missed call')} came from hidden numbers" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("missed", "--done", "+4799999999"), 1, "0 missed calls of +4799999999"),
        (("missed", "--note", "done"), 2, "--note belongs to --done NUMBER"),
        (("missed", "--done", "+4799999999", "--not-done", "+4799999999"), 2, "not allowed with argument"),
        (("missed", "--done", "+4799999999", "provider:soluno"), 2, "marking takes no filter"),
    ],
)
def test_what_cannot_be_marked_is_said(site: Site, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = site.here(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
