"""What the wall monitor shows: frozen, of one moment, and without a name or a whole number in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from calls.alerts import AlertStatus
from calls.cache.snapshots import PollState, ProviderStanding, Standing
from calls.filters import Filter
from calls.metrics import Figure, Tally
from calls.metrics.silence import Silence
from calls.model import Source


@dataclass(frozen=True, slots=True)
class WallQuestion:
    """What the wall asks for: in which zone its day and its tags are cut, with which key the tags are made, which saved
    filters have a page, and whether numbers are shown whole for a moment."""

    zone: ZoneInfo
    tag_key: bytes
    saved: tuple[tuple[str, Filter], ...] = ()
    reveal: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """Inbound calls of a stretch of time. `provisional`: more may still come, because a provider tells of a call when it
    ends, or has not been asked since; where nobody has been asked since, no call is not `known` to be none."""

    started_ms: int
    ended_ms: int
    offered: int
    answered: int
    provisional: bool = False
    known: bool = True

    @property
    def missed(self) -> int:
        """Calls that no person answered."""
        return self.offered - self.answered


@dataclass(frozen=True, slots=True)
class WallCallBack:
    """Somebody to call back. `number` has its last four digits hidden unless numbers are revealed; `tag` are two words that
    stand for the caller today."""

    number: str
    tag: str
    first_missed_ms: int
    last_missed_ms: int
    tries: int
    providers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WallProvider:
    """A provider: how its polls stand, whether its line is silent, and its day so far."""

    source: Source
    state: PollState
    today: Tally
    silence: Silence

    @property
    def tells_calls(self) -> bool:
        """Whether it tells of single calls and not of hourly totals only."""
        return self.source.kind != "telecomx"


@dataclass(frozen=True, slots=True)
class SavedPage:
    """The figures of one of the person's saved filters, by name; today's unless the filter names a time itself."""

    name: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    names_time: bool = False


@dataclass(frozen=True, slots=True)
class WallSnapshot:
    """The wall of one moment.

    `figures` are today's over all providers, by the metric's name: those of `calltop stats on:today`. `last_hour` are twelve
    stretches of five minutes, the last of them running; `hours` those that today has in the wall's zone. `call_backs` come
    oldest first, at most `CALL_BACKS` of `call_back_count`.
    """

    taken_ms: int
    version: int = 0
    providers: tuple[WallProvider, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    last_hour: tuple[Slice, ...] = ()
    hours: tuple[Slice, ...] = ()
    call_backs: tuple[WallCallBack, ...] = ()
    call_back_count: int = 0
    alerts: tuple[AlertStatus, ...] = ()
    saved: tuple[SavedPage, ...] = ()
    revealed: bool = False

    @property
    def oldest_missed_ms(self) -> int | None:
        """When the first call was missed of whoever waits longest to be called back."""
        return self.call_backs[0].first_missed_ms if self.call_backs else None

    @property
    def standing(self) -> Standing:
        """How the providers stand."""
        return Standing(tuple(ProviderStanding(one.source, one.state) for one in self.providers), alerts=self.alerts)
