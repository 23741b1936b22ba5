"""What is answered: an array of employees, each with its counters by interval, read into cells.

The document calls an interval's key a number; its samples show text. Keys carry no date, so their meaning comes from the
request alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from calls.model import Reject
from calls.text import clean
from providers.answer import row_json
from providers.telecomx.request import COUNTER_FIELDS

LONGEST_REJECT = 4_000
LARGEST_COUNT = 2**53


@dataclass(frozen=True, slots=True)
class Cell:
    """One employee's and extension's counters in one interval, as sent. `employee` is the object without its data."""

    employee_id: str
    extension_id: str
    employee: Mapping[str, Any]
    interval: str
    counters: Mapping[str, Any]


def counts_in(counters: Mapping[str, Any]) -> dict[str, int | None]:
    """The ten counters by our names, None where the vendor left one out. Raises ValueError, one reason in words."""
    counts: dict[str, int | None] = {}
    for field, name in COUNTER_FIELDS.items():
        counts[name] = _count(counters.get(field), field)
    return counts


def _count(value: Any, field: str) -> int | None:
    if value is None:
        return None
    text = value.strip() if isinstance(value, str) else ""
    is_whole = (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
    count = int(value) if is_whole or (text.isascii() and text.isdigit() and len(text) < 17) else -1
    if not 0 <= count < LARGEST_COUNT:
        raise ValueError(f"{field} is no count: {clean(value, 40)!r}")
    return count


def read_cells(answer: Iterable[Any]) -> tuple[list[Cell], list[Reject]]:
    """The cells of an answer, and what of it cannot be read. Twice the same employee, extension and interval is a reject."""
    cells: dict[tuple[str, str, str], Cell] = {}
    rejects: list[Reject] = []
    for entry in answer:
        try:
            employee_id, extension_id, employee, data = _read_entry(entry)
        except ValueError as error:
            rejects.append(rejected(entry, str(error)))
            continue
        for interval, counters in data.items():
            try:
                if not isinstance(counters, dict):
                    raise ValueError("an interval holds no counters")
                counts_in(counters)
                row_json(counters)
                place = (employee_id, extension_id, interval)
                if place in cells:
                    raise ValueError("the same employee and extension came twice")
                cells[place] = Cell(employee_id, extension_id, employee, interval, counters)
            except ValueError as error:
                rejects.append(rejected({**employee, "data": {interval: counters}}, str(error)))
    return list(cells.values()), rejects


def _read_entry(entry: Any) -> tuple[str, str, Mapping[str, Any], Mapping[str, Any]]:
    if not isinstance(entry, dict):
        raise ValueError("the entry is no object")
    data = entry.get("data")
    if not isinstance(data, dict):
        raise ValueError("the employee has no data")
    employee = {name: value for name, value in entry.items() if name != "data"}
    row_json(employee)
    employee_id, extension_id = _identifier(employee, "employeeId"), _identifier(employee, "extensionId")
    if data and not employee_id and not extension_id:
        raise ValueError("neither employee nor extension has an id")
    return employee_id, extension_id, employee, data


def _identifier(employee: Mapping[str, Any], name: str) -> str:
    value = employee.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, (str, int))):
        raise ValueError(f"{name} is no id")
    return clean(value)


def rejected(entry: Any, reason: str) -> Reject:
    """The entry as a quarantined text."""
    try:
        text = row_json(entry)
    except ValueError:
        text = ""
    return Reject(clean(text, LONGEST_REJECT), clean(reason))


def total(cells: Iterable[Cell]) -> dict[str, int]:
    """Each counter summed over the cells."""
    sums = dict.fromkeys(COUNTER_FIELDS.values(), 0)
    for cell in cells:
        for name, count in counts_in(cell.counters).items():
            sums[name] += count or 0
    return sums


def joined(cells: Iterable[Cell]) -> list[Cell]:
    """One cell per employee and extension, whatever their intervals: the counters as sent where there is one interval."""
    by_employee: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        by_employee.setdefault((cell.employee_id, cell.extension_id), []).append(cell)
    whole: list[Cell] = []
    for (employee_id, extension_id), parts in by_employee.items():
        counters: Mapping[str, Any] = parts[0].counters
        if len(parts) > 1:
            sums = total(parts)
            sent = {field for part in parts for field in COUNTER_FIELDS if part.counters.get(field) is not None}
            counters = {field: sums[name] for field, name in COUNTER_FIELDS.items() if field in sent}
        interval = parts[0].interval if len(parts) == 1 else ""
        whole.append(Cell(employee_id, extension_id, parts[0].employee, interval, counters))
    return whole
