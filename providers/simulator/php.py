"""What a PHP server does with parameters: reads forms into nested arrays, writes them back with `http_build_query`.

Written from the PHP manual (`http_build_query`, `parse_str`, RFC 1738 encoding) and meant to disagree loudly with any
other reading of the same rules. Arrays are dicts, lists where JSON had lists; scalars are what JSON has.
"""

from __future__ import annotations

from hashlib import md5
from typing import Any
from urllib.parse import unquote_to_bytes

_LARGEST_INTEGER = 2**63 - 1
_UNRESERVED = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._"
_ESCAPES = {byte: f"%{byte:02X}" for byte in range(256)}
_ESCAPES.update({byte: chr(byte) for byte in _UNRESERVED})
_ESCAPES[ord(" ")] = "+"
_DEEPEST = 64


def urlencode(text: str) -> str:
    """PHP's `urlencode`: space as +, everything but letters, digits, `-`, `.` and `_` as %XX of its UTF-8 bytes."""
    return "".join(_ESCAPES[byte] for byte in text.encode("utf-8", "surrogatepass"))


def _float_text(value: float) -> str:
    """A float with 14 significant digits, as PHP writes it: no point without fraction, `1.0E+15` for large ones."""
    text = f"{value:.14G}"
    if "E" not in text:
        return text
    mantissa, exponent = text.split("E")
    if "." not in mantissa:
        mantissa += ".0"
    return f"{mantissa}E{exponent[0]}{exponent[1:].lstrip('0')}"


def _scalar_text(value: Any) -> str:
    if value is True:
        return "1"
    if value is False:
        return "0"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, int):
        # PHP has no larger integers: its JSON reader makes floats of them.
        return str(value) if -_LARGEST_INTEGER - 1 <= value <= _LARGEST_INTEGER else _float_text(float(value))
    return str(value)


def http_build_query(parameters: dict[str, Any]) -> str:
    """The parameters as one query, in their own order; null values and empty arrays leave no trace."""
    pieces: list[str] = []

    def write(name: str, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, list):
            value = {str(index): item for index, item in enumerate(value)}
        if isinstance(value, dict):
            for key, item in value.items():
                write(f"{name}%5B{urlencode(str(key))}%5D", item)
            return
        pieces.append(f"{name}={urlencode(_scalar_text(value))}")

    for key, value in parameters.items():
        write(urlencode(str(key)), value)
    return "&".join(pieces)


def api_hash(parameters: dict[str, Any], api_key: str) -> str:
    """While1's `api_hash`: md5 over the query of all other parameters, followed by the key."""
    query = http_build_query({name: value for name, value in parameters.items() if name != "api_hash"})
    return md5(f"{query}{api_key}".encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _keys(name: str) -> list[str]:
    """`filters[date_between][0]` as its three keys. An unclosed bracket belongs to the name, as PHP has it."""
    base, bracket, rest = name.partition("[")
    if not bracket or not base or "]" not in rest:
        return [name.replace(" ", "_").replace(".", "_").replace("[", "_")]
    keys = [base.replace(" ", "_").replace(".", "_")]
    while bracket and "]" in rest:
        key, _, rest = rest.partition("]")
        keys.append(key)
        _, bracket, rest = rest.partition("[") if rest.startswith("[") else ("", "", "")
    return keys


def parse_form(body: str) -> dict[str, Any]:
    """PHP's `parse_str`: brackets become nested arrays, empty brackets count on. Raises ValueError for what is no UTF-8."""
    found: dict[str, Any] = {}
    for pair in body.split("&"):
        if not pair:
            continue
        raw_name, _, raw_value = pair.partition("=")
        name, value = (unquote_to_bytes(part.replace("+", " ")).decode("utf-8") for part in (raw_name, raw_value))
        keys = _keys(name.lstrip(" "))
        if len(keys) > _DEEPEST:
            raise ValueError("too deep")
        place = found
        for key in keys[:-1]:
            inner = place.setdefault(key or str(_next_index(place)), {})
            if not isinstance(inner, dict):
                inner = place[key] = {}
            place = inner
        place[keys[-1] or str(_next_index(place))] = value
    return found


def _next_index(array: dict[str, Any]) -> int:
    return max((int(key) + 1 for key in array if key.isascii() and key.isdigit()), default=0)


def values(array: object) -> list[Any] | None:
    """The values of a PHP array whatever its keys; None for a scalar."""
    if isinstance(array, list):
        return array
    return list(array.values()) if isinstance(array, dict) else None
