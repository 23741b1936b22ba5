"""Files that a provider made, saved as received."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def save(content: bytes, path: Path) -> int:
    """Writes a file as received, readable by its owner only and whole or not at all. Returns its size in bytes."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return len(content)


def safe_name(text: str, otherwise: str) -> str:
    """A file's name out of a provider's text: without folders, leading dots and signs that shells or systems read."""
    name = "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in text.replace("\\", "/").rpartition("/")[2])
    return name.strip(" .")[:120].strip(" .") or otherwise
