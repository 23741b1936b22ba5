"""Where configuration, cache and logs live. Imports nothing heavy, because every command asks."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path, user_state_path

APPLICATION = "calltop"


class UsageError(Exception):
    """The command line or the configuration cannot be used; the message is one line that says what to do."""


def config_path(flag: Path | None) -> Path:
    """The configuration file: `--config`, else CALLTOP_CONFIG, else `config.toml` in the person's configuration folder."""
    if flag is not None:
        return flag.expanduser()
    if named := os.environ.get("CALLTOP_CONFIG"):
        return Path(named).expanduser()
    return user_config_path(APPLICATION) / "config.toml"


def read_config(path: Path) -> Mapping[str, Any]:
    """The configuration file as it stands, empty when there is none. Raises `UsageError`."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no valid TOML: {error}") from None


def cache_path(flag: Path | None, config: Mapping[str, Any]) -> Path:
    """The cache file: `--cache`, else CALLTOP_CACHE, else `cache` of the configuration, else `calltop.db` in the person's
    data folder."""
    if flag is not None:
        return flag.expanduser()
    if named := os.environ.get("CALLTOP_CACHE") or config.get("cache"):
        return Path(str(named)).expanduser()
    return user_data_path(APPLICATION) / "calltop.db"


def clock_offset_seconds(config: Mapping[str, Any]) -> float:
    """How far the simulated providers' clock is from this machine's; 0 for real ones."""
    text = os.environ.get("CALLTOP_CLOCK_OFFSET_SECONDS", config.get("clock_offset_seconds", 0))
    try:
        return float(text)
    except (TypeError, ValueError):
        raise UsageError(f"clock_offset_seconds is {text!r}; it must be a number of seconds") from None


def state_folder() -> Path:
    """The folder of logs."""
    return user_state_path(APPLICATION)
