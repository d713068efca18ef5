"""What one reader's reconciliation is computed from: a view in which nothing hidden from that reader is left.

The rules of the reconciliation get this view and never the proposal. So they can't tell a reader what it may not
know, whatever they compute (rules 1 and 5 of the domain): private lines are only 'a line of this bid', another
partner's rates, quantities or values are simply not there, and what was declared by somebody who left, or is not
revealed, does not exist.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from app.bid.budget.rules.ceilings import ceiling_checks
from app.bid.budget.rules.figures import figures
from app.bid.budget.rules.views import may_read_line
from app.bid.declarations.rules.items import MONEY_KINDS
from app.bid.declarations.rules.rate_privacy import shown_amounts
from app.bid.value import (
    BudgetLine,
    Contribution,
    Decision,
    Expectation,
    MetBy,
    Opportunity,
    Outcome,
    Partner,
    Proposal,
    Section,
    Structure,
)
from app.bid.value.honesty import may_see
from app.bid.value.reader import Reader, ReaderKind
from app.platform.access.ids import Id
from app.platform.words.codes import BudgetSource, CeilingState, Certainty, ContributionKind, FundedBy, MetByType, Unit


@dataclass(frozen=True, slots=True)
class Given:
    """A contribution as the reader may see it; `quantity_known` and `value_known` say whether None means 'hidden'."""

    id: Id
    partner_id: Id
    kind: ContributionKind
    title: str
    certainty: Certainty
    condition: str
    funded_by: FundedBy | None
    unit: Unit | None
    starts: date | None
    ends: date | None
    quantity: Decimal | None
    value: int | None
    quantity_known: bool
    value_known: bool

    @property
    def in_money(self) -> bool:
        return self.kind in MONEY_KINDS


@dataclass(frozen=True, slots=True)
class Link:
    """One live link of an expectation. `id` is None for lines that the reader may not read, however many they are."""

    type: MetByType
    id: Id | None


@dataclass(frozen=True, slots=True)
class View:
    """`requested_by` (what each partner asks of the commissioner: the reader's own live, the others' as last shown) and
    `requested`, the sum: None if the reader may not know."""

    currency: str
    own: frozenset[Id]
    partners: Mapping[Id, Partner]
    """Every partner of any status, for names; `here` are the accepted ones."""
    here: frozenset[Id]
    structure: Structure
    opportunity: Opportunity
    expectations: tuple[Expectation, ...]
    links: Mapping[Id, tuple[Link, ...]]
    given: Mapping[Id, Given]
    lines: Mapping[Id, BudgetLine]
    decisions: Mapping[Id, Decision]
    outcomes: Mapping[Id, Outcome]
    sections: Mapping[Id, Section]
    requested_by: Mapping[Id, int] | None
    requested: int | None
    in_kind_by: Mapping[Id, int] | None
    """What the lines in kind of each partner come to, known like `requested_by`."""
    ceiling: int | None
    over_ceiling: tuple[Id | None, ...]
    """Ceilings that are passed: None for the whole call's, else the lot's id."""

    def name(self, partner_id: Id | None) -> str:
        partner = self.partners.get(partner_id) if partner_id else None
        return partner.name if partner else "another partner"

    def voters(self) -> tuple[Partner, ...]:
        return tuple(p for p in self.partners.values() if p.in_core)


def view_of(proposal: Proposal, reader: Reader) -> View:
    """The view of one reader. Nothing in it depends on what that reader may not see."""
    here = frozenset(p.id for p in proposal.accepted)
    expectations = tuple(
        sorted(
            (e for e in proposal.expectations if e.partner_id in here and may_see(proposal, reader, e)),
            key=lambda e: e.id,
        )
    )
    visible = sorted(
        (c for c in proposal.contributions if c.partner_id in here and may_see(proposal, reader, c)),
        key=lambda c: c.id,
    )
    given = {c.id: _given(c, c.partner_id in reader.partner_ids) for c in visible}
    lines = {line.id: line for line in proposal.budget_lines if line.partner_id in here and may_read_line(line, reader)}
    known = _Figures.of(proposal, reader, lines)
    view = View(
        currency=proposal.currency,
        own=reader.partner_ids,
        partners={p.id: p for p in proposal.partners},
        here=here,
        structure=proposal.structure,
        opportunity=proposal.opportunity,
        expectations=expectations,
        links={},
        given=given,
        lines=lines,
        decisions={d.id: d for d in proposal.decisions},
        outcomes={o.id: o for o in proposal.outcomes if not o.partner_ids or here & set(o.partner_ids)},
        sections={s.id: s for s in proposal.asked_sections if s.partner_id is None or s.partner_id in here},
        requested_by=known.requested_by,
        requested=known.requested,
        in_kind_by=known.in_kind_by,
        ceiling=_ceiling(proposal),
        over_ceiling=known.over,
    )
    existing = frozenset(line.id for line in proposal.budget_lines if line.partner_id in here and line.revealed)
    links = {e.id: _live(e, view, existing, proposal.id) for e in expectations}
    return replace(view, links=links)


def _given(contribution: Contribution, own: bool) -> Given:
    shown_quantity, shown_value = shown_amounts(contribution)
    quantity_shown = contribution.shown_as == "quantity"
    return Given(
        id=contribution.id,
        partner_id=contribution.partner_id,
        kind=contribution.kind,
        title=contribution.title,
        certainty=contribution.certainty,
        condition=contribution.condition,
        funded_by=contribution.funded_by,
        unit=contribution.unit,
        starts=contribution.starts,
        ends=contribution.ends,
        quantity=contribution.quantity if own else shown_quantity,
        value=contribution.value if own else shown_value,
        quantity_known=own or quantity_shown,
        value_known=own or not quantity_shown,
    )


@dataclass(frozen=True, slots=True)
class _Figures:
    requested_by: Mapping[Id, int] | None
    requested: int | None
    in_kind_by: Mapping[Id, int] | None
    over: tuple[Id | None, ...]

    @classmethod
    def of(cls, proposal: Proposal, reader: Reader, lines: Mapping[Id, BudgetLine]) -> "_Figures":
        """Partners get totals by partner once everything is open, their own live and the others' as last shown; before that
        their own alone. A facilitator gets none."""
        if reader.kind is ReaderKind.PARTNER and not reader.sees_others:
            own = {
                source: _by_partner((line.partner_id, line.amount) for line in lines.values() if line.source is source)
                for source in (BudgetSource.REQUESTED, BudgetSource.IN_KIND)
            }
            return cls(own[BudgetSource.REQUESTED], None, own[BudgetSource.IN_KIND], ())
        if not reader.sees_others or reader.kind not in (ReaderKind.PARTNER, ReaderKind.FACILITATOR):
            return cls(None, None, None, ())
        checks = ceiling_checks(proposal, reader.partner_ids)
        over = tuple(check.lot_id for check in checks if check.state is CeilingState.OVER)
        if reader.kind is ReaderKind.FACILITATOR:
            return cls(None, None, None, over)
        by_year = figures(proposal, reader.partner_ids)
        asked = by_year.requested_by
        in_kind = _by_partner((owner, cell.in_kind) for (owner, _), cell in by_year.by_partner_year.items())
        return cls(asked, sum(asked.values()), in_kind, over)


def _by_partner(amounts: Iterable[tuple[Id, int]]) -> dict[Id, int]:
    found: dict[Id, int] = {}
    for partner_id, amount in amounts:
        found[partner_id] = found.get(partner_id, 0) + amount
    return found


def _ceiling(proposal: Proposal) -> int | None:
    """The most that the call gives for the lots of this bid, as it states it; None where it does not."""
    call = proposal.opportunity
    lots = [lot.ceiling for lot in call.lots if lot.id in proposal.lot_ids]
    for_lots = sum(c for c in lots if c is not None) if lots and all(c is not None for c in lots) else None
    known = [c for c in (call.budget_ceiling, for_lots) if c is not None]
    return min(known) if known else None


def _live(expectation: Expectation, view: View, existing: frozenset[Id], proposal_id: Id) -> tuple[Link, ...]:
    """The links that still point at something, in a fixed order; what was withdrawn has none."""
    found: set[Link] = set()
    for link in expectation.met_by:
        if seen := _seen(link, view, existing, proposal_id):
            found.add(seen)
    return tuple(sorted(found, key=lambda link: (link.type.value, link.id or "")))


def _seen(link: MetBy, view: View, existing: frozenset[Id], proposal_id: Id) -> Link | None:
    if link.type is MetByType.BUDGET_LINE and link.id not in view.lines:
        return Link(link.type, None) if link.id in existing else None
    stands = {
        MetByType.CONTRIBUTION: link.id in view.given,
        MetByType.BUDGET_LINE: True,
        MetByType.STRUCTURE: link.id == proposal_id,
        MetByType.DECISION: link.id in view.decisions,
        MetByType.OUTCOME: link.id in view.outcomes,
        MetByType.SECTION: link.id in view.sections,
    }[link.type]
    return Link(link.type, link.id) if stands else None
