"""Keys of a person's own: which action has which, by the action's name, checked before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from calls.text import clean
from tui.actions import ACTIONS, SAVED_FILTER_KEYS, Action, Place

# What terminals send for backspace, enter, tab and escape: nobody can tell these apart.
_CONFUSED = {"ctrl+h": "backspace", "ctrl+j": "enter", "ctrl+m": "enter", "ctrl+i": "tab", "ctrl+[": "escape"}
_NAMED = frozenset(
    {"enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"}
    | {"up", "down", "left", "right"}
    | {f"f{number}" for number in range(1, 13)}
)
_OTHER_NAMES = {"esc": "escape", "return": "enter", "page up": "pageup", "page down": "pagedown", "del": "delete"}
_LINES = (Place.FILTER, Place.PROMPT, Place.FORM)
_ALONE = (_LINES[:1], _LINES[1:2], (Place.FORM, Place.CHOICE), (Place.CONFIRM,), (Place.HELP,))


def checked_keys(wanted: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The keys as the terminal library spells them, by the name of the action.

    Raises ValueError with one sentence: an action that there is not, a key that no terminal sends or that is taken.
    """
    known = {action.name: action for action in ACTIONS}
    found: dict[str, tuple[str, ...]] = {}
    for name, keys in wanted.items():
        if name not in known:
            raise ValueError(f"{clean(name)}: there is no such action{_nearest(name, known)}; docs/keys.md has all names")
        if not keys:
            raise ValueError(f"{name}: give it at least one key; all else is in the command palette")
        found[name] = tuple(dict.fromkeys(_checked_key(key, known[name]) for key in keys))
    _refuse_clashes(found)
    return found


def _checked_key(text: str, action: Action) -> str:
    key = spelt(text)
    if key.startswith(("alt+", "meta+")):
        raise ValueError(f"{action.name}: {clean(text)} needs alt, which many terminals do not send; take another key")
    if key in _CONFUSED:
        raise ValueError(f"{action.name}: terminals send {key} for {_CONFUSED[key]}; take another key")
    if key in SAVED_FILTER_KEYS:
        raise ValueError(f"{action.name}: {key} belongs to the saved filters; take another key")
    if not _is_key(key):
        raise ValueError(f"{action.name}: {clean(text)!r} is no key{_nearest(key, _NAMED)}")
    if action.place in _LINES and (len(key) == 1 or key == "space"):
        raise ValueError(f"{action.name}: {key} is text where this action is; take one with ctrl, or a function key")
    return key


def spelt(text: str) -> str:
    """A key in one spelling: "Ctrl+T" and "ctrl+t" are one, "T" and "t" are two."""
    bare = text.strip(" ") or text[:1]
    if len(bare) == 1:
        return "space" if bare == " " else bare
    lower = " ".join(bare.lower().replace("ctrl-", "ctrl+").split())
    return _OTHER_NAMES.get(lower, lower)


def _is_key(key: str) -> bool:
    if len(key) == 1:
        return key.isprintable()
    *modifiers, last = key.split("+") if not key.endswith("++") else [*key[:-2].split("+"), "+"]
    if not modifiers:
        return last in _NAMED
    if modifiers == ["shift"]:
        # A letter with shift is the capital letter.
        return last in _NAMED
    plain = last in _NAMED or (len(last) == 1 and last.isascii() and last.isprintable())
    return plain and (modifiers == ["ctrl"] or (sorted(modifiers) == ["ctrl", "shift"] and last in _NAMED))


def _refuse_clashes(own: Mapping[str, tuple[str, ...]]) -> None:
    screens = [Place[action.name.removeprefix("show_").upper()] for action in ACTIONS if action.opens_screen]
    together = [(screen, Place.PANE, Place.SCREEN, Place.EVERYWHERE) for screen in screens]
    for places in (*together, *_ALONE):
        taken: dict[str, str] = {}
        here = [action for action in ACTIONS if action.place in places]
        # Those that nobody changed come first, so that a sentence names the changed one.
        for action in sorted(here, key=lambda action: action.name in own):
            for key in own.get(action.name, action.keys):
                if taken.setdefault(key, action.name) != action.name:
                    raise ValueError(f"{action.name}: {key} is already the key of {taken[key]}; give that one another key too")


def _nearest(word: str, words: Iterable[str]) -> str:
    import difflib

    near = difflib.get_close_matches(word, list(words), n=1)
    return f"; did you mean {near[0]}?" if near else ""
