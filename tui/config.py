"""Every setting, declared once. A flag wins over the environment, the environment over the file, the file over the default."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, SerializeAsAny, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from calls.calendar import USUAL_HOURS, Calendar, parse_opening_hours
from calls.filters import FilterError, parse
from providers.registry import KINDS, module_of, parse_settings
from providers.settings import ProviderSettings
from tui.paths import UsageError, read_config


class Config(BaseSettings):
    """The configuration. Environment: CALLTOP_THEME, and nested with two underscores: CALLTOP_PROVIDERS__PBX__TOKEN."""

    model_config = SettingsConfigDict(
        env_prefix="CALLTOP_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    cache: Path | None = None
    """The cache file; the default lies in the person's data folder."""
    theme: str = "calltop-dark"
    """The colours of the interface: calltop-dark, calltop-light, or another theme's name."""
    ascii: bool = False
    """Draw with ASCII characters only."""
    display_timezone: str | None = None
    """The zone of the times on the screen, an IANA name; the default is the one most providers live in."""
    clock_offset_seconds: float = 0
    """Seconds that the simulated providers' clock is ahead of this machine's; real providers need 0."""
    retention_days: int = Field(default=92, ge=0, le=36_500)
    """How many days calls are kept; of older ones only hourly figures without numbers and names stay. 0 keeps all calls."""
    holidays: tuple[date, ...] = ()
    """Public holidays such as 2026-12-25: they are compared with no other day and say nothing of what is typical."""
    opening_hours: str = USUAL_HOURS
    """When somebody is at work, such as "mon-fri 08:00-17:00, sat 10:00-14:00": calls abroad at other times are unusual."""
    agents: int | None = Field(default=None, ge=1, le=10_000)
    """How many people take calls, for the staffing hint; left out where nobody has said."""
    filters: dict[str, str] = Field(default_factory=dict)
    """Filters by a name of your own, `[filters]`; the first eight are on F2 to F9, all are in the command palette."""
    providers: dict[str, SerializeAsAny[ProviderSettings]] = Field(default_factory=dict)
    """The telephony APIs to poll, each under a name of its own."""

    def calendar(self) -> Calendar:
        """Holidays and opening hours, as the cache is asked with them."""
        return Calendar(
            frozenset(self.holidays),
            {name: frozenset(settings.holidays) for name, settings in self.providers.items()},
            parse_opening_hours(self.opening_hours),
        )

    @field_validator("opening_hours")
    @classmethod
    def _legible(cls, text: str) -> str:
        parse_opening_hours(text)
        return text

    @field_validator("filters")
    @classmethod
    def _readable(cls, filters: dict[str, str]) -> dict[str, str]:
        for name, text in filters.items():
            try:
                parse(text)
            except FilterError as error:
                raise ValueError(f"{name}: {error}") from None
        return filters

    @field_validator("providers", mode="before")
    @classmethod
    def _each_by_its_kind(cls, tables: Any) -> Any:
        if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
            raise ValueError("write each provider as a table: [providers.NAME]")
        return {name: _parse(name, table) for name, table in merge_spellings(tables).items()}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before what `load` read from the file."""
        return env_settings, init_settings


def load(path: Path) -> Config:
    """The configuration from `path` and the environment. Raises `UsageError`; secrets never appear in it."""
    try:
        return Config(**read_config(path))
    except ValidationError as error:
        raise UsageError(f"{path}: {explain(error, Config)}") from None


def merge_spellings(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """A variable's name can hold neither capitals nor dashes: `head_office` from the environment completes `head-office`."""
    merged = {name: dict(table) for name, table in tables.items()}
    for name in tables:
        plain = name.lower().replace("-", "_")
        if plain != name and plain in merged:
            merged[name] |= merged.pop(plain)
    return merged


def _parse(name: str, table: Mapping[str, Any]) -> ProviderSettings:
    try:
        return parse_settings(table)
    except ValidationError as error:
        raise ValueError(f"[providers.{name}] {explain(error, module_of(str(table['kind'])).Settings)}") from None
    except ValueError as error:
        near = difflib.get_close_matches(str(table.get("kind")), KINDS, n=1)
        raise ValueError(f"[providers.{name}] {error}" + (f"; did you mean {near[0]}?" if near else "")) from None


def explain(error: ValidationError, model: type[BaseModel]) -> str:
    """The first thing wrong, in one line, with the nearest spelling of an unknown setting."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, [*model.model_fields, *(f"{name}_file" for name in model.model_fields)], n=1)
        return f"{key} is no setting" + (f"; did you mean {near[0]}?" if near else "")
    if first["type"] == "missing":
        return f"{key} is missing"
    message = str(first["msg"]).removeprefix("Value error, ")
    return message if key in ("", "providers") else f"{key}: {message}"
