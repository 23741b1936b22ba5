"""Whether the wall can see: since when it could not, why, and what is still to be said of it afterwards."""

from __future__ import annotations

from datetime import tzinfo

from calls.times import MINUTE_MS
from tui.lines.words import time_words

# So long nothing may come from the cache; it is looked at far more often.
LONGEST_SILENCE_SECONDS = 180.0
# A shorter blindness is not worth a word afterwards.
SHORTEST_BLINDNESS_MS = MINUTE_MS
SAID_FOR_MS = 60 * MINUTE_MS
NO_ANSWER = "the cache does not answer"


class Eyes:
    """Follows the answers of the cache. A silence is measured in seconds lived through, because the clock may be set."""

    def __init__(self) -> None:
        self.reason = ""
        self._seen_ms: int | None = None
        self._silent_seconds = 0.0
        self._was_blind: tuple[int, int] | None = None

    @property
    def blind_since_ms(self) -> int | None:
        """Of which moment the last answer was, while none comes; None while the wall sees. 0 when none ever came."""
        return (self._seen_ms or 0) if self.reason else None

    def pass_time(self, seconds: float) -> bool:
        """Lets time pass; whether the wall has turned blind by it."""
        self._silent_seconds += seconds
        if self._silent_seconds < LONGEST_SILENCE_SECONDS or self.reason:
            return False
        self.reason = NO_ANSWER
        return True

    def saw(self, now_ms: int) -> None:
        """An answer came."""
        if self.reason and self._seen_ms is not None and now_ms - self._seen_ms >= SHORTEST_BLINDNESS_MS:
            self._was_blind = (self._seen_ms, now_ms)
        self.reason, self._seen_ms, self._silent_seconds = "", now_ms, 0.0

    def failed(self, reason: str) -> None:
        """The cache could not be read."""
        self.reason, self._silent_seconds = reason, 0.0

    def seen_again_words(self, now_ms: int, zone: tzinfo | None) -> str:
        """What was not seen a while ago: "Was blind from 10:31 to 10:58."; "" when there is nothing to say."""
        if self._was_blind is None or not 0 <= now_ms - self._was_blind[1] < SAID_FOR_MS:
            return ""
        since, until = (time_words(moment_ms, now_ms, zone) for moment_ms in self._was_blind)
        return f"Was blind from {since} to {until}."
