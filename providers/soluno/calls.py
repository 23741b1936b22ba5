"""A row as a call: what the fields mean, and what has to be inferred.

The feed is told from the receiving side. Its `stop` is the first person's end, also when that person transferred the call,
so a talk time is a lower bound; `received` may be set by the answer, so a ring time is approximate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from calls.model import Call, Direction, Source, Status
from calls.text import normalise_number
from providers.soluno.rows import Row
from providers.soluno.settings import Settings


class OwnNumbers:
    """Tells the organisation's numbers from all others, by the settings and by what the calls taught."""

    def __init__(self, settings: Settings) -> None:
        self._country_code = settings.country_code
        self._internal = re.compile(settings.internal_number_pattern, re.ASCII)
        numbers = [(number.removesuffix("*"), number.endswith("*")) for number in settings.own_numbers]
        self._whole = frozenset(self.comparable(number) for number, series in numbers if not series)
        self._series = tuple(self.comparable(number) for number, series in numbers if series and self.comparable(number))
        self.listed = bool(settings.own_numbers)
        self._learns = settings.learn_own_numbers

    def comparable(self, number: str) -> str:
        """The number in the form in which it is compared; "" for a withheld one."""
        return normalise_number(number, self._country_code)

    def configured(self, number: str) -> bool:
        """Whether the settings alone make the number own."""
        compared = self.comparable(number)
        if not compared:
            return False
        return bool(compared in self._whole or compared.startswith(self._series) or self._internal.search(number))

    def learned(self, rows: Iterable[Row]) -> frozenset[str]:
        """The numbers that these rows show to be a person's of the exchange, in comparable form.

        An own caller without a group may be calling out, so the number that such a row reached teaches nothing.
        """
        if not self._learns:
            return frozenset()
        return frozenset(
            self.comparable(row.callee)
            for row in rows
            if self.comparable(row.callee)
            and not self.configured(row.callee)
            and (row.receiving or not self.configured(row.caller))
        )

    def direction(self, row: Row, facts: frozenset[str]) -> Direction:
        """In unless the caller is own; then internal, or out when own numbers are listed and the callee is none of them."""
        compared = self.comparable(row.caller)
        learned = self._learns and compared != "" and compared in facts
        if not (self.configured(row.caller) or learned):
            return Direction.IN
        return Direction.OUT if self.listed and not self.configured(row.callee or row.receiving) else Direction.INTERNAL


def call_of(row: Row, call_id: str, source: Source, direction: Direction, names: Mapping[str, str]) -> Call:
    """The call that a row tells of. `names` holds names by comparable number."""
    end_ms = row.answered_ms if row.answered_ms is not None else row.stop_ms
    answered = row.answered_ms is not None
    ring_ms = None if end_ms is None else end_ms - (row.received_ms if row.received_ms is not None else row.start_ms)
    wait_ms = None if end_ms is None else end_ms - row.start_ms
    talk_ms = row.stop_ms - row.answered_ms if row.stop_ms is not None and row.answered_ms is not None else 0
    doubts = []
    if row.stop_ms is None:
        doubts.append("the provider gives no end, so the call may still go on")
    if min(ring_ms or 0, wait_ms or 0, talk_ms) < 0:
        doubts.append("its times run backwards")
    if row.zone_doubt:
        doubts.append("a time came without its offset")

    def name_of(number: str) -> str:
        return names.get(normalise_number(number, source.country_code), "")

    callee = row.callee or row.receiving
    return Call(
        provider=source.name,
        kind=source.kind,
        id=call_id,
        started_ms=row.start_ms,
        direction=direction,
        status=Status.ANSWERED if answered else Status.MISSED,
        ringing_ms=row.received_ms,
        answered_ms=row.answered_ms,
        ended_ms=row.stop_ms,
        caller=row.caller,
        caller_name=name_of(row.caller),
        callee=callee,
        callee_name=name_of(callee),
        queue=row.receiving,
        employee=name_of(row.callee) if answered else "",
        talk_ms=max(0, talk_ms),
        ring_ms=ring_ms if ring_ms is None or ring_ms >= 0 else None,
        wait_ms=wait_ms if wait_ms is None or wait_ms >= 0 else None,
        approximate=bool(doubts),
        doubt="; ".join(doubts),
    )
