"""What the tests of asking share: filters made of what an exchange really has, and the calls that satisfy one."""

from __future__ import annotations

from hypothesis import strategies as st

from calls.filters import Filter, FilterContext
from calls.filters.nodes import Node
from calls.model import Call
from tests.calls.filters.samples import filters


def filters_around(real: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The sample filters, those about an exchange, and both kinds joined, alternated and excluded."""
    sample = filters.map(lambda pair: pair[0])
    either = st.tuples(real, real).map(" or ".join)
    both = st.tuples(st.one_of(real, either), st.one_of(real, sample)).map(lambda pair: f"({pair[0]}) ({pair[1]})")
    excluded = either.map(lambda text: f"-({text})")
    return st.one_of(sample, real, both, st.tuples(real, real).map(" ".join), excluded, st.just(""))


def satisfying(node: Filter | Node, calls: tuple[Call, ...], context: FilterContext) -> dict[str, Call]:
    """The calls that a filter, or a part of one, lets through, by id."""
    test = node.predicate(context)
    return {call.id: call for call in calls if test(call)}
