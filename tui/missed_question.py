"""What the screen of missed calls asks the cache, and what it gets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from calls.cache.missed import CALL_BACK_SINCE
from calls.cache.reader import Reader
from calls.cache.snapshots import CallBack, Settled, Standing, WithheldMisses
from calls.filters import Filter, FilterContext, parse
from calls.filters.made import calls_with
from calls.model import Call
from tui.feed import Feed, NothingCached

MOST_CALLS = 300
WITHHELD = parse("direction:in -status:answered caller:withheld")
_NONE_HIDDEN = WithheldMisses(0, 0, 0)


class MissedList(StrEnum):
    """The lists of the screen. The value is the name on the tab."""

    WAITING = "waiting"
    SETTLED = "settled"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class MissedQuestion:
    """`shown` is the list wanted, `all_days` whether it reaches back over the whole cache, `caller` the comparable number
    whose calls are wanted, "" for the first one's."""

    wanted: Filter
    shown: MissedList = MissedList.WAITING
    all_days: bool = False
    caller: str = ""


@dataclass(frozen=True, slots=True)
class MissedSnapshot:
    """Who rang in vain, of one moment. `since_ms` is where the lists begin, None when they reach over all that is cached or
    the filter says where; `settled` and `hidden_calls` are read only when they are shown. `calls` are all calls with the number
    of `caller`, newest first."""

    standing: Standing
    shown: MissedList
    waiting: tuple[CallBack, ...] = ()
    settled: tuple[Settled, ...] = ()
    withheld: WithheldMisses = _NONE_HIDDEN
    hidden_calls: tuple[Call, ...] = ()
    since_ms: int | None = None
    ranged: bool = False
    caller: str = ""
    calls: tuple[Call, ...] = ()

    @property
    def callers(self) -> tuple[CallBack, ...]:
        """The callers in the list shown."""
        if self.shown is MissedList.SETTLED:
            return tuple(one.missed for one in self.settled)
        return self.waiting if self.shown is MissedList.WAITING else ()


class MissedReading:
    """Answers questions in the reader's thread. Going from caller to caller asks for the caller's calls only."""

    def __init__(self) -> None:
        self._known: tuple[object, MissedSnapshot] | None = None

    def read(self, feed: Feed, question: MissedQuestion, now_ms: int) -> MissedSnapshot:
        """The answer as of a moment; an empty one while there is no cache."""
        asked = (feed.version(), now_ms // 60_000, question.wanted, question.shown, question.all_days)
        try:
            if self._known is None or self._known[0] != asked:
                self._known = asked, feed.read(lambda reader: _lists(reader, question, now_ms))
            lists = self._known[1]
            keys = [row.number_key for row in lists.callers]
            caller = question.caller if question.caller in keys else next(iter(keys), "")
            calls = feed.read(lambda reader: _calls_with(reader, caller, now_ms)) if caller else ()
        except NothingCached:
            return MissedSnapshot(Standing(), question.shown)
        return replace(lists, caller=caller, calls=calls)


def _lists(reader: Reader, question: MissedQuestion, now_ms: int) -> MissedSnapshot:
    context = reader.context(now_ms)
    wanted, since_ms = range_of(question, context)
    shown = question.shown
    hidden = wanted.narrowed(WITHHELD)
    return MissedSnapshot(
        standing=reader.standing(question.wanted, now_ms),
        shown=shown,
        waiting=reader.unreturned(wanted, now_ms),
        settled=reader.settled(wanted, now_ms) if shown is MissedList.SETTLED else (),
        withheld=reader.withheld(wanted, now_ms),
        hidden_calls=tuple(reader.calls(hidden, now_ms, MOST_CALLS)) if shown is MissedList.WITHHELD else (),
        since_ms=since_ms,
        ranged=_says_when(question.wanted, context),
    )


def range_of(question: MissedQuestion, context: FilterContext) -> tuple[Filter, int | None]:
    """The filter with the days that the lists reach over, and where those begin; None where the filter says it, or nothing."""
    if question.all_days or _says_when(question.wanted, context):
        return question.wanted, None
    return question.wanted.narrowed(CALL_BACK_SINCE), _beginning(context)


def _says_when(wanted: Filter, context: FilterContext) -> bool:
    return any(wanted.reach(context, name).start_ms is not None for name in context.sources)


def _beginning(context: FilterContext) -> int | None:
    starts = (CALL_BACK_SINCE.reach(context, name).start_ms for name in context.sources)
    return min((start for start in starts if start is not None), default=None)


def _calls_with(reader: Reader, number_key: str, now_ms: int) -> tuple[Call, ...]:
    return tuple(reader.calls(calls_with(number_key), now_ms, MOST_CALLS))
