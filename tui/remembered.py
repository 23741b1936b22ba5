"""What the interface remembers between two runs: the person's columns and the like, in one private file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from calls.files import WholeFile

FILE_NAME = "interface.json"
MOST_BYTES = 1_000_000


class Remembered:
    """Sections of JSON, each with a name. Without a path they last as long as the program.

    `trouble` is one sentence when the file could not be read or written; what it says is then ignored. Reading and writing
    take less than a millisecond, so that the screen may do both.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.trouble = ""
        self._sections: dict[str, Any] = {}
        self._sections = self._read()

    def get(self, section: str) -> Any:
        """What was put there last, None when nothing was. It may be anything that JSON can hold: the file is the person's."""
        return self._sections.get(section)

    def put(self, section: str, value: Any) -> None:
        """Keeps a value that JSON can hold. What another window has put into other sections meanwhile stays."""
        if self._sections.get(section) == value:
            return
        self._sections = {**self._read(), section: value}
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with WholeFile(self._path) as whole:
                whole.file.write(json.dumps(self._sections, indent=1, sort_keys=True).encode())
                whole.keep()
        except OSError as error:
            self.trouble = f"{self._path} cannot be written, so it is not remembered: {error.strerror}"

    def _read(self) -> dict[str, Any]:
        if self._path is None:
            return self._sections
        try:
            # A pipe or a device in its place would hold up the screen.
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                found = json.loads(file.read(MOST_BYTES))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no valid JSON"
            self.trouble = f"{self._path} is ignored ({reason}); remove it, or leave it: the next change writes it anew"
            return {}
        return found if isinstance(found, dict) else {}
