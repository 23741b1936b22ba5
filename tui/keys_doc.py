"""`docs/keys.md`, made from the registry of actions: `python -m tui.keys_doc > docs/keys.md`."""

from __future__ import annotations

import sys

from tui.actions import Place, actions_of

_HEAD = """# Keys

Made from `tui/actions.py` by `python -m tui.keys_doc`; the footer, `?` and the command palette come from the same place.

Keys of your own go into the configuration, by the name of the action; one key or several, in the place of those listed here:

    [keys]
    next_theme = "T"
    poll_now = ["r", "ctrl+r"]

A key that two actions would share, one that terminals send for another (`ctrl+h`, `ctrl+j`, `ctrl+m`, `ctrl+i`), and one with
`alt` are refused at the start, with one sentence. The footer, `?` and the command palette show your keys.
"""


def keys_markdown() -> str:
    """The page: one table per place."""
    parts = [_HEAD]
    for place in Place:
        rows = "\n".join(
            f"| {' '.join(f'`{key}`' for key in action.key_labels)} | {action.description} | `{action.name}` |"
            for action in actions_of(place)
        )
        parts.append(f"## {place.value}\n\n| key | what it does | name |\n|---|---|---|\n{rows}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(keys_markdown())
