"""Times as people say them: '17 December 2026, 12 noon'."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HOME = "Europe/London"
"""The zone that needs no name here: readers and nearly all calls are in it."""


def instant(text: str) -> datetime:
    """An instant as the API writes it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def when(text: str | None, zone: str | None = HOME) -> str:
    """A day and a time of day, with the zone where it is not the reader's."""
    if not text:
        return ""
    local = instant(text).astimezone(ZoneInfo(zone or HOME))
    named = "" if (zone or HOME) == HOME else f" ({(zone or HOME).rpartition('/')[2].replace('_', ' ')} time)"
    return f"{_day(local.date())}, {_hour(local)}{named}"


def day(text: str | None, zone: str | None = HOME) -> str:
    """The day alone."""
    return _day(instant(text).astimezone(ZoneInfo(zone or HOME)).date()) if text else ""


def days_left(text: str, zone: str | None = HOME, now: datetime | None = None) -> int:
    """How many days are left on the calendar: 0 today, 1 tomorrow, less than 0 when it is over."""
    local, here = instant(text), now or datetime.now(UTC)
    if local < here:
        return -1
    there = ZoneInfo(zone or HOME)
    return (local.astimezone(there).date() - here.astimezone(there).date()).days


def _day(of: date) -> str:
    return f"{of.day} {of:%B %Y}"


def _hour(local: datetime) -> str:
    if local.minute == 0 and local.hour in (0, 12):
        return "12 noon" if local.hour else "midnight at the start of the day"
    hour = local.hour % 12 or 12
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{hour}{minutes} {'am' if local.hour < 12 else 'pm'}"
