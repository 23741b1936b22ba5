"""Numbers, durations and times as the screens write them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from calls.text import is_withheld
from calls.times import MINUTE_MS, SECOND_MS

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

TODAY_WIDTH = 5
OTHER_DAY_WIDTH = 9
# Where a group of digits ends in a national number, by country code; the last size repeats.
_GROUPS = {"46": (2, 3, 2, 2), "45": (2, 2, 2, 2), "40": (3, 3, 3), "47": (3, 2, 3), "1": (3, 3, 4)}
_SHORT_DIGITS = 6


def grouped(number: int) -> str:
    """A count with a space between thousands: "1 204"."""
    return f"{number:,}".replace(",", " ")


def counted(number: int, singular: str, plural: str = "") -> str:
    """A count with its noun: "1 call", "1 204 calls"."""
    return f"{grouped(number)} {singular if number == 1 else plural or singular + 's'}"


def moment(instant_ms: int, zone: tzinfo | None) -> datetime:
    """The instant in a zone, None for the machine's own."""
    return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(zone)


def day_words(instant_ms: int, zone: tzinfo | None) -> str:
    """A date as "Sun 22 Nov"."""
    local = moment(instant_ms, zone)
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


def clock_words(instant_ms: int, zone: tzinfo | None) -> str:
    """A time of day as "10:42"."""
    return f"{moment(instant_ms, zone):%H:%M}"


def exact_words(instant_ms: int, zone: tzinfo | None) -> str:
    """A time of day to the second as "10:42:07"."""
    return f"{moment(instant_ms, zone):%H:%M:%S}"


def zone_words(instant_ms: int, zone: tzinfo | None) -> str:
    """The short name of the zone in force: "CET"."""
    return moment(instant_ms, zone).tzname() or ""


def time_words(instant_ms: int, now_ms: int, zone: tzinfo | None) -> str:
    """When something happened, as short as it stays clear: "10:39", "Sat 10:39", "21 Nov", "21 Nov 2025"."""
    then, now = moment(instant_ms, zone), moment(now_ms, zone)
    days = (now.date() - then.date()).days
    if days == 0:
        return f"{then:%H:%M}"
    if 0 < days < 7:
        return f"{WEEKDAYS[then.weekday()]} {then:%H:%M}"
    if then.year == now.year:
        return f"{then.day} {MONTHS[then.month - 1]}"
    return f"{then.day} {MONTHS[then.month - 1]} {then.year}"


def duration_words(duration_ms: int) -> str:
    """A length of time as "0:35" or "1:02:03"; "-" when it is negative, which is a fault of the data."""
    if duration_ms < 0:
        return "-"
    minutes, seconds = divmod(duration_ms // SECOND_MS, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def age_words(duration_ms: int) -> str:
    """How long ago, roughly: "under 1 min", "7 min", "3 h 20 min", "2 d 4 h"."""
    minutes = max(0, duration_ms) // MINUTE_MS
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def countdown_words(remaining_ms: int) -> str:
    """Time left: whole minutes begun, and in the last minute seconds in steps of five, below ten singly."""
    if remaining_ms > MINUTE_MS:
        return age_words(remaining_ms + MINUTE_MS - 1)
    seconds = max(0, -(-remaining_ms // SECOND_MS))
    return f"{seconds if seconds < 10 else -(-seconds // 5) * 5} s"


def number_words(number: str) -> str:
    """A telephone number spaced for reading; anything that is not plain digits stays as it came."""
    bare = number.removeprefix("+")
    if not bare.isascii() or not bare.isdigit() or len(bare) < _SHORT_DIGITS:
        return number
    if not number.startswith("+"):
        return " ".join((bare[:4], *_split(bare[4:], (3,)))) if bare.startswith("0") else number
    code = next((code for code in _GROUPS if bare.startswith(code)), bare[:2])
    return f"+{code} " + " ".join(_split(bare[len(code) :], _GROUPS.get(code, (3,))))


def who_words(name: str, number: str) -> str:
    """A caller: the name, else the number spaced for reading, else "withheld"."""
    if name:
        return name
    return "withheld" if is_withheld(number) else number_words(number)


def _split(digits: str, sizes: tuple[int, ...]) -> list[str]:
    groups: list[str] = []
    for size in (*sizes, *(sizes[-1:] * len(digits))):
        if not digits:
            break
        groups.append(digits[:size])
        digits = digits[size:]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = ["".join(groups[-2:])]
    return groups
