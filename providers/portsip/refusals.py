"""What the vendor says about a failure: `{"errors": [{"code", "message", "detail"}]}`, an empty object, or HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calls.text import clean
from providers.answer import Answer, vendor_text
from providers.errors import BadAnswer

LONGEST_TEXT = 200


def _errors_in(answer: Answer) -> list[Mapping[str, Any]]:
    try:
        body: Any = answer.json()
    except BadAnswer:
        return []
    errors = body.get("errors") if isinstance(body, dict) else None
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def error_codes(answer: Answer) -> frozenset[str]:
    """The vendor's codes, in capitals; none when the body says nothing."""
    codes = (error.get("code") for error in _errors_in(answer))
    return frozenset(code.upper() for code in codes if isinstance(code, str))


def explanation(answer: Answer) -> str:
    """Every error's message, or its code, on one short line; "" when the body says nothing to a person."""
    texts = [clean(error.get("message") or error.get("detail") or error.get("code")) for error in _errors_in(answer)]
    return clean("; ".join(text for text in texts if text), LONGEST_TEXT) or vendor_text(answer)
