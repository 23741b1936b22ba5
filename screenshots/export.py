"""A screen as SVG and as PNG, in a font that most systems have."""

from __future__ import annotations

import re
from pathlib import Path

import resvg_py
from textual.app import App

FONT = "DejaVu Sans Mono"
# The library's pictures fetch a font from the network.
_FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def exported(app: App[None]) -> str:
    """The SVG of what an app shows now."""
    return _FONT_FACES.sub("", app.export_screenshot(title="calltop")).replace("Fira Code", FONT)


def png(svg: str) -> bytes:
    """The picture as PNG, drawn with the system's monospace font."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, monospace_family=FONT))


def write(folder: Path, name: str, svg: str) -> None:
    """Writes a picture both ways."""
    (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    (folder / f"{name}.png").write_bytes(png(svg))
