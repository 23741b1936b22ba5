"""What a person should know about an answer as a whole. Each text is stable: one state of affairs, one notice."""

from __future__ import annotations

from collections.abc import Iterable

from calls.text import clean
from providers.telecomx.cells import Cell, counts_in
from providers.telecomx.request import COUNTER_FIELDS, EMPLOYEE_FIELDS

CONTRADICTED = "inboundAnswered is neither 0 nor inboundCalls minus inboundUnanswered; the provider's field is shown"
ODD_KEYS = "the statistics' hour keys are not the hours 0 to 23, so hours are asked one by one"
_LONGEST_NAME = 40
_MOST_NAMES = 5


def notices_of(cells: Iterable[Cell]) -> tuple[str, ...]:
    """Fields that the document does not name, and counters that contradict each other."""
    unfamiliar: set[str] = set()
    contradicted = False
    for cell in cells:
        unfamiliar.update(set(cell.employee) - set(EMPLOYEE_FIELDS), set(cell.counters) - set(COUNTER_FIELDS))
        counts = counts_in(cell.counters)
        calls, unanswered, answered = (counts[f"inbound_{name}"] for name in ("calls", "unanswered", "answered"))
        contradicted = contradicted or bool(
            answered and None not in (calls, unanswered) and answered != (calls or 0) - (unanswered or 0)
        )
    found = [CONTRADICTED] if contradicted else []
    if unfamiliar:
        names = sorted(clean(name, _LONGEST_NAME) for name in unfamiliar)
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        found.append(f"the statistics have fields the document does not name: {', '.join(names[:_MOST_NAMES])}{more}")
    return tuple(found)
