"""Writing the configuration: a new file with comments, and changes that keep the person's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from calls.files import WholeFile
from providers.registry import module_of
from providers.secrets import is_private
from tui.config import Config
from tui.paths import UsageError
from tui.settings.words import settings_of

_HEAD = """\
# The configuration of calltop. Each setting can also come from the environment: CALLTOP_THEME, or
# CALLTOP_PROVIDERS__NAME__TOKEN. All settings: docs/configuration.md. After a change: calltop config validate

"""
_TABLES = frozenset({"filters", "keys", "providers"})
_EXAMPLES = """\
# Filters by a name of your own; the first eight are on F2 to F9.
# [filters]
# "missed today" = "direction:in status:missed since:today"

# Keys of your own, by the name of the action: docs/keys.md.
# [keys]
# next_theme = "T"
# poll_now = ["r", "ctrl+r"]

"""
_PROVIDER_EXAMPLE = """\
# The telephony APIs to poll, each under a name of its own. This one is read once its # are gone.
# [providers.head-office]
# kind = "while1"    # soluno, dstny, telecomx, portsip or while1
# base_url = "https://pbx.example"
# token_file = "~/.secrets/pbx"    # or token, or token_keyring
"""


def new_text(providers: Mapping[str, Mapping[str, Any]]) -> str:
    """A commented configuration with these providers; every other setting stands there as a comment with its default."""
    parts = [_HEAD]
    for setting in settings_of(Config):
        if setting.name in _TABLES or setting.model is not None:
            continue
        parts.append(f"# {setting.meaning}\n# {setting.name} = {setting.default_text or '...'}\n\n")
    parts.append(_EXAMPLES)
    parts += [] if providers else [_PROVIDER_EXAMPLE]
    text = "".join(parts)
    for name, values in providers.items():
        text = with_provider(text, name, values)
    return text


def with_provider(text: str, name: str, values: Mapping[str, Any]) -> str:
    """The configuration with one more provider at its end, and everything else as it was. Raises ValueError."""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ValueError(f"the configuration is no valid TOML: {error}") from None
    tables = document.setdefault("providers", tomlkit.table(is_super_table=True))
    if not isinstance(tables, dict):
        raise ValueError("providers is no table there; write each provider as [providers.NAME]")
    if name in tables:
        raise ValueError(f"a provider called {name} is there already; choose another name, or edit it there")
    tables[name] = _provider_table(values)
    return tomlkit.dumps(document)


def write_config(path: Path, text: str) -> None:
    """Puts the text into its place, whole or not at all: the file with mode 0600, its folder made with 0700.

    Raises `UsageError`.
    """
    place = path.resolve()
    try:
        if not place.parent.exists():
            place.parent.mkdir(mode=0o700, parents=True)
        with WholeFile(place) as whole:
            whole.file.write(text.encode())
            whole.keep()
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    assert is_private(place)


def add_provider(path: Path, name: str, values: Mapping[str, Any]) -> None:
    """Adds a provider to the file, which is made when there is none. Raises `UsageError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        write_config(path, new_text({name: values}))
        return
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', error)}") from None
    try:
        changed = with_provider(text, name, values)
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from None
    write_config(path, changed)


def shown_path(path: Path) -> str:
    """A path with `~` for the person's home."""
    home = Path.home()
    return str(Path("~", path.relative_to(home)) if path.is_relative_to(home) else path)


def _provider_table(values: Mapping[str, Any]) -> Table:
    meanings = {setting.name: setting.meaning for setting in settings_of(module_of(values["kind"]).Settings)}
    table = tomlkit.table()
    for name, value in values.items():
        if meaning := meanings.get(name):
            table.add(tomlkit.comment(" ".join(meaning.split())))
        table.add(name, value)
    return table
