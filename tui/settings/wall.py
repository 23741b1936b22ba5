"""The settings of the wall monitor, `[wall]`."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from calls.alerts import QuietHours
from calls.text import clean
from providers.settings import TableSettings
from tui.settings.alerts import as_share
from tui.settings.mistakes import nearest
from tui.wall.plan import PAGES, SAVED


class WallSettings(TableSettings):
    """Settings of `[wall]`."""

    pages: tuple[str, ...] = Field(default=PAGES, min_length=1)
    """The pages in their order: today, call-backs, hours, providers, and "filter:NAME" for a filter of `[filters]`."""
    dwell_seconds: float = Field(default=90, ge=5, le=86_400)
    """How long a page is shown before the next one comes."""
    target_answer_rate: float | None = Field(default=0.9, ge=0, le=1)
    """The share of calls that should be answered, as 0.9 or "90 %"; 0 for no target."""
    call_back_minutes: int = Field(default=60, ge=0, le=100_000)
    """Minutes after which a caller has waited too long to be called back; 0 for no limit."""
    wait_seconds: int = Field(default=0, ge=0, le=86_400)
    """The wait in seconds that nine of ten callers should not exceed; 0 for no limit."""
    night_hours: tuple[str, ...] = ()
    """When the wall is dimmed, such as "19:00-07:00" or "sat-sun"."""
    drift_minutes: int = Field(default=10, ge=0, le=1440)
    """The picture moves by one cell after so many minutes, so that it does not burn itself in; 0 keeps it still."""
    reveal: bool = False
    """Whether the key `r` shows numbers whole for ten seconds."""

    @field_validator("pages")
    @classmethod
    def _known(cls, pages: tuple[str, ...]) -> tuple[str, ...]:
        for page in pages:
            if page not in PAGES and not page.startswith(SAVED):
                raise ValueError(f"{clean(page)!r} is no page{nearest(page, (*PAGES, SAVED + 'NAME'))}")
        return pages

    @field_validator("target_answer_rate", mode="before")
    @classmethod
    def _share(cls, value: Any) -> Any:
        return as_share(value)

    @field_validator("night_hours")
    @classmethod
    def _legible(cls, hours: tuple[str, ...]) -> tuple[str, ...]:
        for text in hours:
            QuietHours.parse(text)
        return hours
