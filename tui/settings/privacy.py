"""Which settings are secrets, and whether the file that holds some may be read by others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from providers.registry import MODULES, module_of
from providers.secrets import is_private, secret_names
from tui.settings.alerts import AlertSettings
from tui.settings.layers import Key, Layers

_SECRET_WORDS = frozenset({"token", "password", "passwd", "secret", "key"})


def is_secret(key: Key, layers: Layers) -> bool:
    """Whether a setting's value must not be shown: by what it is, and where that is unknown by its name."""
    table = layers.tree.get(key[0])
    provider = table.get(key[1]) if isinstance(table, Mapping) and len(key) > 2 else None
    model = _model_of(provider)
    if key[0] == "providers" and len(key) == 3 and model is not None:
        return key[2] in secret_names(model) or (key[2] not in model.model_fields and _sounds_secret(key[2]))
    if key[0] == "alerts" and len(key) == 3 and key[2] in AlertSettings.model_fields:
        return key[2] in secret_names(AlertSettings)
    return _sounds_secret(key[-1])


def secrets_in_file(layers: Layers) -> Iterator[Key]:
    """The secrets that stand in the configuration file itself."""
    for group in ("providers", "alerts"):
        tables = layers.tree.get(group)
        for name, table in tables.items() if isinstance(tables, Mapping) else ():
            for setting in table if isinstance(table, Mapping) else ():
                key = (group, str(name), str(setting))
                if key not in layers.variables and table[setting] and is_secret(key, layers):
                    yield key


def public_secrets(layers: Layers) -> str:
    """One sentence when others can read secrets in the configuration file, else ""."""
    try:
        if is_private(layers.path) or not any(secrets_in_file(layers)):
            return ""
    except OSError:
        return ""
    return f"{layers.path} holds secrets and can be read by others; run: chmod 600 {layers.path}"


def _model_of(table: Any) -> type[BaseModel] | None:
    kind = table.get("kind") if isinstance(table, Mapping) else None
    return module_of(kind).Settings if isinstance(kind, str) and kind in MODULES else None


def _sounds_secret(name: str) -> bool:
    words = name.lower().replace("-", "_").split("_")
    return not {"file", "keyring", "url"} & set(words[-1:]) and bool(
        {"token", "password", "secret", "key", "passwd"} & set(words)
    )
