"""How long things take, who rings, and when a provider gets round to showing it."""

from __future__ import annotations

from random import Random

from providers.simulator.world.calls import Party
from providers.simulator.world.numbers import WITHHELD_WORDS, shown, stranger
from providers.simulator.world.people import REGULARS, Employee

SECOND_US = 1_000_000
_REGULAR_SHARE = 0.2
_WITHHELD_SHARE = 0.035
_OWN_COUNTRY = {"soluno": "46", "dstny": "46", "telecomx": "45", "portsip": "46", "while1": "40"}
_ALL_REGULARS = tuple(regular for regulars in REGULARS.values() for regular in regulars)


def span_us(rng: Random, low_s: float, high_s: float, unit_us: int) -> int:
    """A duration between two bounds, in whole units of the provider's clock."""
    return int((low_s + (high_s - low_s) * rng.random()) * SECOND_US) // unit_us * unit_us


def talk_us(rng: Random, lasting_s: int, unit_us: int) -> int:
    """A conversation: about two minutes for most, now and then over an hour; at least `lasting_s`."""
    seconds = min(rng.lognormvariate(4.7, 0.95), 3400.0) if rng.random() > 0.006 else 3600 + 5000 * rng.random()
    return int(max(seconds, lasting_s, 2.0) * SECOND_US) // unit_us * unit_us


def appears_ms(rng: Random, ended_us: int) -> int:
    """When the call's row is first shown: seconds after the end for most, minutes for some, the next day for a rare few."""
    chance = rng.random()
    if chance < 0.75:
        delay_s = 3 + 15 * rng.random()
    elif chance < 0.96:
        delay_s = 18 + 100 * rng.random()
    elif chance < 0.998:
        delay_s = 118 + 162 * rng.random()
    else:
        delay_s = 3600 * (9 + 14 * rng.random())
    return ended_us // 1000 + int(delay_s * 1000)


def outside_caller(rng: Random, provider: str) -> Party:
    """Somebody who rings in: a regular, a stranger, or one who hides the number."""
    chance = rng.random()
    if chance < _WITHHELD_SHARE:
        return Party(WITHHELD_WORDS[int(rng.random() * len(WITHHELD_WORDS))])
    if chance > 1 - _REGULAR_SHARE:
        own = REGULARS[_OWN_COUNTRY[provider]]
        regulars = own if rng.random() < 0.85 else _ALL_REGULARS
        regular = regulars[int(rng.random() * len(regulars))]
        return Party(shown(rng, provider, regular.number), regular.name if rng.random() < 0.8 else "", regular.number)
    number = stranger(rng, provider)
    return Party(shown(rng, provider, number), "", number)


def outside_callee(rng: Random, provider: str) -> Party:
    """Somebody the organisation rings."""
    party = outside_caller(rng, provider)
    while not party.identity:
        party = outside_caller(rng, provider)
    return party


def two_of(rng: Random, employees: tuple[Employee, ...]) -> tuple[Employee, Employee]:
    """Two different employees."""
    first = int(rng.random() * len(employees))
    second = (first + 1 + int(rng.random() * (len(employees) - 1))) % len(employees)
    return employees[first], employees[second]


def one_of(rng: Random, employees: tuple[Employee, ...]) -> Employee:
    """Any of the employees."""
    return employees[int(rng.random() * len(employees))]
