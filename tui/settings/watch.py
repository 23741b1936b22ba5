"""Noticing that the configuration file has changed, and what of the change can be taken over while calltop runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tui.feed import SettingsChange
from tui.paths import UsageError
from tui.settings.early import display_zone, poll_seconds
from tui.settings.layers import Layers

LOOK_SECONDS = 2.0
TAKEN_OVER = ("theme", "filters", "display_timezone", "providers", "alerts", "retention_days")
"""What a running interface follows; everything else waits for the next start."""
POLLED = ("providers", "alerts", "retention_days")


class FileStamp:
    """Which version of a file was seen last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._now()

    def changed(self) -> bool:
        """Whether the file is another one than at the last look."""
        before, self._seen = self._seen, self._now()
        return self._seen != before

    def _now(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


class SettingsWatch:
    """The settings of a running interface. `read` gives the layers; `layers` are those it began with."""

    def __init__(self, read: Callable[[], Layers], layers: Layers) -> None:
        self._read = read
        self._layers = layers
        self._stamp = FileStamp(layers.path)

    def touched(self) -> bool:
        """Whether the file has changed since the last look. Cheap."""
        return self._stamp.changed()

    def remark(self) -> str:
        """That others can read the secrets, or that a variable of ours is none of ours."""
        from tui.config import unknown_variables
        from tui.settings.privacy import public_secrets

        unread = [f"{variable} is not read: {why}" for variable, why in unknown_variables(self._layers).items()]
        return public_secrets(self._layers) or next(iter(unread), "")

    def change(self) -> SettingsChange:
        """What has changed. Takes as long as reading the configuration does; a file that cannot be used changes nothing."""
        from tui.config import checked

        try:
            layers = self._read()
            config = checked(layers)
        except UsageError as error:
            return SettingsChange(words=f"the changed configuration is not used: {error}")
        before, self._layers = self._layers, layers
        changed = {name for name in {*before.tree, *layers.tree} if before.tree.get(name) != layers.tree.get(name)}
        return SettingsChange(
            words=_words(changed),
            theme=config.theme if "theme" in changed else None,
            saved_filters=config.filters if "filters" in changed else None,
            keys=config.keys if "keys" in changed else None,
            zone=display_zone(config, layers),
            intervals=poll_seconds(layers),
            polled=any(name in changed for name in POLLED),
        )


def _words(changed: set[str]) -> str:
    if not changed:
        return ""
    later = sorted(changed.difference(TAKEN_OVER))
    if not later:
        return "the configuration has changed, and is in use"
    return f"the configuration has changed; {' and '.join(later)} will be used at the next start"
