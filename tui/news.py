"""What is told aloud of the alerts: the terminal's bell and its desktop notice, once for each time that one is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from calls.text import clean

if TYPE_CHECKING:
    from calls.alerts import AlertStatus

_LONGEST_NOTICE = 200
_NOWHERE: Mapping[str, Collection[str]] = MappingProxyType({})


class News:
    """Compares the alerts with those of the last look. What was told before the first look is no news."""

    def __init__(self, sinks: Mapping[str, Collection[str]] = _NOWHERE) -> None:
        self._sinks = sinks
        self._told: dict[str, int] | None = None

    def sequence(self, alerts: Sequence[AlertStatus], environment: Mapping[str, str]) -> str:
        """The bytes for the terminal that say what is new; "" when nothing is."""
        before, self._told = self._told, {one.name: one.told for one in alerts}
        if before is None:
            return ""
        from calls.alerts import Sink

        new = [one for one in alerts if one.told > before.get(one.name, 0)]
        bell = any(Sink.BELL in self._sinks.get(one.name, ()) for one in new)
        notices = [_notice(one, environment) for one in new if Sink.DESKTOP in self._sinks.get(one.name, ())]
        return ("\a" if bell else "") + "".join(notices)


def _notice(alert: AlertStatus, environment: Mapping[str, str]) -> str:
    """A desktop notice (OSC 9), passed on by tmux and screen to the terminal around them."""
    state = "fires" if alert.firing else "is resolved"
    text = clean(f"calltop: {alert.name} {state}: {alert.sentence}", _LONGEST_NOTICE)
    plain = f"\x1b]9;{text}\x1b\\"
    if environment.get("TMUX"):
        inner = plain.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{inner}\x1b\\"
    return f"\x1bP{plain}\x1b\\" if environment.get("STY") else plain
