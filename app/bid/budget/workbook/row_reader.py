"""Reads one row of a budget workbook: the text, word, number or sum in each of its cells."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.bid.budget.rules.lines import vat_of
from app.bid.budget.workbook.layout import SOURCE_WORDS, VAT_WORDS, lot_keys
from app.bid.value import BudgetLine, Proposal
from app.platform.access.ids import Id
from app.platform.access.money import AMOUNT_MAX, parse_amount
from app.platform.words.codes import BudgetSource, VatTreatment


@dataclass(slots=True)
class RowReader:
    """`cells` are those that hold something, by field. `report` is told each mistake: the field, a code, a sentence."""

    cells: Mapping[str, Any]
    proposal: Proposal
    report: Callable[[str, str, str], None]
    stored_result: Callable[[str], Any]
    """The result that is stored with the formula in a field's cell."""
    mistakes: int = field(default=0, init=False)

    def wrong(self, name: str, code: str, detail: str) -> None:
        self.mistakes += 1
        self.report(name, code, detail)

    def line(self, partner_id: Id, new_id: Callable[[], Id]) -> tuple[BudgetLine, bool]:
        """The line, and whether the row has a line id."""
        known = self.text("id").strip()
        treatment = self.choice("vat_treatment", VAT_WORDS, VatTreatment.OUTSIDE_SCOPE)
        amount = self.amount("amount")
        line = BudgetLine(
            id=known or new_id(),
            partner_id=partner_id,
            category=self.text("category").strip(),
            year=self.year(),
            source=self.choice("source", SOURCE_WORDS, BudgetSource.REQUESTED),
            amount=amount or 0,
            lot_id=self.lot(),
            description=self.text("description"),
            vat_treatment=treatment,
            vat_amount=self.vat(amount, treatment),
        )
        if amount is None and not self.mistakes:
            self.wrong("amount", "missing", "Give the amount without VAT.")
        return line, bool(known)

    def text(self, name: str) -> str:
        cell = self.cells.get(name)
        if cell is None:
            return ""
        if cell.data_type in ("f", "e"):
            self.wrong(name, "formula-in-text", "Write plain text here, no formula.")
            return ""
        return plain(cell.value)

    def choice(self, name: str, words: dict[Any, str], otherwise: Any) -> Any:
        said = self.text(name).strip()
        if not said:
            return otherwise
        for code, word in words.items():
            if said.casefold() in (word.casefold(), code.value):
                return code
        self.wrong(name, "unknown-word", f"Choose one of: {', '.join(words.values())}.")
        return otherwise

    def lot(self) -> Id | None:
        said = self.text("lot_id").strip()
        keys = lot_keys(self.proposal)
        for lot_id, key in keys.items():
            if said and said == key.strip():
                return lot_id
        if said:
            detail = f"This proposal does not bid for a lot '{said[:40]}'. Its lots: {', '.join(keys.values())}."
            self.wrong("lot_id", "lot-not-in-the-bid", detail)
        return None

    def number(self, name: str) -> Decimal | None:
        """The number in a cell, which may be typed as text; a formula's is its stored result. None where it is empty."""
        cell = self.cells.get(name)
        value = cell.value if cell is not None else None
        if cell is not None and cell.data_type == "f":
            value = self.stored_result(name)
        if value is None or value == "":
            if cell is not None and cell.data_type == "f":
                self.wrong(name, "no-result", "This formula has no stored result. Write the number.")
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            self.wrong(name, "not-a-number", "Write a plain number here.")
            return None
        number = _decimal(value)
        if number is None:
            self.wrong(name, "not-a-number", "Write a plain number here, such as 1234.50.")
        return number

    def amount(self, name: str) -> int | None:
        number = self.number(name)
        if number is None:
            return None
        pennies = (number * 100).to_integral_value()
        if not 0 <= pennies <= AMOUNT_MAX:
            self.wrong(name, "amount", "Give an amount of zero or more, up to 13 digits.")
        elif abs(number * 100 - pennies) > Decimal("0.0001"):
            self.wrong(name, "amount", "Give at most two decimals: whole pennies.")
        return int(pennies)

    def vat(self, amount: int | None, treatment: VatTreatment) -> int:
        given = self.amount("vat_amount")
        if given is not None:
            return given
        return vat_of(amount or 0, treatment, self.proposal.currency) or 0

    def year(self) -> int:
        number = self.number("year")
        if number is None:
            if "year" not in self.cells:
                self.wrong("year", "missing", "Give the year: 1 for the first.")
            return 1
        if number != number.to_integral_value() or not 0 <= number <= 9999:
            self.wrong("year", "year-outside-the-bid", "Give a whole year: 1 for the first.")
            return 1
        return int(number)


def plain(value: object) -> str:
    """A cell's text, in NFC, with each line end as one character (Excel writes a return as `_x000D_`)."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).replace("_x000D_\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text)


_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,2})?", re.ASCII)


def _decimal(value: int | float | str) -> Decimal | None:
    """Exactly what the cell says, None for what is no finite number. Text may be as people type it: £1,234.50."""
    if isinstance(value, str):
        text = value.strip().removeprefix("£").strip()
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        try:
            return Decimal(parse_amount(text)) / 100
        except ValueError:
            return None
    number = Decimal(repr(value))
    return number if number.is_finite() and abs(number) < Decimal(10) ** 16 else None
