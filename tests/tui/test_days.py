"""The calendar as it is configured, read with and without the model of all settings."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from calls.calendar import Calendar, parse_opening_hours
from tui.paths import UsageError
from tui.settings.days import calendar_of
from tui.settings.layers import layered

PBX = {"kind": "while1", "base_url": "https://pbx.example", "token": "t"}
CHRISTMAS = date(2026, 12, 25)


def calendar(environment: dict[str, str] | None = None, **file: Any) -> Calendar:
    return calendar_of(layered(Path("config.toml"), file, environment or {}))


def test_holidays_stand_as_dates_as_texts_and_in_the_environment() -> None:
    wanted = frozenset({CHRISTMAS})
    assert calendar(holidays=[CHRISTMAS]).holidays == wanted
    assert calendar(holidays=["2026-12-25"]).holidays == wanted
    assert calendar({"CALLTOP_HOLIDAYS": '["2026-12-25"]'}, holidays=[date(2026, 1, 1)]).holidays == wanted
    assert calendar() == Calendar()


def test_each_provider_may_have_its_own() -> None:
    found = calendar(providers={"pbx": PBX | {"holidays": [CHRISTMAS]}, "other": PBX})
    assert found.is_holiday("pbx", CHRISTMAS)
    assert not found.is_holiday("other", CHRISTMAS)


def test_opening_hours() -> None:
    assert calendar(opening_hours="sat 10:00-14:00").opening == parse_opening_hours("sat 10:00-14:00")


@pytest.mark.parametrize(
    "file",
    [
        {"holidays": "soon"},
        {"holidays": ["2026-13-01"]},
        {"holidays": 7},
        {"opening_hours": "always"},
        {"providers": {"pbx": PBX | {"holidays": ["x"]}}},
    ],
)
def test_what_cannot_be_read_is_a_mistake_of_the_configuration(file: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"config\.toml"):
        calendar(**file)
