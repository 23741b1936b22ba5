"""When a screen is painted: where the library would paint what it throws away, or one change in two frames."""

from __future__ import annotations

from textual.screen import Screen


class SteadyScreen(Screen[None], inherit_bindings=False):
    """A screen whose picture changes once for each change of what it shows."""

    def _compositor_refresh(self) -> None:
        """Paints nothing while updates are put together: the library throws such a picture away and takes it for shown."""
        if not self.app._batch_count:
            super()._compositor_refresh()

    def _on_timer_update(self) -> None:
        """Paints after what is posted already, so that a row and what is said of it change in one frame and not in two."""
        if self.app.screen is self:
            self.call_later(super()._on_timer_update)
        else:
            # Beneath another screen every message asks for one more picture, this one too.
            super()._on_timer_update()
