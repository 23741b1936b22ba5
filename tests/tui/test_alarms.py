"""Silent lines and firing alerts are said in words, in the pane, the header and the status line."""

from __future__ import annotations

import pytest

from calls.cache.snapshots import Alarm, LiveSnapshot
from calls.filters import Filter
from calls.metrics.silence import LineState, Silence
from tests.tui.driving import MIDDLE, NARROW, driven
from tests.tui.fake_feed import MINUTE_MS, NOW_MS, FakeFeed

SILENT = Silence("soluno", LineState.SILENT, NOW_MS - 40 * MINUTE_MS, NOW_MS, 7.2, 0.0007, 8, "no call for 40 min")
ALARM = Alarm("answer rate", NOW_MS - 12 * MINUTE_MS, "72 % of 31 calls were answered, at least 80 % is wanted")


class SilentFeed(FakeFeed):
    """Soluno's line is silent and an alert fires."""

    def live(self, filter: Filter, now_ms: int) -> LiveSnapshot:  # noqa: A002
        snapshot = super().live(filter, now_ms)
        panes = tuple(one._replace(silence=SILENT) if one.source.name == "soluno" else one for one in snapshot.panes)
        return snapshot._replace(panes=panes, alarms=(ALARM, ALARM._replace(name="queue")))


@pytest.mark.anyio
async def test_a_silent_line_and_firing_alerts_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.tui.driving.FakeFeed", SilentFeed)
    async with driven(MIDDLE, "calm") as it:
        assert "▲ silent since 10:02 (unusual)" in it.text("soluno")
        assert "silent since" not in it.text("portsip")
        assert "2 ALARMS" in it.header
        assert it.status == f"answer rate: {ALARM.sentence}, since 10:30 (1 more)"


@pytest.mark.anyio
async def test_the_tab_of_a_silent_line_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.tui.driving.FakeFeed", SilentFeed)
    async with driven(NARROW, "calm") as it:
        assert "▲soluno" in it.tabs.replace(" ", "")
        assert "●dstny" in it.tabs.replace(" ", "")
