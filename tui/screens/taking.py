"""What a person can take out of a screen: a copy of what is chosen, and a file of what is shown."""

from __future__ import annotations

from textual import on

from tui.exporting import Exportable, ExportTold
from tui.screens.exporter import Exporter
from tui.screens.status import StatusLine
from tui.screens.steady import SteadyScreen
from tui.session import Session
from tui.terminal import save_copy
from tui.widgets.bottom import Bottom

NOTHING_TO_COPY = "nothing to copy here: choose a row first"


class TakingScreen(SteadyScreen, inherit_bindings=False):
    """The base of the screens that give something away. A subclass says what in `copied` and `exported`."""

    def __init__(self, session: Session, bottom: Bottom, *, id: str) -> None:  # noqa: A002 - Textual's own term
        super().__init__(id=id)
        self.session = session
        self.status = StatusLine(bottom, self.set_timer, session.status_seconds)
        self.exporter = Exporter(self, session, self.status)

    def copied(self) -> tuple[str, str]:
        """What `y` copies, and how it is called in the answer; two empty texts when there is nothing to copy."""
        return "", ""

    def exported(self) -> Exportable | None:
        """What `e` writes to a file; None when there is nothing."""
        return None

    def action_copy(self) -> None:
        """Copies what is chosen."""
        text, called = self.copied()
        if text:
            self.app.copy_to_clipboard(text)
            self.status.say(f"copied {called}, if the terminal allows it (OSC 52); Y saves it to a file instead")
        else:
            self.status.say(NOTHING_TO_COPY)

    def action_save_copy(self) -> None:
        """Saves what would be copied, for terminals that let nothing into their clipboard."""
        text, called = self.copied()
        self.status.say(save_copy(self.session.state_folder, text, called) if text else NOTHING_TO_COPY)

    def action_export(self) -> None:
        """Writes what is shown to a file."""
        export = self.exported()
        if export is None:
            self.status.say("there is nothing to export here")
        else:
            self.exporter.ask(export)

    @on(ExportTold)
    def _export_told(self, message: ExportTold) -> None:
        self.exporter.told(message)
