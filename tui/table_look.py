"""How the person wants the table of calls: which columns, in which order, how wide, and sorted by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tui.lines.call_columns import BY_NAME, COLUMNS, NARROWEST, WIDEST

TIME = "time"


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """A column: whether it is shown, and the person's width in cells, None for the usual one."""

    name: str
    shown: bool = True
    width: int | None = None


USUAL_COLUMNS = tuple(ColumnLook(column.name, column.shown) for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class TableLook:
    """Every column once, from left to right; `sorted_by` is one of them. At least one column is shown."""

    columns: tuple[ColumnLook, ...] = USUAL_COLUMNS
    sorted_by: str = TIME
    descending: bool = True

    @property
    def order(self) -> str:
        """What the cache sorts by."""
        return BY_NAME[self.sorted_by].order

    @property
    def shown(self) -> tuple[ColumnLook, ...]:
        """The columns that are shown, from left to right."""
        return tuple(column for column in self.columns if column.shown)

    def toggled(self, name: str) -> TableLook:
        """With a column hidden or shown; the last one stays."""
        changed = self._changed(name, lambda column: replace(column, shown=not column.shown))
        return changed if changed.shown else self

    def moved(self, name: str, places: int) -> TableLook:
        """With a column so many places further right, or left."""
        names = [column.name for column in self.columns]
        at = names.index(name)
        rest = [column for column in self.columns if column.name != name]
        place = max(0, min(at + places, len(rest)))
        return replace(self, columns=(*rest[:place], self.columns[at], *rest[place:]))

    def widened(self, name: str, cells: int) -> TableLook:
        """With a column so many cells wider, or narrower."""

        def wider(column: ColumnLook) -> ColumnLook:
            width = BY_NAME[name].width if column.width is None else column.width
            return replace(column, width=_sound_width(width + cells))

        return self._changed(name, wider)

    def with_usual_width(self, name: str) -> TableLook:
        """With a column as wide as it usually is."""
        return self._changed(name, lambda column: replace(column, width=None))

    def sorted_on(self, name: str) -> TableLook:
        """Sorted by a column, or the other way round where it is already; as it was where calls cannot be sorted by it.

        What grows comes with its greatest first, names from A on.
        """
        if not BY_NAME[name].order:
            return self
        if name == self.sorted_by:
            return replace(self, descending=not self.descending)
        return replace(self, sorted_by=name, descending=name == TIME or BY_NAME[name].numeric)

    def with_usual_columns(self) -> TableLook:
        """With the columns as they were at first."""
        return replace(self, columns=USUAL_COLUMNS)

    def _changed(self, name: str, change: Callable[[ColumnLook], ColumnLook]) -> TableLook:
        return replace(self, columns=tuple(change(column) if column.name == name else column for column in self.columns))

    # Kept between two runs.

    def kept(self) -> Mapping[str, Any]:
        """As JSON."""
        columns = [{"name": column.name, "shown": column.shown, "width": column.width} for column in self.columns]
        return {"columns": columns, "sorted_by": self.sorted_by, "descending": self.descending}

    @staticmethod
    def read(kept: object) -> TableLook:
        """What `kept` gave, as far as it can be read: columns it does not name come last, as they usually are."""
        if not isinstance(kept, Mapping):
            return TableLook()
        rows = kept.get("columns")
        known = {look.name: look for look in map(_read_column, rows if isinstance(rows, list) else ()) if look is not None}
        columns = (*known.values(), *(look for look in USUAL_COLUMNS if look.name not in known))
        sorted_by, descending = kept.get("sorted_by"), kept.get("descending")
        found = TableLook(columns if any(look.shown for look in columns) else USUAL_COLUMNS)
        if not isinstance(sorted_by, str) or sorted_by not in BY_NAME or not BY_NAME[sorted_by].order:
            return found
        return replace(found, sorted_by=sorted_by, descending=descending is not False)


def _read_column(row: object) -> ColumnLook | None:
    if not isinstance(row, Mapping) or not isinstance(row.get("name"), str) or row["name"] not in BY_NAME:
        return None
    width = row.get("width")
    if not isinstance(width, int) or isinstance(width, bool):
        width = None
    return ColumnLook(row["name"], row.get("shown") is not False, None if width is None else _sound_width(width))


def _sound_width(cells: int) -> int:
    return max(NARROWEST, min(cells, WIDEST))
