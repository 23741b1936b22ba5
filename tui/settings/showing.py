"""The settings as they are: each with its value, secrets masked, and where that value comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, SecretStr

from providers.defaults import ELSEWHERE
from providers.registry import MODULES, module_of
from providers.secrets import secret_names
from tui.config import Config
from tui.paths import cache_path
from tui.settings.layers import Key, Layers
from tui.settings.lines import line_of, lines_of
from tui.settings.mistakes import dotted
from tui.settings.privacy import is_secret
from tui.settings.words import Setting, settings_of, toml_text

MASK = "***"
# A wrong address may hold a password; it is shown all the same, without it.
_CREDENTIALS = re.compile(r"(://)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting's value and its origin: `flag`, `environment`, `file` or `default`, with the flag, the variable or the
    file, and the file's line."""

    key: Key
    value: Any
    origin: str
    source: str = ""
    line: int | None = None

    @property
    def where(self) -> str:
        """The origin in words."""
        match self.origin:
            case "file":
                return f"{self.source}:{self.line}"
            case "default":
                return "default"
            case _:
                return f"{self.origin} {self.source}"

    @property
    def value_text(self) -> str:
        """The value as the file would write it."""
        return MASK if self.value == MASK else toml_text(self.value) or "-"

    def json(self) -> Mapping[str, Any]:
        """The object that `calltop config show --format json` prints."""
        value = None if self.value in ("", ()) else _plain(self.value)
        shown = {"key": dotted(self.key), "value": value, "origin": self.origin}
        return {**shown, "source": self.source or None, "line": self.line}


class Showing:
    """All settings of a configuration, `text` being its file's content and `config` the model when it can be used."""

    def __init__(self, layers: Layers, text: str, config: Config | None) -> None:
        self._layers = layers
        self._lines = lines_of(text)
        self._config = config

    def rows(self) -> Iterator[Shown]:
        """The settings in the order of their declaration, each provider's below its name."""
        yield from self._table((), Config, self._layers.tree, self._config)

    def _table(self, above: Key, model: type[BaseModel], given: Mapping[str, Any], values: BaseModel | None) -> Iterator[Shown]:
        for setting in settings_of(model):
            key = (*above, setting.name)
            inner = given.get(setting.name)
            value = getattr(values, setting.name, None)
            if setting.by_name:
                if isinstance(inner, Mapping):
                    yield from self._named(key, setting, inner, value)
            elif setting.model is not None:
                tables = inner if isinstance(inner, Mapping) else {}
                yield from self._table(key, setting.model, tables, value)
            else:
                yield self._shown(key, setting, given, values)
        for name in (name for name in given if name not in model.model_fields):
            if not any(name == secret + end for secret in secret_names(model) for end in ELSEWHERE):
                yield self._given((*above, name), given[name])

    def _named(self, above: Key, setting: Setting, given: Mapping[str, Any], values: Any) -> Iterator[Shown]:
        """The entries of a table of names, each a table or a single value."""
        for name, inner in given.items():
            model = setting.model
            if above == ("providers",) and isinstance(inner, Mapping):
                model = module_of(inner["kind"]).Settings if inner.get("kind") in MODULES else None
            value = values.get(name) if isinstance(values, Mapping) else None
            if model is not None and isinstance(inner, Mapping):
                yield from self._table((*above, name), model, inner, value)
            elif isinstance(inner, Mapping):
                for part in inner:
                    yield self._given((*above, name, part), inner[part])
            else:
                yield self._given((*above, name), inner)

    def _shown(self, key: Key, setting: Setting, given: Mapping[str, Any], values: BaseModel | None) -> Shown:
        written = next((name for name in _spellings(setting) if name in given), None)
        value = getattr(values, setting.name) if values is not None else given.get(setting.name, setting.default)
        if setting.secret:
            value = MASK if written or value else ""
        if written is None:
            return Shown(key, cache_path(None) if key == ("cache",) else value, "default")
        return self._given((*key[:-1], written), value, key)

    def _given(self, key: Key, value: Any, shown_as: Key = ()) -> Shown:
        """A value that was given under `key`, shown under `shown_as` or the same."""
        if is_secret(key, self._layers):
            value = MASK
        elif isinstance(value, str):
            value = _CREDENTIALS.sub(rf"\1{MASK}@", value)
        if flag := self._layers.flags.get(key):
            return Shown(shown_as or key, value, "flag", flag)
        if variable := self._layers.variables.get(key):
            return Shown(shown_as or key, value, "environment", variable)
        return Shown(shown_as or key, value, "file", str(self._layers.path), line_of(key, self._lines))


def _spellings(setting: Setting) -> tuple[str, ...]:
    return (setting.name, *(setting.name + end for end in ELSEWHERE)) if setting.secret else (setting.name,)


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case SecretStr():
            return MASK
        case Mapping():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case frozenset() | set():
            return sorted(_plain(inner) for inner in value)
        case tuple() | list():
            return [_plain(inner) for inner in value]
        case _:
            return str(value)
