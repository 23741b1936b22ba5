"""The command line: exit codes, filters as words, data on standard output and narration on standard error."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache.database import Database
from calls.cache.writer import Reading, Writer
from calls.exports import COLUMNS
from calls.metrics import GROUPINGS, METRICS
from calls.model import Call, Derived, Direction, Record, Source, Status, Window
from tui.cli import main
from tui.command_line import build_parser

START_MS = 1_795_000_000_000
SOURCE = Source("pbx", "while1", "Europe/Bucharest", "40")
CALLERS = ("+40700000001", "=cmd|' /C calc'!A0", "0312000002")


class OneCallPerRecord:
    """A provider of calls that are their records."""

    source = SOURCE
    link_ms = 0

    def facts(self, records: Sequence[Record]) -> frozenset[str]:
        return frozenset()

    def derive(self, records: Sequence[Record], facts: frozenset[str]) -> Derived:
        return Derived(calls=tuple(self.call(record) for record in records))

    def call(self, record: Record) -> Call:
        number = int(record.key)
        status = Status.ANSWERED if number % 2 else Status.MISSED
        caller = CALLERS[number % len(CALLERS)]
        return Call(
            *("pbx", "while1", f"{caller}|{record.key}", record.started_ms, Direction.IN, status),
            caller=caller,
            callee="101",
            talk_ms=1500 if status is Status.ANSWERED else 0,
            wait_ms=2499,
        )


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with six calls and a covered hour."""
    path = tmp_path / "calltop.db"
    database = Database(path)
    writer = Writer(database)
    ids = writer.register([SOURCE])
    records = tuple(Record(str(n), str(n), START_MS + n * 1000, {"n": n}) for n in range(6))
    renamed = tuple(Record(r.key, f"{CALLERS[int(r.key) % 3]}|{r.key}", r.started_ms, r.payload) for r in records)
    covered = Window(START_MS - 1000, START_MS + 3_600_000)
    writer.store(OneCallPerRecord(), ids["pbx"], Reading(renamed, (), START_MS + 3_600_000, covered, covered.end_ms))
    database.close()
    monkeypatch.setenv("CALLTOP_CACHE", str(path))
    return path


def test_json_has_exactly_the_promised_keys_and_whole_seconds(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "--format", "json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["started_at"] for line in lines] == sorted((line["started_at"] for line in lines), reverse=True)
    assert tuple(lines[0]) == COLUMNS
    answered = next(line for line in lines if line["status"] == "answered")
    assert (answered["talk_seconds"], answered["wait_seconds"], answered["ring_seconds"]) == (2, 2, None)
    assert (answered["queue"], answered["legs"], answered["kind"]) == (None, 1, "while1")


def test_an_exclusion_may_be_the_first_word(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "-status:missed", "--format", "json"]) == 0
    found = [json.loads(line)["status"] for line in capsys.readouterr().out.splitlines()]
    assert found == ["answered"] * 3


def test_a_wrong_filter_is_one_line_with_its_column(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "direction:in statsu:missed"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "column 14" in said.err
    assert "status" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["calls", "--columns", "colour"],
        ["calls", "--limit", "-1"],
        ["calls", "-o", "~nobody.at.all/calls.csv"],
        ["calls", "--cache", "~nobody.at.all/calltop.db"],
        ["stats", "--config", "~nobody.at.all/config.toml"],
    ],
)
def test_usage_errors_are_one_line(cache: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_limit_and_columns(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "--format", "json", "--limit", "2", "--columns", "id,status"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(line) for line in lines] == [["id", "status"]] * 2


def test_masking_reaches_ids_made_of_numbers(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "--format", "json", "--mask"]) == 0
    out = capsys.readouterr().out
    assert "40700000001" not in out
    assert "+4070000••••" in out


def test_csv_runs_nothing_in_a_spreadsheet_and_is_private(cache: Path, tmp_path: Path) -> None:
    target = tmp_path / "calls.csv"
    assert main(["calls", "--format", "csv", "-o", str(target)]) == 0
    rows = list(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))
    assert {row["caller"] for row in rows} == {"+40700000001", "'" + CALLERS[1], "0312000002"}
    assert target.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_figures_by_every_grouping_add_up(cache: Path, capsys: pytest.CaptureFixture[str], grouping: str) -> None:
    assert main(["stats", "--by", grouping, "--format", "json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sum(line["offered"]["value"] for line in lines) == 6
    for line in lines:
        assert set(line) == {"group", *METRICS}
        assert set(line["answer_rate"]) == {"value", "numerator", "denominator", "grade", "complete_to"}


def test_no_calls_have_no_rate(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", "number:999", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["answer_rate"]["value"] is None


def test_a_range_that_is_not_covered_is_no_silent_zero(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "on:2020-01-01", "--format", "json"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "calltop backfill" in said.err


def test_files_may_be_named_before_and_after_the_command(tmp_path: Path) -> None:
    before, after = tmp_path / "before.db", tmp_path / "after.db"
    parse = build_parser().parse_args
    assert parse(["--cache", str(before), "stats"]).cache == before
    assert parse(["stats", "--cache", str(after)]).cache == after
    assert parse(["--cache", str(before), "stats", "--cache", str(after)]).cache == after
    assert parse(["stats"]).cache is None


def test_without_a_cache_the_answer_is_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLTOP_CACHE", str(tmp_path / "none.db"))
    with pytest.raises(SystemExit) as end:
        main(["stats"])
    assert end.value.code == 1
    assert "calltop collect --once" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["calls"], ["stats"], ["missed"], ["status"], ["sql", "SELECT * FROM calls"]])
def test_a_damaged_cache_is_one_line_that_says_what_to_do(
    cache: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with closing(sqlite3.connect(cache)) as connection:
        # What was written lies beside the file until it is moved there.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        pages = connection.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name IN ('call', 'hour')").fetchall()
    with cache.open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * size)
            file.write(b"\xee" * size)
    try:
        code = main(arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else -1
    told = capsys.readouterr()
    assert code in {1, 2}
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "malformed" in told.err
    assert "move it away" in told.err


def test_standard_output_that_is_full_is_one_line(cache: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "tui", "--cache", str(cache), "stats"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == "calltop: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("arguments", [["collect", "--once"], ["backfill", "--since", "1d"]])
def test_a_place_where_no_cache_can_be_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    file = tmp_path / "file"
    file.touch()
    configuration = tmp_path / "config.toml"
    configuration.write_text('[providers.a]\nkind = "while1"\nbase_url = "http://127.0.0.1:9"\ntoken = "t"\napi_key = "k"\n')
    configuration.chmod(0o600)
    assert main(["--config", str(configuration), "--cache", str(file / "calltop.db"), *arguments]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert f"{file}" in told


def test_the_database_of_another_program_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    before = other.read_bytes()
    monkeypatch.setenv("CALLTOP_CACHE", str(other))
    with pytest.raises(SystemExit) as end:
        main(["calls"])
    assert end.value.code == 1
    assert other.read_bytes() == before
    assert capsys.readouterr().err.count("\n") == 1


def test_without_configuration_nothing_is_polled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLTOP_CONFIG", str(tmp_path / "none.toml"))
    assert main(["collect", "--once"]) == 2
    assert "calltop demo" in capsys.readouterr().err


def test_the_interface_needs_a_terminal(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "needs a terminal" in capsys.readouterr().err
