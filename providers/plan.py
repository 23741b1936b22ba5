"""What a provider would be asked for a filter, clause by clause, before anything is asked.

Every vendor's module translates the clauses of a filter into its API's own parameters; here they become requests. What an
API cannot express is applied to the cache afterwards, and what it cannot know is said.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Any

from calls.filters import Filter, FilterContext
from calls.filters.conditions import TRUE
from calls.filters.criteria import SourceLike
from calls.filters.nodes import Clause, Node
from calls.filters.started import Started
from calls.model import Source, Window
from calls.times import DAY_MS
from providers.transport import encode_query

MOST_COMBINATIONS = 24


class How(StrEnum):
    """What becomes of a clause at one provider.

    `sent`: the API answers it exactly. `narrowed`: the API is asked for something wider, and the answer is checked again.
    `local`: the API has no word for it, so it is applied to what came. `impossible`: the provider does not know it.
    """

    SENT = "sent"
    NARROWED = "narrowed"
    LOCAL = "local"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Translation:
    """A clause in an API's vocabulary.

    `alternatives` are sets of parameters, of which each needs a request of its own, since the API takes one value at a
    time; there are none where the clause is `local` or `impossible`. `why` is one short sentence, needed unless `sent`.
    """

    how: How
    alternatives: tuple[Mapping[str, str], ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class ClausePlan:
    """A clause, in canonical text, and what becomes of it; `sent` holds the parameters as text, "" without any."""

    clause: str
    how: How
    sent: str = ""
    why: str = ""

    def json(self) -> Mapping[str, str]:
        """The object that `calltop plan --format json` prints for a clause."""
        return {"clause": self.clause, "how": self.how.value, "sent": self.sent, "why": self.why}


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """A request as it goes on the wire, but for credentials, which are added when it is sent.

    `path` is below the provider's base address. Where the answer has pages, this asks for the first.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    json_body: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None

    def json(self) -> Mapping[str, Any]:
        """The object that `calltop plan --format json` prints for a request."""
        url = f"{self.path}?{encode_query(self.query)}" if self.query else self.path
        body = self.json_body if self.form is None else encode_query(self.form)
        return {"method": self.method, "url": url, "body": body}

    @property
    def text(self) -> str:
        """The request on one line."""
        shown = self.json()
        body = shown["body"]
        if body is not None and not isinstance(body, str):
            body = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return f"{shown['method']} {shown['url']}" + (f" {body}" if body else "")


@dataclass(frozen=True, slots=True)
class Plan:
    """What one provider would be asked for a filter.

    `window` is the stretch of time asked for, empty when nothing is. `afterwards` says in words which requests the answer
    leads to: further pages, the other legs of the calls found.
    """

    provider: str
    kind: str
    window: Window
    clauses: tuple[ClausePlan, ...]
    requests: tuple[PlannedRequest, ...]
    afterwards: str = ""

    @property
    def impossible(self) -> tuple[ClausePlan, ...]:
        """The clauses this provider cannot answer; it is not asked when there are any."""
        return tuple(clause for clause in self.clauses if clause.how is How.IMPOSSIBLE)

    def json(self) -> Mapping[str, Any]:
        """The object that `calltop plan --format json` prints for a provider."""
        return {
            "provider": self.provider,
            "kind": self.kind,
            "clauses": [clause.json() for clause in self.clauses],
            "requests": [request.json() for request in self.requests],
            "afterwards": self.afterwards,
        }


Translate = Callable[[Node], Translation]


@dataclass(frozen=True, slots=True)
class Translated:
    """A whole filter in an API's vocabulary: its clauses, and the sets of parameters to ask with, apart from the time.

    `parameters` is empty when this provider is not to be asked, and holds one empty set when only the time narrows.
    """

    clauses: tuple[ClausePlan, ...]
    parameters: tuple[Mapping[str, str], ...]


def asked_window(wanted: Filter, context: FilterContext, source: Source, history_days: int) -> Window:
    """The stretch of time a provider is to be asked for: what the filter reaches, within its history and until now."""
    oldest = Window(context.now_ms - history_days * DAY_MS, context.now_ms + 1)
    window = wanted.reach(context, source.name).of(oldest)
    return Window(max(window.start_ms, oldest.start_ms), max(oldest.start_ms, min(window.end_ms, oldest.end_ms)))


def is_one_time(node: Node) -> bool:
    """Whether a clause is a single stretch of time, which every API takes as its range."""
    return isinstance(node, Clause) and len(node.values) == 1 and isinstance(node.values[0], Started)


def translated(
    wanted: Filter, context: FilterContext, source: Source, translate: Translate, *, joined: Mapping[str, str] | None = None
) -> Translated:
    """Every clause of a filter through `translate`, and the sets of parameters that result.

    A clause that names providers decides whether this one is asked. A parameter stands once in a request: a second clause
    that needs it is applied locally, unless `joined` says with which text two values of that parameter are put together.
    Clauses whose alternatives would multiply to more than `MOST_COMBINATIONS` requests are applied locally too.
    """
    joined = joined or {}
    plans: list[ClausePlan] = []
    sets: tuple[Mapping[str, str], ...] = ({},)
    asked = True
    for node in wanted.clauses:
        chosen = _chosen(node, context, source)
        if chosen is not None:
            asked = asked and chosen
            why = "it chooses which providers are asked" if chosen else "the filter names other providers"
            plans.append(ClausePlan(node.text, How.LOCAL, "", why))
            continue
        reading = translate(node)
        if reading.alternatives:
            combined, obstacle = _combined(sets, reading.alternatives, joined)
            if obstacle:
                plans.append(ClausePlan(node.text, How.LOCAL, "", obstacle))
                continue
            sets = combined
        plans.append(ClausePlan(node.text, reading.how, _sent(reading.alternatives), reading.why))
    asked = asked and not any(plan.how is How.IMPOSSIBLE for plan in plans)
    return Translated(tuple(plans), sets if asked else ())


def _chosen(node: Node, context: FilterContext, source: Source) -> bool | None:
    """Whether a clause about providers lets this one through; None for any other clause."""
    clauses = list(node.clauses())
    if not clauses or not all(isinstance(value, SourceLike) for clause in clauses for value in clause.values):
        return None
    return node.sql(FilterContext(context.now_ms, {source.name: source})) == TRUE


def _combined(
    sets: Sequence[Mapping[str, str]], alternatives: Sequence[Mapping[str, str]], joined: Mapping[str, str]
) -> tuple[tuple[Mapping[str, str], ...], str]:
    """The sets of parameters widened by a clause's alternatives, and what stands against it, "" when nothing does."""
    if len(sets) * len(alternatives) > MOST_COMBINATIONS:
        return (), f"it would take more than {MOST_COMBINATIONS} requests"
    found: list[Mapping[str, str]] = []
    for before, added in product(sets, alternatives):
        merged = dict(before)
        for name, value in added.items():
            if name not in merged or merged[name] == value:
                merged[name] = value
            elif name in joined:
                merged[name] += joined[name] + value
            else:
                return (), f"the API takes {name} once, and another clause has it"
        found.append(merged)
    return tuple(found), ""


def _sent(alternatives: Sequence[Mapping[str, str]]) -> str:
    return " or ".join(" ".join(f"{name}={value}" for name, value in each.items()) for each in alternatives)


def worst(hows: Iterator[How] | Sequence[How]) -> How:
    """The least of several: how a clause with several values is answered."""
    return max(hows, key=list(How).index)
