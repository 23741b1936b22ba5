"""Settings in words, from the models that declare them: what a setting means, what it may be, and its default."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import annotated_types
import tomlkit
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

_PLAIN: Mapping[type, str] = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    Path: "path",
    date: "date",
    time: "time of day",
    SecretStr: "secret",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as people read about it. `model` is the model of its tables, where it is one or holds some."""

    name: str
    meaning: str
    values: str
    default: Any
    required: bool
    secret: bool
    model: type[BaseModel] | None
    by_name: bool

    @property
    def default_text(self) -> str:
        """The default as the file would write it; "" where there is none to write."""
        return toml_text(self.default)


def settings_of(model: type[BaseModel]) -> tuple[Setting, ...]:
    """The settings of a model, in the order of their declaration."""
    return tuple(_setting(model, name, field) for name, field in model.model_fields.items())


def toml_text(value: Any) -> str:
    """A value as TOML writes it on one line; "" for what is nothing."""
    if value is None or (isinstance(value, Collection) and not value):
        return ""
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        table.update(value)
        return table.as_string()
    if isinstance(value, tuple | frozenset | set):
        value = list(value) if isinstance(value, tuple) else sorted(value)
    if isinstance(value, list):
        value = [part.value if isinstance(part, Enum) else part for part in value]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return tomlkit.item(str(value) if isinstance(value, Path) else value).as_string()


def _setting(model: type[BaseModel], name: str, field: FieldInfo) -> Setting:
    inner, by_name = _tables_in(field.annotation)
    return Setting(
        name=name,
        meaning=field.description or _docstrings(model).get(name, ""),
        values=_values(field.annotation, field.metadata),
        default=None if field.is_required() else field.get_default(call_default_factory=True, validated_data={}),
        required=field.is_required(),
        secret=SecretStr in (field.annotation, *get_args(field.annotation)),
        model=inner,
        by_name=by_name,
    )


def _tables_in(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model of a table, or of each of the named tables, that a setting is."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    by_name = get_origin(annotation) is dict
    for part in get_args(annotation):
        model, _ = _tables_in(part)
        if model is not None:
            return model, by_name
    return None, by_name


def _values(annotation: Any, metadata: Collection[Any] = ()) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _values(parts[0], (*metadata, *parts[1:]))
    if origin is Literal:
        return _one_of(parts)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _one_of([member.value for member in annotation])
    if origin is dict:
        return f"table of {_values(parts[1])} by name"
    if isinstance(origin, type) and issubclass(origin, Collection):
        return f"list of {_values(parts[0])}"
    if parts:
        return " or ".join(_values(part, metadata) for part in parts if part is not type(None))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table"
    return _PLAIN.get(annotation, "text") + _bounds(metadata)


def _one_of(values: Sequence[Any]) -> str:
    return " or ".join(filter(None, [", ".join(map(str, values[:-1])), str(values[-1])]))


def _bounds(metadata: Collection[Any]) -> str:
    said = []
    for bound in metadata:
        match bound:
            case annotated_types.Ge(ge=least):
                said.append(f"at least {least}")
            case annotated_types.Gt(gt=least):
                said.append(f"more than {least}")
            case annotated_types.Le(le=most):
                said.append(f"at most {most}")
            case annotated_types.Lt(lt=most):
                said.append(f"less than {most}")
    return f", {', '.join(said)}" if said else ""


@cache
def _docstrings(model: type) -> Mapping[str, str]:
    """The docstrings of the attributes that a model inherits from classes which are no models."""
    found: dict[str, str] = {}
    for base in model.__mro__:
        if not issubclass(base, BaseModel) and "__annotations__" in base.__dict__:
            found = _docstrings_in(base) | found
    return found


def _docstrings_in(declaring: type) -> dict[str, str]:
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(declaring))).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for statement, after in zip(definition.body, definition.body[1:], strict=False):
        match statement, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
    return found
