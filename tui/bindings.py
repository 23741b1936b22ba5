"""Key bindings made from the registry of actions."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tui.actions import ACTIONS, Place


def bindings(*places: Place) -> list[BindingType]:
    """The bindings of these places; each has the action's name as its id, by which keys can be changed."""
    return [
        Binding(
            action.key_names,
            action.name,
            action.label,
            show=action.footer,
            id=action.name,
            priority=action.at_once,
        )
        for place in places
        for action in ACTIONS
        if action.place is place
    ]
