"""Every setting, declared once. A flag wins over the environment, the environment over the file, the file over the default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import (
    Field,
    SerializeAsAny,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from calls.calendar import USUAL_HOURS, Calendar, parse_opening_hours
from providers.registry import KINDS, module_of
from providers.settings import ProviderSettings, several
from tui.own_keys import checked_keys
from tui.paths import UsageError, read_config
from tui.settings.alerts import AlertSettings
from tui.settings.early import EarlySettings, checked_filters, checked_offset, checked_zone
from tui.settings.layers import DELIMITER, PREFIX, Layers, layered
from tui.settings.mistakes import Mistake, first_of, mistakes_in, nearest
from tui.settings.wall import WallSettings
from tui.wall.plan import SAVED


class Config(EarlySettings, BaseSettings):
    """The configuration. Environment: CALLTOP_THEME, and nested with two underscores: CALLTOP_PROVIDERS__PBX__TOKEN."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    retention_days: int = Field(default=92, ge=0, le=36_500)
    """How many days calls are kept; of older ones only hourly figures without numbers and names stay. 0 keeps all calls."""
    holidays: tuple[date, ...] = ()
    """Public holidays such as 2026-12-25: they are compared with no other day and say nothing of what is typical."""
    opening_hours: str = USUAL_HOURS
    """When somebody is at work, such as "mon-fri 08:00-17:00, sat 10:00-14:00": calls abroad at other times are unusual."""
    agents: int | None = Field(default=None, ge=1, le=10_000)
    """How many people take calls, for the staffing hint; left out where nobody has said."""
    providers: dict[str, SerializeAsAny[ProviderSettings]] = Field(default_factory=dict)
    """The telephony APIs to poll, each under a name of its own."""
    wall: WallSettings = Field(default_factory=WallSettings)
    """The wall monitor, `calltop wall`."""
    alerts: dict[str, AlertSettings] = Field(default_factory=dict)
    """Alerts on any figure, each under a name of its own."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What it is made with, and nothing else: `tui.settings.layers` has put flags, environment and file together, because
        only there is it known which of them gave a value."""
        return (init_settings,)

    def calendar(self) -> Calendar:
        """Holidays and opening hours, as the cache is asked with them."""
        return Calendar(
            frozenset(self.holidays),
            {name: frozenset(settings.holidays) for name, settings in self.providers.items()},
            parse_opening_hours(self.opening_hours),
        )

    @model_validator(mode="after")
    def _pages_there(self) -> Config:
        for page in self.wall.pages:
            name = page.removeprefix(SAVED)
            if name != page and name not in self.filters:
                raise ValueError(f"wall.pages names {page}, and there is no such filter{nearest(name, self.filters)}")
        return self

    @field_validator("*", mode="before")
    @classmethod
    def _as_text(cls, value: Any, info: ValidationInfo) -> Any:
        return several(value, cls.model_fields[str(info.field_name)].annotation)

    @field_validator("opening_hours")
    @classmethod
    def _legible(cls, text: str) -> str:
        parse_opening_hours(text)
        return text

    @field_validator("filters")
    @classmethod
    def _readable(cls, filters: dict[str, str]) -> dict[str, str]:
        return checked_filters(filters)

    @field_validator("keys", mode="before")
    @classmethod
    def _one_or_several(cls, keys: Any) -> Any:
        return {name: [key] if isinstance(key, str) else key for name, key in keys.items()} if isinstance(keys, dict) else keys

    @field_validator("keys")
    @classmethod
    def _known_keys(cls, keys: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return checked_keys(keys)

    @field_validator("clock_offset_seconds")
    @classmethod
    def _near(cls, seconds: float) -> float:
        return checked_offset(seconds)

    @field_validator("display_timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        return checked_zone(name)


def load(path: Path) -> Config:
    """The configuration from `path` and the environment. Raises `UsageError`; secrets never appear in it."""
    return checked(layered(path, read_config(path), os.environ))


def checked(layers: Layers) -> Config:
    """The configuration that was given. Raises `UsageError` with the first mistake in one line."""
    config, mistakes = judged(layers)
    if config is None:
        raise UsageError(first_of(mistakes, layers))
    return config


def judged(layers: Layers) -> tuple[Config | None, list[Mistake]]:
    """The configuration when it can be used, and all that is wrong with it."""
    outside = {key[0] for key in layers.variables}
    tables = {name: value for name, value in layers.tree.items() if name in Config.model_fields or name not in outside}
    providers, mistakes = _providers(tables.pop("providers", {}))
    try:
        config = Config(**{**tables, "providers": providers})
    except ValidationError as error:
        return None, [*mistakes_in(error, Config), *mistakes]
    return (None if mistakes else config), mistakes


def unknown_variables(layers: Layers) -> dict[str, str]:
    """Variables that begin with CALLTOP_ and name no setting, each with what to say about it; they are not read."""
    found = {}
    for key, variable in layers.variables.items():
        if key[0] not in Config.model_fields:
            found[variable] = f"there is no setting {key[0]}{nearest(key[0], Config.model_fields)}"
    return found


def _providers(tables: Any) -> tuple[dict[str, ProviderSettings], list[Mistake]]:
    if not isinstance(tables, dict):
        return {}, [Mistake(("providers",), "write each provider as a table: [providers.NAME]")]
    settings: dict[str, ProviderSettings] = {}
    mistakes: list[Mistake] = []
    for name, table in tables.items():
        found = judged_provider(name, table)
        if isinstance(found, ProviderSettings):
            settings[name] = found
        else:
            mistakes += found
    return settings, mistakes


def judged_provider(name: str, table: Mapping[str, Any] | object) -> ProviderSettings | list[Mistake]:
    """The settings of one `[providers.NAME]` table, or all that is wrong with it."""
    key = ("providers", name)
    if not isinstance(table, dict):
        return [Mistake(key, f"write it as a table: [providers.{name}]")]
    kind = table.get("kind")
    if kind is None:
        return [Mistake((*key, "kind"), f"is missing; it is one of {', '.join(KINDS)}")]
    if not isinstance(kind, str) or kind not in KINDS:
        return [Mistake((*key, "kind"), f"is {kind!r}; it must be one of {', '.join(KINDS)}{nearest(str(kind), KINDS)}")]
    model = module_of(kind).Settings
    try:
        return model.model_validate(table)
    except ValidationError as error:
        return mistakes_in(error, model, key)
