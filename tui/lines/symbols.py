"""Every symbol of the screens, in two alphabets: Unicode, and ASCII for terminals and locales without it."""

from __future__ import annotations

from typing import NamedTuple

from calls.model import Status


class Symbols(NamedTuple):
    """One alphabet. `levels` are the heights of a bar from lowest to highest, `lengths` the widths of the end of one that lies,
    `shades` those of a map from light to dark; `rest` is the part of a bar that is less than wanted, `hatch` one that may still
    grow, `band` a range in which a bar is expected, `middle` its median; `frame` is top-left, top-right,
    bottom-left, bottom-right, horizontal, vertical, and `focus_frame` the same for the pane that has the focus."""

    fresh: str
    late: str
    down: str
    waiting: str
    answered: str
    missed: str
    busy: str
    failed: str
    congestion: str
    arrow: str
    dot: str
    mark: str
    cursor: str
    prompt: str
    column: str
    newer: str
    older: str
    approximate: str
    at_least: str
    none: str
    levels: str
    no_calls: str
    uncovered: str
    lengths: str
    shades: str
    rest: str
    hatch: str
    band: str
    middle: str
    above: str
    below: str
    day_whole: str
    day_partly: str
    day_gap: str
    day_not_yet: str
    day_beyond: str
    ringing: str
    talking: str
    frame: str
    focus_frame: str

    def outcome(self, status: Status) -> str:
        """The symbol of how a call ended."""
        return {
            Status.ANSWERED: self.answered,
            Status.MISSED: self.missed,
            Status.BUSY: self.busy,
            Status.FAILED: self.failed,
            Status.CONGESTION: self.congestion,
        }[status]


UNICODE = Symbols(
    fresh="●",
    late="▲",
    down="✗",
    waiting="○",
    answered="✓",
    missed="✗",
    busy="◐",
    failed="!",
    congestion="≈",
    arrow="→",
    dot="·",
    mark="…",
    cursor="›",
    prompt="/",
    column="▴",
    newer="↑",
    older="↓",
    approximate="~",
    at_least="≥",
    none="-",
    levels="▁▂▃▄▅▆▇█",
    no_calls="▁",
    uncovered="╌",
    lengths="▏▎▍▌▋▊▉█",
    shades="░▒▓█",
    rest="░",
    hatch="▒",
    band="░",
    middle="─",
    above="▲",
    below="▼",
    day_whole="█",
    day_partly="▄",
    day_gap="╌",
    day_not_yet="○",
    day_beyond="_",
    ringing="░",
    talking="█",
    frame="╭╮╰╯─│",
    focus_frame="┏┓┗┛━┃",
)

ASCII = Symbols(
    fresh="*",
    late="!",
    down="X",
    waiting="?",
    answered="+",
    missed="x",
    busy="b",
    failed="!",
    congestion="~",
    arrow=">",
    dot="-",
    mark="~",
    cursor=">",
    prompt="/",
    column="^",
    newer="^",
    older="v",
    approximate="~",
    at_least=">=",
    none="-",
    levels=".:-=+*%#",
    no_calls="_",
    uncovered="?",
    lengths="########",
    shades=".:*#",
    rest="-",
    hatch="/",
    band=":",
    middle="-",
    above="^",
    below="v",
    day_whole="#",
    day_partly="=",
    day_gap="?",
    day_not_yet="o",
    day_beyond="_",
    ringing="-",
    talking="#",
    frame="++++-|",
    focus_frame="####=#",
)


def symbols(ascii_only: bool) -> Symbols:
    """The alphabet to draw with."""
    return ASCII if ascii_only else UNICODE
