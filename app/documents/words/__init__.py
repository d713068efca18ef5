"""The fixed words of the documents, in English and in Welsh, and how each language writes money, numbers and dates.

A catalogue is plain dictionaries (`en.py`, `closing_en.py`, …); a test keeps the two alike in keys and in placeholders. What
people wrote is never translated. `Words.of("cy-GB")` finds the nearest language; an unknown one reads English.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from app.documents.words.agreement_cy import AGREEMENT_CY
from app.documents.words.agreement_en import AGREEMENT_EN
from app.documents.words.closing_cy import CLOSING_CY
from app.documents.words.closing_en import CLOSING_EN
from app.documents.words.cy import CY
from app.documents.words.en import EN

FILES = {"en": (EN, CLOSING_EN, AGREEMENT_EN), "cy": (CY, CLOSING_CY, AGREEMENT_CY)}
"""Each language's words, in as many files as keep each readable; a test finds a key that stands in two."""
CATALOGUES: Mapping[str, Mapping[str, str]] = {
    language: {key: words for file in files for key, words in file.items()} for language, files in FILES.items()
}
CALENDAR = 1000
"""A year from here on is one of the calendar; a smaller number counts the years of the contract."""
_CODE = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)+")
_LOCALES = {"en": Locale("en", "GB"), "cy": Locale("cy")}


class Words:
    def __init__(self, language: str) -> None:
        self.language = language
        self.catalogue = CATALOGUES[language]
        self._locale = _LOCALES[language]

    @classmethod
    def of(cls, language: str | None) -> "Words":
        primary = (language or "en").replace("_", "-").split("-")[0].lower()
        return cls(primary if primary in CATALOGUES else "en")

    def __call__(self, key: str, /, **values: object) -> str:
        """The words for `key`. A missing key is a fault of the program, and is loud."""
        return self.catalogue[key].format(**values) if values else self.catalogue[key]

    def code(self, group: str, code: str | None, /) -> str:
        """The words for a code of a vocabulary; an unknown code as words of its own; what is no code stays as it is."""
        if not code:
            return ""
        known = self.catalogue.get(f"{group}.{code}") or self.catalogue.get(f"{group}.{code.strip().lower()}")
        return known or (re.sub(r"[_-]", " ", code) if _CODE.fullmatch(code) else code)

    def counted(self, key: str, number: int) -> str:
        """`key.one` for one, `key.many` otherwise, with `{n}`."""
        return self(f"{key}.one" if number == 1 else f"{key}.many", n=self.number(number))

    def number(self, value: Decimal | int | str | None) -> str:
        return "" if value is None else format_decimal(Decimal(value), locale=self._locale)

    def year(self, value: int) -> str:
        """'Year 2' of the contract; a calendar year stands for itself."""
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

    def moment(self, value: str | None, zone: str = "Europe/London") -> str:
        """'23 November 2026, 17:00' in the commissioner's time zone, with the zone's own abbreviation."""
        if not value:
            return ""
        local = datetime.fromisoformat(value).astimezone(_zone(zone))
        return format_datetime(local, "d MMMM y, HH:mm", locale=self._locale) + f" ({local.tzname()})"

    def listed(self, items: Iterable[str]) -> str:
        """'a, b and c'. In Welsh 'a' before a consonant, 'ac' before a vowel."""
        found = [item for item in items if item]
        if len(found) < 2:
            return "".join(found)
        joint = "and"
        if self.language == "cy":
            joint = "ac" if found[-1][:1].lower() in "aeiouwyâêîôûŵŷ" else "a"
        return f"{', '.join(found[:-1])} {joint} {found[-1]}"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("Europe/London")
