"""How an alert stands, as every screen shows it."""

from __future__ import annotations

from dataclasses import dataclass

from calls.alerts.course import Phase


@dataclass(frozen=True, slots=True)
class AlertStatus:
    """An alert by its name. `sentence` says what was measured and what is allowed; `since_ms` is when its phase began,
    `looked_ms` when it was looked at last. `told` counts up with every time that firing or its end was told."""

    name: str
    phase: Phase
    since_ms: int
    looked_ms: int
    sentence: str
    told: int = 0

    @property
    def firing(self) -> bool:
        """Whether it fires now."""
        return self.phase is Phase.FIRING
