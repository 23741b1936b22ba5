"""A wall beside a collector for as long as nobody looks: memory stays level, no poll is missed, and its figures are those of
`calltop stats`. `CALLTOP_HEAVY_WALL_HOURS=720` makes a month of it; CI lives
through midnight and the hour in which the clocks go back.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HOURS = float(os.environ.get("CALLTOP_HEAVY_WALL_HOURS", "3.5"))
POLL_MINUTES = 5
LONGEST_SECONDS = 7200


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    cache = tmp_path_factory.mktemp("month") / "calltop.db"
    command = [sys.executable, "-m", "tests.heavy.wall_month", str(cache), "--hours", str(HOURS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_memory_stays_level(report: dict[str, Any]) -> None:
    assert report["end_kilobytes"] <= report["warm_kilobytes"] * 1.05, report


def test_no_poll_is_missed(report: dict[str, Any]) -> None:
    assert report["polls"]["north"] >= report["minutes"] // POLL_MINUTES, report
    assert report["polls"]["north"] <= report["minutes"] // POLL_MINUTES + 2, report
    assert not report["crashed"]


def test_the_walls_figures_are_those_of_stats_whenever_they_are_compared(report: dict[str, Any]) -> None:
    assert report["compared"] >= HOURS * 2 - 1
    assert report["differing"] == []


def test_an_outage_is_on_the_wall_and_gone_when_it_is_over(report: dict[str, Any]) -> None:
    assert report["seen_down"]
    assert report["seen_well_again"]
