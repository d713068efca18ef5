"""Instants in words, for sentences that people read."""

from datetime import datetime
from zoneinfo import ZoneInfo


def in_words(instant: datetime, time_zone: str, seconds: bool = False) -> str:
    """'Tuesday 24 November 2026, 12:00 GMT' in the commissioner's own time zone."""
    local = instant.astimezone(ZoneInfo(time_zone))
    return f"{local:%A} {local.day} {local:%B %Y}, {local.strftime('%H:%M:%S %Z' if seconds else '%H:%M %Z')}"
