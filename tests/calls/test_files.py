"""What is no file is not written over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from calls.files import WholeFile


def test_a_pipe_a_device_or_a_folder_stays_what_it_is(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link, tmp_path):
        with pytest.raises(OSError, match="no regular file"), WholeFile(path):
            raise AssertionError("it was opened")
    assert pipe.is_fifo()
    assert sorted(tmp_path.iterdir()) == [link, pipe]
