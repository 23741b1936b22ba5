"""Calls, a cache table and generated filters for the tests of the filter language.

The generator yields a text together with what it means, written apart from the code under test and as plainly as can be.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from calls.cache.derived import store_calls
from calls.cache.dictionaries import Texts
from calls.cache.schema import migrate
from calls.filters import FilterContext, register_functions
from calls.keys import first_key
from calls.model import Call, Direction, Source, Status
from calls.text import normalise_number
from calls.times import parse_rfc3339

SOURCES = {
    "north": Source("north", "soluno", "Europe/Stockholm", "46"),
    "south": Source("south", "while1", "Europe/Bucharest", "40"),
    "Öst": Source("Öst", "portsip", "Europe/Stockholm", "46"),
}
# The Sunday on which the clocks went back, so that days differ in length.
NOW_MS = parse_rfc3339("2026-10-25T16:20:30.500Z")
CONTEXT = FilterContext(NOW_MS, SOURCES)
HOUR_MS = 3_600_000

NUMBERS = [
    "", "anonymous", "+46701740605", "070-174 06 05", "0046701740605", "0701740605", "+4672222222", "0722 22 22 22",
    "+40312285000", "0312285000", "102", "622", "*21*", "Anna@pbx.example", "46701740605",
]  # fmt: skip
NAMES = [
    "",
    "Bo Madsen",
    "BO MADSEN",
    "Åsa Öberg",
    "Strauß",
    "STRAUSS",
    "100%",
    'say "hi"',
    "a,b",
    "[x]",
    "back\\slash",
    "or",
    "-dash",
]
IDS = ["a-1", "A-1", "77.12", "x[1]y", "7?"]


def a_call(provider: str = "north", started: str = "2026-10-25T12:00:00Z", **changes: object) -> Call:
    """An answered inbound call, with changes."""
    values: dict[str, object] = {
        "provider": provider, "kind": SOURCES[provider].kind, "id": "1", "started_ms": parse_rfc3339(started),
        "direction": Direction.IN, "status": Status.ANSWERED, "caller": "+46701740605", "callee": "102", **changes,
    }  # fmt: skip
    return Call(**values)  # type: ignore[arg-type]


@cache
def _empty_cache() -> bytes:
    """A cache in which calls may share an identifier, so that few identifiers make many collisions of filters."""
    with closing(sqlite3.connect(":memory:")) as connection:
        return _without_identity(connection)


def _without_identity(connection: sqlite3.Connection) -> bytes:
    migrate(connection, Path(":memory:"))
    tables = dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE tbl_name = 'call' AND sql IS NOT NULL"))
    views = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall()]
    for name in views:
        connection.execute(f"DROP VIEW {name}")
    connection.execute("DROP TABLE call")
    connection.execute(tables.pop("call").replace("UNIQUE (call_id, source_id)", "CHECK (1)"))
    for sql in tables.values():
        connection.execute(sql)
    connection.commit()
    return connection.serialize()


def make_table(path: Path, calls: list[Call]) -> sqlite3.Connection:
    """A cache that holds the calls; the last bits of a key are the position in the list."""
    path.write_bytes(_empty_cache())
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    register_functions(connection)
    ids = {name: number for number, name in enumerate(sorted(SOURCES), start=1)}
    for name, source in SOURCES.items():
        row = (ids[name], name, source.kind, source.timezone, source.country_code)
        connection.execute("INSERT INTO source (id, name, kind, timezone, country_code) VALUES (?, ?, ?, ?, ?)", row)
    texts = Texts()
    for position, call in enumerate(calls):
        # Calls in these tests may share an identifier, which is no key here.
        source = SOURCES[call.provider]
        store_calls(connection, ids[call.provider], source, [], [call._replace(id=f"{call.id} {position}")], texts)
        (key,) = connection.execute("SELECT key FROM call WHERE call_id = ?", (f"{call.id} {position}",)).fetchone()
        connection.execute(
            "UPDATE call SET key = ?, call_id = ? WHERE key = ?", (first_key(call.started_ms) + position, call.id, key)
        )
    connection.commit()
    return connection


FROM = "FROM call c JOIN source s ON s.id = c.source_id"


def selected(connection: sqlite3.Connection, sql: str, params: tuple[str | int, ...]) -> set[int]:
    """The positions of the calls that a condition selects."""
    rows = connection.execute(f"SELECT c.key, c.started_ms {FROM} WHERE {sql}", params)
    return {key - first_key(started_ms) for key, started_ms in rows}


durations = st.one_of(
    st.none(), st.sampled_from([0, 999, 1000, 4999, 5000, 5001, 29_999, 30_000, 30_001, 30_999, 31_000, 120_000])
)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """A call in the week about the clock change, made of values that filters ask for."""
    names, numbers, ids = st.sampled_from(NAMES), st.sampled_from(NUMBERS), st.sampled_from(IDS)
    provider = draw(st.sampled_from(sorted(SOURCES)))
    near = draw(st.sampled_from([0, -HOUR_MS, -2 * HOUR_MS, -16 * HOUR_MS, -17 * HOUR_MS, -19 * HOUR_MS, -24 * HOUR_MS]))
    offset = draw(st.one_of(st.integers(-6 * 24 * HOUR_MS, HOUR_MS), st.integers(-5000, 5000).map(lambda ms: near + ms)))
    return Call(
        provider, SOURCES[provider].kind, draw(ids), NOW_MS + offset, draw(st.sampled_from(Direction)),
        draw(st.sampled_from(Status)), caller=draw(numbers), caller_name=draw(names), callee=draw(numbers),
        callee_name=draw(names), queue=draw(st.sampled_from(["", "622", "711"])), employee=draw(names), project=draw(names),
        route=draw(names), trunk=draw(names), linked=draw(ids), external=draw(ids), talk_ms=draw(durations) or 0,
        ring_ms=draw(durations), wait_ms=draw(durations), has_recording=draw(st.booleans()),
        has_transcription=draw(st.booleans()), has_monitor=draw(st.booleans()),
    )  # fmt: skip


Meaning = Callable[[Call], bool]


def written(value: str) -> str:
    """A literal value in quotes."""
    return '"' + re.sub(r'(["\\*?])', r"\\\1", value) + '"'


def local(call: Call) -> datetime:
    """A call's start as its provider's wall clock shows it."""
    return datetime.fromtimestamp(call.started_ms / 1000, ZoneInfo(SOURCES[call.provider].timezone))


def key(number: str, call: Call) -> str:
    """A number in its comparable form, at the provider of a call."""
    return normalise_number(number, SOURCES[call.provider].country_code)


def _choice(name: str, members: list[str]) -> st.SearchStrategy[tuple[str, Meaning]]:
    chosen = st.lists(st.sampled_from(members), min_size=1, max_size=3)
    return chosen.map(lambda some: (f"{name}:{','.join(some)}", lambda call: str(getattr(call, name)) in some))


def _equal_text(name: str) -> st.SearchStrategy[tuple[str, Meaning]]:
    def one(value: str) -> tuple[str, Meaning]:
        return f"{name}:{written(value)}", lambda call: str(getattr(call, name)).casefold() == value.casefold()

    return st.sampled_from(NAMES).map(one)


def _starts_with(name: str) -> st.SearchStrategy[tuple[str, Meaning]]:
    def one(value: str) -> tuple[str, Meaning]:
        return f"{name}:{value}*", lambda call: str(getattr(call, name)).casefold().startswith(value.casefold())

    return st.sampled_from(["B", "bo", "å", "str", "1"]).map(one)


def _duration(name: str, column: str) -> st.SearchStrategy[tuple[str, Meaning]]:
    tests: dict[str, Callable[[int], bool]] = {
        ">30s": lambda ms: ms > 30_000,
        ">=30": lambda ms: ms >= 30_000,
        "<5s": lambda ms: ms < 5000,
        "<=5000ms": lambda ms: ms <= 5000,
        "5s..2m": lambda ms: 5000 <= ms <= 120_000,
        "30s": lambda ms: ms // 1000 == 30,
        "0.5m..": lambda ms: ms >= 30_000,
        "..0m30s": lambda ms: ms <= 30_000,
    }

    def one(value: str) -> tuple[str, Meaning]:
        def meaning(call: Call) -> bool:
            ms = getattr(call, column)
            return ms is not None and tests[value](ms)

        return f"{name}:{value}", meaning

    return st.sampled_from(sorted(tests)).map(one)


def _time(text: str, meaning: Callable[[datetime, int], bool]) -> tuple[str, Meaning]:
    return text, lambda call: meaning(local(call).replace(tzinfo=None), call.started_ms)


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text)


times = st.sampled_from(
    [
        _time("since:today", lambda at, _: at >= _day("2026-10-25")),
        _time("from:yesterday", lambda at, _: at >= _day("2026-10-24")),
        _time("to:yesterday", lambda at, _: at < _day("2026-10-25")),
        _time("on:yesterday", lambda at, _: _day("2026-10-24") <= at < _day("2026-10-25")),
        _time("on:sunday", lambda at, _: at.date() == _day("2026-10-25").date()),
        _time("since:friday", lambda at, _: at >= _day("2026-10-23")),
        _time("on:2026-10-23..2026-10-24", lambda at, _: _day("2026-10-23") <= at < _day("2026-10-25")),
        _time("on:2026-W43", lambda at, _: at >= _day("2026-10-19") and at < _day("2026-10-26")),
        _time("on:2026-10", lambda at, _: at.month == 10),
        _time("to:2026-10-25T14:20", lambda at, _: at < _day("2026-10-25T14:21")),
        _time("from:2026-10-25T14:20:30", lambda at, _: at >= _day("2026-10-25T14:20:30")),
        _time("from:14:30", lambda at, _: at >= _day("2026-10-25T14:30")),
        _time("since:-2h", lambda _, ms: ms >= NOW_MS - 2 * HOUR_MS),
        _time("to:-90m", lambda _, ms: ms <= NOW_MS - 90 * 60_000),
        _time("from:2026-10-25T00:30:00Z", lambda _, ms: ms >= parse_rfc3339("2026-10-25T00:30:00Z")),
        _time("hour:2..3", lambda at, _: at.hour in {2, 3}),
        _time("hour:22..1,7", lambda at, _: at.hour in {22, 23, 0, 1, 7}),
        _time("hour:>=17", lambda at, _: at.hour >= 17),
        _time("weekday:sat..mon,wed", lambda at, _: at.weekday() in {5, 6, 0, 2}),
        _time("on:-1d", lambda at, _: at.date() == (_day("2026-10-25") - timedelta(days=1)).date()),
    ]
)


def _number(name: str, parties: tuple[str, ...]) -> st.SearchStrategy[tuple[str, Meaning]]:
    def exact(value: str) -> tuple[str, Meaning]:
        if key(value, a_call()) == "":
            return f"{name}:{written(value)}", lambda call: key(getattr(call, parties[0]), call) == ""
        names = [f"{party}_name" for party in parties] if len(parties) == 1 and value.startswith("Anna") else []
        return (
            f"{name}:{written(value)}",
            lambda call: (
                any(key(getattr(call, party), call) == key(value, call) for party in parties)
                or any(getattr(call, party_name) == value for party_name in names)
            ),
        )

    def prefix(value: str) -> tuple[str, Meaning]:
        return f"{name}:{value}*", lambda call: any(
            text.startswith(value) for party in parties for text in (getattr(call, party), key(getattr(call, party), call))
        )

    return st.one_of(
        st.sampled_from(NUMBERS).map(exact),
        st.sampled_from(["+4670", "+40", "10", "6"]).map(prefix),
        st.just((f"{name}:withheld", lambda call: key(getattr(call, parties[0]), call) == "")),
    )


def _word(value: str) -> tuple[str, Meaning]:
    def meaning(call: Call) -> bool:
        numbers = [call.caller, call.callee]
        texts = [call.caller_name, call.callee_name, call.queue, call.employee, call.project, *numbers]
        texts += [key(number, call) for number in numbers]
        return any(value.casefold() in text.casefold() for text in texts)

    return written(value), meaning


def _identifier(name: str) -> st.SearchStrategy[tuple[str, Meaning]]:
    def one(value: str) -> tuple[str, Meaning]:
        return f"{name}:{written(value)}", lambda call: bool(getattr(call, name) == value)

    return st.sampled_from(IDS).map(one)


WORDS = ["bo", "MADSEN", "bo m", "öberg", "strauss", "ß", "%", '"hi', "a,b", "[", "\\", "62", "174", "or", "-d"]
clauses: st.SearchStrategy[tuple[str, Meaning]] = st.one_of(
    _choice("direction", ["in", "out", "internal"]),
    _choice("status", ["answered", "missed", "busy", "failed", "congestion"]),
    _choice("queue", ["622", "711", "9"]),
    *(_equal_text(name) for name in ("employee", "project", "route", "trunk")),
    *(_starts_with(name) for name in ("employee", "route")),
    _duration("duration", "talk_ms"), _duration("ring", "ring_ms"), _duration("wait", "wait_ms"),
    times, _number("number", ("caller", "callee")), _number("caller", ("caller",)), _number("callee", ("callee",)),
    st.sampled_from(WORDS).map(_word),
    *(_identifier(name) for name in ("id", "linked", "external")),
    st.sampled_from(["recording", "transcription", "monitor"]).map(
        lambda flag: (f"has:{flag}", lambda call: bool(getattr(call, f"has_{flag}")))
    ),
    st.booleans().map(
        lambda yes: (f"local:{'yes' if yes else 'no'}", lambda call: (call.direction is Direction.INTERNAL) is yes)
    ),
    st.sampled_from(["provider", "customer"]).map(lambda name: (f"{name}:NORTH", lambda call: call.provider == "north")),
    st.just(("provider:?s*", lambda call: call.provider == "Öst")),
    st.just(("provider:nobody", lambda call: False)),
)  # fmt: skip


def _excluded(inner: tuple[str, Meaning]) -> tuple[str, Meaning]:
    return f"-({inner[0]})", lambda call: not inner[1](call)


def _both(pair: tuple[tuple[str, Meaning], tuple[str, Meaning]]) -> tuple[str, Meaning]:
    (left, first), (right, second) = pair
    return f"({left}) ({right})", lambda call: first(call) and second(call)


def _either(pair: tuple[tuple[str, Meaning], tuple[str, Meaning]]) -> tuple[str, Meaning]:
    (left, first), (right, second) = pair
    return f"{left} or ({right})", lambda call: first(call) or second(call)


filters = st.recursive(
    clauses,
    lambda inner: st.one_of(inner.map(_excluded), st.tuples(inner, inner).map(_both), st.tuples(inner, inner).map(_either)),
    max_leaves=6,
)
