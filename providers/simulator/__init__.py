"""Five simulated telephony APIs, fed by one seeded list of calls, each as strict as its vendor's document."""

from providers.simulator.clock import SimulatorClock
from providers.simulator.simulator import Simulator
from providers.simulator.world import World

__all__ = ["Simulator", "SimulatorClock", "World"]
