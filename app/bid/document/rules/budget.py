"""The money of the bid: the shared figures, and single lines only where their owners opened them to every partner."""

from collections.abc import Iterable, Sequence

from app.bid.budget.rules.figures import Amounts, amounts, shared_figures
from app.bid.budget.rules.lines import counted_lines
from app.bid.document.rules.declarations import in_order, line
from app.bid.document.rules.values import Json, money
from app.bid.value import BudgetLine, Proposal
from app.platform.words.codes import PriceDetail


def budget(proposal: Proposal) -> Json | None:
    """Totals by partner and year. What is given in kind has a figure of its own and is never added into money.

    It holds single lines only where the call asks for lines and their owner opened them to all, since every partner
    reads this document. The commissioner gets the other lines in the private schedules. It holds sums by lot only where
    every line is open, since a sum by lot is smaller than a total by year.
    """
    shared = shared_figures(proposal)
    if not proposal.revealed or not shared.by_partner_year:
        return None
    currency = proposal.currency
    cells = shared.by_partner_year
    years = sorted({year for _, year in cells})
    opened = _opened(proposal)
    all_open = amounts(opened) == shared.total
    return {
        "by_partner": [
            {
                "partner_id": partner.id,
                "years": [
                    {"year": y} | _figures([cells[partner.id, y]], currency) for y in years if (partner.id, y) in cells
                ],
            }
            | _figures([cell for (owner, _), cell in cells.items() if owner == partner.id], currency)
            for partner in in_order(proposal.accepted)
            if any(owner == partner.id for owner, _ in cells)
        ],
        "by_year": [
            {"year": y} | _figures([cell for (_, year), cell in cells.items() if year == y], currency) for y in years
        ],
        "by_lot": _by_lot(proposal, opened) if all_open else [],
        "total": _figures(cells.values(), currency) | {"vat": money(shared.vat_on_requested, currency)},
        "lines": [line(item, currency) for item in opened],
    }


def _opened(proposal: Proposal) -> Sequence[BudgetLine]:
    return opened_to_all(proposal) if proposal.opportunity.price_detail is PriceDetail.LINES else ()


def opened_to_all(proposal: Proposal) -> list[BudgetLine]:
    """Lines that their owner opened to every other partner."""
    everyone = {partner.id for partner in proposal.accepted}
    return [item for item in counted_lines(proposal) if everyone - {item.partner_id} <= set(item.visible_to)]


def _by_lot(proposal: Proposal, opened: Sequence[BudgetLine]) -> list[Json]:
    return [
        {"lot_id": lot.id} | _figures([amounts([item for item in opened if item.lot_id == lot.id])], proposal.currency)
        for lot in proposal.opportunity.lots
        if any(item.lot_id == lot.id for item in opened)
    ]


def _figures(cells: Iterable[Amounts], currency: str) -> Json:
    total = sum(cells, Amounts())
    return {
        "requested": money(total.requested, currency),
        "other_funding": money(total.other, currency),
        "in_kind": money(total.in_kind, currency),
    }
