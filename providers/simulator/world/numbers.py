"""Telephone numbers that ring nobody: ranges kept for fiction where a country has them, unlikely ones elsewhere.

Sweden's regulator keeps 070-174 06 05..99, 08-465 004 00..99, 031-390 06 00..99 and 040-628 04 00..99 for fiction.
All numbers here are in full international form; `shown` writes them the way a provider does. The first ten of each range
are left to the organisations' own lines.
"""

from __future__ import annotations

from random import Random

_MOBILES_OF_EMPLOYEES = 20
WITHHELD_WORDS = ("", "anonymous", "Anonymous", "unknown")


def _sequence(prefix: str, first: int, last: int, digits: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{number:0{digits}d}" for number in range(first, last + 1))


_SWEDISH_MOBILES = _sequence("+46701740", 605, 699, 3)
EMPLOYEE_MOBILES = _SWEDISH_MOBILES[:_MOBILES_OF_EMPLOYEES]
SWEDISH = (
    _SWEDISH_MOBILES[_MOBILES_OF_EMPLOYEES:]
    + _sequence("+468465004", 10, 99, 2)
    + _sequence("+46313900", 610, 699, 3)
    + _sequence("+46406280", 410, 499, 3)
)
DANISH = _sequence("+45200000", 10, 99, 2)
ROMANIAN = _sequence("+40700000", 0, 999, 3) + _sequence("+40312000", 100, 999, 3)

_OWN_COUNTRY = {"soluno": "46", "dstny": "46", "telecomx": "45", "portsip": "46", "while1": "40"}
_MIX = {
    "soluno": (0.90, 0.97),
    "dstny": (0.90, 0.97),
    "portsip": (0.86, 0.95),
    "telecomx": (0.10, 0.99),
    "while1": (0.14, 0.20),
}


def stranger(rng: Random, provider: str) -> str:
    """The number of somebody who rings at `provider` now and then."""
    swedish, danish = _MIX[provider]
    chance = rng.random()
    numbers = SWEDISH if chance < swedish else DANISH if chance < danish else ROMANIAN
    return numbers[int(rng.random() * len(numbers))]


def shown(rng: Random, provider: str, number: str) -> str:
    """`number` as the provider writes it: international, national, or with 00, in the mixture of its country."""
    own = _OWN_COUNTRY[provider]
    chance = rng.random()
    national = number.startswith("+" + own)
    if provider == "while1":
        if not national:
            return "00" + number[1:]
        return "0" + number[3:] if chance < 0.85 else number if chance < 0.95 else "00" + number[1:]
    if national and own == "46":
        share = 0.12 if provider != "portsip" else 0.35
        return "0" + number[3:] if chance < share else number
    return "00" + number[1:] if chance < 0.1 else number
