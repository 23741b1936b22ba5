"""What a rule can measure: every metric, and how the providers and the call-backs stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calls.metrics import METRICS


@dataclass(frozen=True, slots=True)
class StandingMeasure:
    """Something besides the metrics: its title, its unit ("calls" or "minutes"), and what it means in a sentence."""

    title: str
    unit: str
    definition: str


STANDING: Mapping[str, StandingMeasure] = {
    "call_backs": StandingMeasure("people to call back", "calls", "Callers of the last week who wait to be called back."),
    "oldest_call_back_minutes": StandingMeasure(
        "longest wait for a call back", "minutes", "Minutes since the first missed call of the caller who waits longest."
    ),
    "data_age_minutes": StandingMeasure(
        "age of the data", "minutes", "Minutes since the last good answer of the provider that has been silent longest."
    ),
    "providers_down": StandingMeasure("providers down", "calls", "Providers whose last poll failed."),
    "silent_providers": StandingMeasure(
        "silent lines", "calls", "Providers without a call for so long that chance does not explain it."
    ),
}
MEASURES = (*METRICS, *STANDING)
