"""Reading of single OCDS values. Real notices hold any type anywhere, and none of that may stop an import."""

import re
import unicodedata
from datetime import UTC, date, datetime, time
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

LONDON = "Europe/London"
_LONDON = ZoneInfo(LONDON)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_GROUPED_SUM = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?", re.ASCII)
_AMBIGUOUS_SUM = re.compile(r"\d{1,3}\.\d{3}", re.ASCII)
_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def text(found: Any) -> str:
    """The text as it is, in NFC; '' for anything else. What no database stores (NUL, lone surrogates) is U+FFFD."""
    if not isinstance(found, str):
        return ""
    return unicodedata.normalize("NFC", _UNSTORABLE.sub("\ufffd", found))


def texts(found: Any) -> list[str]:
    """The texts of a list, or one text, without blanks and repeats."""
    items = found if isinstance(found, list) else [found]
    return list(dict.fromkeys(text(item) for item in items if text(item).strip()))


def mapping(found: Any, *path: str) -> dict[str, Any]:
    """The object at the path, or an empty one."""
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def objects(found: Any) -> list[dict[str, Any]]:
    """The objects of a list; a single object counts as a list of one."""
    if isinstance(found, dict):
        return [found]
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def identity(found: Any) -> str:
    """An id as text, since publishers write some as numbers."""
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else text(found).strip()


def minor_units(found: Any) -> int | None:
    """Pence of an amount, rounded down (a ceiling is never raised); None where it is no sum that could be meant.

    `1e9999`, infinities, negative sums and sums of more than 13 digits are None, and so are texts that mean one sum in
    Britain and another elsewhere (`1.234,56`, `12,5`, `1.234`).
    """
    if isinstance(found, bool) or not isinstance(found, int | Decimal | str):
        return None
    if isinstance(found, str):
        found = found.strip()
        if _AMBIGUOUS_SUM.fullmatch(found) or ("," in found and not _GROUPED_SUM.fullmatch(found)):
            return None
        found = found.replace(",", "")
    try:
        amount = Decimal(found)
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount < 0 or amount.adjusted() > 12:
        return None
    return int((amount * 100).to_integral_value(ROUND_DOWN))


def instant(found: Any) -> datetime | None:
    """A date-time in UTC. Without a zone it is UK time; a date alone is the end of that day in the UK, as OCDS says.

    None for what is no date, and for years that databases and time zones cannot hold (before 1900, after 9000).
    """
    moment = text(found).strip()
    if not moment:
        return None
    try:
        if _DATE_ONLY.fullmatch(moment):
            moment = datetime.combine(date.fromisoformat(moment), time(23, 59, 59), _LONDON).isoformat()
        parsed = datetime.fromisoformat(moment)
        if not 1900 <= parsed.year <= 9000:
            return None
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=_LONDON)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def lies_ahead(found: Any, now: datetime) -> bool:
    """Whether a date-time is later than `now`. A date alone is ahead from the next day on, since it names no hour."""
    moment = text(found).strip()
    parsed = instant(moment)
    if parsed is None:
        return False
    if _DATE_ONLY.fullmatch(moment):
        return parsed.astimezone(_LONDON).date() > now.astimezone(_LONDON).date()
    return parsed > now


def has_zone(found: Any) -> bool:
    """Whether the publisher said which zone the time is in."""
    try:
        return datetime.fromisoformat(text(found).strip()).tzinfo is not None
    except ValueError:
        return False


def currency(found: Any) -> str | None:
    """An ISO 4217 code, or None."""
    code = text(found).strip().upper()
    return code if re.fullmatch(r"[A-Z]{3}", code, re.ASCII) else None
