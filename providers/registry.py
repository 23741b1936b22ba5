"""The kinds of provider calltop knows, and how a configured one is made. Modules are imported when they are first needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol, cast

import httpx

from providers.base import Provider
from providers.settings import ProviderSettings

MODULES: Mapping[str, str] = {
    "soluno": "providers.soluno",
    "dstny": "providers.soluno",
    "telecomx": "providers.telecomx",
    "portsip": "providers.portsip",
    "while1": "providers.while1",
}
KINDS = tuple(MODULES)


class ProviderModule(Protocol):
    """What a vendor's module offers: its settings, which of them a person is asked for and where to find them, its maker."""

    Settings: type[ProviderSettings]
    ASKED: Mapping[str, str]

    def make(
        self,
        name: str,
        settings: ProviderSettings,
        *,
        http: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], float] = time.time,
    ) -> Provider:
        """A provider instance called `name`. `http` replaces the network in tests; `now` gives epoch seconds."""
        ...


def module_of(kind: str) -> ProviderModule:
    """The module that speaks `kind`. Raises KeyError for an unknown kind."""
    return cast(ProviderModule, import_module(MODULES[kind]))


def parse_settings(data: Mapping[str, Any]) -> ProviderSettings:
    """The settings of one `[providers.NAME]` table. Raises ValueError (pydantic's ValidationError, or for the kind)."""
    kind = data.get("kind")
    if kind not in MODULES:
        raise ValueError(f"kind is {kind!r}; it must be one of {', '.join(KINDS)}")
    return module_of(str(kind)).Settings.model_validate(data)


def make_provider(
    name: str,
    settings: ProviderSettings,
    *,
    http: httpx.AsyncBaseTransport | None = None,
    now: Callable[[], float] = time.time,
) -> Provider:
    """The provider that `settings` describe."""
    return module_of(settings.kind).make(name, settings, http=http, now=now)
