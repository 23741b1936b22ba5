"""The interface as a process in a real terminal: start, resize, signals, hang-up, hung reads, a stalled line."""

from __future__ import annotations

import os
import re
import signal
import stat
import termios
from pathlib import Path

import pytest

from tests.tui.pseudo_terminal import Terminal, interface
from tui.departure import drop_what_cannot_be_written

READY = "call back now"


def ready(terminal: Terminal) -> None:
    terminal.until(lambda: READY in terminal.text and "soluno ● 10:40" in terminal.text)


def assert_restored(terminal: Terminal) -> None:
    assert terminal.bytes.rfind(b"\x1b[?1049l") > terminal.bytes.rfind(b"\x1b[?1049h")
    assert terminal.bytes.rfind(b"\x1b[?25h") > terminal.bytes.rfind(b"\x1b[?25l")
    assert terminal.local_modes() & termios.ECHO
    assert terminal.local_modes() & termios.ICANON


def test_it_starts_follows_the_size_and_ends_on_q() -> None:
    with interface() as terminal:
        ready(terminal)
        assert "1 183 calls" not in terminal.text
        terminal.resize(80, 24)
        terminal.until(lambda: "[all]" in terminal.text and "│" not in terminal.text.splitlines()[5])
        terminal.send(b"q")
        assert terminal.until_ended() == 0
        assert_restored(terminal)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_and_gives_the_screen_back(number: signal.Signals, code: int) -> None:
    with interface() as terminal:
        ready(terminal)
        terminal.signal(number)
        assert terminal.until_ended() == code
        assert_restored(terminal)


def test_bytes_that_are_no_text_are_passed_over() -> None:
    with interface() as terminal:
        ready(terminal)
        terminal.send(b"/\xff\xfenum\xe9ber\xc3\xa9")
        terminal.until(lambda: "numberé" in terminal.text)
        terminal.send(b"\x03")
        assert terminal.until_ended() == 0
        assert_restored(terminal)


def test_a_closed_window_ends_it() -> None:
    with interface() as terminal:
        ready(terminal)
        terminal.hang_up()
        assert terminal.until_ended() in {0, 129}


def test_input_at_its_end_ends_it() -> None:
    with interface("--input-ends") as terminal:
        ready(terminal)
        assert terminal.until_ended() == 0
        assert_restored(terminal)


@pytest.mark.parametrize("number", [None, signal.SIGTERM])
def test_a_read_that_hangs_does_not_hold_up_the_end(number: signal.Signals | None) -> None:
    with interface("--hang") as terminal:
        terminal.until(lambda: "calltop" in terminal.text and "q quit" in terminal.text)
        if number:
            terminal.signal(number)
        else:
            terminal.send(b"q")
        assert terminal.until_ended() == (143 if number else 0)
        assert_restored(terminal)


def test_a_line_that_takes_no_more_bytes_does_not_hold_up_the_end() -> None:
    with interface("--noisy", "--grace-seconds", "0.5", size=(200, 60)) as terminal:
        terminal.until(lambda: b"calltop" in terminal.bytes)
        # Nobody reads from here on, so the terminal's buffer fills and every write waits.
        terminal.until_stalled()
        terminal.signal(signal.SIGTERM)
        assert terminal.until_ended_unread() == 143


def test_ctrl_z_stops_it_and_it_comes_back() -> None:
    with interface() as terminal:
        ready(terminal)
        terminal.send(b"\x1a")
        terminal.until(terminal.stopped)
        assert_restored(terminal)
        seen = len(terminal.bytes)
        terminal.signal(signal.SIGCONT)
        terminal.until(lambda: b"\x1b[?1049h" in terminal.bytes[seen:] and b"waiting for the first" in terminal.bytes[seen:])
        terminal.send(b"q")
        assert terminal.until_ended() == 0


def test_a_process_that_is_continued_takes_the_terminal_again_and_reads_its_keys_once() -> None:
    with interface() as terminal:
        ready(terminal)
        threads = _threads(terminal.pid)
        for _ in range(3):
            # A shell that has stopped it reads lines, and draws over it.
            terminal.change_local_modes(termios.ECHO | termios.ICANON)
            seen = len(terminal.bytes)
            terminal.signal(signal.SIGCONT)
            terminal.until(lambda seen=seen: READY.encode() in terminal.bytes[seen:].partition(b"\x1b[?1049h")[2])  # type: ignore[misc]
            assert not terminal.local_modes() & (termios.ECHO | termios.ICANON)
            assert _threads(terminal.pid) == threads
        terminal.send(b"q")
        assert terminal.until_ended() == 0
        assert_restored(terminal)


def _threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def test_a_crash_leaves_one_line_a_private_log_and_no_values(tmp_path: Path) -> None:
    with interface("--crash", "--state-folder", str(tmp_path)) as terminal:
        assert terminal.until_ended() == 1
        assert_restored(terminal)
        after = terminal.bytes.rpartition(b"\x1b[?25h")[2]
        words = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", after).decode().split()
        (log,) = tmp_path.iterdir()
        assert "calltop ended on an error of its own: AttributeError" in " ".join(words)
        assert log.name in "".join(words)
        assert b"Traceback" not in terminal.bytes
        assert b"s3cret" not in terminal.bytes
        assert "s3cret" not in log.read_text()
        assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_hostile_text_reaches_the_terminal_as_text_only() -> None:
    with interface("--hostile", size=(160, 45)) as terminal:
        terminal.until(lambda: READY in terminal.text and "[@click=app" in terminal.text)
        terminal.send(b"q")
        assert terminal.until_ended() == 0
        assert b"\x1b]52" not in terminal.bytes
        assert "\u202e".encode() not in terminal.bytes
        assert "\u200b".encode() not in terminal.bytes


def test_without_colour_no_colour_is_sent() -> None:
    with interface(environment={"NO_COLOR": "1"}) as terminal:
        ready(terminal)
        colours = {
            (int(red), int(green), int(blue))
            for red, green, blue in re.findall(rb"[34]8;2;([0-9]+);([0-9]+);([0-9]+)", terminal.bytes)
        }
        assert all(max(colour) - min(colour) <= 3 for colour in colours)
        assert not re.search(rb"\x1b\[(?:[0-9;]*;)?(?:3[1-6]|9[1-6])m", terminal.bytes)


def test_in_ascii_only_ascii_is_sent() -> None:
    with interface("--ascii", environment={"LANG": "C", "LC_ALL": "C"}) as terminal:
        terminal.until(lambda: READY in terminal.text and "soluno * 10:40" in terminal.text)
        assert terminal.bytes.isascii()


def test_at_rest_nothing_is_sent() -> None:
    with interface("calm") as terminal:
        ready(terminal)
        # The clock stands still here: once the first frames are out, silence is all there may be.
        terminal.until(terminal.silent)
        assert os.getpgid(terminal.pid) == terminal.pid


@pytest.mark.parametrize("arguments", [(), ("wall",)])
def test_a_terminal_that_can_show_no_screen_is_told_what_else_to_do(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    config = tmp_path / "config.toml"
    config.write_text("", encoding="utf-8")
    given = (*arguments, "--config", str(config), "--cache", str(tmp_path / "none.db"))
    with interface(*given, environment={"TERM": "dumb"}, module="tui.cli") as terminal:
        terminal.until(lambda: "calltop status" in " ".join(terminal.text.split()))
        assert terminal.until_ended() == 2
        assert b"\x1b[?1049h" not in terminal.bytes


def test_what_a_gone_terminal_no_longer_takes_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "w", encoding="utf-8") as gone:
        gone.write("the last frame")
        os.close(read_end)
        with pytest.raises(BrokenPipeError):
            gone.flush()
        monkeypatch.setattr("sys.stderr", gone)
        drop_what_cannot_be_written()
        gone.flush()
