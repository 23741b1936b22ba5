"""The settings of a PortSIP provider, and the authentication and TLS context they ask for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from providers.auth import HeaderToken
from providers.defaults import DEFAULT_ZONES
from providers.portsip.auth import CLIENT_ID, Account, OAuthPassword, SignIn, TokenAuth
from providers.portsip.tls import fingerprint_of
from providers.settings import ProviderSettings

Strategy = Literal["oauth_password", "sign_in", "token_static"]
NEEDED: dict[Strategy, tuple[str, ...]] = {
    "oauth_password": ("username", "password"),
    "sign_in": ("username", "password"),
    "token_static": ("token",),
}

ASKED: Mapping[str, str] = {
    "base_url": "the address of the web portal, with the port of the REST API: https://pbx.example:8887",
    "username": "web portal, Users: the user name there; one with the role Admin or QueueManager",
    "password": "the one you sign in to the web portal with",
    "domain": "web portal, Company: the SIP domain",
    "timezone": "web portal, Company: the time zone",
    "tls_fingerprint_sha256": "only for a self-signed certificate: the browser shows it behind the lock, as SHA-256",
}
"""What a person is asked for, and where PortSIP shows it."""

log = logging.getLogger(__name__)


class Settings(ProviderSettings):
    """Settings of `kind = "portsip"`."""

    kind: Literal["portsip"]
    """portsip: one tenant of a PortSIP PBX."""
    timezone: str = DEFAULT_ZONES["portsip"]
    """The zone in which this provider's days are cut, an IANA name; set it to the tenant's."""
    country_code: str = Field(default="", pattern=r"^\d{0,3}$")
    """The digits that stand for the leading 0 of a national number."""
    auth: Strategy | None = None
    """How to sign in: oauth_password (the default), sign_in (22.2.11 and later), or token_static (the default with only a
    token)."""
    username: str = ""
    """The user name of the web portal, not the extension; an administrator or queue manager sees all calls."""
    password: SecretStr | None = None
    """The password of the web portal, not the one of the telephone."""
    domain: str = ""
    """The tenant's SIP domain; empty for a system administrator."""
    client_id: str = CLIENT_ID
    """The OAuth client; one public value for all installations."""
    token: SecretStr | None = None
    """An access token made by hand (token_static)."""
    service_numbers: tuple[str, ...] = ()
    """Numbers of queues, ring groups and menus, besides those that calls name: who answers there is no person."""
    keep_user_data: bool = False
    """Whether the text that was given when a call was started by REST is kept."""
    requests_per_minute: int = Field(default=120, ge=1, le=10_000)
    """The most requests sent in a minute, far below the limit of every version."""
    tls_fingerprint_sha256: str = ""
    """The SHA-256 fingerprint of the one certificate to accept, for a self-signed one."""
    tls_insecure_accept_any_certificate: bool = False
    """Accepts every certificate, so that whoever sits in between can read the password. For a laboratory only."""

    @field_validator("base_url")
    @classmethod
    def _without_api(cls, value: str) -> str:
        return value.rstrip("/").removesuffix("/api").rstrip("/")

    @field_validator("tls_fingerprint_sha256")
    @classmethod
    def _readable_fingerprint(cls, value: str) -> str:
        return fingerprint_of(value) if value.strip() else ""

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        missing = [name for name in NEEDED[self.strategy] if not getattr(self, name)]
        if missing:
            raise ValueError(f"auth {self.strategy} needs {' and '.join(missing)}")
        if self.tls_insecure_accept_any_certificate and (self.tls_fingerprint_sha256 or self.tls_ca_file):
            raise ValueError("tls_insecure_accept_any_certificate contradicts the other tls settings; remove it")
        return self

    @property
    def strategy(self) -> Strategy:
        """The authentication in use."""
        if self.auth is not None:
            return self.auth
        return "token_static" if self.token is not None and not self.username else "oauth_password"

    def make_auth(self, now: Callable[[], float] = time.time) -> HeaderToken | TokenAuth:
        """The authentication strategy that these settings ask for."""
        account = Account(self.username, self.password or SecretStr(""), self.domain)
        match self.strategy:
            case "oauth_password":
                return OAuthPassword(account, self.client_id, now)
            case "sign_in":
                return SignIn(account, now)
            case "token_static":
                return HeaderToken(self.token or SecretStr(""))
