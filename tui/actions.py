"""The one registry of actions: keys, footer, help, palette and `docs/keys.md` are made from it.

An action's `name` is stable: a person's own keys in the configuration refer to it. The method that does it is called
`action_NAME` and lives where `place` says.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

# Characters that the terminal library calls otherwise than Unicode does.
_KEY_NAMES = {"/": "slash", "\\": "backslash", "@": "at", "-": "minus", "+": "plus", "_": "underscore"}
_KEY_LABELS = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "escape": "esc",
    "left": "left",
    "right": "right",
    "pageup": "page up",
    "pagedown": "page down",
}


def library_name(key: str) -> str:
    """A key as the terminal library names it: "?" is question_mark, "T" and "ctrl+t" are themselves."""
    before, character = key[:-1], key[-1]
    if character.isalnum() or (len(key) > 1 and not before.endswith("+")):
        return key
    name = unicodedata.name(character, "").lower().replace(" ", "_").replace("-", "_")
    return before + _KEY_NAMES.get(character, name)


class Place(StrEnum):
    """Where an action applies. The value is the heading in the help."""

    EVERYWHERE = "Everywhere"
    SCREEN = "On every screen"
    LIVE = "Live screen"
    CALLS = "Calls screen"
    STATS = "Stats screen"
    MISSED = "Missed screen"
    REPORTS = "Reports screen"
    PROVIDERS = "Providers screen"
    COLUMNS = "Choosing columns"
    PANE = "In a pane"
    CHART = "In a chart"
    FILTER = "In the filter bar"
    FORM = "In a form"
    CHOICE = "On a choice in a form"
    CONFIRM = "Asked whether to go on"
    PROMPT = "In a line that asks"
    WELCOME = "Welcome"
    TRIAL = "Trying a provider"
    HELP = "In the help"


class Action(NamedTuple):
    """Something the person can do. `label` is for the footer, `description` a sentence for help, palette and docs.

    `at_once` is for what opens a line to type in: it is done before the next key is looked at, so that what is typed right
    after it is text and triggers nothing. `opens_screen` is for the ways between the screens.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    description: str
    place: Place
    footer: bool = False
    at_once: bool = False
    opens_screen: bool = False

    @property
    def key_names(self) -> str:
        """The keys as the terminal library names them."""
        return ",".join(map(library_name, self.keys))

    @property
    def key_labels(self) -> tuple[str, ...]:
        """The keys as a person reads them."""
        return tuple(_KEY_LABELS.get(key, key) for key in self.keys)


ACTIONS = (
    Action(
        "edit_filter", ("/",), "filter", "Edit the filter, which all screens share", Place.SCREEN, footer=True, at_once=True
    ),
    Action("suspend_filter", ("ctrl+f",), "suspend filter", "Suspend the filter, or apply it again", Place.SCREEN),
    Action("ask_providers", ("ctrl+o",), "ask", "Ask the providers for the filter's calls, and keep them", Place.SCREEN),
    Action("back", ("escape",), "back", "Close what is open; stop asking the providers; clear the filter", Place.SCREEN),
    Action("poll_now", ("r",), "poll now", "Ask the providers now, never sooner than they allow", Place.SCREEN, footer=True),
    Action("pause", ("p",), "pause", "Freeze the figures, or let them go on; polling goes on", Place.SCREEN, footer=True),
    Action("copy", ("y",), "copy", "Copy what is chosen", Place.SCREEN, footer=True),
    Action("save_copy", ("Y",), "save copy", "Save to a file what would be copied", Place.SCREEN),
    Action("export", ("e",), "export", "Write what is shown to a file", Place.SCREEN, footer=True),
    Action("zoom", ("enter",), "zoom", "Show the pane alone, with more columns and a taller day", Place.LIVE, footer=True),
    Action("open_in_calls", ("o",), "open call", "Open the chosen call in the list of calls", Place.LIVE, footer=True),
    Action("next_pane", ("tab", "right", "l"), "next pane", "Go to the next pane", Place.LIVE),
    Action("previous_pane", ("shift+tab", "left", "h"), "previous pane", "Go to the previous pane", Place.LIVE),
    Action("open_call", ("enter",), "open", "Lay the call open: facts, legs, records", Place.CALLS, footer=True),
    Action("switch_pane", ("tab", "shift+tab"), "other pane", "Go to the open call, or back to the list", Place.CALLS),
    Action("next_call", ("n",), "next call", "Choose the next call, also from within the open one", Place.CALLS),
    Action("previous_call", ("N",), "call before", "Choose the call before", Place.CALLS),
    Action("same_number", ("f",), "this number", "Narrow the list to the call's number", Place.CALLS, footer=True),
    Action("same_queue", ("u",), "this queue", "Narrow the list to the call's queue", Place.CALLS),
    Action("same_employee", ("w",), "this employee", "Narrow the list to who took the call", Place.CALLS),
    Action("sort", ("s",), "sort", "Sort by the chosen column; again the other way round", Place.CALLS, footer=True),
    Action("next_column", ("right", "l"), "next column", "Choose the next column", Place.CALLS),
    Action("previous_column", ("left", "h"), "column before", "Choose the column before", Place.CALLS),
    Action("open", ("enter",), "explain", "Explain the figure, or go to the calls behind it", Place.STATS, footer=True),
    Action("longer_period", (">",), "longer time", "Count a longer time, up to 90 days", Place.STATS),
    Action("shorter_period", ("<",), "shorter time", "Count a shorter time", Place.STATS),
    Action("next_grouping", ("b",), "by", "Group by the next thing, such as the queue", Place.STATS, footer=True),
    Action("previous_grouping", ("B",), "by, back", "Group by the thing before", Place.STATS),
    Action("sort_groups", ("s",), "sort", "Sort the table by the next column", Place.STATS, footer=True),
    Action("turn_order", ("S",), "turn order", "Sort the table the other way round", Place.STATS),
    Action("next_measure", ("m",), "map", "Show something else on the map of the week", Place.STATS, footer=True),
    Action("longer_service", ("+",), "more time", "Give more seconds to answer in time", Place.STATS),
    Action("shorter_service", ("-",), "less time", "Give fewer seconds to answer in time", Place.STATS),
    Action("longer_short", (")",), "longer abandon", "Count longer waits as short abandons", Place.STATS),
    Action("shorter_short", ("(",), "shorter abandon", "Count only shorter waits as short abandons", Place.STATS),
    Action("older_moment", ("[",), "step back", "Show what was known one poll before", Place.STATS),
    Action("newer_moment", ("]",), "step on", "Show what was known one poll later", Place.STATS),
    Action("present", ("n",), "present", "Show the present again", Place.STATS),
    Action("next_view", ("tab",), "next pane", "Go to the next pane or chart", Place.STATS, footer=True),
    Action("previous_view", ("shift+tab",), "previous pane", "Go to the previous pane or chart", Place.STATS),
    Action("columns", ("c",), "columns", "Choose the columns, their order and widths", Place.CALLS, footer=True),
    Action("toggle_column", ("space",), "show or hide", "Show the column, or hide it", Place.COLUMNS, footer=True),
    Action("move_column_left", ("<", "H"), "left", "Move the column to the left", Place.COLUMNS, footer=True),
    Action("move_column_right", (">", "L"), "right", "Move the column to the right", Place.COLUMNS, footer=True),
    Action("widen_column", ("+",), "wider", "Make the column wider", Place.COLUMNS, footer=True),
    Action("narrow_column", ("-",), "narrower", "Make the column narrower", Place.COLUMNS, footer=True),
    Action("sort_on_column", ("s",), "sort", "Sort by the column; again the other way round", Place.COLUMNS, footer=True),
    Action("usual_width", ("0",), "usual width", "Make the column as wide as it usually is", Place.COLUMNS),
    Action("usual_columns", ("r",), "reset", "Put back the columns as they were at first", Place.COLUMNS, footer=True),
    Action("column_below", ("j", "down"), "next column", "Choose the next column", Place.COLUMNS),
    Action("column_above", ("k", "up"), "column before", "Choose the column before", Place.COLUMNS),
    Action("close_columns", ("escape", "enter", "c", "q"), "done", "Close the choice of columns", Place.COLUMNS, footer=True),
    Action("mark_done", ("d",), "dealt with", "Note that the caller was dealt with", Place.MISSED, footer=True, at_once=True),
    Action("unmark_done", ("D",), "not dealt with", "Take that note back, or the last one", Place.MISSED),
    Action("open_caller", ("enter",), "caller's calls", "Go to all calls with the number", Place.MISSED, footer=True),
    Action("filter_caller", ("f",), "this number", "Filter on the caller's number", Place.MISSED, footer=True),
    Action(
        "older_misses",
        ("o",),
        "all days",
        "List all cached days, or only the last",
        Place.MISSED,
        footer=True,
    ),
    Action("next_misses", ("tab", "right", "l"), "next list", "Go to the next list of missed calls", Place.MISSED),
    Action("previous_misses", ("shift+tab", "left", "h"), "list before", "Go to the list before", Place.MISSED),
    Action("open_report", ("enter",), "open", "Change the chosen order, or save the chosen file", Place.REPORTS, footer=True),
    Action("new_report", ("n",), "new", "Order a report", Place.REPORTS, footer=True),
    Action(
        "destroy_report",
        ("x",),
        "destroy",
        "Take an order back or remove a file; asks first",
        Place.REPORTS,
        footer=True,
    ),
    Action("save_statement", ("w",), "statement", "Save a statement of Telecom X as a file", Place.REPORTS, footer=True),
    Action("save_file", ("d",), "save", "Save the chosen file", Place.REPORTS),
    Action("next_list", ("tab", "shift+tab"), "other list", "Go to the other list", Place.REPORTS, footer=True),
    Action(
        "open_answers",
        ("enter",),
        "read",
        "Read on in the list shown",
        Place.PROVIDERS,
        footer=True,
    ),
    Action("next_part", ("tab", "right", "l"), "next part", "Go to the next part", Place.PROVIDERS, footer=True),
    Action("previous_part", ("shift+tab", "left", "h"), "part before", "Go to the part before", Place.PROVIDERS),
    Action("load_past", ("b",), "load past", "Load the past, so many days back", Place.PROVIDERS, footer=True, at_once=True),
    Action("hold_past", ("w",), "hold past", "Hold back the past, or go on", Place.PROVIDERS, footer=True),
    Action("cancel_past", ("x",), "cancel past", "Load no more of the past", Place.PROVIDERS, footer=True),
    Action("row_down", ("j", "down"), "down", "Choose the next row", Place.PANE),
    Action("row_up", ("k", "up"), "up", "Choose the row before", Place.PANE),
    Action("page_down", ("pagedown", "ctrl+d"), "page down", "Choose a row one page on", Place.PANE),
    Action("page_up", ("pageup", "ctrl+u"), "page up", "Choose a row one page back", Place.PANE),
    Action("first_row", ("g", "home"), "top", "Back to the top, following what is newest", Place.PANE),
    Action("last_row", ("G", "end"), "bottom", "Choose the last row", Place.PANE),
    Action("cell_right", ("l", "right"), "right", "Choose the next hour", Place.CHART),
    Action("cell_left", ("h", "left"), "left", "Choose the hour before", Place.CHART),
    Action("submit", ("enter",), "apply", "Apply the filter and go back to the panes", Place.FILTER, footer=True),
    Action(
        "complete", ("tab",), "complete", "Complete what stands under the cursor; again for the next", Place.FILTER, footer=True
    ),
    Action("cancel", ("escape",), "cancel", "Leave the filter as it was", Place.FILTER, footer=True),
    Action("older_filter", ("up",), "history", "Bring back the filter used before", Place.FILTER, footer=True),
    Action("newer_filter", ("down",), "newer filter", "Bring back the filter used after", Place.FILTER),
    Action("show_live", ("1",), "live", "Show the live screen", Place.EVERYWHERE, footer=True, opens_screen=True),
    Action("show_calls", ("2",), "calls", "Show the list of all calls", Place.EVERYWHERE, footer=True, opens_screen=True),
    Action("show_stats", ("3",), "stats", "Show the figures", Place.EVERYWHERE, footer=True, opens_screen=True),
    Action("show_missed", ("4",), "missed", "Show who must be called back", Place.EVERYWHERE, footer=True, opens_screen=True),
    Action("show_reports", ("5",), "reports", "Show the reports", Place.EVERYWHERE, footer=True, opens_screen=True),
    Action("show_providers", ("6",), "providers", "Show how providers do", Place.EVERYWHERE, footer=True, opens_screen=True),
    Action(
        "next_theme", ("t",), "theme", "Change the colours; the terminal's own are among them", Place.EVERYWHERE, footer=True
    ),
    Action("help", ("?", "f1"), "help", "Explain the keys, the symbols and the filter", Place.EVERYWHERE, footer=True),
    Action("palette", (":", "ctrl+p"), "commands", "Find an action by its name", Place.EVERYWHERE, at_once=True),
    Action("add_provider", ("ctrl+n",), "add provider", "Add a provider to the configuration", Place.EVERYWHERE),
    Action("suspend_process", ("ctrl+z",), "suspend", "Put calltop in the background of the shell", Place.EVERYWHERE),
    Action("quit", ("q", "ctrl+q", "ctrl+c"), "quit", "End calltop", Place.EVERYWHERE, footer=True),
    Action("send_form", ("ctrl+s",), "send", "Send what is filled in", Place.FORM, footer=True),
    Action("next_field", ("tab", "down"), "next", "Go to the next field", Place.FORM, footer=True, at_once=True),
    Action("previous_field", ("shift+tab", "up"), "previous", "Go to the field before", Place.FORM, footer=True, at_once=True),
    Action("take_field", ("enter",), "take", "Go to the next field; from the last one send the form", Place.FORM, at_once=True),
    Action("leave_form", ("escape",), "leave", "Leave the form; nothing is sent", Place.FORM, footer=True),
    Action("next_choice", ("right", "space"), "next value", "Choose the next value", Place.CHOICE),
    Action("previous_choice", ("left",), "value before", "Choose the value before", Place.CHOICE),
    Action("agree", ("y",), "yes, do it", "Do what is asked about", Place.CONFIRM, footer=True),
    Action("decline", ("n", "escape"), "no", "Leave everything as it is", Place.CONFIRM, footer=True),
    Action("answer", ("enter",), "go on", "Go on with what is typed; it may be nothing", Place.PROMPT, footer=True),
    Action("leave_prompt", ("escape",), "leave", "Leave everything as it was", Place.PROMPT, footer=True),
    Action("next_way", ("j", "down", "tab"), "next", "Choose the next way to begin", Place.WELCOME, footer=True),
    Action("previous_way", ("k", "up", "shift+tab"), "previous", "Choose the way before", Place.WELCOME),
    Action("take_way", ("enter",), "go", "Begin in the chosen way", Place.WELCOME, footer=True),
    Action("look_at_demo", ("d",), "demo", "Look at the demo", Place.WELCOME, footer=True),
    Action("add_first_provider", ("a",), "add a provider", "Add the first provider", Place.WELCOME, footer=True),
    Action("leave_welcome", ("q", "ctrl+q", "ctrl+c"), "quit", "End calltop", Place.WELCOME, footer=True),
    Action("keep_provider", ("enter",), "save", "Save the provider, which answered", Place.TRIAL, footer=True),
    Action("keep_all_the_same", ("s",), "save all the same", "Save the provider although it failed", Place.TRIAL, footer=True),
    Action("try_again", ("r",), "try again", "Ask the provider once more", Place.TRIAL, footer=True),
    Action("back_to_form", ("escape",), "back", "Go back to the form; nothing is lost", Place.TRIAL, footer=True),
    Action("scroll_down", ("j", "down"), "read on", "Read on", Place.HELP, footer=True),
    Action("scroll_up", ("k", "up"), "read back", "Read back", Place.HELP, footer=True),
    Action("scroll_page_down", ("space", "pagedown"), "next page", "Read one page on", Place.HELP, footer=True),
    Action("scroll_page_up", ("pageup",), "page up", "Read one page back", Place.HELP),
    Action("close", ("escape", "q", "?"), "close", "Close the help", Place.HELP, footer=True),
)


SAVED_FILTER_KEYS = ("f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9")


def saved_filter_actions(filters: Mapping[str, str]) -> tuple[Action, ...]:
    """One action for each of the person's saved filters, by name; the first have a function key."""
    return tuple(
        Action(
            f"saved_filter({index})",
            SAVED_FILTER_KEYS[index : index + 1],
            f"filter {name}",
            f"Apply the saved filter {text}",
            Place.EVERYWHERE,
        )
        for index, (name, text) in enumerate(filters.items())
    )


def actions_of(*places: Place) -> tuple[Action, ...]:
    """The actions of these places, place by place in the order asked for."""
    return tuple(_with_own_keys(action) for place in places for action in ACTIONS if action.place is place)


_own_keys: dict[str, tuple[str, ...]] = {}


def choose_keys(own: Mapping[str, tuple[str, ...]]) -> None:
    """From now on these actions have these keys, by name, wherever this process tells of keys; the others have their own."""
    _own_keys.clear()
    _own_keys.update(own)


def _with_own_keys(action: Action) -> Action:
    return action._replace(keys=_own_keys[action.name]) if action.name in _own_keys else action
