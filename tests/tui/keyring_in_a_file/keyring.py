"""What calltop uses of the library `keyring`, over the file that KEYRING_FILE names: a keyring that processes share."""

from __future__ import annotations

import json
import os
from pathlib import Path


class Backend:
    """Stands for a keyring that can be used."""


def get_keyring() -> Backend:
    return Backend()


def get_password(service: str, username: str) -> str | None:
    return _entries().get(f"{service} {username}")


def set_password(service: str, username: str, password: str) -> None:
    Path(os.environ["KEYRING_FILE"]).write_text(json.dumps({**_entries(), f"{service} {username}": password}), encoding="utf-8")


def _entries() -> dict[str, str]:
    path = Path(os.environ["KEYRING_FILE"])
    if path.with_suffix(".locked").exists():
        raise RuntimeError("it is locked")
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
