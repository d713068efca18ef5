"""What in a budget blocks the signing, as one reader may know it."""

from app.bid.budget.rules.ceilings import CeilingCheck, ceiling_checks
from app.bid.budget.rules.figures import Cover, cover
from app.bid.budget.rules.shown import not_final
from app.bid.value import Proposal
from app.bid.value.reader import Reader, ReaderKind
from app.platform.access.errors import Fault
from app.platform.access.money import format_amount
from app.platform.words.codes import BlockerCode, BudgetSource, CeilingState, VatBasis


def budget_blockers(proposal: Proposal, reader: Reader) -> tuple[Fault, ...]:
    """`over-ceiling`, `budget-not-adding-up` and `prices-not-final`. There are none for a reader that does not see the
    others yet.

    A facilitator gets the sentences without their figures.
    """
    if reader.kind is ReaderKind.FORMER or not reader.sees_others or not proposal.revealed:
        return ()
    told = reader.kind is not ReaderKind.FACILITATOR
    checks = ceiling_checks(proposal, reader.partner_ids)
    over = [check for check in checks if check.state is CeilingState.OVER]
    short = [of_source for of_source in cover(proposal, reader.partner_ids) if of_source.short]
    return (
        *(Fault(_at(check), BlockerCode.OVER_CEILING.value, _over_sentence(proposal, check, told)) for check in over),
        *(
            Fault("/budget", BlockerCode.BUDGET_NOT_ADDING_UP.value, _short_sentence(proposal, of_source, told))
            for of_source in short
        ),
        *(
            Fault(
                "/budget",
                BlockerCode.PRICES_NOT_FINAL.value,
                f"{partner.name} has not said that its prices are final. A signatory or admin of {partner.name} says so, "
                "which shows its totals to the others and holds its lines still.",
                partner.organisation_id,
            )
            for partner in not_final(proposal)
        ),
    )


def _at(check: CeilingCheck) -> str:
    return "/budget" if check.lot_id is None else f"/lots/{check.lot_id}"


def _over_sentence(proposal: Proposal, check: CeilingCheck, figures: bool) -> str:
    lot = next((lot for lot in proposal.opportunity.lots if lot.id == check.lot_id), None)
    what = f"lot '{lot.title}'" if lot else "the whole call"
    basis = "including VAT" if check.vat is VatBasis.INCLUDED else "without VAT"
    by = (
        f" by {proposal.currency} {format_amount(check.asked - check.ceiling)}"
        if figures and check.asked is not None
        else ""
    )
    return (
        f"What the bid asks for is over the ceiling for {what} ({proposal.currency} {format_amount(check.ceiling)} "
        f"{basis}){by}. The partners lower what they ask for, or find other funding for a part of it."
    )


def _short_sentence(proposal: Proposal, of_source: Cover, figures: bool) -> str:
    name, kind = {
        BudgetSource.MATCH: ("match funding", "match funding"),
        BudgetSource.INCOME: ("income", "cash"),
    }[of_source.source]
    if not figures:
        return (
            f"The budget counts on more {name} than the partners have confirmed as contributions. Whoever brings "
            "what is missing confirms it, or the lines are changed."
        )
    return (
        f"The budget counts on {proposal.currency} {format_amount(of_source.lines)} of {name}, but only "
        f"{format_amount(of_source.confirmed)} of {kind} is confirmed as a contribution. Whoever brings the "
        f"{format_amount(of_source.short)} that is missing confirms it, or the lines are changed."
    )
