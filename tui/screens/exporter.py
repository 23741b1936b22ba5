"""Exports of a screen: the form that asks where to, the progress in the status line, and the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

from calls.files import typed_path
from tui.exporting import Exportable, ExportThread, ExportTold, Target
from tui.lines.words import counted, moment
from tui.screens.status import StatusLine
from tui.session import Session

if TYPE_CHECKING:
    from tui.forms import FormField

LONGEST_FAREWELL_SECONDS = 1.0
ALL, SHOWN = "all there are", "as shown"
_FORMAT_HELP = "json is one object a line; parquet and xlsx may have to be installed"


class Exporter:
    """One export at a time."""

    def __init__(self, screen: Screen[None], session: Session, status: StatusLine) -> None:
        self._screen = screen
        self._session = session
        self._status = status
        self._thread: ExportThread | None = None
        self._export: Exportable | None = None
        self._target: Target | None = None

    @property
    def running(self) -> bool:
        """Whether an export is under way."""
        return self._thread is not None

    def ask(self, export: Exportable) -> None:
        """Asks where to and in which format, and begins."""
        if self.running:
            self._status.say("an export is under way; esc ends it")
            return
        from tui.screens.form import FormScreen

        fields = partial(export_fields, export, moment(self._session.clock.now_ms(), self._session.zone))
        form = FormScreen(f"Export {export.what}", lambda _values: fields(), self._session.symbols, self._wrong)
        self._screen.app.push_screen(form, partial(self._begin, export))

    async def _wrong(self, values: Mapping[str, str]) -> Mapping[str, str]:
        found = target_of(values)
        return found if isinstance(found, dict) else {}

    def _begin(self, export: Exportable, values: Mapping[str, str] | None) -> None:
        target = None if values is None else target_of(values)
        if not isinstance(target, Target):
            return
        self._export, self._target = export, target
        self._thread = ExportThread(self._session.feed.another(), export, target, self._screen.post_message)
        self._thread.start()
        self.show_progress(0)

    def show_progress(self, rows: int) -> None:
        """Says how far the export is."""
        if self._export is not None and self._target is not None:
            self._status.say(f"exporting: {counted(rows, self._export.noun)} in {self._target.path.name}; esc ends it")

    def told(self, message: ExportTold) -> None:
        """Says how the export goes, and how it ended."""
        if self._export is None or self._target is None:
            return
        if message.done:
            self._status.say(f"{counted(message.rows, self._export.noun)} in {self._target.path}")
        elif message.stopped:
            self._status.say("the export is ended; no file is left")
        elif message.trouble:
            self._status.say(f"nothing was exported: {message.trouble}")
        else:
            self.show_progress(message.rows)
        if message.ended:
            self._thread = None

    def stop(self) -> None:
        """Ends the export that is under way."""
        if self._thread is not None:
            self._thread.stop()

    def leave(self) -> None:
        """Ends it because the program ends; what was begun is taken away if that goes quickly."""
        if self._thread is not None:
            self._thread.stop(LONGEST_FAREWELL_SECONDS)


def export_fields(export: Exportable, now: datetime) -> tuple[FormField, ...]:
    """What has to be known."""
    # Not before somebody exports: nothing else on a screen needs the formats.
    from calls.exports import FORMATS
    from tui.forms import FormField

    path = Path.cwd() / f"{export.stem}-{now:%Y-%m-%d}"
    columns = (FormField("columns", "Columns", "those of the screen, or every one", choices=(SHOWN, ALL)),)
    return (
        FormField("format", "Format", _FORMAT_HELP, choices=("csv", *(name for name in FORMATS if name != "csv"))),
        *(columns if export.has_columns else ()),
        FormField("path", "Save as", "a file that is not there yet; the ending follows the format", str(path), required=True),
    )


def target_of(values: Mapping[str, str]) -> Target | dict[str, str]:
    """What the form says, or what is wrong with it by the field's name."""
    from calls.exports import FORMATS, MissingLibrary, UnknownFormat, check_format, format_named
    from tui.forms import why_not_new

    name, text = values["format"], values["path"]
    try:
        check_format(name)
    except MissingLibrary as error:
        return {"format": str(error)}
    try:
        path = typed_path(Path(text))
    except ValueError as error:
        return {"path": str(error)}
    try:
        named = format_named(path)
    except UnknownFormat:
        path = path.with_name(path.name + FORMATS[name].suffix) if path.name else path
    else:
        if named != name:
            return {"path": f"its ending means {named}, and the format is {name}"}
    if wrong := why_not_new(path):
        return {"path": wrong}
    return Target(path, name, values.get("columns") == ALL)
