"""The README and the guides, and what is written in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
# Decisions and measurements speak of their day; what they name may be gone.
PAGES = (README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
GUIDES = tuple(page for page in PAGES if "Made from" not in page.read_text(encoding="utf-8")[:400])
_FENCED = re.compile(r"^```(?P<language>[^\n`]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^(?: {4}.*\n?)+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of shell in a page, without its comment."""

    page: Path
    text: str

    @property
    def words(self) -> list[str]:
        """What follows `calltop`, up to a pipe, a redirection or the end of the line."""
        words = shlex.split(self.text)
        start = len(words) - words[::-1].index("calltop")
        end = next((index for index, word in enumerate(words) if index >= start and word in ("|", ">")), len(words))
        return words[start:end]


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    """Fenced code of one language."""
    return [found["code"] for found in _FENCED.finditer(text_of(page)) if found["language"] == language]


def shell_lines(page: Path) -> Iterator[Line]:
    """Lines of indented blocks that call calltop; those that go on after a backslash are one."""
    bare = _FENCED.sub("", text_of(page))
    for block in _INDENTED.findall(bare):
        joined = re.sub(r"\\\n\s*", "", block)
        for line in joined.splitlines():
            text = re.sub(r"\s+# .*", "", line.strip())
            if re.search(r"(^|\s)calltop(\s|$)", text) and not re.search(r"^(uv|pip|cp|systemctl|journalctl)\b", text):
                yield Line(page, text)


def inline_lines(page: Path) -> Iterator[Line]:
    """Commands within sentences and tables: `calltop ...`."""
    bare = _INDENTED.sub("", _FENCED.sub("", text_of(page)))
    for text in re.findall(r"`(calltop(?: [^`]*)?)`", re.sub(r"\n(?!\n)", " ", bare)):
        yield Line(page, text)
