"""What the tests of the command and the interface share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

KEYRING_FOLDER = Path(__file__).with_name("keyring_in_a_file")


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A keyring in the place of the system's; the file that it lies in."""
    monkeypatch.delitem(sys.modules, "keyring", raising=False)
    monkeypatch.syspath_prepend(str(KEYRING_FOLDER))
    monkeypatch.setenv("PYTHONPATH", str(KEYRING_FOLDER))
    monkeypatch.setenv("KEYRING_FILE", str(tmp_path / "keyring.json"))
    yield tmp_path / "keyring.json"
    sys.modules.pop("keyring", None)
