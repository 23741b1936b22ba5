"""The settings of an alert, `[alerts.NAME]`, and the rule that is made of them."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, WithJsonSchema, field_validator, model_validator

from calls.alerts import Comparison, QuietHours, Rule, Sink
from calls.alerts.measures import MEASURES
from calls.alerts.rule import FEW_CALLS
from calls.filters import Filter, FilterError, parse
from calls.text import clean
from calls.times import MINUTE_MS
from providers.settings import TableSettings, is_loopback
from tui.settings.mistakes import nearest

_PERCENT = re.compile(r"\s*(\d{1,3}(?:\.\d{1,3})?)\s*%\s*", re.ASCII)

Limit = Annotated[float, WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": _PERCENT.pattern}]})]


class AlertSettings(TableSettings):
    """Settings of `[alerts.NAME]`."""

    metric: str
    """What is measured: the name of a figure of `calltop stats`, or call_backs, oldest_call_back_minutes, data_age_minutes,
    providers_down, silent_providers."""
    comparison: Comparison
    """When it alarms: "<", "<=", ">" or ">=" than the threshold."""
    threshold: Limit
    """The limit, in the figure's own unit: a rate as 0.8 or "80 %", waits in seconds."""
    filter: str = "since:today"
    """Which calls count, and over what time: since:-1h looks at the last hour."""
    provider: str = ""
    """Only this provider; left out, all together."""
    for_minutes: float = Field(default=5, ge=0, le=1440)
    """How long it must be so before it alarms."""
    clear: Limit | None = None
    """The value at which the alarm may end; left out, the threshold itself."""
    clear_minutes: float = Field(default=5, ge=0, le=1440)
    """How long it must be well before the alarm ends."""
    min_calls: int = Field(default=FEW_CALLS, ge=0)
    """A rate of fewer calls alarms nobody."""
    repeat_minutes: float = Field(default=30, ge=1, le=10_080)
    """The shortest time between two alarms of this rule."""
    reminds: bool = False
    """Say it again after that time while it lasts."""
    quiet_hours: tuple[str, ...] = ()
    """Hours in which only the screen shows it, such as "22:00-07:00", "sat-sun" or "mon-fri 18:00-08:00"."""
    sinks: tuple[Sink, ...] = (Sink.SCREEN,)
    """Where it is said: screen, bell (the terminal's), desktop (a notice of the terminal's, OSC 9), webhook."""
    webhook_url: SecretStr | None = None
    """The address that gets one JSON object for each alarm and each end of one; https only, and a secret as a whole."""

    @field_validator("metric")
    @classmethod
    def _measured(cls, name: str) -> str:
        if name not in MEASURES:
            raise ValueError(f"{clean(name)!r} is nothing that is measured{nearest(name, MEASURES)}")
        return name

    @field_validator("threshold", "clear", mode="before")
    @classmethod
    def _share(cls, value: Any) -> Any:
        return as_share(value)

    @field_validator("filter")
    @classmethod
    def _readable(cls, text: str) -> str:
        try:
            parse(text)
        except FilterError as error:
            raise ValueError(str(error)) from None
        return text

    @field_validator("quiet_hours")
    @classmethod
    def _legible(cls, hours: tuple[str, ...]) -> tuple[str, ...]:
        for text in hours:
            QuietHours.parse(text)
        return hours

    @field_validator("webhook_url")
    @classmethod
    def _secure(cls, url: SecretStr | None) -> SecretStr | None:
        # Unlike a provider's, this address is a secret, so no message may repeat it.
        if url is not None:
            parts = urlsplit(url.get_secret_value())
            if parts.scheme not in ("https", "http") or not parts.hostname:
                raise ValueError("it is no address; write it like https://chat.example/hook")
            if parts.username or parts.password:
                raise ValueError("it holds a user name or a password; leave them out")
            if parts.scheme == "http" and not is_loopback(parts.hostname):
                raise ValueError("it would be sent in the clear; use https")
        return url

    @model_validator(mode="after")
    def _consistent(self) -> AlertSettings:
        if (Sink.WEBHOOK in self.sinks) != (self.webhook_url is not None):
            raise ValueError("sinks names webhook and webhook_url gives its address: set both or none")
        if self.clear is not None and self.comparison.holds(self.clear, self.threshold):
            raise ValueError("clear lies on the wrong side of threshold, so that the alarm could never end")
        return self

    def rule(self, name: str) -> Rule:
        """What these settings ask for."""
        wanted = parse(self.filter)
        if self.provider:
            wanted = wanted.narrowed(_of_provider(self.provider))
        return Rule(
            name=clean(name),
            measure=self.metric,
            comparison=self.comparison,
            threshold=self.threshold,
            wanted=wanted,
            provider=self.provider,
            clear=self.clear,
            for_ms=round(self.for_minutes * MINUTE_MS),
            clear_for_ms=round(self.clear_minutes * MINUTE_MS),
            min_calls=self.min_calls,
            repeat_ms=round(self.repeat_minutes * MINUTE_MS),
            reminds=self.reminds,
            quiet=tuple(QuietHours.parse(text) for text in self.quiet_hours),
            sinks=frozenset(self.sinks),
        )


def _of_provider(name: str) -> Filter:
    return parse('provider:"' + re.sub(r'([\\"*?])', r"\\\1", name) + '"')


def as_share(value: Any) -> Any:
    """A share that was written in per cent, such as "80 %", as a number; anything else as it is."""
    match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    return value if match is None else float(match[1]) / 100
