"""How roles and grounds look in a theme.

Computed from the theme itself and not through style sheets: resolving a dozen component classes for every widget costs a
quarter of the time to the first frame.
"""

from __future__ import annotations

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from tui.lines.line import Ground, Role
from tui.themes import fallback_variables

_COLOURS = {
    Role.DIM: "calltop-dim",
    Role.FAINT: "calltop-faint",
    Role.ACCENT: "calltop-accent",
    Role.GOOD: "calltop-good",
    Role.LATE: "calltop-late",
    Role.BAD: "calltop-bad",
    Role.BAR: "calltop-bars",
}
# Words that lie on their colour.
_REVERSED = {Role.BADGE: "calltop-late", Role.ALARM: "calltop-bad"}
_GROUNDS = {Ground.STRIP: "calltop-strip", Ground.CURSOR: "calltop-cursor"}


def look(theme: Theme, role: Role, ground: Ground) -> Style:
    """What a role on a ground adds to a widget's own colours."""
    variables = {**fallback_variables(theme.dark), **theme.variables}
    if theme.ansi:
        return _terminal_look(variables, role, ground)
    style = Style(bold=role in {Role.STRONG, *_REVERSED})
    if role in _COLOURS:
        style += Style.from_color(_colour(variables[_COLOURS[role]]))
    if ground in _GROUNDS:
        style += Style.from_color(None, _colour(variables[_GROUNDS[ground]]))
    if role in _REVERSED:
        background = theme.background or ("#000000" if theme.dark else "#ffffff")
        style += Style.from_color(_colour(background), _colour(variables[_REVERSED[role]]))
    return style


def _terminal_look(variables: dict[str, str], role: Role, ground: Ground) -> Style:
    """In the terminal's own colours grey is dim, and the chosen row and badges are reversed as a whole."""
    if ground is Ground.CURSOR:
        return Style(reverse=True)
    style = Style(bold=role in {Role.STRONG, *_REVERSED}, reverse=role in _REVERSED, dim=role in {Role.DIM, Role.FAINT})
    if role in _COLOURS and not style.dim:
        style += Style.from_color(_colour(variables[_COLOURS[role]]))
    return style


def _colour(name: str) -> RichColor:
    return Color.parse(name).rich_color
