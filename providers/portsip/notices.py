"""What a person should know about an answer as a whole. The texts are stable: one state of affairs, one notice."""

from __future__ import annotations

from collections.abc import Iterable

MOST_NAMES = 8
MORE_NAMES = "more fields and values that the document does not name are kept as sent"
NO_CALL_LOGS = "this version has no call logs, so calls are known as sessions only"
FEW_CALL_LOGS = "under half of the sessions have call logs, so who answered is partly a guess"
COUNT_TOO_SMALL = "the count of a list is smaller than the number of rows that came"
OPTIONS_IGNORED = "the list does not obey filter and orderby, so it is read newest first, which takes more requests"
NARROWING_REFUSED = "the filter of a question was refused, so its time alone is asked for and the rest checked here"


def unfamiliar_texts(found: Iterable[str]) -> tuple[str, ...]:
    """A notice for each field and value that the document does not name; they are kept as sent."""
    names = sorted(set(found))
    shown = tuple(f"{name or '(no name)'} is not in the document and is kept as sent" for name in names[:MOST_NAMES])
    return (*shown, MORE_NAMES) if names[MOST_NAMES:] else shown


def other_zone(tenant: str, configured: str) -> str:
    """The notice about a tenant whose zone is not the configured one."""
    return f"the tenant's zone is {tenant}, yet days are cut in {configured}: set timezone to the tenant's"
