"""Erasing a party: gone from every corner of the file, the figures unchanged, and no poll brings it back."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.cache.database import Database
from calls.cache.erasure import Erased, key_path, may_hold
from calls.cache.payloads import Packing
from calls.cache.reader import Reader
from calls.cache.records import body_of
from calls.cache.writer import Reading, Writer
from calls.filters import parse
from calls.metrics import GROUPINGS
from calls.model import Record, Reject, Window
from calls.text import digits
from providers.base import Provider
from tests.calls.cache.help import NOON_MS, NORTH, Cache, FakeDeriver, a_cache, record
from tests.providers.exchange_help import client, everything, simulated

KINDS = ("soluno", "dstny", "portsip", "while1")


class Site:
    """A cache with the calls of one simulated provider."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._runner = asyncio.Runner()  # one loop, because a pace belongs to a loop
        self.path = folder / "calltop.db"
        self.simulator = simulated(days=2, calls_per_day=300)
        self.provider: Provider = client(kind, self.simulator)
        self.database = Database(self.path)
        self.writer = Writer(self.database)
        self.source_id = self.writer.register([self.provider.source])[kind]
        self.now_ms = self.simulator.clock.now_ms()

    def poll(self) -> None:
        """Reads everything again, a second later."""
        self.now_ms += 1000
        self._runner.run(self._poll(everything(self.simulator)))

    async def _poll(self, window: Window) -> None:
        records: list[Record] = []
        async for page in self.provider.fetch(window, {}):
            records += page.records
        reading = Reading(tuple(records), (), self.now_ms, asked=window, covered=window, supersedes=self.provider.supersedes)
        self.writer.store(self.provider, self.source_id, reading)

    def figures(self) -> dict[str, dict[str, tuple[int, ...]]]:
        """Every tally by every grouping that names no number."""
        with closing(Reader(self.path)) as reader:
            return {
                grouping: {
                    label: (tally.offered, tally.answered, tally.talk_ms)
                    for label, tally in reader.groups(parse("direction:in,out,internal"), self.now_ms, grouping).items()
                }
                for grouping in GROUPINGS
                if grouping != "number"
            }

    def calls(self, text: str) -> int:
        with closing(Reader(self.path)) as reader:
            return len(list(reader.calls(parse(text), self.now_ms)))

    def busiest(self) -> str:
        """The outside caller with the most calls."""
        with closing(sqlite3.connect(self.path)) as connection:
            row = connection.execute(
                "SELECT caller_comparable FROM calls WHERE direction = 'in' AND length(caller_comparable) > 6"
                " GROUP BY 1 ORDER BY count(*) DESC, 1"
            ).fetchone()
        return str(row[0])

    def close(self) -> None:
        self.database.close()
        self._runner.close()


def everything_in(path: Path) -> str:
    """All text the file holds, payloads unpacked."""
    with closing(sqlite3.connect(path)) as connection:
        told = "\n".join(connection.iterdump())
        blocks = connection.execute(
            "SELECT payload_shape, packed FROM payload_block AS p JOIN source AS s ON s.id = p.source_id"
        ).fetchall()
    return told + "\n".join(body.decode() for shape, packed in blocks for body in Packing(shape).unpack(packed))


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path, request.param)
    made.poll()
    yield made
    made.close()


@pytest.mark.acceptance(12)
def test_the_number_is_gone_the_figures_stay_and_three_polls_do_not_bring_it_back(site: Site) -> None:
    number = site.busiest()
    national = digits(number)[-8:]
    before, many = site.figures(), site.calls(f"number:{number}")
    assert many
    assert national in everything_in(site.path)
    counts = site.writer.erase(number, {site.provider.source.name: site.provider}, site.now_ms)
    assert counts[site.provider.source.name] >= many
    for _ in range(4):
        assert site.calls(f"number:{number}") == 0
        assert national not in everything_in(site.path)
        assert national.encode() not in site.path.read_bytes()
        assert site.figures() == before
        assert site.calls("caller:erased-*") + site.calls("callee:erased-*") >= many
        site.poll()


def test_another_spelling_erases_the_same_party(site: Site) -> None:
    number = site.busiest()
    code = site.provider.source.country_code
    assert number.startswith(f"+{code}")
    spelled = f"0{number[1 + len(code) :]}"
    assert site.writer.erase(f"{spelled[:3]}-{spelled[3:]}", {site.provider.source.name: site.provider}, site.now_ms)
    assert site.calls(f"number:{number}") == 0


def test_a_source_that_is_no_longer_configured_loses_the_calls(site: Site) -> None:
    number = site.busiest()
    site.writer.erase(number, {}, site.now_ms)
    assert site.calls(f"number:{number}") == 0
    assert digits(number)[-8:] not in everything_in(site.path)


def test_the_key_lies_beside_the_cache_for_its_owner_only_and_the_number_in_neither(site: Site) -> None:
    number = site.busiest()
    site.writer.erase(number, {site.provider.source.name: site.provider}, site.now_ms)
    assert stat.S_IMODE(key_path(site.path).stat().st_mode) == 0o600
    assert len(key_path(site.path).read_bytes()) == 32
    with closing(sqlite3.connect(site.path)) as connection:
        [(digest,)] = connection.execute("SELECT digest FROM erased_party")
    assert len(digest) == 64


def test_unreadable_rows_and_older_versions_go_too(tmp_path: Path) -> None:
    site = Site(tmp_path, "while1")
    reject = Reject(json.dumps({"source": "0721 234 567", "time": "never"}), "time is no local time")
    site.writer.store(site.provider, site.source_id, Reading((), (reject,), NOON_MS))
    site.writer.erase("+40721234567", {"while1": site.provider}, NOON_MS)
    assert "0721 234 567" not in everything_in(site.path)
    site.writer.store(site.provider, site.source_id, Reading((), (reject,), NOON_MS + 1))
    assert "0721 234 567" not in everything_in(site.path)
    site.close()


def statements_of(cache: Cache, number: str) -> list[str]:
    """What is asked of SQLite to erase a number."""
    asked: list[str] = []
    cache.database.connection.set_trace_callback(asked.append)
    cache.writer.erase(number, {NORTH.name: FakeDeriver()}, NOON_MS)
    cache.database.connection.set_trace_callback(None)
    return asked


def test_a_cache_is_not_written_anew_for_one_caller(tmp_path: Path) -> None:
    rows = [record(f"r{place}", started_ms=NOON_MS + place, caller=f"+4670{place % 500:07}") for place in range(3000)]
    with a_cache(tmp_path / "calltop.db") as cache:
        cache.read(*rows)
        cache.writer.purge(1, NOON_MS + 1000)
        asked = statements_of(cache, "+46700000007")
        assert not any("VACUUM" in one for one in asked)
        assert any("incremental_vacuum" in one for one in asked)
        assert cache.rows("PRAGMA freelist_count") == [(0,)]
        assert cache.rows("PRAGMA integrity_check") == [("ok",)]
        assert b"700000007" not in cache.path.read_bytes()
        assert not any("700000007" in str(payload) for payload in cache.payloads("record"))
        assert len(cache.payloads("record")) == 2000


def test_a_cache_that_cannot_give_pages_back_is_written_anew_once(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db") as cache:
        cache.read(record("a", caller=ONE), record("b", caller=ONE), record("c", caller="+46701740606"))
        cache.database.connection.execute("PRAGMA auto_vacuum = NONE")
        cache.database.connection.execute("VACUUM")
        assert "VACUUM" in statements_of(cache, ONE)
        assert "VACUUM" not in statements_of(cache, "+46701740606")


def test_a_file_that_still_shows_what_was_erased_is_written_anew(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db") as cache:
        cache.read(record("a", caller=ONE))
        # As a version left it that overwrote nothing.
        cache.database.connection.execute("PRAGMA secure_delete = OFF")
        cache.database.connection.execute("CREATE TABLE old (text TEXT)")
        cache.database.connection.execute("INSERT INTO old VALUES (?), ('other')", (ONE,))
        cache.database.connection.execute("DELETE FROM old WHERE text = ?", (ONE,))
        cache.database.connection.execute("PRAGMA secure_delete = ON")
        assert "VACUUM" in statements_of(cache, ONE)
        assert ONE.encode() not in cache.path.read_bytes()


@given(st.lists(st.sampled_from([*"0174065", " ", "-", "(", ")", "/", ".", "\t", "\n", "\u00a0", ":", "_", '"']), max_size=20))
def test_text_that_holds_a_number_is_never_passed_over(between: list[str]) -> None:
    spelled = "".join(f"{digit}{''.join(between[place::11])}" for place, digit in enumerate("0701740605"))
    before = record("k", caller=spelled)
    if ERASED.redacted(before, "46") != before:
        assert may_hold(ONE)(body_of(before))


@pytest.mark.parametrize("number", ["sip:0701@pbx.example:5060", "*21*0701740605#"])
def test_what_is_no_number_is_looked_for_everywhere(number: str) -> None:
    assert may_hold(number)(b"{}")


ERASER = Erased(b"k" * 32, frozenset())
ONE = "+46701740605"
ERASED = Erased(b"k" * 32, frozenset({ERASER.digest(ONE, "46")}))


@pytest.mark.parametrize("spelling", ["+46701740605", "070-174 06 05", "0046701740605", "(070) 174 06 05", '"Bo" <0701740605>'])
def test_every_spelling_in_a_payload_is_found(spelling: str) -> None:
    before = record("r", caller=spelling, caller_display_name="Bo Madsen", callee="+46701740606", deep=[{"also": spelling}])
    after = ERASED.redacted(before, "46")
    assert "1740605" not in digits(json.dumps(dict(after.payload)).replace("1740606", ""))
    assert after.payload["caller"].startswith("erased-")
    assert after.payload["caller_display_name"] == ""
    assert after.payload["callee"] == "+46701740606"


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=5))
def test_other_records_are_the_same_object(payload: dict[str, str]) -> None:
    before = Record("k", "g", NOON_MS, payload)
    if not any(ERASED.holds(text, "46") for text in payload.values()):
        assert ERASED.redacted(before, "46") is before


def test_nothing_short_is_taken_for_a_party() -> None:
    assert ERASER.digest("102", "46") == ""
    assert ERASER.digest("anonymous", "46") == ""
