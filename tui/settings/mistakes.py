"""What is wrong with a configuration: each mistake with its place, its key, and the nearest right spelling."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from calls.text import clean
from providers.defaults import ELSEWHERE
from providers.secrets import secret_names
from tui.settings.layers import Key, Layers
from tui.settings.lines import line_of, lines_of


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong. `key` is the setting's place in the configuration, `text` says what is wrong there."""

    key: Key
    text: str

    @property
    def sentence(self) -> str:
        """Key and text in one line."""
        return f"{dotted(self.key)}: {self.text}" if self.key else self.text


def dotted(key: Key) -> str:
    """A key as TOML writes it: providers.head-office.token."""
    return ".".join(part if part.replace("-", "").replace("_", "").isalnum() else f'"{clean(part)}"' for part in key)


def mistakes_in(error: ValidationError, model: type[BaseModel], above: Key = ()) -> list[Mistake]:
    """The mistakes that the model found in the table at `above`."""
    return [_mistake(found, model, above) for found in error.errors(include_url=False)]


def nearest(word: str, words: Iterable[str]) -> str:
    """ "; did you mean ...?" for the word that is nearest, else ""."""
    near = difflib.get_close_matches(word, list(words), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def written_as(key: Key, layers: Layers) -> Key:
    """The key under which a setting was given: a secret's may be `token_file` or `token_keyring`."""
    table = _table_at(key[:-1], layers)
    found = [end for end in ("", *ELSEWHERE) if key and key[-1] + end in table]
    return (*key[:-1], key[-1] + found[0]) if found else key


def origin_of(mistake: Mistake, layers: Layers) -> str:
    """The flag or variable that gave the wrong value, or made the table that lacks one; "" when the file did."""
    key = written_as(mistake.key, layers)
    if source := layers.flags.get(key) or layers.variables.get(key):
        return source
    made = [variable for other, variable in layers.variables.items() if other[:-1] == key[:-1] != ()]
    return made[0] if made and len(made) == len(_table_at(key[:-1], layers)) else ""


def _table_at(key: Key, layers: Layers) -> Mapping[str, object]:
    table: object = layers.tree
    for part in key:
        table = table.get(part) if isinstance(table, Mapping) else None
    return table if isinstance(table, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Placed:
    """A mistake with the flag, the variable or the file that made it, and the file's line."""

    mistake: Mistake
    source: str
    line: int | None

    @property
    def sentence(self) -> str:
        """Where and what, in one line."""
        where = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{where}: {self.mistake.sentence}"

    def json(self) -> Mapping[str, object]:
        """The object that `calltop config validate --format json` prints."""
        return {"source": self.source, "line": self.line, "key": dotted(self.mistake.key), "mistake": self.mistake.text}


def placed(mistakes: Sequence[Mistake], layers: Layers) -> list[Placed]:
    """The mistakes where they are, in the order of the file."""
    try:
        lines = lines_of(layers.path.read_text(encoding="utf-8"))
    except OSError:
        lines = {}
    found = []
    for mistake in mistakes:
        outside = origin_of(mistake, layers)
        line = None if outside else line_of(written_as(mistake.key, layers), lines)
        found.append(Placed(mistake, outside or str(layers.path), line))
    return sorted(found, key=lambda each: each.line or 0)


def first_of(mistakes: Sequence[Mistake], layers: Layers) -> str:
    """The first mistake in one line, and how many more there are."""
    more = len(mistakes) - 1
    return placed(mistakes, layers)[0].sentence + (f" (and {more} more: calltop config validate)" if more else "")


def _mistake(found: ErrorDetails, model: type[BaseModel], above: Key) -> Mistake:
    key = (*above, *(str(part) for part in found["loc"] if part != "[key]"))
    match found["type"]:
        case "extra_forbidden":
            return Mistake(key, f"there is no such setting{nearest(key[-1], _names(_owner(model, found['loc'])))}")
        case "missing":
            return Mistake(key, "is missing")
        case "literal_error":
            expected = str(found["ctx"]["expected"])
            # What stands there may be shown: a setting with a few known values is no secret.
            return Mistake(key, f"must be {expected}" + nearest(str(found["input"]), re.findall(r"'([^']*)'", expected)))
    text = str(found["msg"]).removeprefix("Value error, ")
    return Mistake(key, clean(text[:1].lower() + text[1:]))


def _owner(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model in which the last part of a location is no field."""
    owner: type[BaseModel] | None = model
    for part in location[:-1]:
        field = owner.model_fields.get(str(part)) if owner is not None else None
        if field is not None:
            owner = next((inner for inner in _models(field.annotation)), None)
    return owner


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models(part)]


def _names(model: type[BaseModel] | None) -> list[str]:
    if model is None:
        return []
    secrets = [name + end for name in secret_names(model) for end in ELSEWHERE]
    return [*model.model_fields, *secrets]
