"""Finds out whether the keys of HOUR grouping are local hours, 0 to 23: the document does not say.

A past day is asked in three ways: as a whole, by hour, and two of its hours by their own edges. Only when every counter
agrees are the keys trusted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from calls.model import Window
from calls.text import clean
from calls.times import local_day_window
from providers.telecomx.buckets import hour_number
from providers.telecomx.cells import Cell, total
from providers.telecomx.request import Grouping, hours_of

Mode = Literal["keyed", "windowed"]
Ask = Callable[[Window, Grouping], Awaitable[list[Cell]]]
DAYS_TRIED = 7
_LONGEST_PROOF = 80
_MODES: Mapping[str, Mode] = {"keyed": "keyed", "windowed": "windowed"}


@dataclass(frozen=True, slots=True)
class Calibration:
    """How hours are read since `checked`. `proof` is "" when the keys agreed, else what stood against them."""

    mode: Mode
    checked: date
    proof: str = ""

    @classmethod
    def from_state(cls, state: Mapping[str, str]) -> Calibration | None:
        """What an earlier fetch found out; None when it says nothing."""
        try:
            checked = date.fromisoformat(state.get("checked", ""))
        except ValueError:
            return None
        mode = _MODES.get(state.get("hour_mode", ""))
        return None if mode is None else cls(mode, checked, state.get("proof", ""))

    def state(self) -> dict[str, str]:
        """What the next fetch should know."""
        proof = {"proof": clean(self.proof, _LONGEST_PROOF)} if self.proof else {}
        return {"hour_mode": self.mode, "checked": self.checked.isoformat(), **proof}

    def holds(self, today: date, zone: ZoneInfo) -> bool:
        """Whether nothing needs to be checked again today.

        A found agreement holds until the clocks are changed, everything else until the day ends.
        """
        if self.checked == today:
            return True
        return self.mode == "keyed" and not self.proof and _offset(self.checked, zone) == _offset(today, zone)


def _offset(day: date, zone: ZoneInfo) -> int:
    return local_day_window(day, zone).start_ms % (24 * 3600 * 1000)


async def calibrate(ask: Ask, today: date, zone: ZoneInfo) -> Calibration:
    """Checks the keys on the newest day before `today` that had calls and 24 hours.

    Without any such day the keys are taken for hours, and tomorrow decides again.
    """
    for days_ago in range(1, DAYS_TRIED + 1):
        day = today - timedelta(days=days_ago)
        hours = hours_of(day, zone)
        if len(hours) != 24 or any(hour.merged_hours != 1 for hour in hours.values()):
            continue
        whole = total(await ask(local_day_window(day, zone), "DAY"))
        if any(whole.values()):
            return await _compared(ask, day, whole, today, zone)
    return Calibration("keyed", today, f"no calls in {DAYS_TRIED} days")


async def _compared(ask: Ask, day: date, whole: Mapping[str, int], today: date, zone: ZoneInfo) -> Calibration:
    cells = await ask(local_day_window(day, zone), "HOUR")
    by_hour: dict[int, list[Cell]] = {}
    for cell in cells:
        number = hour_number(cell.interval)
        if number is None:
            return Calibration("windowed", today, f"the key {cell.interval} is no hour")
        by_hour.setdefault(number, []).append(cell)
    if total(cells) != whole:
        return Calibration("windowed", today, f"the hours of {day.isoformat()} do not sum up to the day")
    busiest = max(by_hour, key=lambda number: sum(total(by_hour[number]).values()))
    beside = busiest + 1 if busiest < 23 else busiest - 1
    for number in (busiest, beside):
        asked = await ask(hours_of(day, zone)[number].window, "DAY")
        if total(asked) != total(by_hour.get(number, ())):
            return Calibration("windowed", today, f"the key {number} of {day.isoformat()} is another hour")
    return Calibration("keyed", today)
