"""What every provider's settings share. Each vendor's module adds its own in a subclass."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any, get_origin
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator, model_validator

from providers.defaults import POLL_MINUTES
from providers.secrets import Elsewhere, gathered


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def require_secure_url(url: str) -> str:
    """`url` without trailing slashes; a ValueError unless it is https, or http to this machine."""
    parts = urlsplit(url.strip())
    if parts.username or parts.password:
        raise ValueError("credentials do not belong into the address; use the settings for them")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError(f"{url!r} is no address; write it like https://pbx.example")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"{url!r} would send the credentials in the clear; use https")
    return url.strip().rstrip("/")


def several(value: Any, annotation: object) -> Any:
    """A value for a setting of this type: a list, a set or a table may also be text, since a variable holds nothing else.

    The text is JSON, or values with commas between. Raises ValueError.
    """
    origin = get_origin(annotation)
    if not isinstance(value, str) or not isinstance(origin, type) or not issubclass(origin, Collection):
        return value
    if value.lstrip().startswith(("[", "{")):
        try:
            return json.loads(value)
        except ValueError:
            raise ValueError("it begins like JSON, and is none") from None
    return [part.strip() for part in value.split(",") if part.strip()]


# What decides how a provider is asked or what its figures are compared with, but not what its records mean.
_ASKING = frozenset(
    {
        "base_url",
        "poll_minutes",
        "request_timeout_seconds",
        "backfill_days",
        "backfill_spacing_seconds",
        "tls_ca_file",
        "holidays",
    }
)
DERIVATION = 1


class TableSettings(BaseModel):
    """A table of the configuration: its secrets may lie elsewhere, and its lists may be given as text."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _secrets_under_their_names(cls, data: Any) -> Any:
        return gathered(data, cls) if isinstance(data, dict) else data

    @field_validator("*", mode="before")
    @classmethod
    def _given(cls, value: Any, info: ValidationInfo) -> Any:
        """Reads a secret where it lies, and lists and tables that a variable gives as text."""
        match value:
            case Elsewhere():
                return value.read()
            case (*ways,) if any(isinstance(way, Elsewhere) for way in ways):
                places = [str(info.field_name) + (way.place if isinstance(way, Elsewhere) else "") for way in ways]
                raise ValueError(f"{' and '.join(places)} are set; keep one")
        return several(value, cls.model_fields[str(info.field_name)].annotation)


class ProviderSettings(TableSettings):
    """Settings of `[providers.NAME]` that every kind has."""

    kind: str
    """Which telephony API this is: soluno, dstny, telecomx, portsip or while1."""
    base_url: str
    """The provider's address; a path prefix is allowed."""
    timezone: str
    """The zone in which this provider's days are cut, an IANA name."""
    country_code: str = Field(pattern=r"^\d{0,3}$")
    """The digits that stand for the leading 0 of a national number."""
    poll_minutes: float = Field(default=POLL_MINUTES, ge=1, le=1440)
    """Minutes between two polls; never below the provider's own cadence."""
    request_timeout_seconds: float = Field(default=30, gt=0, le=300)
    """How long one phase of a request (connect, send, receive) may take."""
    backfill_days: int = Field(default=92, ge=0, le=3660)
    """How many days of history to load."""
    backfill_spacing_seconds: float | None = Field(default=None, ge=0)
    """Pause between two requests for history; the default is the provider's own."""
    holidays: tuple[date, ...] = ()
    """Public holidays where this provider's calls are taken, besides those of all providers."""
    tls_ca_file: Path | None = None
    """A file of certificates to trust for this provider, for a self-signed one."""

    @field_validator("base_url")
    @classmethod
    def _secure(cls, value: str) -> str:
        return require_secure_url(value)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is no time zone; write it like Europe/Stockholm") from error
        return value


def sign_in_digest(settings: ProviderSettings, before: str = "") -> str:
    """A digest of who signs in where, secrets included, slow to guess: the salt, and the digest with it.

    With the salt of the digest `before`, equal settings give an equal digest.
    """
    salt = bytes.fromhex(before.partition("$")[0]) if before else os.urandom(16)
    shown = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value) for name, value in settings if value
    }
    told = json.dumps({name: text for name, text in shown.items() if name not in _ASKING - {"base_url"}}, sort_keys=True)
    return f"{salt.hex()}${hashlib.scrypt(told.encode(), salt=salt, n=2**14, r=8, p=1, dklen=16).hex()}"


def derivation_digest(settings: ProviderSettings) -> str:
    """A digest of what the meaning of a provider's records depends on: its settings, without secrets, and our own rules."""
    told = {name: str(value) for name, value in settings if name not in _ASKING and not isinstance(value, SecretStr)}
    return hashlib.sha256(json.dumps([DERIVATION, told], sort_keys=True).encode()).hexdigest()[:32]
