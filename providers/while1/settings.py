"""The settings of a While1 provider."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from providers.auth import HeaderToken
from providers.defaults import DEFAULT_ZONES
from providers.settings import ProviderSettings

ASKED: Mapping[str, str] = {
    "base_url": "the address in the browser when you are signed in to the PBX: https://pbx.example",
    "token": "the PBX, Settings, Parameters: API token",
    "api_key": "the PBX, Settings, Parameters: API key; without one, requests are not signed",
    "timezone": "leave it for Romania",
}
"""What a person is asked for, and where While1 shows it."""

Private = Literal["transcription_text", "comments", "external_info", "recording_url", "monitor_urls"]


class TokenAndKey(HeaderToken):
    """A bearer token; the signing key is never sent, but must not show up in a message either."""

    def __init__(self, token: SecretStr, key: SecretStr | None) -> None:
        super().__init__(token)
        self._key = key

    def secrets(self) -> Sequence[SecretStr]:
        return (*super().secrets(), *([self._key] if self._key else []))


class Settings(ProviderSettings):
    """Settings of `kind = "while1"`."""

    kind: Literal["while1"]
    """while1: one While1 Voice PBX."""
    timezone: str = DEFAULT_ZONES["while1"]
    """The zone in which this provider writes its times and its days are cut, an IANA name."""
    country_code: str = Field(default="40", pattern=r"^\d{0,3}$")
    """The digits that stand for the leading 0 of a national number."""
    auth: Literal["bearer_hash", "bearer"] | None = None
    """bearer_hash signs each request with api_key, bearer does not; the default depends on whether there is a key."""
    token: SecretStr
    """The API token from Settings, Parameters of the PBX."""
    api_key: SecretStr | None = None
    """The API key from the same place, for signing requests."""
    transport: Literal["json", "form"] = "json"
    """How parameters travel."""
    send_action: Literal["none", "read"] = "none"
    """Whether requests say action=read, as an older version of the document asks."""
    internal_number_pattern: str = r"^\d{2,5}$"
    """A regular expression for internal short numbers; a call between two of them is internal."""
    merge_null_destination_seconds: int = Field(default=120, ge=0, le=120)
    """An unanswered leg without destination joins the answered call of the same caller that starts within this time."""
    merge_any_seconds: int = Field(default=30, ge=0, le=120)
    """Any other unanswered incoming leg joins the answered call of the same caller that starts within this time."""
    user_ids: dict[str, str] = Field(default_factory=dict)
    """The users' ids at the PBX by their full names, with which an employee can be asked for."""
    project_ids: dict[str, str] = Field(default_factory=dict)
    """The projects' ids at the PBX by their names, with which a project can be asked for."""
    route_ids: dict[str, str] = Field(default_factory=dict)
    """The inbound routes' ids at the PBX by their names, with which a route can be asked for."""
    keep: frozenset[Private] = frozenset()
    """Fields to keep although they are private: texts, comments, and the addresses of recordings."""
    requests_per_minute: int = Field(default=60, ge=1, le=6000)
    """The most requests sent in a minute; the vendor states no limit."""

    @field_validator("base_url")
    @classmethod
    def _without_api(cls, value: str) -> str:
        return value.rstrip("/").removesuffix("/cdr").removesuffix("/api").rstrip("/")

    @field_validator("internal_number_pattern")
    @classmethod
    def _readable_pattern(cls, value: str) -> str:
        try:
            re.compile(value, re.ASCII)
        except re.error as error:
            raise ValueError(f"{value!r} is no regular expression: {error}") from error
        return value

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        if not self.token.get_secret_value().strip():
            raise ValueError("token is empty")
        if self.auth == "bearer_hash" and self.api_key is None:
            raise ValueError("auth bearer_hash needs api_key")
        return self

    def make_auth(self) -> TokenAndKey:
        """The token as a bearer, and the key known to the redaction."""
        return TokenAndKey(self.token, self.api_key)

    @property
    def signing_key(self) -> str | None:
        """The key that signs requests; None when they are not signed."""
        if self.api_key is None or self.auth == "bearer":
            return None
        return self.api_key.get_secret_value()
