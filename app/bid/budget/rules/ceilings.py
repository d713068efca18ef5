"""The ceilings of the call against what the bid asks for, as far as one reader can know it."""

from dataclasses import dataclass

from app.bid.budget.rules.figures import ceilings, live, shown_by_others, taken_of_others
from app.bid.value import BudgetSum, Proposal
from app.platform.access.ids import Id
from app.platform.words.codes import BudgetSource, CeilingState, VatBasis


@dataclass(frozen=True, slots=True)
class CeilingCheck:
    """One ceiling. `asked` is what the bid asks for on the ceiling's VAT basis, None where this reader can't know it, and
    `of_others` the others' part of that."""

    lot_id: Id | None
    ceiling: int
    vat: VatBasis
    state: CeilingState
    asked: int | None = None
    of_others: int | None = None


def ceiling_checks(proposal: Proposal, own: frozenset[Id]) -> tuple[CeilingCheck, ...]:
    """Each ceiling against what is asked of the commissioner: of `own` as their lines are now, and of the others as they
    last showed.

    One lot among several, and a ceiling that includes VAT, take the others' part of the sums of the whole bid, which were
    taken of all at once, since what the others show has no lots and no VAT.
    """
    mine, shown, taken = live(proposal, own), shown_by_others(proposal, own), taken_of_others(proposal, own)
    one_lot = len(proposal.lot_ids) == 1
    checks = []
    for lot_id, ceiling, vat in ceilings(proposal):
        if vat is VatBasis.UNKNOWN:
            checks.append(CeilingCheck(lot_id, ceiling, vat, CeilingState.BASIS_UNKNOWN))
            continue
        lot = None if one_lot else lot_id
        others = shown if lot is None and vat is VatBasis.EXCLUDED else taken
        if others is None:
            checks.append(CeilingCheck(lot_id, ceiling, vat, CeilingState.NOT_DISCLOSED))
            continue
        of_others = _asked(others, lot, vat)
        asked = _asked(mine, lot, vat) + of_others
        state = CeilingState.OVER if asked > ceiling else CeilingState.WITHIN
        checks.append(CeilingCheck(lot_id, ceiling, vat, state, asked, of_others))
    return tuple(checks)


def _asked(parts: tuple[BudgetSum, ...], lot_id: Id | None, vat: VatBasis) -> int:
    """What is asked for, in one lot or (None) in all."""
    return sum(
        each.amount + (each.vat_amount if vat is VatBasis.INCLUDED else 0)
        for each in parts
        if each.source is BudgetSource.REQUESTED and lot_id in (None, each.lot_id)
    )
