"""What in a budget blocks the signing, as one reader may know it."""

from app.bid.budget.rules.ceilings import CeilingCheck, ceiling_checks
from app.bid.budget.rules.figures import Cover, cover, shared_figures
from app.bid.budget.rules.lines import counted_lines
from app.bid.budget.rules.views import may_read_line
from app.bid.value import Proposal
from app.bid.value.reader import Reader, ReaderKind
from app.platform.access.errors import Fault
from app.platform.access.money import format_amount
from app.platform.words.codes import BlockerCode, BudgetSource, CeilingState, VatBasis


def budget_blockers(proposal: Proposal, reader: Reader) -> tuple[Fault, ...]:
    """`over-ceiling` and `budget-not-adding-up`. There are none for a reader that does not see the others yet.

    A facilitator gets the sentences without their figures.
    """
    if reader.kind is ReaderKind.FORMER or not reader.sees_others or not proposal.revealed:
        return ()
    figures = reader.kind is not ReaderKind.FACILITATOR
    shared = shared_figures(proposal)
    readable = [line for line in counted_lines(proposal) if may_read_line(line, reader)]
    over = [check for check in ceiling_checks(proposal, readable, shared) if check.state is CeilingState.OVER]
    faults = [
        Fault(_at(check), BlockerCode.OVER_CEILING.value, _over_sentence(proposal, check, figures)) for check in over
    ]
    for of_source in cover(proposal):
        if of_source.short:
            faults.append(
                Fault("/budget", BlockerCode.BUDGET_NOT_ADDING_UP.value, _short_sentence(proposal, of_source, figures))
            )
    return tuple(faults)


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
