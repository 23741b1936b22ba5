"""Instants and local days for the simulator: integers of milliseconds in UTC outside, zones only here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
STOCKHOLM = ZoneInfo("Europe/Stockholm")
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
BUCHAREST = ZoneInfo("Europe/Bucharest")
ZONES = {
    "soluno": STOCKHOLM,
    "dstny": STOCKHOLM,
    "telecomx": COPENHAGEN,
    "portsip": ZoneInfo("UTC"),
    "while1": BUCHAREST,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=4096)
def midnight_ms(day: date, zone: ZoneInfo = STOCKHOLM) -> int:
    """When the local day begins. No zone used here switches its clock at midnight."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1000


def local(ms: int, zone: ZoneInfo) -> datetime:
    """The instant as an aware local time."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone)


def local_day(ms: int, zone: ZoneInfo = STOCKHOLM) -> date:
    """The local day an instant lies in."""
    return local(ms, zone).date()


@lru_cache(maxsize=8192)
def _hour_text(hour: int, zone: ZoneInfo) -> tuple[str, str]:
    """Date and hour of a UTC hour in a zone, and the zone's offset then: all zones here shift by whole hours."""
    moment = local(hour * HOUR_MS, zone)
    offset = moment.strftime("%z")
    return moment.strftime("%Y-%m-%d %H"), f"{offset[:3]}:{offset[3:]}"


def wall_text(ms: int, zone: ZoneInfo) -> str:
    """An instant as "2026-11-22 10:39:04" on the zone's clocks."""
    hour, rest = divmod(ms, HOUR_MS)
    minute, second = divmod(rest // 1000, 60)
    return f"{_hour_text(hour, zone)[0]}:{minute:02}:{second:02}"


def offset_text(ms: int, zone: ZoneInfo) -> str:
    """An instant as "2026-11-22T10:39:04.123+01:00" on the zone's clocks."""
    text, offset = _hour_text(ms // HOUR_MS, zone)
    minute, rest = divmod(ms % HOUR_MS, 60_000)
    return f"{text[:10]}T{text[11:]}:{minute:02}:{rest // 1000:02}.{rest % 1000:03}{offset}"


def rfc3339_ms(ms: int) -> str:
    """An instant as "2026-11-22T10:39:04.123Z"."""
    return offset_text(ms, ZONES["portsip"])[:23] + "Z"
