"""Defaults of settings that are needed where the settings' models would be too slow to import."""

from __future__ import annotations

from collections.abc import Mapping

POLL_MINUTES = 5.0
DEFAULT_ZONES: Mapping[str, str] = {
    "soluno": "Europe/Stockholm",
    "dstny": "Europe/Stockholm",
    "telecomx": "Europe/Copenhagen",
    "portsip": "UTC",
    "while1": "Europe/Bucharest",
}
"""The zone in which each kind of provider cuts its days."""
ELSEWHERE = ("_file", "_keyring")
"""What follows a secret's name where another place holds it: `token_file = PATH`, `token_keyring = ENTRY`."""
