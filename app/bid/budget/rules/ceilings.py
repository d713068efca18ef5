"""The ceilings of the call against what the bid asks for, as far as one reader can know it."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.bid.budget.rules.figures import SharedFigures, ceilings
from app.bid.budget.rules.lines import gross
from app.bid.value import BudgetLine, Proposal
from app.platform.access.ids import Id
from app.platform.words.codes import BudgetSource, CeilingState, VatBasis


@dataclass(frozen=True, slots=True)
class CeilingCheck:
    """One ceiling. `asked` is what the bid asks for on the ceiling's VAT basis, None where this reader can't know it."""

    lot_id: Id | None
    ceiling: int
    vat: VatBasis
    state: CeilingState
    asked: int | None


def ceiling_checks(
    proposal: Proposal, readable: Iterable[BudgetLine], shared: SharedFigures
) -> tuple[CeilingCheck, ...]:
    """Each ceiling against what is asked of the commissioner, as far as `readable` and the shared figures settle it.

    For one lot among several, what is asked lies between the readable lines' sum and that plus everything undisclosed.
    """
    asked = tuple(line for line in readable if line.source is BudgetSource.REQUESTED)
    one_lot = len(proposal.lot_ids) == 1
    checks = []
    for lot_id, ceiling, vat in ceilings(proposal):
        if vat is VatBasis.UNKNOWN:
            checks.append(CeilingCheck(lot_id, ceiling, vat, CeilingState.BASIS_UNKNOWN, None))
            continue
        value = gross if vat is VatBasis.INCLUDED else _net
        whole = shared.by_source[BudgetSource.REQUESTED]
        if vat is VatBasis.INCLUDED:
            whole += shared.vat_on_requested or 0
        if lot_id is None or one_lot:
            least = most = whole
        else:
            least = sum(value(line) for line in asked if line.lot_id == lot_id)
            most = least + whole - sum(value(line) for line in asked)
        checks.append(
            CeilingCheck(lot_id, ceiling, vat, _judged(least, most, ceiling), least if least == most else None)
        )
    return tuple(checks)


def _net(line: BudgetLine) -> int:
    return line.amount


def _judged(least: int, most: int, ceiling: int) -> CeilingState:
    if least > ceiling:
        return CeilingState.OVER
    return CeilingState.WITHIN if most <= ceiling else CeilingState.NOT_DISCLOSED
