"""An alert that fires stands in the header and the status line of every window, and rings where that is asked for."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from calls.alerts import Comparison, Known, Look, Reading, Rule, Sink
from calls.cache import alerts
from calls.cache.database import Database
from screenshots import data
from tests.tui.fake_feed import MINUTE_MS
from tests.tui.filled import driven_over, filled_cache
from tui.app import CalltopApp
from tui.settings.early import alert_sinks
from tui.settings.layers import Layers
from tui.widgets.bottom import Bottom
from tui.widgets.header import Header

pytestmark = pytest.mark.anyio

RULE = Rule("rate", "answer_rate", Comparison.BELOW, 0.8)


def look(cache: Path, value: float, minutes: int) -> None:
    with closing(Database(cache)) as database, database.transaction() as connection:
        read = Reading(Known.VALUE, value, "31/44")
        alerts.advance_all(connection, [Look(RULE, read)], data.NOW_MS + minutes * MINUTE_MS)


async def test_it_is_shown_and_told_and_so_is_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = filled_cache(tmp_path)
    sent: list[str] = []
    make = partial(CalltopApp, sinks={"rate": frozenset({Sink.BELL})})
    async with driven_over(cache, make=make) as it:
        screen = it.app.current_screen
        monkeypatch.setattr(it.app, "send", sent.append)
        look(cache, 0.7, 0)
        await it.until(lambda: "ALARM" in screen.query_one(Header).plain_text)
        sentence = "rate: answer rate 70 % (31/44), should not be below 80 %"
        await it.until(lambda: sentence in screen.query_one(Bottom).plain_text)
        assert sent == ["\a"]
        look(cache, 0.9, 1)
        await it.until(lambda: "ALARM" not in screen.query_one(Header).plain_text)
        assert sent == ["\a", "\a"]


def test_where_alerts_are_told_is_read_before_the_first_frame() -> None:
    tables = {"one": {"sinks": ["bell", "webhook"]}, "two": {"sinks": "screen, desktop"}, "three": {}, "four": 5}
    found = alert_sinks(Layers(Path("config.toml"), {"alerts": tables}))
    assert found == {"one": {"bell", "webhook"}, "two": {"screen", "desktop"}, "three": set(), "four": set()}
    assert alert_sinks(Layers(Path("config.toml"), {"alerts": "x"})) == {}
    assert Sink.BELL in found["one"]
