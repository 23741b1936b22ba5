"""The While1 exchange: call detail records, one row per leg."""

from providers.simulator.while1.api import While1Api

__all__ = ["While1Api"]
