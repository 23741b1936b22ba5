"""Which keys stand in the last line of a screen."""

from __future__ import annotations

from collections.abc import Sequence

from tui.actions import Action, Place, actions_of


def typing_keys(place: Place) -> list[Action]:
    """Where the person types in a line."""
    return [action for action in actions_of(place) if action.footer]


def screen_keys(own: Sequence[Action], *, filtered: bool, clears: bool) -> list[Action]:
    """Everywhere else: the screen's `own` among those that all have. `filtered` where there is a filter bar, `clears` while esc
    clears the filter."""
    edit, *shared = typing_keys(Place.SCREEN)
    everywhere = typing_keys(Place.EVERYWHERE)
    screens = [action for action in everywhere if action.opens_screen]
    rest = [action for action in everywhere if not action.opens_screen]
    first = [edit] if filtered else []
    if filtered and clears:
        back = next(action for action in actions_of(Place.SCREEN) if action.name == "back")
        first.append(back._replace(label="clear filter"))
    return [*first, *screens, *own, *shared, *rest]
