"""The terminal's ways: its clipboard, its end; and how the interface ends."""

from __future__ import annotations

import base64
import os
import pty
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import ScreenStackError

from tests.tui.driving import driven
from tests.tui.fake_feed import FakeFeed, FakePoller, FixedClock
from tui.departure import close_all, crash_report
from tui.messages import SnapshotReady
from tui.terminal import TerminalDriver, TerminalWatch, clipboard_sequence, private_file
from tui.terminal_app import TerminalApp


def test_the_clipboard_sequence_carries_the_text() -> None:
    plain = clipboard_sequence("+46722222222", {})
    assert plain == f"\x1b]52;c;{base64.b64encode(b'+46722222222').decode()}\x07"


def test_through_tmux_and_screen_it_is_passed_on() -> None:
    plain = clipboard_sequence("711", {})
    tmux = clipboard_sequence("711", {"TMUX": "/tmp/tmux,1,0"})
    assert tmux.startswith(plain)
    assert tmux.endswith("\x1bPtmux;" + plain.replace("\x1b", "\x1b\x1b") + "\x1b\\")
    assert clipboard_sequence("711", {"STY": "1.pts"}) == f"\x1bP{plain}\x1b\\"


def test_a_terminal_that_is_there_is_not_gone() -> None:
    master, slave = pty.openpty()
    watch = TerminalWatch(slave)
    assert not watch.gone()
    os.write(master, b"x\n")
    assert not watch.gone()
    assert not watch.gone()
    os.close(master)
    assert watch.gone()
    os.close(slave)


def test_a_file_at_its_end_is_gone_at_the_second_look() -> None:
    reading, writing = os.pipe()
    watch = TerminalWatch(reading)
    assert not watch.gone()
    os.close(writing)
    assert watch.gone() or watch.gone()
    os.close(reading)


def test_a_private_file_is_new_and_only_its_owner_s(tmp_path: Path) -> None:
    path = tmp_path / "log"
    private_file(path, "text")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        private_file(path, "other")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"exists|symbolic"):
        private_file(tmp_path / "link", "text")


def _only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def _failing(token: str) -> None:
    assert token
    raise ValueError("something broke")


def test_a_crash_report_has_the_trace_and_no_values(tmp_path: Path) -> None:
    try:
        _failing("s3cret")
    except ValueError as error:
        words = crash_report(error, tmp_path / "state")
    assert "\n" not in words
    (path,) = (tmp_path / "state").iterdir()
    assert str(path) in words
    log = path.read_text()
    assert "something broke" in log
    assert "_failing" in log
    assert "s3cret" not in log.replace('_failing("s3cret")', "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_place_for_its_log_a_crash_says_so(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("")
    assert "no log" in crash_report(ValueError("x"), occupied / "state")
    assert "ValueError" in crash_report(ValueError("x"), None)


@pytest.mark.anyio
async def test_an_error_of_our_own_ends_with_one_line_and_code_one(tmp_path: Path) -> None:
    code = None
    with pytest.raises(AttributeError):  # noqa: PT012 - the harness raises what ended the interface when it is left
        async with driven(state_folder=tmp_path) as it:
            it.live.post_message(SnapshotReady(1, object()))
            await it.until(lambda: it.app.return_code is not None)
            code = it.app.return_code
    assert code == 1
    assert "AttributeError" in _only_file(tmp_path).read_text()


def test_closing_ends_the_poller_and_then_the_feed() -> None:
    feed, poller = FakeFeed(FixedClock()), FakePoller()
    close_all(feed, poller)
    assert poller.stopped
    assert feed.closed


def test_closing_does_not_wait_for_a_feed_that_hangs() -> None:
    feed = FakeFeed(FixedClock())
    never = threading.Event()
    feed.close = never.wait  # type: ignore[method-assign, assignment]
    close_all(feed, None, seconds=0.05)
    never.set()


def test_the_interface_imports_neither_network_nor_providers() -> None:
    code = (
        "import sys, tui.app; "
        "found = {'providers', 'httpx', 'pydantic', 'stamina', 'uvicorn'} & set(sys.modules); "
        "assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_text_of_the_screens_needs_no_widgets() -> None:
    code = (
        "import sys, tui.lines.header, tui.lines.calls, tui.lines.people, tui.lines.bars, tui.lines.help, tui.lines.figures; "
        "assert 'textual' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


class CountedEnd(threading.Event):
    """Ends the reading after it has been waited for three times."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.waits += 1
        if self.waits == 3:
            self.set()
        return self.is_set()


def input_at_its_end() -> int:
    reading, writing = os.pipe()
    os.close(writing)
    return reading


def input_that_fails() -> int:
    # Ready and not to be read, as a terminal that has hung up.
    return os.open("/", os.O_RDONLY)


@pytest.mark.parametrize("opened", [input_at_its_end, input_that_fails])
def test_an_input_with_nothing_more_to_come_is_looked_at_now_and_then_only(opened: Callable[[], int]) -> None:
    driver, ending = TerminalDriver.__new__(TerminalDriver), CountedEnd()
    driver.fileno, driver.exit_event = opened(), ending
    driver.run_input_thread()
    os.close(driver.fileno)
    assert ending.waits == 3


def test_before_the_first_screen_nothing_is_selected() -> None:
    app = TerminalApp(ascii_only=False, theme="", state_folder=None)
    with pytest.raises(ScreenStackError):
        assert app.screen
    app.clear_selection()
