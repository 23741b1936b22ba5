"""When Python searches for garbage. It does so again and again while objects are made, and at a start, when all that is made
stays, that takes a twentieth of the time and finds none.

Nothing else switches the search, and every command does its work, however long that lasts, with it on.
"""

from __future__ import annotations

import gc


def put_off() -> None:
    """No search until `search`."""
    gc.disable()


def search() -> None:
    """Searches from now on where it was put off, and not among what is there: that stays, and looking through it would hold up
    a key."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def give_up() -> None:
    """At the very end: Python would look through everything once more, when the system frees it all anyway."""
    gc.freeze()
