"""What is no file is not written over; a home is put in where there is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from calls.files import WholeFile, typed_path


def test_a_pipe_a_device_or_a_folder_stays_what_it_is(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link, tmp_path):
        with pytest.raises(OSError, match="no regular file"), WholeFile(path):
            raise AssertionError("it was opened")
    assert pipe.is_fifo()
    assert sorted(tmp_path.iterdir()) == [link, pipe]


def test_a_home_is_put_in_and_one_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert typed_path(Path("~/calls.csv")) == tmp_path / "calls.csv"
    assert typed_path(Path("a~b/c")) == Path("a~b/c")
    with pytest.raises(ValueError, match=r"^~nobody.at.all/c: ~nobody.at.all is nobody's home here$"):
        typed_path(Path("~nobody.at.all/c"))
