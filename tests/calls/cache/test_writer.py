"""Readings become rows: once, whole, in any order, with the calls that follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.cache.reader import Reader
from calls.cache.records import GROUP, LAST_SEEN, STARTED
from calls.cache.writer import Reading
from calls.filters import parse
from calls.keys import HASH_BITS
from calls.model import Derived, Record, Reject, Source, Window
from tests.calls.cache.help import (
    DAY_MS,
    DERIVED_TABLES,
    DESK,
    HOUR_MS,
    LINK_MS,
    NOON_MS,
    NORTH,
    Cache,
    FakeDeriver,
    a_cache,
    record,
)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with a_cache(tmp_path / "calltop.db", NORTH, DESK) as made:
        yield made


def test_the_same_reading_twice_changes_nothing(cache: Cache) -> None:
    rows = (
        record("a1", "a", status="answered", talk_ms=5000),
        record("a2", "a", NOON_MS + 3000),
        record("b", link="102", teaches="102"),
    )
    first = cache.read(*rows, rejects=(Reject("{}", "no start"),))
    before = cache.dump()
    again = cache.read(*rows, rejects=(Reject("{}", "no start"),))
    assert (first.received, first.inserted, first.rejected) == (4, 3, 1)
    assert (again.received, again.inserted, again.updated, again.unchanged) == (4, 0, 0, 3)
    assert cache.dump() == before


def test_a_changed_record_keeps_the_version_before(cache: Cache) -> None:
    cache.read(record("a", status="missed"), read_ms=NOON_MS)
    stored = cache.read(record("a", status="answered"), read_ms=NOON_MS + 1)
    assert (stored.inserted, stored.updated, stored.unchanged) == (0, 1, 0)
    assert cache.rows("SELECT seen_ms, replaced_ms FROM record_revision") == [(NOON_MS, NOON_MS + 1)]
    assert cache.payloads("record_revision") == [{"status": "missed"}]
    assert cache.payloads("record") == [{"status": "answered"}]
    assert cache.calls()["a"][2] == "answered"


def test_a_late_leg_derives_its_call_again(cache: Cache) -> None:
    cache.read(record("a1", "a", status="missed"))
    cache.read(record("a2", "a", NOON_MS + 3000, status="answered"))
    assert cache.calls() == {"a": (NOON_MS, "in", "answered", 2)}
    assert cache.rows("SELECT position, callee FROM legs ORDER BY position") == [(0, "a1"), (1, "a2")]


def test_a_record_that_joins_another_call_leaves_its_own(cache: Cache) -> None:
    cache.read(record("a1", "a"), record("a2", "a"), record("b1", "b"))
    cache.read(record("a2", "b"), read_ms=NOON_MS + 1)
    assert {name: call[3] for name, call in cache.calls().items()} == {"a": 1, "b": 2}
    cache.read(record("a1", "b"), read_ms=NOON_MS + 2)
    assert {name: call[3] for name, call in cache.calls().items()} == {"b": 3}


def test_a_learned_fact_derives_older_calls_again(cache: Cache) -> None:
    cache.read(record("a", link="102"), record("b", link="103"))
    cache.read(record("c", started_ms=NOON_MS + DAY_MS, teaches="102"))
    assert {name: call[1] for name, call in cache.calls().items()} == {"a": "internal", "b": "in", "c": "in"}


def test_a_fact_outlives_the_record_that_taught_it(cache: Cache) -> None:
    cache.read(record("a", teaches="102"))
    cache.read(record("a"), read_ms=NOON_MS + 1)
    cache.read(record("b", link="102"))
    assert cache.calls()["b"][1] == "internal"


CHAIN = tuple(record(name, started_ms=NOON_MS + place * LINK_MS, link="x") for place, name in enumerate("abcd"))


@pytest.mark.parametrize("order", ["abcd", "dcba", "acbd", "bdac"])
def test_a_chain_of_neighbours_is_one_call_in_any_order(cache: Cache, order: str) -> None:
    by_key = {row.key: row for row in CHAIN}
    for key in order:
        cache.read(by_key[key])
    cache.read(record("e", started_ms=NOON_MS + 5 * LINK_MS, link="x"), record("f", link="y"))
    assert {name: call[3] for name, call in cache.calls().items()} == {"a": 4, "e": 1, "f": 1}


@pytest.mark.parametrize(
    "change", [record("b", started_ms=NOON_MS + LINK_MS, link="y"), record("b", started_ms=NOON_MS + DAY_MS, link="x")]
)
def test_a_link_that_is_cut_gives_back_the_calls_it_held(cache: Cache, change: Record) -> None:
    cache.read(*CHAIN[:3])
    cache.read(change, read_ms=NOON_MS + 1)
    assert {name: call[3] for name, call in cache.calls().items()} == {"a": 1, "b": 1, "c": 1}


def test_without_links_groups_stand_alone(cache: Cache) -> None:
    cache.read(*CHAIN, deriver=FakeDeriver(link_ms=0))
    assert {name: call[3] for name, call in cache.calls().items()} == {"a": 1, "b": 1, "c": 1, "d": 1}


def test_an_older_answer_never_overwrites_a_newer(cache: Cache) -> None:
    cache.read(record("a", status="answered"), read_ms=NOON_MS + 1)
    before = cache.dump("record_revision", *DERIVED_TABLES)
    stored = cache.read(record("a", status="missed"), read_ms=NOON_MS)
    assert (stored.updated, stored.unchanged) == (0, 1)
    assert cache.dump("record_revision", *DERIVED_TABLES) == before


def test_an_answer_older_than_the_last_that_agreed_changes_nothing(cache: Cache) -> None:
    cache.read(record("a", status="answered"), read_ms=NOON_MS)
    cache.read(record("a", status="answered"), read_ms=NOON_MS + 2)
    cache.read(record("a", status="missed"), read_ms=NOON_MS + 1)
    assert cache.calls()["a"][2] == "answered"


def test_a_record_remembers_when_it_was_seen_first_and_last(cache: Cache) -> None:
    for read_ms in (NOON_MS + 5, NOON_MS + 9, NOON_MS + 1):
        cache.read(record("a"), read_ms=read_ms)
    assert cache.rows("SELECT first_seen_ms, coalesce(last_seen_ms, changed_ms) FROM record") == [(NOON_MS + 1, NOON_MS + 9)]


def test_rebuilding_gives_the_same_tables(cache: Cache) -> None:
    cache.read(*CHAIN, record("g", link="102"), record("h", teaches="102"))
    cache.read(record("1", employee_id="7", inbound_calls=3), deriver=FakeDeriver(DESK))
    before = cache.dump()
    for deriver in (FakeDeriver(), FakeDeriver(DESK)):
        cache.writer.rebuild(deriver, cache.ids[deriver.source.name])
    assert cache.dump() == before
    cache.database.connection.execute("DELETE FROM call WHERE call_id = 'g'")
    cache.database.connection.execute("UPDATE call SET status = 'busy'")
    cache.writer.rebuild(FakeDeriver(), cache.ids["north"])
    assert {name: call[2] for name, call in cache.calls().items()} == {"a": "missed", "g": "missed", "h": "missed"}


def test_a_moved_start_moves_the_call_and_its_legs(cache: Cache) -> None:
    cache.read(record("a1", "a"), record("a2", "a"), record("b", started_ms=NOON_MS + 1000))
    cache.read(record("a1", "a", NOON_MS + 2000), record("a2", "a", NOON_MS + 2500), read_ms=NOON_MS + 1)
    keys = cache.rows(f"SELECT call_id, key >> {HASH_BITS} FROM call ORDER BY key")
    assert keys == [("b", NOON_MS + 1000), ("a", NOON_MS + 2000)]
    assert cache.rows("SELECT count(*), count(call.key) FROM leg LEFT JOIN call ON call.key = leg.call_key") == [(3, 3)]


def test_a_call_that_lost_a_leg_has_no_leg_too_many(cache: Cache) -> None:
    cache.read(record("a1", "a"), record("a2", "a"), record("b", "b"))
    cache.read(record("a2", "b"), read_ms=NOON_MS + 1)
    found = cache.rows("SELECT id, position, callee FROM legs ORDER BY 1, 2")
    assert found == [("a", 0, "a1"), ("b", 0, "a2"), ("b", 1, "b")]


def test_many_calls_of_one_instant_have_each_their_own_key(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.keys._HASH_MASK", 15)
    cache.read(*(record(f"a{number}") for number in range(12)))
    assert cache.rows("SELECT count(*), count(DISTINCT key), count(DISTINCT call_id) FROM call") == [(12, 12, 12)]


def test_more_calls_of_one_instant_than_its_keys_are_found_by_their_start(cache: Cache) -> None:
    cache.read(*(record(f"a{number}") for number in range(150)), record("later", started_ms=NOON_MS + 1))
    assert cache.rows("SELECT count(*), count(DISTINCT started_ms) FROM call") == [(151, 2)]
    assert max(cache.rows(f"SELECT id >> {HASH_BITS} FROM record"))[0] > NOON_MS + 1
    with closing(Reader(cache.path)) as reader:
        found = reader.calls(parse("to:2026-11-22T11:00:00Z"), NOON_MS)
        assert len(list(found)) == 151
    cache.writer.store(FakeDeriver(), 1, Reading((), (), NOON_MS + 1, asked=Window(NOON_MS, NOON_MS + 1)))
    assert cache.rows("SELECT count(*) FROM record WHERE unseen_since_ms IS NOT NULL") == [(150,)]
    cache.writer.purge(1, NOON_MS + 1)
    assert cache.rows(f"SELECT key, {STARTED} FROM record") == [("later", NOON_MS + 1)]


def test_a_total_is_replaced_and_may_shrink(cache: Cache) -> None:
    cache.read(record("1", employee_id="7", inbound_calls=3, inbound_answered=3), deriver=FakeDeriver(DESK))
    cache.read(record("1", employee_id="7", inbound_calls=2), deriver=FakeDeriver(DESK), read_ms=NOON_MS + 1)
    rows = cache.rows("SELECT inbound_calls, inbound_answered, outbound_calls, local_hour FROM employee_bucket")
    assert rows == [(2, None, None, 12)]


def test_a_reject_is_kept_once(cache: Cache) -> None:
    rejects = (Reject('{"a": "\ud800"}', "no start \udfff"), Reject("\x00", "no text"))
    for read_ms in (NOON_MS, NOON_MS + 1):
        cache.read(read_ms=read_ms, rejects=rejects)
    rows = cache.rows("SELECT payload, reason, first_seen_ms FROM quarantine ORDER BY id")
    assert rows == [('{"a": "?"}', "no start ?", NOON_MS), ("\x00", "no text", NOON_MS)]


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "\x00", "\U0001f4de", "'; DROP TABLE call; --"])
def test_any_text_of_a_record_can_be_kept(cache: Cache, text: str) -> None:
    hostile = Record(f"k{text}", f"g{text}", NOON_MS, {"caller_name": text, text: text, "teaches": f"l{text}"}, f"l{text}")
    cache.read(hostile)
    before = cache.dump()
    assert cache.read(hostile).unchanged == 1
    assert cache.dump() == before
    storable = text.encode("utf-8", "replace").decode()
    assert cache.rows("SELECT id, caller_name, direction FROM calls") == [(f"g{storable}", storable, "internal")]
    [payload] = cache.payloads("record")
    assert payload[storable] == storable
    cache.read(Record(f"k{text}", "elsewhere", NOON_MS, {}), read_ms=NOON_MS + 1)
    assert list(cache.calls()) == ["elsewhere"]


@pytest.mark.parametrize("started_ms", [-62_135_596_800_000 + DAY_MS, 253_402_300_799_999 - DAY_MS, -1, 0])
def test_a_start_in_any_year_can_be_kept(cache: Cache, started_ms: int) -> None:
    cache.read(record("odd", started_ms=started_ms), record("plain"))
    assert cache.calls()["odd"][0] == started_ms
    before = cache.dump()
    cache.read(record("odd", started_ms=started_ms, status="busy"), read_ms=NOON_MS + 1)
    assert cache.calls()["odd"] == (started_ms, "in", "busy", 1)
    order = [row[0] for row in cache.rows("SELECT call_id FROM call ORDER BY key")]
    assert order == (["odd", "plain"] if started_ms < NOON_MS else ["plain", "odd"])
    assert cache.dump() != before


class BrokenDeriver(FakeDeriver):
    """Fails on every record, after the records themselves have been stored."""

    def derive(self, records: Sequence[Record], facts: frozenset[str]) -> Derived:
        raise ZeroDivisionError


def test_a_reading_that_fails_leaves_nothing_behind(cache: Cache) -> None:
    cache.read(record("a"))
    before = cache.dump()
    reading = Reading(
        (record("b", teaches="102"), record("a", status="busy")), (Reject("{}", "?"),), NOON_MS + 1,
        covered=Window(0, NOON_MS), complete_to_ms=NOON_MS, provider_state={"cursor": "9"},
    )  # fmt: skip
    with pytest.raises(ZeroDivisionError):
        cache.writer.store(BrokenDeriver(), cache.ids["north"], reading)
    assert cache.dump() == before
    cache.writer.store(FakeDeriver(), cache.ids["north"], reading)
    assert list(cache.calls()) == ["a", "b"]


def test_the_watermark_never_goes_back(cache: Cache) -> None:
    for complete_to_ms in (NOON_MS, NOON_MS - HOUR_MS, None):
        reading = Reading((), (), NOON_MS, covered=Window(0, 9), complete_to_ms=complete_to_ms, provider_state={"a": "1"})
        cache.writer.store(FakeDeriver(), cache.ids["north"], reading)
    assert cache.rows("SELECT complete_to_ms, provider_state FROM poll_state WHERE source_id = ?", cache.ids["north"]) == [
        (NOON_MS, '{"a": "1"}')
    ]
    assert cache.rows("SELECT start_ms, end_ms FROM coverage") == [(0, 9)]


def test_registering_again_keeps_what_is_known(cache: Cache) -> None:
    cache.read(record("a"))
    before = cache.dump()
    assert cache.writer.register((NORTH, DESK)) == cache.ids
    assert cache.dump() == before


def test_a_source_in_another_zone_has_its_calls_cut_anew(cache: Cache) -> None:
    cache.read(record("a", started_ms=NOON_MS, caller="070 174 06 05"))
    moved = FakeDeriver(Source("north", "fake", "Asia/Tokyo", "81"))
    cache.writer.register((moved.source,))
    cache.read(record("b"), deriver=moved)
    rows = cache.rows("SELECT id, local_hour, caller_comparable FROM calls ORDER BY id")
    assert rows == [("a", 20, "+81701740605"), ("b", 20, "")]


KEYS = st.sampled_from("pqrst")
GROUPS = st.sampled_from(["a", "b", "c", "d"])
ROWS = st.builds(
    record,
    key=KEYS,
    group=GROUPS,
    started_ms=st.sampled_from([NOON_MS + step * LINK_MS * 3 // 4 for step in range(5)]),
    link=st.sampled_from(["", "x", "y"]),
    teaches=st.sampled_from(["", "", "", "x"]),
    status=st.sampled_from(["missed", "answered"]),
)
VISIBLE = (
    f"SELECT key, {GROUP}, link, {STARTED}, digest, first_seen_ms, {LAST_SEEN} FROM record ORDER BY key",
    "SELECT fact FROM fact ORDER BY fact",
    "SELECT * FROM calls ORDER BY id",
    "SELECT * FROM legs ORDER BY 1, 2, 3",
)


def everything(readings: Sequence[tuple[int, Sequence[Record]]]) -> list[list[tuple[object, ...]]]:
    """What a fresh cache shows after these readings."""
    with TemporaryDirectory() as folder, a_cache(Path(folder) / "calltop.db") as cache:
        cache.database.connection.execute("PRAGMA synchronous = OFF")
        for read_ms, rows in readings:
            cache.read(*rows, read_ms=read_ms)
        return [cache.rows(question) for question in VISIBLE]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_answers_replayed_in_any_order_give_the_same_cache(data: st.DataObject) -> None:
    answers = data.draw(st.lists(st.lists(ROWS, min_size=1, max_size=4, unique_by=lambda row: row.key), min_size=1, max_size=5))
    readings = [(NOON_MS + place, rows) for place, rows in enumerate(answers)]
    replayed = data.draw(st.permutations(readings + data.draw(st.lists(st.sampled_from(readings), max_size=3))))
    assert everything(replayed) == everything(readings)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROWS, min_size=1, max_size=5, unique_by=lambda row: row.key), st.data())
def test_one_answer_split_into_readings_gives_the_same_cache(rows: list[Record], data: st.DataObject) -> None:
    order = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    whole = everything([(NOON_MS, rows)])
    assert everything([(NOON_MS, order[:cut]), (NOON_MS, order[cut:]), (NOON_MS, order[:1])]) == whole


def test_a_source_of_another_kind_is_another_provider_until_the_kind_before_has_the_name_again(cache: Cache) -> None:
    pbx, aside = NORTH._replace(kind="portsip"), f"{NORTH.name} ({NORTH.kind})"
    cache.writer.store(FakeDeriver(), cache.ids[NORTH.name], Reading((record("a"),), (), NOON_MS, covered=Window(0, NOON_MS)))
    ids = cache.writer.register([pbx])
    assert ids[aside] == cache.ids[NORTH.name]
    cache.writer.store(FakeDeriver(pbx), ids[pbx.name], Reading((record("b"),), (), NOON_MS))
    cache.writer.rebuild(FakeDeriver(pbx), ids[pbx.name])
    with closing(Reader(cache.path)) as reader:
        assert {(call.provider, call.kind, call.id) for call in reader.calls(parse(""), NOON_MS + 1)} == {
            (aside, "fake", "a"),
            ("north", "portsip", "b"),
        }
        assert reader.sources()[pbx.name].covered == ()
    assert cache.writer.register([NORTH])[NORTH.name] == cache.ids[NORTH.name]
    again = cache.writer.register([NORTH._replace(name="north (portsip)", kind="portsip")])
    # A name that was set aside may also be given by a person.
    assert again["north (portsip)"] == ids[pbx.name]
    assert cache.writer.register([pbx])[pbx.name] == ids[pbx.name]
