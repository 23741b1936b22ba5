"""The vendor's signature: the MD5 of what PHP's `http_build_query` makes of the parameters, followed by a key.

PHP's rules, as far as they matter here: parameters keep their order; null vanishes, also inside a list, where the other
indexes stay; an empty list or object leaves nothing; true is 1 and false 0; names nest in square brackets.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

SIGNATURE = "api_hash"
_PHP_INTEGERS = range(-(2**63), 2**63)


def flattened(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parameters as PHP sends them in a form: names such as `filters[date_between][0]`, and texts, in order.

    Raises ValueError for what cannot be sent: an endless or undefined number, half a surrogate pair.
    """
    return [pair for name, value in parameters.items() for pair in _pairs(name, value)]


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pairs(f"{name}[{key}]", inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, inner in enumerate(value):
            yield from _pairs(f"{name}[{index}]", inner)
    else:
        yield name, _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int) and value in _PHP_INTEGERS:
        return str(value)
    if isinstance(value, (int, float)):
        return _php_float(float(value))
    return str(value)


def _php_float(value: float) -> str:
    """A float with 14 significant digits; PHP writes a fraction before an exponent, and the exponent without zeros."""
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be sent")
    mantissa, e, exponent = f"{value:.14G}".partition("E")
    if not e:
        return mantissa
    fraction = "" if "." in mantissa else ".0"
    return f"{mantissa}{fraction}E{exponent[0]}{exponent[1:].lstrip('0')}"


def query_string(parameters: Mapping[str, Any]) -> str:
    """What PHP's `http_build_query` makes of the parameters."""
    return "&".join(f"{_encoded(name)}={_encoded(text)}" for name, text in flattened(parameters))


def _encoded(text: str) -> str:
    # PHP's urlencode differs from Python's in the tilde alone.
    return quote_plus(text, safe="").replace("~", "%7E")


def signature(parameters: Mapping[str, Any], key: str) -> str:
    """The signature of a request with these parameters, lower-case hexadecimal. One already among them does not count."""
    signed = query_string({name: value for name, value in parameters.items() if name != SIGNATURE})
    return hashlib.md5((signed + key).encode(), usedforsecurity=False).hexdigest()
