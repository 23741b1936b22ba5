"""What the formatters of the wall need besides the snapshot: the moment, the zone, what is expected, and how large to write."""

from __future__ import annotations

from dataclasses import dataclass

from calls.cache.wall_snapshot import WallProvider, WallSnapshot
from calls.times import MINUTE_MS
from tui.lines.states import Health, health
from tui.lines.view import View
from tui.lines.wall.pens import Pen, pen_of

# From this size on words are drawn as large as digits, because those of one row are lost on the way.
BIG_COLUMNS, BIG_ROWS = 140, 40
# A wall that has read nothing for so long shows what was, not what is.
BLIND_AFTER_MS = 3 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Targets:
    """What is expected: the answer rate as a share, the minutes after which a call back waits too long, and the seconds that
    nine of ten callers may wait; None where nothing is expected."""

    answer_rate: float | None = 0.9
    call_back_minutes: int | None = 60
    wait_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class WallView:
    """How to draw the wall, now. `blind_since_ms` is when the cache was read last, while it cannot be read; `reason` says
    why. `seen_again` says for a while what was not seen, once it can be read again. `trouble` is why nobody polls here."""

    base: View
    targets: Targets = Targets()
    blind_since_ms: int | None = None
    reason: str = ""
    seen_again: str = ""
    trouble: str = ""

    @property
    def now_ms(self) -> int:
        """The moment to draw for."""
        return self.base.now_ms

    @property
    def pen(self) -> Pen:
        """What to draw with."""
        return pen_of(self.base.symbols)

    def health(self, provider: WallProvider) -> Health:
        """How a provider is doing."""
        return health(provider.state, self.now_ms, self.base.interval_seconds(provider.source.name))

    def told_to_ms(self, snapshot: WallSnapshot) -> int | None:
        """The moment of which the figures speak when none of them is of now: the newest answer of any provider that tells of
        calls; None while one of them is fresh. 0 before the first answer of all."""
        telling = [one for one in snapshot.providers if one.tells_calls] or snapshot.providers
        blind = self.blind_since_ms is not None and self.now_ms - self.blind_since_ms >= BLIND_AFTER_MS
        if not blind and any(self.health(one) is Health.FRESH for one in telling):
            return None
        return max((one.state.last_good_poll_ms or 0 for one in telling), default=0)

    def writes_big(self, width: int, height: int) -> bool:
        """Whether there is room to draw words as well."""
        return bool(self.pen.half_blocks) and width >= BIG_COLUMNS and height >= BIG_ROWS
