"""The wall as a process in a real terminal: without a keyboard, resized, hung up, killed; stray keys and what ends it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tui.filled import filled_cache
from tests.tui.pseudo_terminal import Terminal, interface
from tests.tui.test_process import assert_restored

MODULE = "tests.tui.wall.run_wall"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled_cache(tmp_path_factory.mktemp("wall"))


@contextmanager
def wall(cache: Path, *options: str) -> Iterator[Terminal]:
    with interface(str(cache), *options, size=(80, 24), module=MODULE) as terminal:
        terminal.until(lambda: "ANSWERED TODAY" in terminal.text and "● soluno" in terminal.text)
        yield terminal


def test_without_a_keyboard_it_lives_follows_the_size_and_ends_with_its_terminal(cache: Path) -> None:
    with wall(cache, "--unattended", "--no-keyboard") as terminal:
        before = _processor_seconds(terminal.pid)
        # Long enough for the end of the input to be noticed, were it looked at.
        assert terminal.silent()
        assert _processor_seconds(terminal.pid) - before < 1.0
        terminal.resize(160, 45)
        terminal.until(lambda: "█▀▀ ▄▀▄ █" in terminal.text)
        terminal.hang_up()
        assert terminal.until_ended() in {0, 129}


def test_with_a_keyboard_the_end_of_the_input_is_its_end(cache: Path) -> None:
    with interface(str(cache), "--no-keyboard", size=(80, 24), module=MODULE) as terminal:
        assert terminal.until_ended() == 0


def test_stray_keys_and_clicks_do_nothing_and_a_chord_ends_it(cache: Path) -> None:
    with wall(cache, "--unattended") as terminal:
        before = terminal.text
        terminal.send(b"qxd\x1b[15~\x1a\x04/:?\r\t\x1b[<0;5;5M\x1b[<0;5;5m")
        # The key that follows is dealt with after all of them.
        terminal.send(b" ")
        terminal.until(lambda: "HELD" in terminal.text)
        assert terminal.text.replace("HELD", "    ") == before
        terminal.send(b"\x03")
        terminal.until(lambda: "ctrl+c once more ends the wall" in terminal.text)
        terminal.send(b"\x03")
        assert terminal.until_ended() == 0
        assert_restored(terminal)


def test_a_signal_ends_it_and_gives_the_screen_back(cache: Path) -> None:
    with wall(cache, "--unattended", "--no-keyboard") as terminal:
        terminal.signal(signal.SIGTERM)
        assert terminal.until_ended() == 143
        assert terminal.bytes.rfind(b"\x1b[?1049l") > terminal.bytes.rfind(b"\x1b[?1049h")
        assert terminal.bytes.rfind(b"\x1b[?25h") > terminal.bytes.rfind(b"\x1b[?25l")


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
