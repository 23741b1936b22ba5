"""The colours of a wall at night: the same hues, so dim that nobody in the room is kept awake."""

from __future__ import annotations

from textual.color import Color
from textual.theme import Theme

from tui.themes import ANSI, CONTRAST, DARK, make_theme

_SHARE = 0.45
# What is faint already would be gone where there are but sixteen colours.
_FAINT_SHARE = 0.7
_SUFFIX = "-night"


def _dimmed(theme: Theme) -> Theme:
    """A dark theme with every colour taken nearly half the way from black."""
    black = Color(0, 0, 0)

    def dim(name: str, share: float = _SHARE) -> str:
        return black.blend(Color.parse(name), share).hex

    variables = theme.variables
    return make_theme(
        f"{theme.name}{_SUFFIX}",
        background="#000000",
        foreground=dim(str(theme.foreground)),
        accent=dim(variables["calltop-accent"]),
        good=dim(variables["calltop-good"]),
        late=dim(variables["calltop-late"]),
        bad=dim(variables["calltop-bad"]),
        dim=dim(variables["calltop-dim"]),
        faint=dim(variables["calltop-faint"], _FAINT_SHARE),
        bars=dim(variables["calltop-bars"]),
        strip="#000000",
        cursor=dim(variables["calltop-cursor"]),
    )


_ANSI_NIGHT = make_theme(
    f"{ANSI.name}{_SUFFIX}",
    background="ansi_default",
    foreground="ansi_bright_black",
    accent="ansi_bright_black",
    good="ansi_bright_black",
    late="ansi_yellow",
    bad="ansi_red",
    dim="ansi_bright_black",
    faint="ansi_bright_black",
    bars="ansi_bright_black",
    strip="ansi_default",
    cursor="ansi_default",
    ansi=True,
)
NIGHT_THEMES = (_dimmed(DARK), _dimmed(CONTRAST), _ANSI_NIGHT)


def night_of(theme: Theme) -> str:
    """The name of the theme that takes a theme's place at night."""
    if theme.ansi:
        return _ANSI_NIGHT.name
    return f"{(CONTRAST if theme.name == CONTRAST.name else DARK).name}{_SUFFIX}"
