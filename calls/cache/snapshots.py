"""What the cache shows a screen: frozen answers, whole and of one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from calls.alerts import AlertStatus
    from calls.metrics import Tally
    from calls.metrics.silence import Silence
    from calls.model import Call, Source, Window


class PollState(NamedTuple):
    """How polling one provider stands, as the cache knows it; the same for every window on the cache.

    `complete_to_ms`: all calls started before it are believed present. `failing_since_ms` is the first of the failed polls
    since the last good one; `error` says what happened and what to do. `next_due_ms` is None while nobody polls or when
    polling waits for the person (a refused sign-in). `poller` is the process that holds the lease, "" when nobody does.
    """

    last_good_poll_ms: int | None = None
    last_try_ms: int | None = None
    next_due_ms: int | None = None
    complete_to_ms: int | None = None
    failing_since_ms: int | None = None
    error: str = ""
    polling: bool = False
    poller: str = ""
    rejected_records: int = 0
    skew_seconds: int | None = None


class ProviderStanding(NamedTuple):
    """How one provider stands towards a filter: `missing` are the stretches of the filter's range that the cache lacks,
    `impossible` says in one sentence why this provider cannot answer the filter, else ""."""

    source: Source
    state: PollState
    missing: tuple[Window, ...] = ()
    impossible: str = ""


class Alarm(NamedTuple):
    """An alert of the configuration that fires now: since when, and in one sentence what was measured and what is allowed."""

    name: str
    since_ms: int
    sentence: str


class Standing(NamedTuple):
    """How every provider stands, in the order they were first seen, how many days back the cache reaches, which alerts fire,
    the longest first, and how all `alerts` stand, for what is told aloud."""

    providers: tuple[ProviderStanding, ...] = ()
    cached_days: int = 0
    alarms: tuple[Alarm, ...] = ()
    alerts: tuple[AlertStatus, ...] = ()


class EmployeeRow(NamedTuple):
    """One employee's day: what a provider of totals can show instead of calls."""

    employee: str
    extension: str
    inbound_calls: int
    inbound_answered: int
    outbound_calls: int
    talk_seconds: int


class CallBack(NamedTuple):
    """Somebody who rang, reached nobody, and has since neither been reached nor got through, at any provider.

    `number_key` is the comparable form of the number, by which the caller is marked as dealt with. `check_first` says why
    the number should be looked at before it is called back, else "".
    """

    caller: str
    caller_name: str
    first_missed_ms: int
    last_missed_ms: int
    tries: int
    providers: tuple[str, ...]
    number_key: str = ""
    check_first: str = ""


class Mark(NamedTuple):
    """What a person noted about missed calls: who, when, and a note."""

    marked_ms: int
    who: str
    note: str


class Settled(NamedTuple):
    """Missed calls of one caller that need no call back any more: `by` is the answered call that settled the last of them,
    `mark` what a person noted instead. One of both is there."""

    missed: CallBack
    by: Call | None = None
    mark: Mark | None = None

    @property
    def settled_ms(self) -> int:
        """When the closing call began, or the mark was made."""
        if self.by is not None:
            return self.by.started_ms
        return 0 if self.mark is None else self.mark.marked_ms


class WithheldMisses(NamedTuple):
    """Missed calls from hidden numbers, which nobody can call back: how many, the first and the last."""

    calls: int
    first_missed_ms: int
    last_missed_ms: int


class PaneSnapshot(NamedTuple):
    """What a provider's pane shows.

    `today` counts the provider's local day, narrowed by the filter. `by_hour` has one (offered, answered) pair per hour that
    today has: 23, 24 or 25 of them. `current_hour` is the index of the hour that runs now. `newest` comes newest first.
    `matching` and `total` are the provider's cached calls under the filter and altogether (employee buckets do not count).
    `impossible` says in one sentence why this provider cannot answer the filter, else ""; `missing` are the stretches of the
    filter's range that the cache lacks. `silence` tells whether its line is up, whatever the filter.
    """

    source: Source
    state: PollState
    today: Tally
    by_hour: tuple[tuple[int, int], ...]
    current_hour: int
    newest: tuple[Call, ...]
    employees: tuple[EmployeeRow, ...]
    matching: int
    total: int
    covered: tuple[Window, ...]
    impossible: str = ""
    missing: tuple[Window, ...] = ()
    silence: Silence | None = None


class LiveSnapshot(NamedTuple):
    """The first screen, of one moment. `merged` holds the newest calls of all providers; `call_backs` the oldest first."""

    taken_ms: int
    version: int
    panes: tuple[PaneSnapshot, ...]
    today: Tally
    merged: tuple[Call, ...]
    call_backs: tuple[CallBack, ...]
    call_back_count: int
    matching: int
    total: int
    cached_days: int
    alarms: tuple[Alarm, ...] = ()
    alerts: tuple[AlertStatus, ...] = ()

    @property
    def standing(self) -> Standing:
        """How the providers stand."""
        providers = tuple(ProviderStanding(pane.source, pane.state, pane.missing, pane.impossible) for pane in self.panes)
        return Standing(providers, self.cached_days, self.alarms, self.alerts)
