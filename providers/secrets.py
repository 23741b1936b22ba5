"""Where secrets lie: in the configuration itself, in a private file of their own, or in the system's keyring."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from pydantic import BaseModel, SecretStr

from calls.files import typed_path
from calls.text import clean
from providers.defaults import ELSEWHERE

SERVICE = "calltop"
"""The name under which the keyring holds our entries."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_UNUSABLE = ("fail", "null")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A secret that is not in the configuration: `place` is how its setting ends, `where` the path or the entry."""

    place: str
    where: str

    def read(self) -> str:
        """The secret. Raises ValueError, in one line that names the place and not the secret."""
        return read_secret_file(Path(self.where)) if self.place == "_file" else read_from_keyring(self.where)


def secret_names(model: type[BaseModel]) -> tuple[str, ...]:
    """The settings of a model that are secrets."""
    return tuple(
        name for name, field in model.model_fields.items() if SecretStr in (field.annotation, *get_args(field.annotation))
    )


def gathered(data: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """The settings with each secret under its own name, as it is or as the `Elsewhere` that holds it.

    A secret that is given in two ways stands as the tuple of both, which no setting can be.
    """
    gathered = dict(data)
    for name in secret_names(model):
        ways: list[Any] = [data[name]] if data.get(name) else []
        ways += [Elsewhere(end, str(gathered.pop(name + end))) for end in ELSEWHERE if name + end in data]
        if ways:
            gathered[name] = ways[0] if len(ways) == 1 else tuple(ways)
    return gathered


def is_private(path: Path) -> bool:
    """Whether nobody but its owner may read a file."""
    return not path.stat().st_mode & _OTHERS


def read_secret_file(path: Path) -> str:
    """The content of a secret's file, without white space around it. Raises ValueError."""
    place = typed_path(path)
    try:
        if not is_private(place):
            raise ValueError(f"{path} can be read by others; run: chmod 600 {path}")
        secret = place.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text; keep nothing but the secret in it") from None
    if not secret:
        raise ValueError(f"{path} is empty; keep the secret in it")
    return secret


def read_from_keyring(entry: str) -> str:
    """A secret under `entry` in the system keyring. Raises ValueError."""
    try:
        secret = _keyring().get_password(SERVICE, entry)
    except ValueError:
        raise
    except Exception as error:  # noqa: BLE001 - each system's keyring fails in its own ways
        raise ValueError(f"the keyring cannot be read: {clean(str(error)) or type(error).__name__}") from None
    if not secret:
        raise ValueError(f"the keyring holds no {entry!r}; run: keyring set {SERVICE} {entry}")
    return str(secret)


def store_in_keyring(entry: str, secret: str) -> None:
    """Puts a secret under `entry` into the system keyring. Raises ValueError."""
    try:
        _keyring().set_password(SERVICE, entry, secret)
    except ValueError:
        raise
    except Exception as error:  # noqa: BLE001 - each system's keyring fails in its own ways
        raise ValueError(f"the keyring cannot be written: {clean(str(error)) or type(error).__name__}") from None


def keyring_trouble() -> str:
    """Why there is no keyring to use, in one sentence; "" when there is one."""
    try:
        _keyring()
    except ValueError as error:
        return str(error)
    return ""


def _keyring() -> ModuleType:
    try:
        keyring = import_module("keyring")
    except ImportError:
        raise ValueError('the system keyring needs the extra "keyring": install calltop[keyring]') from None
    backend = keyring.get_keyring()
    if type(backend).__module__.rpartition(".")[2] in _UNUSABLE:
        raise ValueError("this system has no keyring that can be used here; keep the secret in a file instead")
    return keyring
