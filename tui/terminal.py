"""The terminal as it is: text that must not reach it, its clipboard, and how to notice that it has gone."""

from __future__ import annotations

import base64
import fcntl
import os
import re
import select
import selectors
import struct
import termios
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Mapping
from pathlib import Path

from rich.cells import cell_len
from rich.segment import Segment
from textual._xterm_parser import XTermParser
from textual.color import Color
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter

from calls.files import WholeFile

COPIED_FILE = "copied.txt"
_READ_BYTES = 4096
# So long after an escape that nothing follows, it is the key.
_LOOK_SECONDS = 0.1

# Control characters, and characters that reorder, join or hide others.
_HOSTILE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_NOT_ASCII = re.compile("[^ -~]")


class HostileTextFilter(LineFilter):
    """The second wall: whatever a widget draws, no control or bidirectional character reaches the terminal.

    The first wall cleans text where it enters the program. With `ascii_only`, everything else outside ASCII is
    replaced too, for terminals that have nothing else. Widths are kept, so that nothing beside it moves.
    """

    def __init__(self, ascii_only: bool = False) -> None:
        super().__init__()
        self._refused = _NOT_ASCII if ascii_only else _HOSTILE

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without such characters; control segments are the library's own and pass."""
        search = self._refused.search
        if not any(search(segment.text) for segment in segments if segment.control is None):
            return segments
        return [
            segment
            if segment.control is not None
            else Segment(self._refused.sub(_replacement, segment.text), segment.style, None)
            for segment in segments
        ]


def _replacement(match: re.Match[str]) -> str:
    character = match[0]
    cells = cell_len(character)
    if _HOSTILE.match(character):
        return " " * cells
    base = unicodedata.normalize("NFKD", character)[:1]
    return base if cells == 1 and base.isascii() and base.isprintable() else "?" * cells


def clipboard_sequence(text: str, environment: Mapping[str, str]) -> str:
    """The sequence (OSC 52) that puts a text into the clipboard of the terminal, also through tmux and screen.

    Inside tmux both ways are tried: tmux's own clipboard, and passing the sequence on to the terminal around it.
    """
    plain = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
    if environment.get("TMUX"):
        inner = plain.replace("\x1b", "\x1b\x1b")
        return f"{plain}\x1bPtmux;{inner}\x1b\\"
    if environment.get("STY"):
        return f"\x1bP{plain}\x1b\\"
    return plain


class TerminalDriver(LinuxDriver):
    """The library's driver, which survives a terminal that has gone, and bytes that are no text.

    Its writer thread ends at the first write that fails; afterwards writes would fill a queue that nobody empties and
    block for ever. Its reader ends at the first byte that is no UTF-8, which terminals of another encoding send. And it takes
    the terminal at every SIGCONT, also while it has it: a second reader would take keys from the first and outlive the end.
    """

    def resume_application_mode(self) -> None:
        """Takes the terminal where it was given back. Where it was not, it is given back first, at a moment at which nothing is
        written: SIGCONT follows a SIGSTOP, which nobody is told of and after which the shell has used the terminal; and the
        SIGHUP of one that has gone."""
        if self._has_terminal():
            self._loop.call_soon_threadsafe(self._take_again)
        else:
            super().resume_application_mode()

    def _has_terminal(self) -> bool:
        return self._key_thread is not None and self._key_thread.is_alive()

    def _take_again(self) -> None:
        if self._has_terminal():
            self._must_signal_resume = True
            self.suspend_application_mode()
            super().resume_application_mode()

    def run_input_thread(self) -> None:
        """Hands on what is typed; bytes that are no UTF-8 are passed over."""
        parser = XTermParser()
        decode = getincrementaldecoder("utf-8")("ignore").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                try:
                    typed = os.read(self.fileno, _READ_BYTES) if selector.select(_LOOK_SECONDS) else None
                except OSError:
                    typed = b""
                if typed == b"":
                    # The end of the input, and that the terminal has gone, are to be read at once, for ever.
                    self.exit_event.wait(_LOOK_SECONDS)
                text = decode(typed or b"")
                # The parser takes an empty text for the end of the input; that the terminal has gone is seen by the watch.
                for event in (*(parser.feed(text) if text else ()), *parser.tick()):
                    self.process_message(event)

    def write(self, data: str) -> None:
        """Writes, as long as somebody reads."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)

    def close(self) -> None:
        """Ends the writer thread if it still runs."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().close()


class TerminalWatch:
    """Notices that the input has ended: the window was closed, the connection dropped, or the file is at its end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)
        self._empty_before = False

    def gone(self) -> bool:
        """Whether the terminal is gone. Costs microseconds.

        Readable without anything to read means the end of the input, unless somebody read it between the two
        questions; so it must be so twice running.
        """
        events = self._poll.poll(0)
        flags = events[0][1] if events else 0
        if flags & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
            return True
        empty = bool(flags & select.POLLIN) and self._waiting_bytes() == 0
        gone = empty and self._empty_before
        self._empty_before = empty
        return gone

    def _waiting_bytes(self) -> int:
        answer = fcntl.ioctl(self._descriptor, termios.FIONREAD, b"\0" * 4)
        return int(struct.unpack("i", answer)[0])


def private_file(path: os.PathLike[str], text: str) -> None:
    """Writes a new file that only its owner can read. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)


def save_copy(folder: Path | None, text: str, called: str) -> str:
    """Writes a text that cannot be copied to a private file in a folder, over the one before; what to say about it."""
    if folder is None:
        return f"{called} cannot be saved: there is no folder for it"
    path = folder / COPIED_FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with WholeFile(path) as whole:
            whole.file.write(f"{text}\n".encode("utf-8", "replace"))
            whole.keep()
    except OSError as error:
        return f"{path} cannot be written: {error.strerror}"
    return f"saved {called} in {path}"
