"""Contributions against expectations, computed and never stored, for one reader.

`reconcile(proposal, reader)` says of each expectation whether it is met, partly met (with the gap in its target's
unit), unmet, contradicted or waived, with a sentence that says who does what next; which contributions nobody has
claimed; what clashes; and the totals. It sees only what that reader may know (`view.py`): two proposals that differ
in another's private lines, or in another's rates with the same value, give the same answer to the last byte.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.bid.declarations.rules.reconciliation.clashes import Clash, Elsewhere, clashes
from app.bid.declarations.rules.reconciliation.denials import Denial, denied
from app.bid.declarations.rules.reconciliation.measure import Judged, judge, measured
from app.bid.declarations.rules.reconciliation.view import Link, View, view_of
from app.bid.value import Expectation, Proposal, Target
from app.bid.value.reader import Reader
from app.platform.access.ids import Id
from app.platform.words.codes import Certainty, ExpectationState, FundedBy

__all__ = ["Clash", "Elsewhere", "Link", "Reconciled", "Reconciliation", "Totals", "Unclaimed", "reconcile", "states"]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One expectation. `gap` is in the target's unit, None where the target is no figure or there is no gap."""

    id: Id
    partner_id: Id
    state: ExpectationState
    met_by: tuple[Link, ...]
    gap: Target | None
    detail: str


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A contribution to which no expectation is linked: perhaps not needed, perhaps not noticed."""

    id: Id
    partner_id: Id
    title: str


@dataclass(frozen=True, slots=True)
class Sums:
    confirmed: int = 0
    conditional: int = 0
    aspirational: int = 0

    @property
    def total(self) -> int:
        return self.confirmed + self.conditional + self.aspirational

    def __add__(self, more: "Sums") -> "Sums":
        return Sums(
            self.confirmed + more.confirmed,
            self.conditional + more.conditional,
            self.aspirational + more.aspirational,
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """Money and what is given in kind, each by certainty, never added to each other. What the price pays for is no gift, and
    in none of them.

    Values that this reader may not see (because it sees their quantity) are in no sum; `by_quantity` counts them.
    """

    cash: Sums
    in_kind: Sums
    by_partner: tuple[tuple[Id, Sums, Sums], ...]
    by_quantity: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    expectations: tuple[Reconciled, ...]
    contradictions: tuple[Clash, ...]
    unclaimed_contributions: tuple[Unclaimed, ...]
    totals: Totals


def reconcile(proposal: Proposal, reader: Reader, elsewhere: Iterable[Elsewhere] = ()) -> Reconciliation:
    """The reconciliation as `reader` may see it, the same for any order of declarations.

    `elsewhere`: what the reader's own organisations promise in other bids; used for their own seats only.
    """
    view = view_of(proposal, reader)
    denials: list[tuple[Expectation, Denial]] = []
    reconciled = []
    for expectation in view.expectations:
        judged, denial = _judged(expectation, view)
        if denial:
            denials.append((expectation, denial))
        links = view.links[expectation.id]
        reconciled.append(
            Reconciled(expectation.id, expectation.partner_id, judged.state, links, judged.gap, judged.detail)
        )
    found = [Clash(denial.code, denial.detail, (e.id,)) for e, denial in denials] + list(clashes(view, elsewhere))
    return Reconciliation(
        expectations=tuple(reconciled),
        contradictions=tuple(sorted(found, key=lambda c: (c.code, c.expectation_ids, c.contribution_ids, c.detail))),
        unclaimed_contributions=_unclaimed(view),
        totals=_totals(view),
    )


def states(reconciliation: Reconciliation) -> dict[Id, tuple[ExpectationState, str]]:
    """Each expectation's state with its sentence, as readiness takes them."""
    return {one.id: (one.state, one.detail) for one in reconciliation.expectations}


def _judged(expectation: Expectation, view: View) -> tuple[Judged, Denial | None]:
    if expectation.waived_reason is not None:
        name = view.name(expectation.partner_id)
        return Judged(ExpectationState.WAIVED, f"{name} waived it: {expectation.waived_reason}"), None
    if denial := denied(expectation, view):
        gap = denial.gap or (measured(expectation) and judge(expectation, view).gap) or None
        return Judged(ExpectationState.CONTRADICTED, denial.detail, gap), denial
    return judge(expectation, view), None


def _unclaimed(view: View) -> tuple[Unclaimed, ...]:
    claimed = {
        link.id
        for expectation in view.expectations
        if expectation.waived_reason is None
        for link in view.links[expectation.id]
    }
    return tuple(Unclaimed(g.id, g.partner_id, g.title) for g in view.given.values() if g.id not in claimed)


def _totals(view: View) -> Totals:
    cells: dict[tuple[Id, bool, Certainty], int] = {}
    hidden = 0
    for given in view.given.values():
        if given.funded_by is FundedBy.PRICE:
            continue
        if given.value is None:
            hidden += 1
            continue
        cell = (given.partner_id, given.in_money, given.certainty)
        cells[cell] = cells.get(cell, 0) + given.value

    def sums(partner_id: Id, in_money: bool) -> Sums:
        return Sums(*(cells.get((partner_id, in_money, certainty), 0) for certainty in Certainty))

    givers = sorted({given.partner_id for given in view.given.values()})
    by_partner = tuple((i, sums(i, True), sums(i, False)) for i in givers)
    return Totals(
        cash=sum((cash for _, cash, _ in by_partner), Sums()),
        in_kind=sum((in_kind for _, _, in_kind in by_partner), Sums()),
        by_partner=by_partner,
        by_quantity=hidden,
    )
