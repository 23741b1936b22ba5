"""A form over the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from tui.actions import Place, actions_of
from tui.forms import FormField
from tui.lines.bars import key_line
from tui.lines.line import Line, Role, Span, crop, gap
from tui.lines.symbols import Symbols
from tui.screens.overlay import Overlay
from tui.widgets.drawn import Drawn
from tui.widgets.form import Form

Values = Mapping[str, str]
Fields = Callable[[Values], Sequence[FormField]]


class FormTitle(Drawn):
    """What the form is for, and what went wrong with the whole of it."""

    def __init__(self, title: str) -> None:
        super().__init__(id="form-title")
        self._title = title
        self._words = ""

    def say(self, words: str) -> None:
        """Says what went wrong."""
        self._words = words
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The title, and the words below."""
        return (
            Line((gap(1), Span(crop(self._title, width - 2), Role.STRONG))),
            Line((gap(1), Span(crop(self._words, width - 2), Role.BAD))),
        )


class FormKeys(Drawn):
    """The keys of the form."""

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """One line."""
        return (key_line([action for action in actions_of(Place.FORM) if action.footer], width)[0],)


class FormScreen(Overlay[Values], inherit_bindings=False):
    """Ends with the values that were sent, or with nothing.

    `fields` gives the fields for the values so far, so that a choice can bring fields of its own. `send` may try the values
    and return what went wrong, by the field's name or under "" for the whole; an empty answer ends the form.
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")

    def __init__(
        self,
        title: str,
        fields: Fields,
        symbols: Symbols,
        send: Callable[[Values], Awaitable[Mapping[str, str]]] | None = None,
    ) -> None:
        super().__init__(id="form")
        self._fields = fields
        self._send = send
        self._title = FormTitle(title)
        self.form = Form(fields({}), symbols)

    def compose(self) -> ComposeResult:
        """Title, form, keys."""
        with Vertical(id="form-box"):
            yield self._title
            yield self.form
            yield FormKeys(id="form-keys")

    @on(Form.Changed)
    async def _changed(self, message: Form.Changed) -> None:
        fields = self._fields(self.form.values)
        if [field.name for field in fields] != [field.name for field in self.form.fields]:
            await self.form.show_fields(fields, focus=message.name)

    @on(Form.Sent)
    async def _sent(self, message: Form.Sent) -> None:
        wrong = await self._send(message.values) if self._send is not None else {}
        self._title.say(wrong.get("", ""))
        self.form.show_mistakes(wrong)
        if not wrong:
            self.dismiss(message.values)

    @on(Form.Left)
    def _left(self) -> None:
        self.dismiss()
