"""What is taken of Textual beyond its documented interface is there: a newer one that lacks it fails here and not on a wall."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.screen import Screen


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Screen, "_compositor_refresh"),
        (Screen, "_on_timer_update"),
        (App, "_handle_exception"),
        (App, "_close_messages_no_wait"),
    ],
)
def test_the_library_has_what_is_overridden_or_called(owner: type[object], name: str) -> None:
    assert callable(getattr(owner, name))


@pytest.mark.parametrize("name", ["_batch_count", "_exit_renderables", "_exception", "_exception_event", "_driver"])
def test_an_app_of_the_library_has_what_is_read(name: str) -> None:
    assert hasattr(App[None](), name)
