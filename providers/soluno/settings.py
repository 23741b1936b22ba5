"""The settings of a Soluno or Dstny provider, and the authentication they ask for."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator, model_validator

from providers.auth import Basic, HeaderToken, NoAuth, PasswordGrant, QueryToken
from providers.defaults import DEFAULT_ZONES
from providers.settings import ProviderSettings, require_secure_url
from providers.transport import Auth

Strategy = Literal["password_grant", "bearer_static", "basic", "header", "query", "none"]

ASKED: Mapping[str, str] = {
    "base_url": "leave it, unless the vendor gave you another",
    "token": "from the vendor's support, if they gave you one; then leave the next three out",
    "token_url": "from the vendor's support, with the user name",
    "username": "from the vendor's support: the account for the call history",
    "password": "from the vendor's support",
    "timezone": "leave it for Sweden",
}
"""What a person is asked for, and where Soluno and Dstny show it."""

PRESET_URLS = {"soluno": "https://api.soluno.se", "dstny": "https://api.dstny.se"}
TOKEN_URL_HINTS = {
    "soluno": "for Soluno it is probably https://api.unotelefoni.se/token",
    "dstny": "ask Dstny for the address that gives tokens",
}
NEEDED: dict[Strategy, tuple[str, ...]] = {
    "password_grant": ("token_url", "username", "password"),
    "bearer_static": ("token",),
    "basic": ("username", "password"),
    "header": ("header_name", "token"),
    "query": ("query_name", "token"),
    "none": (),
}


class Settings(ProviderSettings):
    """Settings of `kind = "soluno"` and `kind = "dstny"`."""

    kind: Literal["soluno", "dstny"]
    """soluno or dstny: one API, two addresses."""
    base_url: str = ""
    """The provider's address; the default is https://api.soluno.se or https://api.dstny.se, by kind."""
    timezone: str = DEFAULT_ZONES["soluno"]
    """The zone in which this provider's days are cut, an IANA name."""
    country_code: str = Field(default="46", pattern=r"^\d{0,3}$")
    """The digits that stand for the leading 0 of a national number."""
    query_timezone: str = "Europe/Stockholm"
    """The zone in which the provider reads the dates it is asked for."""
    auth: Strategy | None = None
    """How to sign in. The default is password_grant with a user name, bearer_static with only a token."""
    token_url: str = ""
    """Where user name and password are exchanged for a token (password_grant)."""
    username: str = ""
    """User name (password_grant, basic)."""
    password: SecretStr | None = None
    """Password (password_grant, basic)."""
    token: SecretStr | None = None
    """A token given by the vendor (bearer_static, header, query)."""
    header_name: str = Field(default="", pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]*$")
    """The header that carries the token (header)."""
    header_prefix: str = Field(default="", pattern=r"^[ -~]*$")
    """What stands before the token in that header, with its space (header)."""
    query_name: str = ""
    """The query parameter that carries the token (query)."""
    own_numbers: tuple[str, ...] = ()
    """The organisation's own numbers; one that ends in * stands for all that begin so. They tell outgoing calls apart."""
    internal_number_pattern: str = r"^\d{2,5}$"
    """A regular expression for internal short numbers."""
    learn_own_numbers: bool = True
    """Whether a number that was once called as a person of the exchange counts as own when it calls."""
    directory: dict[str, str] = Field(default_factory=dict)
    """Names by number, for persons and groups."""
    suspect_row_counts: tuple[int, ...] = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
    """An answer of exactly so many rows may have been cut off by the provider, so it is asked again in two halves."""

    @model_validator(mode="before")
    @classmethod
    def _preset_address(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("base_url") and data.get("kind") in PRESET_URLS:
            return {**data, "base_url": PRESET_URLS[data["kind"]]}
        return data

    @field_validator("query_timezone")
    @classmethod
    def _known_query_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is no time zone; write it like Europe/Stockholm") from error
        return value

    @field_validator("token_url")
    @classmethod
    def _secure_token_url(cls, value: str) -> str:
        if value:
            require_secure_url(value)
        return value.strip()

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
        missing = [name for name in NEEDED[self.strategy] if not getattr(self, name)]
        if "token_url" in missing:
            raise ValueError(f"token_url is missing; {TOKEN_URL_HINTS[self.kind]}")
        if missing:
            raise ValueError(f"auth {self.strategy} needs {' and '.join(missing)}")
        return self

    @property
    def strategy(self) -> Strategy:
        """The authentication in use. Raises ValueError when the settings name none."""
        if self.auth is not None:
            return self.auth
        if self.username:
            return "password_grant"
        if self.token is not None:
            return "bearer_static"
        raise ValueError('set token, or username and password with token_url, or auth = "none"')

    def make_auth(self, now: Callable[[], float] = time.time) -> Auth:
        """The authentication strategy that these settings ask for."""
        token, password = self.token or SecretStr(""), self.password or SecretStr("")
        match self.strategy:
            case "password_grant":
                return PasswordGrant(self.token_url, self.username, password, now)
            case "bearer_static":
                return HeaderToken(token)
            case "basic":
                return Basic(self.username, password)
            case "header":
                return HeaderToken(token, self.header_name, self.header_prefix)
            case "query":
                return QueryToken(token, self.query_name)
            case "none":
                return NoAuth()
