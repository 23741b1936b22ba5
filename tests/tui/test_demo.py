"""The demo leaves nothing behind, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.tui.pseudo_terminal import ROOT
from tui.command_line import build_parser
from tui.commands.demo import demo_site

DEADLINE_SECONDS = 30.0
SIMULATE = ("-m", "tui", "simulate", "--days", "0", "--until-input-ends")


def test_the_simulated_providers_end_when_whoever_started_them_has_gone() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, *SIMULATE], stdin=pipe, stderr=pipe, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        assert "five providers at" in process.stderr.readline()
        process.stdin.close()
        process.wait(DEADLINE_SECONDS)
    assert process.returncode in (0, -signal.SIGTERM)


def _hang_up(folder: Path) -> None:
    assert folder.is_dir()
    os.kill(os.getpid(), signal.SIGHUP)


def test_a_signal_before_the_interface_is_there_leaves_no_cache_and_no_handler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = signal.getsignal(signal.SIGHUP)
    site = demo_site(build_parser().parse_args(["demo", "--days", "0"]))
    with pytest.raises(SystemExit) as end, site as cache:
        _hang_up(cache.parent)
    assert end.value.code == 128 + signal.SIGHUP
    assert not list(tmp_path.iterdir())
    assert signal.getsignal(signal.SIGHUP) == before
