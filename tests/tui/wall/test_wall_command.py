"""`calltop wall` from its configuration: what the settings mean, what is said of wrong ones, and what it needs to start."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import Color, ColorSystem

from calls.filters import parse
from tests.tui.fake_feed import ZONE
from tui.cli import main
from tui.commands.wall import KEY_BYTES, tag_key, wall_plan
from tui.config import Config, load
from tui.lines.wall.view import Targets
from tui.paths import UsageError
from tui.themes.night import NIGHT_THEMES

WHOLE = """
[filters]
support = "queue:711"

[wall]
pages = ["filter:support", "today"]
dwell_seconds = 20
target_answer_rate = "85 %"
call_back_minutes = 30
wait_seconds = 45
night_hours = ["19:00-07:00", "sat-sun"]
drift_minutes = 0
reveal = true

[alerts.rate]
metric = "answer_rate"
comparison = "<"
threshold = 0.8
sinks = ["bell"]
"""


def loaded(folder: Path, text: str) -> Config:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_a_wall_is_set_up_as_it_is_written(tmp_path: Path) -> None:
    plan = wall_plan(loaded(tmp_path, WHOLE), ZONE, b"key")
    assert plan.pages == ("filter:support", "today")
    assert plan.targets == Targets(0.85, 30, 45)
    assert (plan.dwell_seconds, plan.drift_minutes, plan.reveals, len(plan.night)) == (20, 0, True, 2)
    assert plan.shown_filters() == (("support", parse("queue:711")),)
    assert plan.sinks == {"rate": {"bell"}}


def test_without_settings_it_is_private_and_has_its_four_pages(tmp_path: Path) -> None:
    plan = wall_plan(loaded(tmp_path, ""), ZONE, b"key")
    assert plan.pages == ("today", "call-backs", "hours", "providers")
    assert not plan.reveals
    assert plan.targets == Targets(0.9, 60, None)
    none = wall_plan(loaded(tmp_path, "[wall]\ntarget_answer_rate = 0\ncall_back_minutes = 0\n"), ZONE, b"key")
    assert none.targets == Targets(None, None, None)


def test_it_begins_with_the_page_that_is_named(tmp_path: Path) -> None:
    config = loaded(tmp_path, "")
    assert wall_plan(config, ZONE, b"key", "hours").pages == ("hours", "providers", "today", "call-backs")
    with pytest.raises(UsageError, match="it has today, call-backs, hours, providers"):
        wall_plan(config, ZONE, b"key", "hour")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('pages = ["tody"]', "did you mean today?"),
        ('pages = ["filter:vip"]', "there is no such filter"),
        ("pages = []", "wall.pages"),
        ("dwell_seconds = 1", "wall.dwell_seconds"),
        ("target_answer_rate = 90", "wall.target_answer_rate"),
        ('night_hours = ["night"]', 'write "22:00-07:00"'),
        ("dwel_seconds = 10", "did you mean dwell_seconds?"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, setting: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        loaded(tmp_path, f"[wall]\n{setting}\n")
    assert said in str(raised.value)


def test_the_key_of_the_words_is_made_once_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "state" / "wall.key"
    key = tag_key(path)
    assert len(key) == KEY_BYTES
    assert path.stat().st_mode & 0o777 == 0o600
    assert tag_key(path) == key
    path.write_bytes(b"cut")
    assert len(tag_key(path)) == KEY_BYTES


def test_without_a_terminal_it_says_what_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text("", encoding="utf-8")
    assert main(["wall", "--unattended", "--config", str(config)]) == 2
    assert "the wall needs a terminal" in capsys.readouterr().err
    assert main(["wall", "--config", str(tmp_path / "none.toml"), "--cache", str(tmp_path / "none.db")]) == 2
    assert "calltop wall --demo" in capsys.readouterr().err


@pytest.mark.parametrize("theme", NIGHT_THEMES, ids=lambda theme: theme.name)
def test_at_night_nothing_vanishes_in_sixteen_colours(theme: object) -> None:
    colours = {name: value for name, value in getattr(theme, "variables", {}).items() if value.startswith("#")}
    grounds = ("calltop-strip", "calltop-cursor")
    for name, value in colours.items():
        if name not in grounds:
            assert Color.parse(value).downgrade(ColorSystem.STANDARD).number != 0, name
