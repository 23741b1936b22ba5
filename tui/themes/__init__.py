"""The colours: dark, light, one with high contrast that colour-blind people can read, and the terminal's own.

Each names the same few parts: one accent and a softer one for bars, three states (good, late, bad), and four greys. No state
is told by colour alone.
"""

from __future__ import annotations

from textual.theme import Theme


def make_theme(
    name: str,
    *,
    background: str,
    foreground: str,
    accent: str,
    good: str,
    late: str,
    bad: str,
    dim: str,
    faint: str,
    bars: str,
    strip: str,
    cursor: str,
    dark: bool = True,
    ansi: bool = False,
) -> Theme:
    return Theme(
        name=name,
        primary=accent,
        accent=accent,
        success=good,
        warning=late,
        error=bad,
        foreground=foreground,
        background=background,
        surface=background,
        panel=strip,
        dark=dark,
        ansi=ansi,
        variables={
            # The library's own style sheets ask for these two in a theme of the terminal's colours.
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
            "calltop-dim": dim,
            "calltop-faint": faint,
            "calltop-bars": bars,
            "calltop-strip": strip,
            "calltop-cursor": cursor,
            "calltop-good": good,
            "calltop-late": late,
            "calltop-bad": bad,
            "calltop-accent": accent,
        },
    )


DARK = make_theme(
    "calltop-dark",
    background="#111416",
    foreground="#d3dbe3",
    accent="#5fb7ea",
    good="#82c77a",
    late="#e3b455",
    bad="#f07f76",
    dim="#8b99a7",
    faint="#46535f",
    bars="#3d7aa3",
    strip="#1b2024",
    cursor="#20384c",
)
LIGHT = make_theme(
    "calltop-light",
    background="#fcfcfa",
    foreground="#20272d",
    accent="#0a66a3",
    good="#23742c",
    late="#8a5a00",
    bad="#b3241c",
    dim="#5b6670",
    faint="#b4bdc5",
    bars="#6ba3c9",
    strip="#ecedee",
    cursor="#d6e8f5",
    dark=False,
)
CONTRAST = make_theme(
    "calltop-contrast",
    background="#000000",
    foreground="#ffffff",
    accent="#6cc5ff",
    good="#2fd6a8",
    late="#f4e84a",
    bad="#ff8a3c",
    dim="#c6c6c6",
    faint="#8a8a8a",
    bars="#3f8fc4",
    strip="#1c1c1c",
    cursor="#004a80",
)
ANSI = make_theme(
    "calltop-ansi",
    background="ansi_default",
    foreground="ansi_default",
    accent="ansi_cyan",
    good="ansi_green",
    late="ansi_yellow",
    bad="ansi_red",
    dim="ansi_default",
    faint="ansi_default",
    bars="ansi_blue",
    strip="ansi_default",
    cursor="ansi_default",
    ansi=True,
)

THEMES = (DARK, LIGHT, CONTRAST, ANSI)


def next_theme(current: str) -> str:
    """The name of the theme after this one."""
    names = [theme.name for theme in THEMES]
    return names[(names.index(current) + 1) % len(names)] if current in names else names[0]


def fallback_variables(dark: bool) -> dict[str, str]:
    """Our parts for a theme that does not name them."""
    return dict((DARK if dark else LIGHT).variables)
