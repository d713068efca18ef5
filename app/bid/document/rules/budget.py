"""The money of the bid: what the partners showed, and single lines only where their owners opened them to every partner."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.bid.budget.rules.figures import Amounts, WholeBid, alone, figures, price_includes_vat, whole_bid
from app.bid.budget.rules.lines import counted_lines
from app.bid.budget.rules.shown import shown_of
from app.bid.document.rules.declarations import in_order, line
from app.bid.document.rules.values import Json, instant, money
from app.bid.value import BudgetLine, Partner, Proposal
from app.platform.access.ids import Id
from app.platform.words.codes import BudgetSource, PriceDetail


def budget(proposal: Proposal, *, draft: bool) -> Json | None:
    """Totals by partner and year. What is given in kind has a figure of its own and is never added into money.

    Everybody reads the same, so it holds what every partner last showed, the reader's own too, and in a draft when that was;
    while the lead is alone, its lines as they are. The sums by lot and of VAT are the last of all at once. Once a bid is
    locked all of these are what the lines come to, since all prices are final.

    It holds single lines only where the call asks for lines and their owner opened them to all, since every partner
    reads this document. The commissioner gets the other lines in the private schedules.
    """
    only = alone(proposal)
    known, whole = figures(proposal, only), whole_bid(proposal, only)
    if not proposal.revealed or not known.by_partner_year:
        return None
    currency = proposal.currency
    cells = known.by_partner_year
    years = sorted({year for _, year in cells})
    vat = whole.vat if whole and (whole.vat or price_includes_vat(proposal)) else None
    return {
        "by_partner": [
            {
                "partner_id": partner.id,
                "years": [
                    {"year": y} | _figures([cells[partner.id, y]], currency) for y in years if (partner.id, y) in cells
                ],
            }
            | _figures([cell for (owner, _), cell in cells.items() if owner == partner.id], currency)
            | (_shown_at(proposal, partner) if draft else {})
            for partner in in_order(proposal.accepted)
            if any(owner == partner.id for owner, _ in cells)
        ],
        "by_year": [
            {"year": y} | _figures([cell for (_, year), cell in cells.items() if year == y], currency) for y in years
        ],
        "by_lot": [
            {"lot_id": lot_id} | _figures([share.amounts], currency)
            for lot_id in (*(lot.id for lot in proposal.opportunity.lots), None)
            for share in (whole.by_lot if whole else ())
            if share.key == lot_id
        ],
        "lot_shares": [
            {"lot_id": lot_id, "partner_id": partner_id, "requested": money(amount, currency)}
            for lot_id, partner_id, amount in lot_shares(proposal, whole)
        ],
        "total": _figures(cells.values(), currency) | {"vat": money(vat, currency)},
        "lines": [line(item, currency) for item in _opened(proposal)],
    } | ({"taken_at": instant(whole.taken_at) if whole else None} if draft else {})


def _shown_at(proposal: Proposal, partner: Partner) -> dict[str, Any]:
    shown = None if alone(proposal) else shown_of(proposal, partner.id)
    return {"shown_at": instant(shown.shown_at) if shown else None}


def _opened(proposal: Proposal) -> Sequence[BudgetLine]:
    return opened_to_all(proposal) if proposal.opportunity.price_detail is PriceDetail.LINES else ()


def opened_to_all(proposal: Proposal) -> list[BudgetLine]:
    """Lines that their owner opened to every other partner."""
    everyone = {partner.id for partner in proposal.accepted}
    return [item for item in counted_lines(proposal) if everyone - {item.partner_id} <= set(item.visible_to)]


def lot_shares(proposal: Proposal, whole: WholeBid | None) -> list[tuple[Id, Id, int]]:
    """What each partner asks for in a lot, only of lots whose every line is open to all: lot, partner and amount.

    Whether that is so is told by what all read anyway: the lot's sum of all at once, and the lines that are open. So
    nobody learns from it that somebody else has a line there.
    """
    found: dict[Id, dict[Id, int]] = {}
    for item in opened_to_all(proposal):
        if item.lot_id and item.source is BudgetSource.REQUESTED:
            of_lot = found.setdefault(item.lot_id, {})
            of_lot[item.partner_id] = of_lot.get(item.partner_id, 0) + item.amount
    sums = {share.key: share.amounts.requested for share in (whole.by_lot if whole else ())}
    order = [partner.id for partner in in_order(proposal.accepted)]
    return [
        (lot_id, partner_id, found[lot_id][partner_id])
        for lot_id in proposal.lot_ids
        if lot_id in found and sum(found[lot_id].values()) == sums.get(lot_id)
        for partner_id in order
        if partner_id in found[lot_id]
    ]


def _figures(cells: Iterable[Amounts], currency: str) -> Json:
    total = sum(cells, Amounts())
    return {
        "requested": money(total.requested, currency),
        "other_funding": money(total.other, currency),
        "in_kind": money(total.in_kind, currency),
    }
