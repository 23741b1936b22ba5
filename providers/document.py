"""`docs/providers.md`, made from the code: `python -m providers.document > docs/providers.md`.

Each cell about the filter is what the vendor's own `plan` says of a sample clause; each grade is the metric's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from calls.filters import FilterContext, parse
from calls.filters.fields import FIELDS, Field
from calls.metrics import METRICS, Grade, Metric
from calls.model import Source
from calls.times import parse_rfc3339
from providers.base import Provider
from providers.plan import ClausePlan, How, PlannedRequest
from providers.registry import KINDS, make_provider, parse_settings

NOW_MS = parse_rfc3339("2026-11-22T09:42:17Z")
"""The instant at which the page's plans are made, a Sunday."""
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "soluno": {"token": "secret"},
    "dstny": {"token": "secret"},
    "telecomx": {"auth": "m2m_token", "token": "secret"},
    "portsip": {"token": "secret", "base_url": "https://pbx.example:8887"},
    "while1": {"token": "secret", "api_key": "secret", "base_url": "https://pbx.example"},
}
SAMPLES: Mapping[str, tuple[str, ...]] = {
    "": ("Madsen", '"Bo Madsen"', "0722", "Mad*"),
    "from": ("2026-11-20", "2026-11-20T14:30", "-2h"),
    "to": ("yesterday", "2026-11-20T14:30", "-2h"),
    "since": ("today", "08:30", "-3d"),
    "on": ("yesterday", "2026-W46", "fri,sat"),
    "hour": ("8..17", "8,9"),
    "weekday": ("mon..fri", "sat,sun"),
    "number": ("+46722222222", "+4672*", "102,103", "withheld"),
    "caller": ("+46722222222", "*2222", '"Bo Madsen"', "withheld"),
    "callee": ("102", "10?", '"Bo Madsen"', "withheld"),
    "employee": ('"Bo Madsen"', "Bo*", "102", "5d5e4d5b9b7ca24b3b5d8a01"),
    "queue": ("622", "622,711", "6*"),
    "project": ("Sales", "Sa*"),
    "route": ("0312285000", "0312*"),
    "trunk": ("gsm1", "gsm*"),
    "duration": (">30s", ">=30s", "<=2m", "10s..2m"),
    "ring": (">10s", "5s..30s"),
    "wait": (">20s", "<1m"),
    "id": ("4711", "1763800000.12", "47*"),
    "linked": ("1763800000.12", "1763800000.*"),
    "external": ("crm-7", "crm-*"),
    "customer": ("{name}",),
    "provider": ("{name}", "elsewhere"),
}
"""Values that show a field's readings, beside all values of a closed field."""
_INTRODUCTION = """\
# Providers

Made from the code by `python -m providers.document`; `calltop plan FILTER` says the same for your own providers.

## What becomes of a filter

| word | meaning |
|---|---|
| sent | the API answers the clause exactly, by the parameters shown |
| narrowed | the API is asked for something wider, and the answer is checked again |
| local | the API has no word for it: it is applied to what came, and to the cache |
| impossible | the provider does not know it: it is not asked, and the reason is said |

The parameters are those of sample settings on Sunday 22 November 2026 at 09:42:17 UTC. NAME stands for the provider's own name.
"""


def page() -> str:
    """The whole page as Markdown."""
    providers = {kind: provider_of(kind) for kind in KINDS}
    parts = [_INTRODUCTION]
    parts += [_field_section(name, hint, clauses, providers) for name, hint, clauses in fields()]
    return "\n".join([*parts, *metrics()]) + "\n"


def provider_of(kind: str) -> Provider:
    """A provider with sample settings, under the name of its kind. It is made, and never asks anything."""
    return make_provider(kind, parse_settings({"kind": kind, **SETTINGS[kind]}), now=lambda: NOW_MS / 1000)


def fields() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each field's heading, its meaning, and its sample clauses."""
    yield "words without a field", "part of a number or a name", SAMPLES[""]
    for field in FIELDS.values():
        yield f"`{field.name}`", field.hint, tuple(clauses(field))


def clauses(field: Field) -> Iterator[str]:
    """The sample clauses of a field: every value of a closed set, its other shapes, and one that excludes."""
    closed = field.values if field.closed else ()
    values = [*closed, *(value for value in SAMPLES.get(field.name, ()) if value not in closed)]
    if closed and field.name not in SAMPLES and len(closed) > 2:
        values.append(",".join(closed[:2]))
    yield from (f"{field.name}:{value}" for value in values)
    yield f"-{field.name}:{values[0]}"


def reading(provider: Provider, clause: str) -> tuple[ClausePlan, tuple[PlannedRequest, ...]]:
    """What becomes of one clause at a provider, and the requests for it; `{name}` stands for the provider's name."""
    source: Source = provider.source
    plan = provider.plan(parse(clause.replace("{name}", source.name)), FilterContext(NOW_MS, {source.name: source}))
    [found] = plan.clauses
    return found, plan.requests


def _field_section(name: str, hint: str, some: Sequence[str], providers: Mapping[str, Provider]) -> str:
    lines = [f"### {name}", "", _sentence(hint), "", f"| clause | {' | '.join(providers)} |"]
    lines.append("|---" * (len(providers) + 1) + "|")
    # Clauses that become the same at every provider share a row.
    rows: dict[tuple[str, ...], list[str]] = {}
    for clause in some:
        cells = tuple(_cell(reading(provider, clause)[0]) for provider in providers.values())
        rows.setdefault(cells, []).append(code(clause.replace("{name}", "NAME")))
    lines += [f"| {' '.join(shown)} | {' | '.join(cells)} |" for cells, shown in rows.items()]
    return "\n".join([*lines, ""])


def _cell(found: ClausePlan) -> str:
    said = [found.how.value]
    if found.sent:
        said.append(code(found.sent))
    if found.why and found.how is not How.SENT:
        said.append(escaped(found.why))
    return ": ".join([said[0], "; ".join(said[1:])]) if said[1:] else said[0]


def metrics() -> Iterator[str]:
    """The lines of the table of figures: how far each can be trusted at each kind of provider."""
    yield "## How far the figures can be trusted\n"
    yield f"| metric | {' | '.join(KINDS)} |"
    yield "|---" * (len(KINDS) + 1) + "|"
    for metric in METRICS.values():
        yield f"| {escaped(metric.title)} (`{metric.name}`) | {' | '.join(_grade(metric, kind) for kind in KINDS)} |"


def _grade(metric: Metric, kind: str) -> str:
    judged = metric.grades[kind]
    word = judged.grade.word.replace("_", " ")
    return word if judged.grade is Grade.EXACT or not judged.reason else f"{word}: {escaped(judged.reason)}"


def code(text: str) -> str:
    """Text in back quotes, fit for a cell of a table."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{escaped(text)}{fence}"


def escaped(text: str) -> str:
    """Text that ends no cell and no line of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


if __name__ == "__main__":
    sys.stdout.write(page())
