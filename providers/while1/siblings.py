"""Which legs make one call: those of one `linkedid`, and the stray legs that belong to an answered call of the same caller.

Parallel ringing leaves unanswered legs under an id of their own. Such legs are found by caller and time; outgoing legs never
are, because those are redials.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from calls.model import Direction
from providers.while1.rows import Row, comparable


@dataclass(frozen=True, slots=True)
class Nearness:
    """Within which time a stray leg belongs to an answered call: one without destination, and any other."""

    null_destination_ms: int
    any_ms: int

    def joins(self, stray: Row, other: Row) -> bool:
        """Whether `stray` starts close enough to `other`."""
        apart_ms = abs(stray.started_ms - other.started_ms)
        return apart_ms <= self.any_ms or (not stray.destination and apart_ms <= self.null_destination_ms)


@dataclass(frozen=True, slots=True)
class LegsOfCall:
    """The legs of one call, each list in order of the rows' numbers. `joined` came under another id than `own`."""

    own: tuple[Row, ...]
    joined: tuple[Row, ...] = ()

    @property
    def id(self) -> str:
        """The call's id."""
        return self.own[0].group

    @property
    def all(self) -> tuple[Row, ...]:
        """All legs."""
        return tuple(sorted((*self.own, *self.joined), key=lambda leg: leg.id))


def by_a_person(leg: Row) -> bool:
    """Whether a person took this leg. From outside, where a queue or a menu answers as well, an agent has to be named."""
    if leg.status != "ANSWERED":
        return False
    return leg.direction in (Direction.OUT, Direction.INTERNAL) or leg.agent_known or not leg.by_machine


def calls_among(legs: Iterable[Row], nearness: Nearness) -> list[LegsOfCall]:
    """The calls that these legs make, in no particular order; the same whatever the order of the legs.

    A whole `linkedid` joins the answered call whose legs one of its own is nearest to.
    """
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for leg in sorted(legs, key=lambda leg: leg.id):
        groups[leg.group].append(leg)
    answered: defaultdict[str, list[Row]] = defaultdict(list)
    for group in groups.values():
        if any(map(by_a_person, group)):
            for leg in group:
                caller = comparable(leg.source)
                if leg.direction is Direction.IN and caller:
                    answered[caller].append(leg)
    joined: defaultdict[str, list[Row]] = defaultdict(list)
    for name in [*groups]:
        target = _target(groups[name], answered, nearness)
        if target is not None:
            joined[target] += groups.pop(name)
    return [LegsOfCall(tuple(own), tuple(joined[name])) for name, own in groups.items()]


def _target(group: Sequence[Row], answered: defaultdict[str, list[Row]], nearness: Nearness) -> str | None:
    """The `linkedid` that a group of stray legs belongs to, None where it is a call by itself."""
    if any(leg.direction is not Direction.IN or by_a_person(leg) for leg in group):
        return None
    candidates = [
        (abs(stray.started_ms - leg.started_ms), leg.started_ms, leg.id, leg.group)
        for stray in group
        if stray.status != "ANSWERED"
        for leg in answered.get(comparable(stray.source), ())
        if nearness.joins(stray, leg)
    ]
    return min(candidates)[-1] if candidates else None
