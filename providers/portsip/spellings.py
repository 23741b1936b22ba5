"""A telephone number in the words of the API, whose rows keep numbers as they came: national, with + or 00, with or without
separators. Every condition lets through each spelling of what a filter means.
"""

from __future__ import annotations

from collections.abc import Iterator

from calls.filters.patterns import Pattern, Wild
from calls.text import SHORT_NUMBER_DIGITS, digits, normalise_number
from providers.portsip.odata import Text, compare, text_test

SUFFIX_DIGITS = 9
SHORTEST_PART = 3
LEAST_NATIONAL_DIGITS = 5  # a national number has more digits than a short one, its leading 0 among them
LONGEST_IN_ONE_PIECE = 4  # nobody parts the digits of an extension
_SEPARATORS = " -()./"
_REMOVED = str.maketrans("", "", _SEPARATORS)
_NUMBER = frozenset("0123456789+" + _SEPARATORS)


def conditions(field: Text, pattern: Pattern, country_code: str) -> tuple[str, ...] | None:
    """Conditions of which one holds for each row whose number the pattern means; None where none can be given.

    A row whose number is written with separators is let through by them alone, because no part of it need be in one piece.
    """
    literal = pattern.literal
    if any(character.isalpha() for character in literal) or not digits(literal):
        return None
    if not pattern.wild:
        return _exact(field, literal, country_code)
    if not set(literal) <= _NUMBER:
        return None
    found = _wild(field, pattern, country_code)
    return None if found is None else (*found, *_separated(field))


def core(pattern: Pattern, country_code: str) -> str:
    """Digits that stand in one piece in whatever a word of digits is found in, unless separators part them; "" without."""
    if not set(pattern.literal) <= _NUMBER:
        return ""
    pieces = [piece.translate(_REMOVED) for piece in pattern.pieces if isinstance(piece, str)]
    if pieces and isinstance(pattern.pieces[0], str):
        pieces[0] = pieces[0].removeprefix("00") if pieces[0].startswith("00") else pieces[0].removeprefix("0")
    found = max((_middle(piece, country_code) for piece in pieces), key=len, default="")
    return found if len(found) >= SHORTEST_PART else ""


def holding(field: Text, part: str) -> tuple[str, ...]:
    """Conditions of which one holds for each row whose number holds these digits."""
    return (text_test("contains", field, part), *_separated(field))


def is_separated(text: str) -> bool:
    """Whether a number is written with separators."""
    return text != text.translate(_REMOVED)


def _exact(field: Text, literal: str, country_code: str) -> tuple[str, ...] | None:
    key = normalise_number(literal, country_code)
    if not set(key) <= frozenset("0123456789+") or len(key) <= LONGEST_IN_ONE_PIECE:
        return (compare(field, "eq", key),)
    if len(digits(key)) <= SHORT_NUMBER_DIGITS:
        return (compare(field, "eq", key), *_separated(field))
    own = f"+{country_code}"
    national = key.removeprefix(own) if country_code else key
    return (text_test("endswith", field, digits(national)[-SUFFIX_DIGITS:]), *_separated(field))


def _separated(field: Text) -> Iterator[str]:
    return (text_test("contains", field, separator) for separator in _SEPARATORS if separator != "(")


def _wild(field: Text, pattern: Pattern, country_code: str) -> tuple[str, ...] | None:
    pieces = [piece if isinstance(piece, Wild) else piece.translate(_REMOVED) for piece in pattern.pieces]
    first, last = pieces[0], pieces[-1]
    if isinstance(first, str) and first:
        return tuple(text_test("startswith", field, start) for start in _starts(first, country_code))
    if isinstance(last, str) and last:
        return (text_test("endswith", field, _end(last, country_code)),)
    middle = [_middle(piece, country_code) for piece in pieces if isinstance(piece, str)]
    core = max(middle, key=len, default="")
    return (text_test("contains", field, core),) if len(core) >= SHORTEST_PART else None


def _starts(start: str, country_code: str) -> list[str]:
    """How a number may begin whose comparable form, or whose text, begins like this."""
    found = [start]
    if start.startswith("+"):
        abroad = start[1:]
    elif start.startswith("00"):
        abroad = start[2:]
    elif start.startswith("0") and country_code:
        abroad = country_code + start[1:]
    else:
        return found
    found += [f"+{abroad}", f"00{abroad}"]
    if country_code and abroad.startswith(country_code):
        found.append(f"0{abroad[len(country_code) :]}")
    elif country_code.startswith(abroad):
        found.append("0")
    return [each for each in dict.fromkeys(found) if not any(each != other and each.startswith(other) for other in found)]


def _end(end: str, country_code: str) -> str:
    """What the text ends with when its comparable form ends like this, which may reach back into the country code."""
    end = end.lstrip("+")
    cuts = [cut for cut in range(1, len(end) - LEAST_NATIONAL_DIGITS + 1) if country_code.endswith(end[:cut])]
    return end[max(cuts, default=0) :]


def _middle(part: str, country_code: str) -> str:
    """What the text holds when its comparable form holds this, "" when that may be anything."""
    part = part.lstrip("+")
    if part in country_code:
        return ""
    cuts = [cut for cut in range(1, len(part) + 1) if country_code.endswith(part[:cut])]
    return part[max(cuts, default=0) :]
