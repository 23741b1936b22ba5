"""One run: fills every engine with the same calls and measures each row of the table."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.budgets import CALLS, INGEST, PAGE_BESIDE_WRITER, QUERIES, SIZE, VERSION, Budget
from benchmarks.engines import Calltop, Engine, Plain
from benchmarks.interface import NEW_CALLS, measure_interface
from benchmarks.load import records
from benchmarks.measure import Spread, fill, in_turn, processes
from benchmarks.readers import beside_a_writer

LAST_RECORDS = 1_000


@dataclass(frozen=True, slots=True)
class Measured:
    """One row: what calltop took, what the others took by name, in the unit of the budget."""

    budget: Budget
    spread: Spread
    others: Mapping[str, float]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """All rows of one run."""

    calls: int
    rows: tuple[Measured, ...]


def measure(folder: Path, calls: int, rounds: int, seconds: float) -> Run:
    """Measures everything with so many calls. Raises AssertionError when engines give different answers."""
    _tell(f"making {calls} calls")
    # Made anew for every engine, since ten million of them are more than fits into memory.
    last = deque(records(calls), maxlen=LAST_RECORDS)
    newest = list(last)[-NEW_CALLS:]
    number = str(next(row.payload["caller"] for _, row in reversed(last) if row.payload["direction"] == "in"))
    _tell("storing them")
    cache, plain_path, duck_path = folder / "calltop.db", folder / "plain.db", folder / "duck.db"
    per_second = fill(cache, records(calls))
    plain, duck = Plain.sqlite(plain_path), Plain.duckdb(duck_path)
    for other in [plain, *([duck] if duck else [])]:
        other.load(records(calls))
    sizes = {"plain SQLite": plain_path.stat().st_size / calls}
    ours = Calltop(cache)
    engines: list[Engine] = [ours, plain, *([duck] if duck else [])]
    found = [_query(budget, engines, number, rounds) for budget in QUERIES]
    for engine in engines:
        engine.close()
    found.append(Measured(INGEST, Spread(per_second, per_second, per_second), {}))
    size = cache.stat().st_size / calls
    found.append(Measured(SIZE, Spread(size, size, size), sizes))
    nothing, *some = processes(cache, rounds)
    for budget, spread in zip((VERSION, CALLS), some, strict=True):
        ratios = [value / nothing.median for value in (spread.median, spread.least, spread.most)]
        found.append(Measured(budget, Spread(*ratios), {}))
    _tell("paging beside a writer")
    median, slowest, committed = beside_a_writer(cache, number, seconds)
    note = f"{committed:.0f} records/s committed meanwhile"
    found.append(Measured(PAGE_BESIDE_WRITER, Spread(slowest, median, slowest), {}, note))
    _tell("the interface")
    found += [Measured(budget, spread, {}) for budget, spread in measure_interface(cache, newest, rounds, seconds)]
    return Run(calls, tuple(found))


def _query(budget: Budget, engines: list[Engine], number: str, rounds: int) -> Measured:
    _tell(budget.name)
    questions = [(engine.name, engine.questions(number).get(budget.name)) for engine in engines]
    asked = [(name, question) for name, question in questions if question is not None]
    answers = {name: question() for name, question in asked}
    assert len(set(answers.values())) == 1, f"{budget.name}: {answers}"
    ours, *others = in_turn([question for _, question in asked], rounds)
    names = [name for name, _ in asked[1:]]
    return Measured(budget, ours, {name: spread.median for name, spread in zip(names, others, strict=True)})


def _tell(what: str) -> None:
    print(what, file=sys.stderr)
