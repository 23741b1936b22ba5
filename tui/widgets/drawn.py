"""The base of every part that draws itself: lines of roles become strips, and only changed cells are repainted.

The terminal gets a dirty region again whole, so a redraw compares the new lines with the old ones and asks for the cells
between the first and the last difference of each row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui.lines.line import Ground, Line, Role, Span, crop_spans, gap
from tui.themes.looks import look

_ON_COLOUR = frozenset({Role.BADGE, Role.ALARM})


class Drawn(Widget):
    """A widget made of lines. Subclasses say in `draw` what the lines are and call `redraw` when that may have changed."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own term
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = ()
        self._drawn_size = Size(0, 0)
        self._strips: dict[int, Strip] = {}
        self._looks: dict[tuple[Role, Ground], Style] = {}

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The lines for this size, from the top; missing ones are empty."""
        raise NotImplementedError

    @property
    def plain_text(self) -> str:
        """What the widget shows, as text."""
        self._ensure_drawn()
        return "\n".join(line.plain.rstrip() for line in self._lines)

    def redraw(self) -> None:
        """Draws anew and repaints the cells that differ."""
        if not self.is_mounted or not self.size.area:
            # Out of sight; in sight again at the same size, it has to be drawn anew.
            self._drawn_size = Size(0, 0)
            return
        if self._drawn_size != self.size:
            self._ensure_drawn()
            self.refresh()
            return
        old, new = self._lines, self._whole_lines()
        regions = [region for y, pair in enumerate(zip(old, new, strict=True)) if (region := _difference(y, *pair))]
        if not regions:
            return
        self._lines = new
        for region in regions:
            self._strips.pop(region.y, None)
        self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """The strip of one row."""
        self._ensure_drawn()
        strip = self._strips.get(y)
        if strip is None:
            line = self._lines[y] if y < len(self._lines) else Line()
            strip = self._strips[y] = self._strip(line)
        return strip

    def render_lines(self, crop: Region) -> list[Strip]:
        """The strips of a region. Around the lines is neither border nor padding, so there is nothing to put together."""
        filters, background = self.get_line_filters(), self.background_colors[1]
        strips = [self.render_line(y) for y in crop.line_range]
        for each in filters:
            strips = [strip.apply_filter(each, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def notify_style_update(self) -> None:
        """Forgets colours when the theme or the focus changes."""
        self._looks.clear()
        self._strips.clear()
        super().notify_style_update()

    def _ensure_drawn(self) -> None:
        if self._drawn_size != self.size:
            self._drawn_size = self.size
            self._strips.clear()
            self._lines = self._whole_lines()

    def _whole_lines(self) -> tuple[Line, ...]:
        width, height = self.size
        lines = list(self.draw(width, height))[:height]
        lines.extend([Line()] * (height - len(lines)))
        return tuple(_exactly(line, width) for line in lines)

    def _strip(self, line: Line) -> Strip:
        runs = _runs(line)
        return Strip([Segment(text, self._look(role, ground)) for text, role, ground in runs], line.width)

    def _look(self, role: Role, ground: Ground) -> Style:
        found = self._looks.get((role, ground))
        if found is None:
            found = self._looks[role, ground] = self.rich_style + look(self.app.current_theme, role, ground)
        return found


def _runs(line: Line) -> list[tuple[str, Role, Ground]]:
    """The spans with neighbours that look alike joined: each run costs the terminal some forty bytes of colour.

    Empty cells show their ground only, so they join whatever stands before them on the same ground.
    """
    runs: list[tuple[str, Role, Ground]] = []
    for span in line.spans:
        ground = span.ground or line.ground
        if runs and runs[-1][2] is ground and _alike(runs[-1], span):
            text, role, _ = runs.pop()
            runs.append((text + span.text, span.role if text.isspace() and role not in _ON_COLOUR else role, ground))
        elif span.text:
            runs.append((span.text, span.role, ground))
    return runs


def _alike(before: tuple[str, Role, Ground], span: Span) -> bool:
    if before[1] is span.role:
        return True
    empty = span.text.isspace() or before[0].isspace()
    return empty and not _ON_COLOUR & {before[1], span.role}


def _exactly(line: Line, width: int) -> Line:
    spare = width - line.width
    if spare == 0:
        return line
    if spare > 0:
        return Line((*line.spans, gap(spare)), line.ground)
    cut = crop_spans(line.spans, width, "")
    return Line((*cut, gap(width - sum(span.width for span in cut))), line.ground)


def _difference(y: int, old: Line, new: Line) -> Region | None:
    if old == new:
        return None
    if old.ground is not new.ground:
        return Region(0, y, new.width, 1)
    width = new.width
    first, same_end = _same(old, new, 1), _same(old, new, -1)
    if first == width:
        return None
    # One more cell on either side, because a wide character may begin or end there.
    first = max(0, first - 1)
    return Region(first, y, min(width, width - same_end + 1) - first, 1)


def _same(old: Line, new: Line, step: int) -> int:
    """How many cells are alike at the beginning of two lines; at their end where `step` is -1."""
    same = list[str]()
    for one, other in zip(_characters(old, step), _characters(new, step), strict=False):
        if one != other:
            break
        same.append(one[0])
    return cell_len("".join(same[::step]))


def _characters(line: Line, step: int) -> Iterator[tuple[str, Role, Ground | None]]:
    for span in line.spans[::step]:
        for character in span.text[::step]:
            yield character, span.role, span.ground
