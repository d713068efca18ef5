"""Answers of this capability: the round and the reconciliation as the reader sees them, and who the reader is."""

from app.declarations.schemas import (
    ContradictionOut,
    LinkOut,
    PartnerTotalsOut,
    ReconciledOut,
    ReconciliationOut,
    RoundOut,
    SumsOut,
    TargetOut,
    TotalsOut,
    UnclaimedOut,
)
from app.domain import honesty
from app.domain.access import Relation
from app.domain.budget_views import Reader
from app.domain.contradictions import CONTRADICTIONS
from app.domain.ids import Id
from app.domain.money import format_quantity
from app.domain.proposal import Proposal, Target
from app.domain.reconciliation import Reconciliation, Sums
from app.web.context import Context
from app.web.wire import MoneyOut


def seats(here: Context) -> list[Id]:
    """The reader's partner and facilitator ids, whatever their standing: the statements judge them."""
    return [side.seat_id for side in here.standing.sides if side.seat_id]


def reader(here: Context, proposal: Proposal) -> Reader:
    """As a partner where the actor is one, else as the facilitator."""
    own = frozenset(side.seat_id for side in here.standing.seats(Relation.PARTNER) if side.seat_id)
    return honesty.reader_of(proposal, own) if own else honesty.facilitator_of(proposal)


def round_out(proposal: Proposal, reader_: Reader, skip_agreed: list[Id]) -> RoundOut:
    seen = honesty.round_seen(proposal, reader_)
    return RoundOut(
        status=seen.status,
        cut_off=seen.cut_off,
        revealed_at=seen.revealed_at,
        filed=list(seen.filed),
        skip_agreed=skip_agreed,
        version=proposal.version,
    )


def reconciliation_out(found: Reconciliation, currency: str) -> ReconciliationOut:
    totals = found.totals
    return ReconciliationOut(
        expectations=[
            ReconciledOut(
                id=one.id,
                partner_id=one.partner_id,
                state=one.state,
                met_by=[LinkOut(type=link.type, id=link.id) for link in one.met_by],
                gap=_target(one.gap, currency),
                detail=one.detail,
            )
            for one in found.expectations
        ],
        contradictions=[
            ContradictionOut(
                code=clash.code,
                title=CONTRADICTIONS[clash.code].title,
                detail=clash.detail,
                expectation_ids=list(clash.expectation_ids),
                contribution_ids=list(clash.contribution_ids),
            )
            for clash in found.contradictions
        ],
        unclaimed_contributions=[
            UnclaimedOut(id=one.id, partner_id=one.partner_id, title=one.title) for one in found.unclaimed_contributions
        ],
        totals=TotalsOut(
            cash=_sums(totals.cash, currency),
            in_kind=_sums(totals.in_kind, currency),
            by_partner=[
                PartnerTotalsOut(partner_id=partner_id, cash=_sums(cash, currency), in_kind=_sums(in_kind, currency))
                for partner_id, cash, in_kind in totals.by_partner
            ],
            by_quantity=totals.by_quantity,
        ),
    )


def _target(target: Target | None, currency: str) -> TargetOut | None:
    if target is None:
        return None
    if target.amount is not None:
        return TargetOut(type=target.type, value=MoneyOut.of(target.amount, currency))
    if target.number is not None:
        return TargetOut(type=target.type, value=format_quantity(target.number))
    return TargetOut(type=target.type, value=target.text or "")


def _sums(sums: Sums, currency: str) -> SumsOut:
    return SumsOut(
        confirmed=MoneyOut.of(sums.confirmed, currency),
        conditional=MoneyOut.of(sums.conditional, currency),
        aspirational=MoneyOut.of(sums.aspirational, currency),
        total=MoneyOut.of(sums.total, currency),
    )
