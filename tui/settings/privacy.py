"""Which settings are secrets, and whether the file that holds some may be read by others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from providers.registry import MODULES, module_of
from providers.secrets import is_private, secret_names
from tui.config import Config
from tui.settings.layers import Key, Layers
from tui.settings.words import settings_of

_SECRET_WORDS = frozenset({"token", "password", "passwd", "secret", "key"})


def is_secret(key: Key, layers: Layers) -> bool:
    """Whether a setting's value must not be shown: by what it is, and where that is unknown by its name."""
    model = _model_of(key, layers)
    if model is not None and key[-1] in model.model_fields:
        return key[-1] in secret_names(model)
    return _sounds_secret(key[-1])


def secrets_in_file(layers: Layers) -> Iterator[Key]:
    """The secrets that stand in the configuration file itself."""
    for key, value in _leaves((), layers.tree):
        if value and key not in layers.variables and is_secret(key, layers):
            yield key


def public_secrets(layers: Layers) -> str:
    """One sentence when others can read secrets in the configuration file, else ""."""
    try:
        if is_private(layers.path) or not any(secrets_in_file(layers)):
            return ""
    except OSError:
        return ""
    return f"{layers.path} holds secrets and can be read by others; run: chmod 600 {layers.path}"


def _model_of(key: Key, layers: Layers) -> type[BaseModel] | None:
    """The model of the table in which a setting stands."""
    above: tuple[object, ...] = key[:-1]
    match above:
        case ():
            return Config
        case ("providers", name):
            tables = layers.tree["providers"]
            kind = tables[name].get("kind") if isinstance(tables[name], Mapping) else None
            return module_of(kind).Settings if isinstance(kind, str) and kind in MODULES else None
        case (table,) | (table, _):
            setting = next((found for found in settings_of(Config) if found.name == table), None)
            return setting.model if setting is not None and setting.by_name is (len(above) == 2) else None
    return None


def _leaves(above: Key, table: Mapping[str, Any]) -> Iterator[tuple[Key, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves((*above, name), value)
        else:
            yield (*above, name), value


def _sounds_secret(name: str) -> bool:
    words = name.lower().replace("-", "_").split("_")
    return not {"file", "keyring", "url"} & set(words[-1:]) and bool(
        {"token", "password", "secret", "key", "passwd"} & set(words)
    )
