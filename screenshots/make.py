"""Draws the pictures of the documentation: the real interface at a fixed moment, as SVG and as PNG.

`python -m screenshots.make` writes them beside this file; a second run changes nothing.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from screenshots import data, wall
from screenshots.export import exported, write
from tui.app import CalltopApp
from tui.cache_feed import CacheFeed
from tui.reports.desk import CollectorDesk
from tui.screens.live import LiveScreen

FOLDER = Path(__file__).parent
LONGEST_WAIT_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture: its file's name, the size of the terminal, the colours, and the keys pressed before it is taken: first the one
    that shows a `screen`, and when that has its data the `keys`."""

    name: str
    size: tuple[int, int] = (160, 45)
    theme: str = "calltop-dark"
    keys: Sequence[str] = ()
    ascii_only: bool = False
    screen: str = ""


SCENES = (
    Scene("live"),
    Scene("live-light", theme="calltop-light"),
    Scene("live-120", size=(120, 35)),
    Scene("live-80", size=(80, 24)),
    Scene("live-60", size=(60, 16)),
    Scene("live-missed", keys=("slash", *"status:missed", "enter")),
    Scene("filter", keys=("slash", *"number:+467* direction:in since:yesterday", "enter")),
    Scene("live-zoom", size=(120, 35), keys=("tab", "tab", "enter")),
    Scene("stats", keys=("3",)),
    Scene("stats-lens", keys=("3", "j", "j", "j", "enter")),
    Scene("stats-80", size=(80, 24), keys=("3", "tab", "tab", "right")),
    Scene("help", keys=("question_mark",)),
    Scene("missed", keys=("4", "j")),
    Scene("reports", keys=("5",)),
    Scene("providers", keys=("6", "j")),
    Scene("calls", screen="2", keys=("j", "j", "j", "j", "enter")),
    Scene("calls-80", screen="2", size=(80, 24), keys=("j", "j", "j", "j", "enter")),
    Scene("calls-columns", screen="2", theme="calltop-light", size=(120, 35), keys=("c", "j", "j")),
)


async def picture(app: CalltopApp, scene: Scene) -> str:
    """The SVG of a scene. Raises TimeoutError when the interface has no data in time."""
    async with app.run_test(size=scene.size) as pilot:
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            await _with_data(pilot)
        if scene.screen:
            await pilot.press(scene.screen)
            await pilot.pause()
            await _answered(pilot, app)
        await pilot.press(*scene.keys)
        await pilot.pause()
        if scene.keys:
            await _answered(pilot, app)
        return exported(app)


async def _with_data(pilot: Pilot[None]) -> None:
    while not (isinstance(pilot.app.screen, LiveScreen) and pilot.app.screen.ready and pilot.app.focused):
        await pilot.pause(_LOOK_AGAIN_SECONDS)


async def _answered(pilot: Pilot[None], app: CalltopApp) -> None:
    async with asyncio.timeout(LONGEST_WAIT_SECONDS):
        while not app.current_screen.settled:
            await pilot.pause(_LOOK_AGAIN_SECONDS)
    await pilot.pause()


def draw(scenes: Sequence[Scene], open_app: Callable[[Scene], CalltopApp], folder: Path = FOLDER) -> None:
    """Writes every scene as SVG and PNG. `open_app` gives an interface whose clock stands still and whose data is fixed."""
    for scene in scenes:
        write(folder, scene.name, asyncio.run(picture(open_app(scene), scene)))


def main() -> None:
    """Draws all scenes."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "calltop.db"
        asyncio.run(data.fill(cache))
        providers = data.StillProviders()

        def open_app(scene: Scene) -> CalltopApp:
            return CalltopApp(
                CacheFeed(cache),
                data.StillPoller(),
                open_desk=lambda: CollectorDesk(providers),
                clock=data.StillClock(data.NOW_MS),
                zone=data.ZONE,
                theme=scene.theme,
                ascii_only=scene.ascii_only,
            )

        draw(SCENES, open_app)
        wall.draw(cache, FOLDER)


if __name__ == "__main__":
    main()
