"""The configuration that reaches the simulated providers, as the text of a `config.toml`."""

from __future__ import annotations

from collections.abc import Mapping

from providers.simulator import credentials
from providers.simulator.clock import SimulatorClock

Table = Mapping[str, str | int]


def _tables(base_url: str) -> Mapping[str, Table]:
    return {
        "soluno": {
            "kind": "soluno",
            "base_url": f"{base_url}/soluno",
            "timezone": "Europe/Stockholm",
            "auth": "password_grant",
            "token_url": f"{base_url}/soluno/token",
            "username": credentials.SOLUNO.username,
            "password": credentials.SOLUNO.password,
        },
        "dstny": {
            "kind": "dstny",
            "base_url": f"{base_url}/dstny",
            "timezone": "Europe/Stockholm",
            "auth": "bearer_static",
            "token": credentials.DSTNY_TOKEN,
        },
        "telecomx": {
            "kind": "telecomx",
            "base_url": f"{base_url}/telecomx",
            "timezone": "Europe/Copenhagen",
            "auth": "m2m_token",
            "token": credentials.TELECOMX_TOKEN,
        },
        "portsip": {
            "kind": "portsip",
            "base_url": f"{base_url}/portsip",
            "timezone": "Europe/Stockholm",
            "country_code": "46",
            "auth": "oauth_password",
            "username": credentials.PORTSIP.username,
            "password": credentials.PORTSIP.password,
            "domain": credentials.PORTSIP_DOMAIN,
        },
        "while1": {
            "kind": "while1",
            "base_url": f"{base_url}/while1",
            "timezone": "Europe/Bucharest",
            "token": credentials.WHILE1_TOKEN,
            "api_key": credentials.WHILE1_API_KEY,
        },
    }


def _value(value: str | int) -> str:
    return str(value) if isinstance(value, int) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def config_text(base_url: str, clock: SimulatorClock) -> str:
    """TOML for the five providers behind `base_url`, each under the name of its kind."""
    base_url = base_url.rstrip("/")
    lines: list[str] = []
    if clock.offset_seconds:
        lines += ["# Only for simulated providers: how far their clock is ahead of this machine's."]
        lines += [f"clock_offset_seconds = {clock.offset_seconds}", ""]
    for name, table in _tables(base_url).items():
        lines += [f"[providers.{name}]", *(f"{key} = {_value(value)}" for key, value in table.items()), ""]
    return "\n".join(lines)
