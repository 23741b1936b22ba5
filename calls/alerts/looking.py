"""Looks at what a rule measures, in the cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from calls.alerts import Known, Reading, Rule
from calls.cache.missed import CALL_BACK_SINCE
from calls.cache.reader import Reader
from calls.cache.snapshots import CallBack, ProviderStanding
from calls.filters import Filter
from calls.metrics import METRICS, Figure, Unit
from calls.times import MINUTE_MS

# Figures of data older than this are no reason to begin or to end an alert; `data_age_minutes` is there to tell.
OLDEST_DATA_MS = 30 * MINUTE_MS
NOTHING = Reading(Known.NOTHING)
STALE = Reading(Known.STALE)


def look(reader: Reader, rule: Rule, now_ms: int) -> Reading:
    """What a rule measures, as the cache knows it. Raises KeyError for an unknown measure."""
    if rule.measure in METRICS:
        return _figure(reader, rule, now_ms)
    return _STANDING_LOOKS[rule.measure](reader, rule, now_ms)


def _figure(reader: Reader, rule: Rule, now_ms: int) -> Reading:
    metric = METRICS[rule.measure]
    telling = [one for one in _standing(reader, rule, now_ms) if metric.can_tell(one.source.kind)]
    if not any(now_ms - (one.state.last_good_poll_ms or 0) <= OLDEST_DATA_MS for one in telling):
        return STALE
    figure = reader.figures(rule.wanted, now_ms, [metric]).get("", {}).get(metric.name)
    if figure is None or figure.value is None:
        return NOTHING
    if figure.unit is Unit.RATIO and figure.denominator < rule.min_calls:
        return NOTHING
    return Reading(Known.VALUE, float(figure.value), _parts(figure))


def _parts(figure: Figure) -> str:
    return f"{figure.numerator}/{figure.denominator}" if figure.unit is Unit.RATIO else ""


def _waiting(reader: Reader, rule: Rule, now_ms: int) -> tuple[CallBack, ...]:
    return reader.unreturned(rule.wanted.narrowed(CALL_BACK_SINCE), now_ms)


def _call_backs(reader: Reader, rule: Rule, now_ms: int) -> Reading:
    return Reading(Known.VALUE, float(len(_waiting(reader, rule, now_ms))))


def _oldest_call_back(reader: Reader, rule: Rule, now_ms: int) -> Reading:
    waiting = _waiting(reader, rule, now_ms)
    if not waiting:
        return NOTHING
    return Reading(Known.VALUE, max(0, now_ms - waiting[0].first_missed_ms) / MINUTE_MS, f"{len(waiting)} wait")


def _standing(reader: Reader, rule: Rule, now_ms: int) -> tuple[ProviderStanding, ...]:
    providers = reader.standing(Filter(), now_ms).providers
    return tuple(one for one in providers if rule.provider in ("", one.source.name))


def _data_age(reader: Reader, rule: Rule, now_ms: int) -> Reading:
    polled = [(one.state.last_good_poll_ms, one.source.name) for one in _standing(reader, rule, now_ms)]
    answered = [(last_ms, name) for last_ms, name in polled if last_ms is not None]
    if not answered:
        return STALE
    last_ms, name = min(answered)
    return Reading(Known.VALUE, max(0, now_ms - last_ms) / MINUTE_MS, name)


def _down(reader: Reader, rule: Rule, now_ms: int) -> Reading:
    names = [one.source.name for one in _standing(reader, rule, now_ms) if one.state.failing_since_ms is not None]
    return Reading(Known.VALUE, float(len(names)), ", ".join(names))


def _silent(reader: Reader, rule: Rule, now_ms: int) -> Reading:
    names = [one.provider for one in reader.silence(now_ms) if one.alarm and rule.provider in ("", one.provider)]
    return Reading(Known.VALUE, float(len(names)), ", ".join(names))


_STANDING_LOOKS: Mapping[str, Callable[[Reader, Rule, int], Reading]] = {
    "call_backs": _call_backs,
    "oldest_call_back_minutes": _oldest_call_back,
    "data_age_minutes": _data_age,
    "providers_down": _down,
    "silent_providers": _silent,
}
