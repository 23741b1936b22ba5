"""Reading a filter. Its grammar, and all that its values can be, are imported with the first one that is not empty."""

from __future__ import annotations

from calls.filters.errors import FilterError
from calls.filters.filter import Filter


def parse(text: str) -> Filter:
    """The filter a person typed; empty text is the filter that lets everything through. Raises `FilterError`."""
    if not text:
        return Filter()
    from calls.filters.parser import read

    return read(text)


def try_parse(text: str) -> Filter | FilterError:
    """Like `parse`, but gives the error as a value: half-typed text is not an accident."""
    try:
        return parse(text)
    except FilterError as error:
        return error
