"""How the domain's values look inside the bid document: plain JSON, amounts and quantities as decimal strings."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.platform.access.money import format_amount, format_quantity

Json = dict[str, Any]


def money(minor: int | None, currency: str) -> Json | None:
    return None if minor is None else {"amount": format_amount(minor), "currency": currency}


def quantity(value: Decimal | None) -> str | None:
    return None if value is None else format_quantity(value)


def instant(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def has_text(content: Mapping[str, Any] | None) -> bool:
    """Whether a ProseMirror document holds any text. A section without text is not part of the bid."""
    if not content:
        return False
    text = content.get("text")
    if isinstance(text, str) and text.strip():
        return True
    children = content.get("content")
    return isinstance(children, list | tuple) and any(has_text(child) for child in children)
