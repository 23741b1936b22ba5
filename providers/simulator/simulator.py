"""The simulator as one object: a world of calls, a clock, the five APIs, and the truth about what they show."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from providers.simulator import credentials
from providers.simulator.app import App
from providers.simulator.clock import SimulatorClock
from providers.simulator.config import config_text
from providers.simulator.faults import Faults
from providers.simulator.portsip import PortsipApi
from providers.simulator.soluno import SolunoApi
from providers.simulator.telecomx import TelecomxApi
from providers.simulator.truth import truth_lines
from providers.simulator.while1 import While1Api
from providers.simulator.world import World
from providers.simulator.world.times import local_day, midnight_ms


class Simulator:
    """Five simulated providers, with calls from `days` Stockholm days before the clock's today onwards.

    `app` is the ASGI application, `world` the calls, `clock` the time. `sleep` is how a slow answer waits; with `same_calls`
    PortSIP tells the calls that Telecom X counts. Raises
    ValueError for negative `days`, too few calls, or a fault nobody knows.
    """

    def __init__(
        self,
        seed: int = 7,
        days: int = 3,
        calls_per_day: int = 400,
        clock: SimulatorClock | None = None,
        faults: str = "",
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        same_calls: bool = False,
    ) -> None:
        if not 0 <= days <= 3660:
            raise ValueError(f"{days} days of calls cannot be made: use 0 to 3660")
        self.clock = clock or SimulatorClock()
        self.world = World(seed, local_day(self.clock.now_ms()) - timedelta(days=days), calls_per_day, same_calls=same_calls)
        self.app = App(
            {
                "soluno": SolunoApi("soluno", self.world, self.clock, account=credentials.SOLUNO),
                "dstny": SolunoApi("dstny", self.world, self.clock, token=credentials.DSTNY_TOKEN),
                "telecomx": TelecomxApi(self.world, self.clock),
                "portsip": PortsipApi(self.world, self.clock),
                "while1": While1Api(self.world, self.clock),
            },
            self.clock,
            Faults(faults),
            sleep,
        )

    def truth(self, shown_after_ms: int | None = None, now_ms: int | None = None) -> list[dict[str, Any]]:
        """What a reader of the five feeds must know now: a line for each call that is visible (see `truth`).

        With `shown_after_ms`, only the calls that became visible later than that.
        """
        until_ms = self.clock.now_ms() if now_ms is None else now_ms
        return list(truth_lines(self.world, midnight_ms(self.world.first_day), until_ms, shown_after_ms))

    def config_text(self, base_url: str) -> str:
        """The `config.toml` that reaches these providers at `base_url`."""
        return config_text(base_url, self.clock)

    def set_faults(self, specification: str) -> None:
        """Puts other faults in force; the empty text ends them all. Raises ValueError for one nobody knows."""
        self.app.faults = Faults(specification)
