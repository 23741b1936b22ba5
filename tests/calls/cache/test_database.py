"""Opening the cache file: who may read it, what is refused, and that a transaction is whole."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache.database import BadCache, Database, NoCache, open_for_reading
from calls.cache.reader import Reader
from calls.cache.schema import MIGRATIONS, CacheTooNew
from calls.filters import parse
from tests.calls.cache.help import NOON_MS, Cache, a_cache, record


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A cache of one call, closed."""
    path = tmp_path / "calltop.db"
    with a_cache(path) as cache:
        cache.read(record("a"))
    return path


def test_nobody_else_can_read_the_cache(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "calltop.db"
    with a_cache(path) as cache:
        cache.read(record("a"))
        with closing(open_for_reading(path)):
            names = {file.name for file in path.parent.iterdir()}
            assert names == {"calltop.db", "calltop.db-wal", "calltop.db-shm", "calltop.db.lock"}
            assert {mode(file) for file in path.parent.iterdir()} == {0o600}
    assert mode(path.parent) == 0o700


def test_a_cache_that_others_could_read_is_closed_to_them(filled: Path) -> None:
    filled.chmod(0o644)
    with a_cache(filled) as cache:
        cache.read(record("b"))
        assert {mode(file) for file in filled.parent.iterdir()} == {0o600}


def test_opening_again_finds_what_was_written(filled: Path) -> None:
    with a_cache(filled) as cache:
        assert list(cache.calls()) == ["a"]
        assert cache.rows("PRAGMA user_version") == [(len(MIGRATIONS),)]
        assert cache.rows("PRAGMA journal_mode") == [("wal",)]


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    database = Database(tmp_path / "calltop.db")
    database.close()
    database.close()
    with pytest.raises(sqlite3.ProgrammingError):
        database.connection.execute("SELECT 1")


def too_new(path: Path) -> None:
    with a_cache(path) as cache:
        cache.database.connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")


def not_a_database(path: Path) -> None:
    path.write_text("provider,calls\n" * 1000)


def of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmark (address TEXT)")


def of_another_program_with_its_own_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"CREATE TABLE bookmark (address TEXT); PRAGMA user_version = {len(MIGRATIONS)}")


OPENERS: list[Callable[[Path], object]] = [Database, Reader]


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (too_new, CacheTooNew, "newer calltop"),
        (not_a_database, BadCache, "not a database"),
        (of_another_program, BadCache, "another program"),
        (of_another_program_with_its_own_version, BadCache, "another program"),
    ],
)
def test_a_file_that_is_no_cache_of_ours_stays_untouched(
    tmp_path: Path, opener: Callable[[Path], object], make: Callable[[Path], None], error: type[Exception], words: str
) -> None:
    path = tmp_path / "calltop.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(error) as caught:
        opener(path)
    message = str(caught.value)
    assert words in message
    assert str(path) in message
    assert "\n" not in message
    assert path.read_bytes() == before


def test_without_a_cache_the_next_step_is_told(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    with pytest.raises(NoCache, match="calltop collect --once"):
        Reader(path)
    path.touch()
    with pytest.raises(NoCache):
        Reader(path)
    assert path.stat().st_size == 0


def test_a_reader_cannot_write(filled: Path) -> None:
    with closing(open_for_reading(filled)) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM call")


def test_a_cache_in_a_folder_that_cannot_be_written_can_be_read(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sqlite3.connect

    def connect(uri: str, /, **options: object) -> sqlite3.Connection:
        # What SQLite says where it may not make its shared memory; a test that runs as root cannot provoke it.
        if "immutable" not in uri:
            raise sqlite3.OperationalError("unable to open database file")
        return real(uri, **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(sqlite3, "connect", connect)
    reader = Reader(filled)
    assert [call.id for call in reader.calls(parse(""), NOON_MS)] == ["a"]
    reader.close()


def test_a_reader_sees_what_another_connection_writes(filled: Path) -> None:
    reader = Reader(filled)
    before = reader.version()
    assert reader.version() == before
    with a_cache(filled) as cache:
        cache.read(record("b"))
        assert reader.version() != before
        assert len(list(reader.calls(parse(""), NOON_MS))) == 2
    reader.close()


def unanswerable(cache: Cache) -> None:
    with cache.database.transaction() as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.execute("INSERT INTO leg SELECT 999, 0, 0, NULL, NULL, NULL, '', '', '', '', 0, ''")


def test_a_commit_that_fails_leaves_the_cache_usable(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db") as cache:
        before = cache.dump()
        with pytest.raises(sqlite3.IntegrityError):
            unanswerable(cache)
        assert cache.dump() == before
        cache.read(record("a"))
        assert list(cache.calls()) == ["a"]


def test_a_full_disk_tells_the_truth_and_passes(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db") as cache:
        [(pages,)] = cache.rows("PRAGMA page_count")
        before = cache.dump()
        cache.database.connection.execute(f"PRAGMA max_page_count = {pages}")
        many = [record(f"a{number}", caller_name="x" * 200) for number in range(200)]
        with pytest.raises(sqlite3.OperationalError, match="full"):
            cache.read(*many)
        assert cache.dump() == before
        cache.database.connection.execute("PRAGMA max_page_count = 100000")
        assert cache.read(*many).inserted == 200
