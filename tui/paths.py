"""Where configuration, cache and logs live. Every command asks, so what only some need is imported in the functions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calls.files import typed_path

APPLICATION = "calltop"


class UsageError(Exception):
    """The command line or the configuration cannot be used; the message is one line that says what to do."""


def placed(path: Path) -> Path:
    """A path that a person typed, with their home put in. Raises `UsageError`."""
    try:
        return typed_path(path)
    except ValueError as error:
        raise UsageError(str(error)) from None


def config_path(flag: Path | None) -> Path:
    """The configuration file: `--config`, else CALLTOP_CONFIG, else `config.toml` in the person's configuration folder."""
    if flag is not None:
        return placed(flag)
    if named := os.environ.get("CALLTOP_CONFIG"):
        return placed(Path(named))
    from platformdirs import user_config_path

    return user_config_path(APPLICATION) / "config.toml"


def read_config(path: Path) -> Mapping[str, Any]:
    """The configuration file as it stands, empty when there is none. Raises `UsageError`."""
    try:
        written = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    import tomllib

    try:
        return tomllib.loads(written.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no valid TOML: {error}") from None
    except RecursionError:
        raise UsageError(f"{path} is nested too deeply; write it like the example of calltop config init") from None


def cache_path(chosen: Path | None) -> Path:
    """The cache file: the one that was chosen, else `calltop.db` in the person's data folder."""
    if chosen is not None:
        return placed(chosen)
    from platformdirs import user_data_path

    return user_data_path(APPLICATION) / "calltop.db"


def state_folder() -> Path:
    """The folder of logs."""
    from platformdirs import user_state_path

    return user_state_path(APPLICATION)
