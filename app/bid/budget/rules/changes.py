"""One budget line before and after a change: what every way of writing a budget comes down to."""

from dataclasses import dataclass

from app.bid.value import BudgetLine

FIELDS = ("category", "description", "year", "lot_id", "source", "amount", "vat_treatment", "vat_amount")
"""What a line says: the fields of a workbook's row, in its order. Who may see the line and its full cost are not among
them."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line before and after. None before: it is new. None after: it is taken out. `at` points into the request."""

    before: BudgetLine | None
    after: BudgetLine | None
    at: str = ""

    @property
    def line(self) -> BudgetLine:
        line = self.after or self.before
        assert line is not None
        return line

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that differ, full cost included. Of a line that is new or taken out: all that it says."""
        if self.before is None or self.after is None:
            return FIELDS
        return differing(self.before, self.after, (*FIELDS, "full_cost"))


def differing(before: BudgetLine, after: BudgetLine, names: tuple[str, ...] = FIELDS) -> tuple[str, ...]:
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))
