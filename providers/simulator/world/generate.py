"""The calls of one day, from the seed and the date alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from providers.simulator.world.calls import PROVIDERS, Party, PlacedCall
from providers.simulator.world.danish import DanishCalls
from providers.simulator.world.numbers import shown
from providers.simulator.world.people import NAMES
from providers.simulator.world.portsip import PortsipCalls
from providers.simulator.world.rhythm import Moment, moments
from providers.simulator.world.romanian import RomanianCalls
from providers.simulator.world.swedish import SwedishCalls
from providers.simulator.world.times import HOUR_MS, midnight_ms

# Returned calls come on top of a day's ordinary ones, so that both together make the size asked for.
_ORDINARY_SHARE = 0.92
_MINUTE_US = 60_000_000


class _Day:
    """One day's calls while they are being placed."""

    def __init__(self, seed: int, day: date, calls_per_day: int) -> None:
        self._seed = seed
        self.day = day
        self._swedish = {name: SwedishCalls(name, self._chance(name)) for name in ("soluno", "dstny")}
        self._portsip = PortsipCalls(day, self._chance("portsip"))
        self._romanian = RomanianCalls(day, self._chance("while1"))
        place: dict[str, Callable[[Moment], list[PlacedCall]]] = {
            "soluno": self._swedish["soluno"].place,
            "dstny": self._swedish["dstny"].place,
            "telecomx": DanishCalls(day, self._chance("telecomx")).place,
            "portsip": self._portsip.place,
            "while1": self._romanian.place,
        }
        self.calls: dict[str, list[PlacedCall]] = {}
        for provider in PROVIDERS:
            rhythm = Random(f"{seed}:{day}:{provider}:rhythm")
            found = moments(rhythm, day, provider, calls_per_day * _ORDINARY_SHARE)
            self.calls[provider] = [call for moment in found for call in place[provider](moment)]

    def _chance(self, purpose: str) -> Random:
        return Random(f"{self._seed}:{self.day}:{purpose}")

    def missed(self) -> list[PlacedCall]:
        """Missed calls from outside whose number is known."""
        return [
            call
            for calls in self.calls.values()
            for call in calls
            if call.provider != "telecomx" and call.direction == "in" and call.outcome == "missed" and call.caller.identity
        ]

    def add_returns(self, missed: list[PlacedCall]) -> None:
        """Some are rung back on the same day or the next morning, some ring again themselves, some stay unreturned."""
        rng = self._chance("returns")
        opens_us = (midnight_ms(self.day) + 8 * HOUR_MS) * 1000
        closes_us = (midnight_ms(self.day) + 18 * HOUR_MS) * 1000
        for call in missed:
            chance = rng.random()
            same_day = call.started_us >= midnight_ms(self.day) * 1000
            at_us = call.ended_us + 5 * _MINUTE_US + int(rng.random() * rng.random() * 180 * _MINUTE_US)
            if not same_day:
                at_us = opens_us + int(rng.random() * 120 * _MINUTE_US)
            if not opens_us <= at_us < closes_us or chance > (0.62 if same_day else 0.25):
                continue
            if chance < 0.22:
                self._ring_again(rng, call, Moment(at_us))
            else:
                self._ring_back(rng, call, Moment(at_us))

    def _ring_again(self, rng: Random, call: PlacedCall, moment: Moment) -> None:
        number = shown(rng, call.provider, call.caller.identity)
        caller = Party(number, call.caller.name, call.caller.identity)
        if call.provider == "while1":
            placed = self._romanian.ring_again(moment, caller)
        elif call.provider == "portsip":
            placed = self._portsip.place(moment, caller)
        else:
            placed = self._swedish[call.provider].place(moment, caller)
        self.calls[call.provider].extend(placed)

    def _ring_back(self, rng: Random, call: PlacedCall, moment: Moment) -> None:
        number = call.caller.identity
        name = NAMES.get(number, "")
        if call.provider == "while1" or (call.provider != "portsip" and rng.random() < 0.2):
            self.calls["while1"].append(self._romanian.ring_back(moment, number, name))
        else:
            self.calls["portsip"].append(self._portsip.ring_back(moment, number, name))


def calls_of_day(
    seed: int, day: date, calls_per_day: int, missed_before: list[PlacedCall] | None = None
) -> tuple[dict[str, tuple[PlacedCall, ...]], list[PlacedCall]]:
    """Every provider's calls that start on the Stockholm day, in the order of their start; and what the next day needs.

    That is the list of the day's missed calls, some of which are returned the next morning: it goes in as
    `missed_before`, and is worked out anew when nobody kept it.
    """
    if missed_before is None:
        missed_before = _Day(seed, day - timedelta(days=1), calls_per_day).missed()
    made = _Day(seed, day, calls_per_day)
    missed = made.missed()
    made.add_returns(missed_before + missed)
    ordered = {
        provider: tuple(sorted(calls, key=lambda call: (call.started_us, call.serial)))
        for provider, calls in made.calls.items()
    }
    return ordered, missed
