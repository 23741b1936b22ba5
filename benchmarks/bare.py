"""The smallest Textual app: what any interface made with the library costs at least."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

READY = "ready"


class BareApp(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        yield Static(READY)


if __name__ == "__main__":
    BareApp().run()
