"""What is shown is written to a file, by keys; what is chosen is saved where the clipboard is out of reach."""

from __future__ import annotations

import csv
import json
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from calls.exports import ALL_COLUMNS, FORMATS
from tests.tui.driving import WIDE, Driven, driven
from tests.tui.filled import driven_over
from tests.tui.long_cache import CALLS, long_cache
from tui.cache_feed import CacheFeed
from tui.exporting import Exportable, ExportThread, ExportTold, Target
from tui.feed import NothingCached
from tui.screens.exporter import ALL, SHOWN, target_of
from tui.screens.form import FormScreen
from tui.widgets.call_table import CallTable

pytestmark = pytest.mark.anyio
It = Driven[CacheFeed]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to export to."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@asynccontextmanager
async def calls_screen(folder: Path, size: tuple[int, int] = WIDE, **options: Any) -> AsyncIterator[It]:
    async with driven_over(long_cache(folder), size, **options) as it:
        await it.press("2")
        await it.until(lambda: it.app.current_screen.ready and not it.app.current_screen.asking)
        await it.until(lambda: it.app.current_screen.query_one(CallTable).call is not None)
        yield it


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def status(it: It) -> str:
    return it.app.current_screen.status._bottom.status_text


async def exported(it: It, *choices: str) -> None:
    """Opens the form, makes the choices field by field, sends, and waits for the end."""
    await it.press("e")
    await it.until(lambda: isinstance(it.app.screen, FormScreen))
    await it.press(*choices, "ctrl+s")
    await it.until(lambda: not it.app.current_screen.exporter.running and status(it))


async def test_the_export_has_the_calls_of_the_filter_in_order_and_columns_of_the_table(tmp_path: Path, here: Path) -> None:
    async with calls_screen(tmp_path) as it:
        await it.press("slash")
        await it.type("status:missed")
        await it.press("enter", "left", "left", "s")
        await exported(it)
        path = here / "calls-2026-11-23.csv"
        assert status(it) == f"1 000 calls in {path}"
    with path.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == [
        *("started_at", "status", "direction", "provider", "caller", "caller_name", "callee", "callee_name"),
        *("queue", "employee", "wait_seconds", "talk_seconds"),
    ]
    assert len(rows) == CALLS // 3
    assert {row[1] for row in rows} == {"missed"}
    waits = [int(row[-2]) for row in rows]
    assert waits == sorted(waits, reverse=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names_in(here) == [path.name]


async def test_every_column_can_be_exported_as_json(tmp_path: Path, here: Path) -> None:
    async with calls_screen(tmp_path, (60, 16)) as it:
        await exported(it, "right", "tab", "right")
    path = here / "calls-2026-11-23.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(rows) == CALLS
    assert tuple(rows[0]) == ALL_COLUMNS


async def test_the_live_screen_exports_its_calls_too(tmp_path: Path, here: Path) -> None:
    async with driven_over(long_cache(tmp_path)) as it:
        await exported(it)
        assert status(it).startswith("3 000 calls in ")
        assert len((here / "calls-2026-11-23.csv").read_text().splitlines()) == CALLS + 1


async def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_written(tmp_path: Path, here: Path) -> None:
    (here / "calls-2026-11-23.csv").touch()
    async with calls_screen(tmp_path) as it:
        await it.press("e")
        await it.until(lambda: isinstance(it.app.screen, FormScreen))
        await it.press("ctrl+s")
        assert "calls-2026-11-23.csv is there already; name another file" in it.screen_text()
        await it.press("escape")
        assert not it.app.current_screen.exporter.running
    assert (here / "calls-2026-11-23.csv").read_text() == ""


async def test_without_a_cache_nothing_is_exported_and_that_is_said(tmp_path: Path, here: Path) -> None:
    async with driven_over(tmp_path / "none.db") as it:
        await exported(it)
        assert status(it) == "nothing was exported: there is no cache yet"
    assert not names_in(here)


async def test_y_in_capitals_saves_what_would_be_copied(tmp_path: Path) -> None:
    async with calls_screen(tmp_path, state_folder=tmp_path) as it:
        await it.press("j", "y")
        assert "Y saves it to a file instead" in status(it)
        await it.press("Y")
        path = tmp_path / "copied.txt"
        assert status(it) == f"saved +46 70 000 29 98 in {path}"
        assert path.read_text() == "+46700002998\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        await it.press("j", "Y")
        assert path.read_text() == "+46700002997\n"


async def test_without_a_folder_for_it_a_copy_cannot_be_saved(tmp_path: Path) -> None:
    async with driven() as it:
        await it.press("j", "Y")
        assert "there is no folder for it" in it.status


# Without a screen.


@pytest.mark.parametrize(
    ("format_name", "path", "field", "words"),
    [
        ("csv", "a.json", "path", "its ending means json, and the format is csv"),
        ("csv", "nowhere/a.csv", "path", "there is no folder"),
        ("csv", "there.csv", "path", "there.csv is there already"),
        ("csv", "x" * 400, "path", "it cannot be a file"),
        ("csv", "/", "path", "there is no folder"),
        ("csv", "~nobody.at.all/a.csv", "path", "~nobody.at.all is nobody's home here"),
    ],
)
def test_a_place_that_will_not_do_is_refused(here: Path, format_name: str, path: str, field: str, words: str) -> None:
    (here / "there.csv").touch()
    found = target_of({"format": format_name, "path": path})
    assert isinstance(found, dict)
    assert words in found[field]


@pytest.mark.parametrize("name", FORMATS)
def test_the_ending_follows_the_format(here: Path, name: str) -> None:
    suffix = FORMATS[name].suffix
    for path in ("report", f"report{suffix}"):
        found = target_of({"format": name, "path": path, "columns": ALL})
        assert found == Target(Path(f"report{suffix}"), name, every_column=True) or "install" in str(found)
    assert "every_column=True" not in str(target_of({"format": name, "path": "report", "columns": SHOWN}))


class StandingFeed:
    """Calls whatever it is asked, and writes down that it was given back."""

    closed = False

    def read(self, question: Any) -> Any:
        return question(self)

    def close(self) -> None:
        self.closed = True


def test_an_export_that_is_ended_leaves_no_file(tmp_path: Path) -> None:
    begun, told = threading.Event(), list[ExportTold]()

    def write(_reader: object, target: Target, progress: Any) -> int:
        progress(500)
        begun.set()
        assert thread._ended.wait(10)
        progress(1000)
        target.path.touch()
        return 1000

    feed: Any = StandingFeed()
    export = Exportable("the calls", "call", "calls", write)
    thread = ExportThread(feed, export, Target(tmp_path / "a.csv", "csv"), told.append)  # type: ignore[arg-type]
    thread.start()
    assert begun.wait(10)
    thread.stop(10)
    assert not thread.is_alive()
    assert [(one.rows, one.stopped) for one in told] == [(500, False), (0, True)]
    assert feed.closed
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "a.csv cannot be written: No space left on device"),
        (NothingCached(), "there is no cache yet"),
        (ValueError("\x1b[31mbroken\u202e"), "[31mbroken"),
    ],
)
def test_what_goes_wrong_is_one_clean_sentence(tmp_path: Path, error: Exception, words: str) -> None:
    def write(_reader: object, _target: Target, _progress: Any) -> int:
        raise error

    told: list[ExportTold] = []
    feed: Any = StandingFeed()
    export = Exportable("the calls", "call", "calls", write)
    ExportThread(feed, export, Target(tmp_path / "a.csv", "csv"), told.append).run()  # type: ignore[arg-type]
    assert told[-1].ended
    assert told[-1].trouble.endswith(words)
    assert "\x1b" not in told[-1].trouble
