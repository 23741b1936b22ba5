"""Untrusted provider text becomes safe text here, once; and telephone numbers are normalised, compared and masked."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_TEXT_LENGTH = 256
SHORT_NUMBER_DIGITS = 5
HIDDEN_DIGIT = "•"
WITHHELD = frozenset({"", "anonymous", "unknown", "restricted", "private", "unavailable", "withheld"})

# Characters that reorder, hide or join other characters: a caller's name must not be able to forge what stands beside it.
_INVISIBLE = frozenset(
    [0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0]
    + [*range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070)]
    + [*range(0xFFF0, 0xFFFC), *range(0xE0000, 0xE1000)]
)
_NO_DIGIT = re.compile(r"[^0-9]+")
# A service code, an address or a name.
_NO_NUMBER = re.compile(r"[*#@a-z]")


def _safe(character: str) -> str:
    if character.isascii():
        return character if " " <= character <= "~" else " "
    if ord(character) in _INVISIBLE or unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return ""
    return character


def clean(value: object, limit: int = MAX_TEXT_LENGTH) -> str:
    """The text of `value` without control, bidirectional and invisible characters, on one line, at most `limit` long.

    None becomes "". Numbers become their decimal text. Runs of white space become one space.
    """
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    if text.isascii() and text.isprintable() and len(text) <= limit and "  " not in text:
        return text.strip()
    return _cleaned(text[: limit * 4], limit)


# The same names come with many calls.
@lru_cache(maxsize=4_096)
def _cleaned(text: str, limit: int) -> str:
    # Combining marks beyond a handful stack over neighbouring lines, so each run is cut short.
    kept: list[str] = []
    marks = 0
    for character in text:
        safe = _safe(character)
        # A character that is dropped does not end a run, or invisible ones would let it grow again.
        marks = marks + 1 if unicodedata.combining(character) else 0 if safe else marks
        if marks <= 3:
            kept.append(safe)
    return " ".join("".join(kept).split())[:limit].strip()


def digits(number: str) -> str:
    """The ASCII digits of a number."""
    return _NO_DIGIT.sub("", number)


def is_withheld(number: str) -> bool:
    """Whether the caller hid the number: such callers are never taken for one another."""
    return number.strip().lower() in WITHHELD


# Whose number it is and how it compares is asked several times of a row, and the same numbers come with many rows.
@lru_cache(maxsize=32_768)
def normalise_number(number: str, country_code: str = "") -> str:
    """A number as one comparable text: `+` and country code and subscriber, or the short number as written.

    "0046 70-174 06 05", "+46701740605" and, with country code "46", "070-1740605" all give "+46701740605". Short numbers
    (up to five digits), service codes (`*21*`), and texts without digits stay as they are, in lower case. A withheld
    number gives "".
    """
    text = number.strip().lower()
    if is_withheld(text):
        return ""
    bare = digits(text)
    if not bare or _NO_NUMBER.search(text):
        return text
    if text.startswith("+"):
        return "+" + bare
    if len(bare) <= SHORT_NUMBER_DIGITS:
        return bare
    if bare.startswith("00"):
        return "+" + bare[2:]
    if bare.startswith("0") and country_code:
        return f"+{country_code}{bare[1:]}"
    return bare


def mask_number(number: str) -> str:
    """The number with its last four digits hidden; short numbers stay whole, because they name a desk, not a person."""
    bare = digits(number)
    if len(bare) <= SHORT_NUMBER_DIGITS:
        return number
    hidden = 4
    masked: list[str] = []
    for character in reversed(number):
        if hidden and character in "0123456789":
            masked.append(HIDDEN_DIGIT)
            hidden -= 1
        else:
            masked.append(character)
    return "".join(reversed(masked))
