"""How a reconciliation says figures, and what words in a target or title claim.

What a `right` or a text claims is read from a short list of words. That is on purpose simple enough to be
explained: a clash found by words only asks the partners to look, it changes no expectation's state.
"""

import re
import unicodedata
from decimal import ROUND_UP, Decimal

from app.bid.value import Expectation, Structure, Target
from app.platform.access.money import format_amount, format_quantity
from app.platform.words.codes import TargetType

CENT = Decimal("0.01")

_WORD = re.compile(r"[^\W_]+")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SHARED = _set(
    "share shared sharing joint jointly together both co access use uses using user licence license licensed "
    "read view copy copies see not never no without each equal"
)
_BY_ALL = re.compile(
    r"\b(by|for|of|with|among|between) (us )?all\b|\ball (the |our )?(partners|members|organisations|parties|of us)\b",
    re.IGNORECASE,
)
"""'Owned by all', not 'owns all of it'."""
OWN = _set("own owns owner owners owned owning ownership keep keeps retain retains sole exclusive exclusively")
HOLD = _set("hold holds holder holding control controls controller own owns owner keep keeps sole exclusive host")
LEAD = _set("lead leads leader leading leadership head")
ALONE = _set("exclusive exclusively exclusivity only sole alone")
ADVANCE = _set("advance upfront front beforehand prepaid prepayment")
VETO = _set("veto vetoes block")

_DAYS = re.compile(r"\b(\d{1,3})\s*(?:-\s*)?(?:calendar |working |clear )?days?\b", re.IGNORECASE)
_PAYS = re.compile(r"\b(pay|pays|paid|payment|payments|invoice|invoices)\b", re.IGNORECASE)


def words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def same_title(text: str) -> str:
    """Titles that read the same compare equal: case, spaces, hyphens and marks apart."""
    return " ".join(words(text))


def claims(expectation: Expectation, wanted: frozenset[str]) -> bool:
    """Whether its right (or text, or with no target its title) claims this for itself and not as something shared."""
    target = expectation.target
    if target is not None and target.type not in (TargetType.RIGHT, TargetType.TEXT):
        return False
    text = (target.text or "") if target is not None else expectation.title
    said = words(text)
    return not wanted.isdisjoint(said) and _SHARED.isdisjoint(said) and not _BY_ALL.search(text)


def says(expectation: Expectation, wanted: frozenset[str]) -> bool:
    """Whether its target, in words, names one of these."""
    target = expectation.target
    return target is not None and target.text is not None and not wanted.isdisjoint(words(target.text))


def payment_days(structure: Structure) -> int | None:
    """Within how many days the agreed terms pay: the fact, else the one number of days in a sentence on payment."""
    if structure.payment_days is not None:
        return structure.payment_days
    found = {
        int(days)
        for text in (structure.terms_markdown, structure.custom_markdown)
        for sentence in re.split(r"[.;\n]", text)
        if _PAYS.search(sentence)
        for days in _DAYS.findall(sentence)
    }
    return found.pop() if len(found) == 1 else None


def money(minor: int, currency: str) -> str:
    whole, _, pence = format_amount(minor).partition(".")
    grouped = f"{int(whole):,}.{pence}"
    return f"£{grouped}" if currency == "GBP" else f"{grouped} {currency}"


def figure(target: Target, currency: str) -> str:
    """A target or gap in words: '12 hours', '£300.00', '2.5 per cent'."""
    if target.type is TargetType.MONEY:
        return money(target.amount or 0, currency)
    number = format_quantity(target.number or Decimal(0))
    unit = {
        TargetType.PERCENT: "per cent",
        TargetType.DAYS: "days",
        TargetType.HOURS: "hours",
        TargetType.VOTES: "votes",
        TargetType.COUNT: "",
    }.get(target.type, "")
    if number == "1":
        unit = {"days": "day", "hours": "hour", "votes": "vote"}.get(unit, unit)
    return f"{number} {unit}".strip()


def rounded_up(value: Decimal) -> Decimal:
    """A gap is never shown smaller than it is."""
    return value.quantize(CENT, rounding=ROUND_UP) if value != value.to_integral_value() else value


def listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
