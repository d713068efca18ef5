"""The fixed words of the documents, and how each language writes money, numbers and dates.

What people wrote is never translated. `Words.of("cy-GB")` finds the nearest language; an unknown one reads English.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

from app.platform.words import codes as c
from app.platform.words.catalogue import CATALOGUES, catalogue, require

CALENDAR = 1000
"""A year from this number on is a calendar year; a smaller number counts the years of the contract."""
_CODE = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)+")


def tag(language: str) -> str:
    """The BCP 47 tag of a catalogue's language, such as `en-GB`."""
    return CATALOGUES[language]("language.tag")


_BY_CODE: Mapping[str, Iterable[str]] = {
    "structure.template": c.StructureTemplate,
    "structure.liability": c.Liability,
    "governance.rule": c.DecisionRule,
    "agreement.roles": c.PartnerRole,
    "agreement.liability": c.Liability,
    "agreement.rule": c.DecisionRule,
}
"""Groups whose codes a document writes as sentences, with the codes that each must have."""

require(f"document.{group}.{code}" for group, codes in _BY_CODE.items() for code in codes)


class Words:
    """The words of the documents. `document.{key}` is looked up first, then `{key}`, which the whole service shares."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = CATALOGUES[language]
        self._locale = Locale.parse(tag(language), sep="-")

    @classmethod
    def of(cls, language: str | None) -> "Words":
        return cls(catalogue(language).language)

    def __call__(self, key: str, /, **values: object) -> str:
        """The words for `key`. A missing key is a fault of the program and raises."""
        own = f"document.{key}"
        return self._catalogue(own if own in self._catalogue.texts else key, **values)

    def label(self, group: str, code: str, /) -> str | None:
        """The words for a code of a vocabulary; None where it has none."""
        texts, key = self._catalogue.texts, f"{group}.{code}.label"
        return texts.get(f"document.{key}", texts.get(key))

    def code(self, group: str, code: str | None, /) -> str:
        """The words for a code of a vocabulary; an unknown code as words of its own; what is no code stays as it is."""
        if not code:
            return ""
        known = self.label(group, code) or self.label(group, code.strip().lower())
        return known or (re.sub(r"[_-]", " ", code) if _CODE.fullmatch(code) else code)

    def counted(self, key: str, number: int) -> str:
        """`key.one` for one, `key.many` otherwise, with `{n}`."""
        return self(f"{key}.one" if number == 1 else f"{key}.many", n=self.number(number))

    def number(self, value: Decimal | int | str | None) -> str:
        return "" if value is None else format_decimal(Decimal(value), locale=self._locale)

    def percent(self, value: Decimal) -> str:
        """'14.2%' of 0.142; whole where it is whole."""
        return format_percent(value, "#,##0.#%", locale=self._locale)

    def year(self, value: int) -> str:
        """'Year 2' of the contract; a calendar year as it is."""
        return self("year", n=value) if value < CALENDAR else str(value)

    def money(self, value: Mapping[str, Any] | None, *, pence: bool = False) -> str:
        """Whole pounds without pence, so that a column reads easily; pence where there are any, or where asked."""
        if value is None:
            return ""
        amount = Decimal(value["amount"])
        digits = "¤#,##0" if amount == amount.to_integral_value() and not pence else "¤#,##0.00"
        return format_currency(amount, value["currency"], digits, locale=self._locale, currency_digits=False)

    def amounts(self, values: Iterable[Mapping[str, Any] | None]) -> list[str]:
        """A column's amounts, all with pence or all without; nothing where there is no money."""
        found = list(values)
        pence = any(v and Decimal(v["amount"]) % 1 for v in found)
        return [self.money(v, pence=pence) if v and Decimal(v["amount"]) else "–" for v in found]

    def day(self, value: str | date | None) -> str:
        """'23 November 2026' from an ISO date or instant."""
        if not value:
            return ""
        found = value if isinstance(value, date) else datetime.fromisoformat(value).date()
        return format_date(found, "d MMMM y", locale=self._locale)

    def moment(self, value: str | None, zone: str = "Europe/London", *, seconds: bool = False) -> str:
        """'23 November 2026, 17:00' in the commissioner's time zone, with the zone's own abbreviation."""
        if not value:
            return ""
        local = datetime.fromisoformat(value).astimezone(_zone(zone))
        return (
            format_datetime(local, "d MMMM y, HH:mm:ss" if seconds else "d MMMM y, HH:mm", locale=self._locale)
            + f" ({local.tzname()})"
        )

    def listed(self, items: Iterable[str]) -> str:
        """'a, b and c'. Welsh joins by the sound that follows: 'a' before a consonant, 'ac' before a vowel."""
        found = [item for item in items if item]
        if len(found) < 2:
            return "".join(found)
        vowel = found[-1][:1].lower() in "aeiouwyâêîôûŵŷ"
        joint = self("language.and_before_vowel" if vowel else "language.and")
        return f"{', '.join(found[:-1])} {joint} {found[-1]}"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("Europe/London")
