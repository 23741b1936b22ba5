"""A form: a row per field, the help of the one being filled in, and what is wrong beside the field it is wrong with.

What is typed is text and nothing else; choices are turned with the arrow keys or the space bar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from tui.actions import Place
from tui.bindings import bindings
from tui.forms import FormField, mistakes
from tui.lines.line import Line, Role, Span, crop, gap, left, wrap
from tui.lines.symbols import Symbols
from tui.widgets.drawn import Drawn

LABEL_CELLS = 22
HELP_ROWS = 2
NEEDED = "*"


class ValueChanged(Message):
    """A field has another value."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__()
        self.name = name
        self.value = value


class TextValue(Input):
    """A line of text."""

    ALLOW_SELECT = False

    def __init__(self, field: FormField) -> None:
        super().__init__(field.first_value, password=field.secret, compact=True, select_on_focus=False, classes="form-value")
        self.field = field
        self.cursor_blink = False

    @property
    def text(self) -> str:
        """What stands in it."""
        return str(self.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tells the form."""
        event.stop()
        self.post_message(ValueChanged(self.field.name, self.text))


class ChoiceValue(Drawn, can_focus=True):
    """One of a few values."""

    BINDINGS = bindings(Place.CHOICE)
    ALLOW_SELECT = False

    def __init__(self, field: FormField, symbols: Symbols) -> None:
        super().__init__(classes="form-value")
        self.field = field
        self.text = field.first_value
        self._symbols = symbols

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The value, and its place among the others."""
        place = f"{self.field.choices.index(self.text) + 1}/{len(self.field.choices)}"
        words = crop(self.text, max(1, width - len(place) - 5), self._symbols.mark)
        if self.has_focus:
            return (Line((Span(f"< {words} >", Role.ACCENT), gap(1), Span(place, Role.FAINT))),)
        return (Line((gap(2), Span(words))),)

    def _choose(self, index: int) -> None:
        self.text = self.field.choices[index % len(self.field.choices)]
        self.redraw()
        self.post_message(ValueChanged(self.field.name, self.text))

    def action_next_choice(self) -> None:
        """The next value."""
        self._choose(self.field.choices.index(self.text) + 1)

    def action_previous_choice(self) -> None:
        """The value before."""
        self._choose(self.field.choices.index(self.text) - 1)

    def on_click(self, _event: events.Click) -> None:
        """The next value."""
        self.action_next_choice()

    def on_key(self, event: events.Key) -> None:
        """A letter chooses the next value that begins with it."""
        letter = (event.character or "").lower()
        if not letter.isalnum():
            return
        event.stop()
        at, choices = self.field.choices.index(self.text), self.field.choices
        for step in range(1, len(choices) + 1):
            if choices[(at + step) % len(choices)].lower().startswith(letter):
                self._choose(at + step)
                return

    def watch_has_focus(self, has_focus: bool) -> None:
        """Shows or hides the arrows."""
        super().watch_has_focus(has_focus)
        self.redraw()


class FormLabel(Drawn):
    """A field's name; a needed one bears a mark, and what is wrong with its value stands below."""

    def __init__(self, field: FormField) -> None:
        super().__init__(classes="form-label")
        self._field = field

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The label."""
        mark = NEEDED if self._field.required else " "
        return (Line((gap(1), Span(left(self._field.label, width - 3)), Span(mark, Role.ACCENT))),)


class FormMistake(Drawn):
    """What is wrong with a field."""

    def __init__(self) -> None:
        super().__init__(classes="form-mistake")
        self.words = ""
        self.display = False

    def show(self, words: str) -> None:
        """Says what is wrong, "" to say nothing."""
        self.words = words
        self.display = bool(words)
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The words below the value."""
        return (Line((gap(LABEL_CELLS), Span(crop(f"! {self.words}", width - LABEL_CELLS), Role.BAD))),)


class FormHelp(Drawn):
    """The help of the field being filled in."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(classes="form-help")
        self._symbols = symbols
        self._words = ""

    def show(self, words: str) -> None:
        """Shows another help."""
        self._words = words
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """As many rows as there are."""
        rows = wrap(self._words, max(10, width - 2), HELP_ROWS, self._symbols.mark)
        return [Line((gap(1), Span(row, Role.DIM))) for row in rows]


class Form(Widget):
    """The fields, and what was filled in. Posts `Form.Sent` with values that hold, and `Form.Left` when the person leaves.

    `values` keeps what was typed into fields that another choice took away, so that choosing back loses nothing.
    """

    BINDINGS = bindings(Place.FORM)

    class Sent(Message):
        """Everything is filled in and holds; values by the fields' names, without spaces around them."""

        def __init__(self, values: Mapping[str, str]) -> None:
            super().__init__()
            self.values = values

    class Left(Message):
        """The person leaves without sending."""

    class Changed(Message):
        """A field has another value."""

        def __init__(self, name: str, value: str) -> None:
            super().__init__()
            self.name = name
            self.value = value

    def __init__(self, fields: Sequence[FormField], symbols: Symbols) -> None:
        super().__init__(classes="form")
        self.fields = tuple(fields)
        self.values = {field.name: field.first_value for field in fields}
        self._symbols = symbols
        self._rows = VerticalScroll(classes="form-rows", can_focus=False)
        self._help = FormHelp(symbols)
        self._asked: dict[str, TextValue | ChoiceValue] = {}
        self._mistakes: dict[str, FormMistake] = {}

    def compose(self) -> ComposeResult:
        """The rows above, the help below."""
        yield self._rows
        yield self._help

    async def on_mount(self) -> None:
        """Lays out the fields."""
        await self._rows.mount_all(self._made())
        self._go_to(0)

    def _made(self) -> Iterable[Widget]:
        self._asked.clear()
        self._mistakes.clear()
        for field in self.fields:
            kept = self.values.get(field.name, field.first_value)
            value = ChoiceValue(field, self._symbols) if field.choices else TextValue(field)
            if isinstance(value, ChoiceValue):
                value.text = kept if kept in field.choices else field.first_value
                self.values[field.name] = value.text
            else:
                value.value = self.values[field.name] = kept
            self._asked[field.name] = value
            self._mistakes[field.name] = FormMistake()
            yield Horizontal(FormLabel(field), value, classes="form-row")
            yield self._mistakes[field.name]

    async def show_fields(self, fields: Sequence[FormField], focus: str = "") -> None:
        """Asks for other fields from now on; what was filled in stays, and so does the cursor; where its field is gone, it goes
        to the one called `focus`."""
        self.values |= {name: value.text for name, value in self._asked.items()}
        at = next((name for name, value in self._asked.items() if value is self.screen.focused), focus)
        self.fields = tuple(fields)
        await self._rows.remove_children()
        await self._rows.mount_all(self._made())
        names = [field.name for field in self.fields]
        self._go_to(next((names.index(name) for name in (at, focus) if name in names), 0))

    def show_mistakes(self, found: Mapping[str, str]) -> None:
        """Says what is wrong beside each field, and goes to the first of them."""
        for name, mistake in self._mistakes.items():
            mistake.show(found.get(name, ""))
        wrong = [index for index, field in enumerate(self.fields) if found.get(field.name)]
        if wrong:
            self._go_to(wrong[0])

    @property
    def mistakes(self) -> Mapping[str, str]:
        """What is said to be wrong now."""
        return {name: mistake.words for name, mistake in self._mistakes.items() if mistake.words}

    @property
    def _at(self) -> int:
        asked = list(self._asked.values())
        # The screen knows at once who has the focus, the field only when it has dealt with what was typed before.
        return next((index for index, value in enumerate(asked) if value is self.screen.focused), 0)

    def _go_to(self, index: int) -> None:
        if not self._asked:
            return
        value = list(self._asked.values())[index % len(self._asked)]
        self.screen.set_focus(value)
        if isinstance(value, TextValue):
            value.cursor_position = len(value.value)

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """Shows the help of the field."""
        if self._asked:
            self._help.show(self.fields[self._at].help)

    @on(ValueChanged)
    def _changed(self, message: ValueChanged) -> None:
        message.stop()
        self.values[message.name] = message.value
        if mistake := self._mistakes.get(message.name):
            mistake.show("")
        self.post_message(self.Changed(message.name, message.value))

    def action_take_field(self) -> None:
        """Goes to the next field; sends from the last one."""
        if self._at == len(self.fields) - 1:
            # After what was typed into it, which may still wait to be dealt with.
            [*self._asked.values()][-1].call_later(self.action_send_form)
        else:
            self._go_to(self._at + 1)

    def action_next_field(self) -> None:
        """Goes to the next field."""
        self._go_to(self._at + 1)

    def action_previous_field(self) -> None:
        """Goes to the field before."""
        self._go_to(self._at - 1)

    def action_send_form(self) -> None:
        """Sends what is filled in, unless something is wrong with it."""
        self.values |= {name: value.text for name, value in self._asked.items()}
        values = {field.name: self.values[field.name].strip() for field in self.fields}
        found = mistakes(self.fields, values)
        self.show_mistakes(found)
        if not found:
            self.post_message(self.Sent(values))

    def action_leave_form(self) -> None:
        """Leaves without sending."""
        self.post_message(self.Left())
