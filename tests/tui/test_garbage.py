"""The search for garbage is put off at a start, and on again whatever becomes of it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui import garbage
from tui.cli import main


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What a test froze thaws again."""
    yield
    gc.unfreeze()
    gc.enable()


def test_the_search_goes_on_without_what_the_start_has_made() -> None:
    garbage.put_off()
    assert not gc.isenabled()
    garbage.search()
    assert gc.isenabled()
    frozen = gc.get_freeze_count()
    assert frozen > 0
    made: list[list[object]] = [[] for _ in range(1000)]
    garbage.search()
    # Some that were frozen may have gone meanwhile; none of what was made since has come.
    assert gc.get_freeze_count() <= frozen < gc.get_freeze_count() + len(made)


@pytest.mark.parametrize(("arguments", "code"), [(["config", "path"], 0), (["calls", "nonsense:"], 2), ([], 2)])
def test_after_a_command_the_search_is_on(arguments: list[str], code: int, tmp_path: Path) -> None:
    garbage.put_off()
    assert main(["--config", str(tmp_path / "none.toml"), *arguments]) == code
    assert gc.isenabled()


def test_what_a_command_put_off_is_on_again_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_args: object) -> int:
        garbage.put_off()
        raise RuntimeError

    monkeypatch.setattr("tui.commands.config.run", run)
    with pytest.raises(RuntimeError):
        main(["config", "path"])
    assert gc.isenabled()
