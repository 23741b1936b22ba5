"""`calltop status`: the live screen in sentences, from snapshots and from a cache."""

from __future__ import annotations

import json
import time
import unicodedata

import pytest

from calls.cache.snapshots import PollState
from calls.filters import Filter
from calls.metrics import Tally
from calls.metrics.silence import LineState, Silence
from calls.text import mask_number
from tests.calls.cache import busy
from tests.tui.fake_feed import NOW_MS, UNAUTHORIZED, ZONE, FakeFeed, FixedClock
from tui.cli import main
from tui.lines.plain import UNKNOWN_DAY, PlainStatus, status_lines
from tui.lines.symbols import UNICODE
from tui.lines.view import View
from tui.lines.words import number_words

VIEW = View(NOW_MS, ZONE)


def told(mood: str = "mixed", *lines: Silence, hide: bool = False) -> list[str]:
    snapshot = FakeFeed(FixedClock(), mood).live(Filter(), NOW_MS)
    return list(status_lines(PlainStatus(snapshot, lines, VIEW, mask_number if hide else str)))


def test_every_provider_has_its_state_in_words_and_its_day() -> None:
    lines = told()
    assert lines[0] == "calltop, Mon 23 Nov 10:42 CET"
    assert lines[1] == "5 providers: 2 fresh, 1 late, 1 down, 1 waiting. The cache reaches back 92 days."
    paragraphs = {text.split(" (")[0]: text.splitlines() for text in "\n".join(lines).split("\n\n")}
    assert paragraphs["soluno"][0] == "soluno (soluno): fresh, answered at 10:40."
    assert "  Known up to 10:25." in paragraphs["soluno"]
    assert paragraphs["dstny"][0] == "dstny (dstny): late 7 min."
    assert paragraphs["portsip"][:2] == ["portsip (portsip): down since 08:02.", f"  {UNAUTHORIZED}"]
    assert paragraphs["while1"] == ["while1 (while1): waiting for the first answer.", f"  {UNKNOWN_DAY}"]
    assert any("answered about" in line for line in paragraphs["telecomx"])


def test_symbols_and_colours_are_not_needed() -> None:
    text = "\n".join((*told(), *told("offline")))
    assert not set(text) & set(UNICODE.fresh + UNICODE.late + UNICODE.down + UNICODE.dot + UNICODE.arrow)
    assert all(not unicodedata.category(character).startswith("C") for character in text.replace("\n", ""))


def test_offline_says_of_when_it_speaks() -> None:
    assert "Offline: no provider answers. What you see is the cache of 09:07." in told("offline")


def test_who_must_be_called_back_comes_with_how_long_and_how_often() -> None:
    snapshot = FakeFeed(FixedClock()).live(Filter(), NOW_MS)
    lines = told()
    start = lines.index(f"Call back now: {snapshot.call_back_count} callers.")
    assert len(lines) - start - 1 == len(snapshot.call_backs)
    first = snapshot.call_backs[0]
    assert lines[start + 1].startswith(f"  {number_words(first.caller)}")
    assert lines[start + 1].endswith("since 08:10, 2 h 32 min, 1 try, soluno")
    assert not any(first.caller[-4:] in line.replace(" ", "") for line in told(hide=True)[start:])


def test_nobody_and_nothing_are_said_in_words() -> None:
    snapshot = FakeFeed(FixedClock()).live(Filter(), NOW_MS)
    empty = snapshot._replace(panes=(), today=Tally())
    assert list(status_lines(PlainStatus(empty, (), VIEW)))[1:] == ["No provider has been polled yet."]
    calm = snapshot._replace(call_backs=(), call_back_count=0)
    assert list(status_lines(PlainStatus(calm, (), VIEW)))[-1] == "Call back now: nobody."
    blind = snapshot._replace(panes=tuple(pane._replace(state=PollState()) for pane in snapshot.panes))
    assert list(status_lines(PlainStatus(blind, (), VIEW))).count(UNKNOWN_DAY) == 1


def test_a_silent_line_is_told_and_a_heard_one_is_not() -> None:
    silent = Silence("soluno", LineState.SILENT, probability=0.0007, reason="no call for 48 min where 7.2 are usual")
    assert "  Silent line: no call for 48 min where 7.2 are usual." in told("mixed", silent)
    assert not any("line" in line for line in told("mixed", silent._replace(state=LineState.HEARD)))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> busy.Busy:
    return busy.fill(tmp_path_factory.mktemp("status") / "calltop.db", calls=300, real_kinds=True)


@pytest.fixture
def _now(cache: busy.Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLTOP_CACHE", str(cache.path))
    monkeypatch.setenv("CALLTOP_CLOCK_OFFSET_SECONDS", str(busy.NOW_MS // 1000 - int(time.time())))


@pytest.mark.usefixtures("_now")
def test_the_command_tells_the_same_as_text_and_as_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 0
    text = capsys.readouterr().out
    assert main(["status", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["provider"] for one in told["providers"]] == ["north", "south", "desk"]
    offered = told["today"]["offered"]["value"]
    assert offered > 0
    assert f"about {offered} calls, answered" in text.splitlines()[2]
    assert f"Call back now: {told['call_back_count']} caller" in text
    assert main(["stats", "on:today", "--metric", "offered", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["offered"]["value"] == offered


@pytest.mark.usefixtures("_now")
def test_the_command_takes_a_filter_and_masks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "queue:711", "--mask", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert all("•" in who["caller"] for who in told["call_back"] if len(who["caller"]) > 5)
    assert told["providers"][2]["impossible"]
    assert main(["status", "colour:red"]) == 2


def test_without_a_cache_the_answer_is_how_to_get_one(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLTOP_CACHE", str(tmp_path_factory.mktemp("none") / "none.db"))
    with pytest.raises(SystemExit) as end:
        main(["status"])
    assert end.value.code == 1
    assert "calltop collect --once" in capsys.readouterr().err
