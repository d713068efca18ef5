"""Answers of this capability: the round and the reconciliation as the reader sees them, and who the reader is."""

from collections.abc import Container

from app.bid.budget.rules.views import may_read_line
from app.bid.declarations.rules.differences import contribution_fields, contribution_for_others, expectation_fields
from app.bid.declarations.rules.reconciliation import Reconciliation, Sums
from app.bid.declarations.schemas import (
    ContradictionOut,
    ContributionOut,
    ExpectationOut,
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
from app.bid.value import Contribution, Expectation, Proposal, Target, honesty
from app.bid.value.reader import Reader
from app.platform.access.ids import Id
from app.platform.access.money import format_quantity
from app.platform.access.rules import Relation, Standing
from app.platform.web.context import Context
from app.platform.web.wire import MoneyOut
from app.platform.words.codes import MetByType
from app.platform.words.contradictions import CONTRADICTIONS


def seats(here: Context) -> list[Id]:
    """The reader's partner and facilitator ids, whatever their standing: the statements judge them."""
    return [side.seat_id for side in here.standing.sides if side.seat_id]


def reader(standing: Standing, proposal: Proposal) -> Reader:
    """As a partner where the actor is one, else as the facilitator, else as one who left."""
    own = frozenset(side.seat_id for side in standing.seats(Relation.PARTNER) if side.seat_id)
    if not own and standing.seats(Relation.FACILITATOR):
        return honesty.facilitator_of(proposal)
    return honesty.reader_of(
        proposal, own or frozenset(side.seat_id for side in standing.seats(Relation.FORMER) if side.seat_id)
    )


def contributions(proposal: Proposal, standing: Standing) -> list[ContributionOut]:
    """One's own in full; of the others' what may be seen, once everything is open."""
    as_reader = reader(standing, proposal)
    return [
        contribution_out(one, proposal.currency, own=one.partner_id in as_reader.partner_ids)
        for one in proposal.contributions
        if _there(one, proposal, as_reader)
    ]


def expectations(proposal: Proposal, standing: Standing) -> list[ExpectationOut]:
    as_reader = reader(standing, proposal)
    lines = {line.id for line in proposal.budget_lines if may_read_line(line, as_reader)}
    return [
        expectation_out(one, proposal.currency, own=one.partner_id in as_reader.partner_ids, lines=lines)
        for one in proposal.expectations
        if _there(one, proposal, as_reader)
    ]


def _there(one: Contribution | Expectation, proposal: Proposal, as_reader: Reader) -> bool:
    return honesty.may_see(proposal, as_reader, one)


def contribution_out(one: Contribution, currency: str, *, own: bool) -> ContributionOut:
    """As its owner reads it, or with the owner's own figures null."""
    fields = contribution_fields(one, currency) if own else contribution_for_others(one, currency)
    if fields["period"] == {"start": None, "end": None}:
        fields["period"] = None
    version = one.version if own else one.version - one.hidden_changes
    return ContributionOut.model_validate({"id": one.id, "partner_id": one.partner_id, **fields, "version": version})


def expectation_out(one: Expectation, currency: str, *, own: bool, lines: Container[Id]) -> ExpectationOut:
    """`lines`: the budget lines that the reader may read; links to others have no id."""
    links = dict.fromkeys(
        (link.type, None if link.type is MetByType.BUDGET_LINE and link.id not in lines else link.id)
        for link in sorted(one.met_by, key=lambda link: (link.type.value, link.id))
    )
    return ExpectationOut.model_validate(
        {
            "id": one.id,
            "partner_id": one.partner_id,
            **expectation_fields(one, currency),
            "met_by": [{"type": type_, "id": id_} for type_, id_ in links],
            "accepted_by": list(one.accepted_by),
            "must_after_reveal": one.must_after_reveal,
            "version": one.version if own else one.version - one.hidden_changes,
        }
    )


def round_out(proposal: Proposal, standing: Standing) -> RoundOut:
    seen = honesty.round_seen(proposal, reader(standing, proposal))
    return RoundOut(
        status=seen.status,
        cut_off=seen.cut_off,
        opens_at_latest=seen.opens_at_latest,
        revealed_at=seen.revealed_at,
        filed=list(seen.filed),
        skip_agreed=[p.id for p in proposal.accepted if p.skip_agreed_at is not None],
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
