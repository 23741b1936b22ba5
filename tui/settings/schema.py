"""The JSON Schema of the configuration file, made from the models: an editor completes and checks with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from providers.defaults import ELSEWHERE
from providers.registry import KINDS, module_of
from providers.secrets import SERVICE, secret_names
from tui.config import Config
from tui.settings.words import settings_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema() -> dict[str, Any]:
    """The schema. Secrets are not required, because the environment may hold them."""
    schema = _without_titles(Config.model_json_schema())
    properties, definitions = schema["properties"], schema.get("$defs", {})
    definitions.pop("ProviderSettings", None)
    for setting in settings_of(Config):
        properties[setting.name].setdefault("description", setting.meaning)
        if setting.model is not None and setting.model.__name__ in definitions:
            inner = definitions[setting.model.__name__]["properties"]
            inner |= _secrets(setting.model, inner)
    providers: dict[str, Any] = {"description": properties["providers"]["description"], "type": "object"}
    providers["additionalProperties"] = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(KINDS), "description": "Which telephony API this is."}},
        "allOf": [
            {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": _provider(kind, definitions)}
            for kind in KINDS
        ],
    }
    properties["providers"] = providers
    described = {"$schema": DIALECT, "title": "calltop configuration", **schema}
    return described if definitions else {name: part for name, part in described.items() if name != "$defs"}


def _provider(kind: str, definitions: dict[str, Any]) -> dict[str, Any]:
    model = module_of(kind).Settings
    schema = _without_titles(model.model_json_schema())
    definitions |= schema.pop("$defs", {})
    properties = schema["properties"]
    properties["kind"] = {"const": kind, "description": properties["kind"].get("description", "")}
    properties |= _secrets(model, properties)
    required = [name for name in schema.get("required", []) if name not in secret_names(model)]
    return {**schema, "properties": properties, "required": required}


def _secrets(model: type[BaseModel], properties: Mapping[str, Any]) -> dict[str, Any]:
    """The ways in which the secrets of a table may be given."""
    ways: dict[str, Any] = {}
    for name in secret_names(model):
        ways[name] = {"type": "string", "description": properties[name].get("description", "")}
        ways[name + ELSEWHERE[0]] = {"type": "string", "description": f"A file of mode 0600 that holds {name}."}
        said = f"The entry of {SERVICE} in the keyring that holds {name}."
        ways[name + ELSEWHERE[1]] = {"type": "string", "description": said}
    return ways


def _without_titles(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without the titles that repeat the names of the settings."""
    cleaned: dict[str, Any] = {}
    for name, part in schema.items():
        if name == "title" and isinstance(part, str):
            continue
        cleaned[name] = _without_titles(part) if isinstance(part, dict) else part
    return cleaned
