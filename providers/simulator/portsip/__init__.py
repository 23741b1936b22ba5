"""The PortSIP exchange: call detail records, call logs, and the ways to sign in."""

from providers.simulator.portsip.api import PortsipApi

__all__ = ["PortsipApi"]
