"""One person, two sides: somebody with roles in organisations that stand against each other over one lot.

Sides are rival bids for the lot, and the commissioner against every bid to it. A facilitator stands on the
side of the bid that it serves. Such a person reads neither side until each of the two organisations has
recorded it and said how it is handled. An organisation that itself takes part in two bids is another rule
(it declares that to both); here it is on no side against itself.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from app.domain.errors import Conflict, Forbidden
from app.domain.ids import Id


class CommissionerCannotBid(Conflict):
    code = "commissioner-cannot-bid"
    title = "Whoever owns an opportunity cannot take part in a bid for it"
    explanation = "The organisation that asks for bids is never partner, facilitator or applicant in one of them."


class TwoSidesUnrecorded(Forbidden):
    code = "two-sides-unrecorded"
    title = "You stand on two sides here"
    explanation = (
        "Two of your organisations stand against each other over this opportunity: in rival bids, or one bids and the "
        "other asks for bids. You can read neither side until an admin of each has recorded it and how it is handled "
        "(POST /v1/organisations/{id}/two-sides)."
    )


class SideKind(StrEnum):
    RIVAL_BIDS = "rival_bids"
    BID_AND_COMMISSIONER = "bid_and_commissioner"


@dataclass(frozen=True, slots=True)
class BidSide:
    """A live proposal with the lots it bids for: its accepted partners and the facilitators that serve it."""

    proposal_id: Id
    opportunity_id: Id
    lot_ids: frozenset[Id]
    """Empty means the whole opportunity."""
    organisation_ids: frozenset[Id]
    commissioner_id: Id | None = None


@dataclass(frozen=True, slots=True)
class Clash:
    """Two of a person's organisations against each other. For the commissioner's side `second_proposal_id` is None."""

    kind: SideKind
    opportunity_id: Id
    first_organisation_id: Id
    second_organisation_id: Id
    first_proposal_id: Id
    second_proposal_id: Id | None

    @property
    def organisations(self) -> frozenset[Id]:
        return frozenset({self.first_organisation_id, self.second_organisation_id})


@dataclass(frozen=True, slots=True)
class Handling:
    """One organisation's record that a person stands on two sides over an opportunity, and how it is handled."""

    organisation_id: Id
    person_id: Id
    opportunity_id: Id
    how: str


def clashes(persons_organisations: Collection[Id], sides: Iterable[BidSide]) -> tuple[Clash, ...]:
    """Every pair of this person's organisations on opposite sides, in the order of the sides and then of ids."""
    mine = frozenset(persons_organisations)
    found: list[Clash] = []
    bids = [side for side in sides if side.organisation_ids & mine or side.commissioner_id in mine]
    for side in bids:
        commissioner = side.commissioner_id
        if commissioner is None or commissioner not in mine:
            continue
        found.extend(
            Clash(SideKind.BID_AND_COMMISSIONER, side.opportunity_id, own, commissioner, side.proposal_id, None)
            for own in sorted(side.organisation_ids & mine)
            if own != commissioner
        )
    for first, second in combinations(bids, 2):
        if not _rivals(first, second):
            continue
        found.extend(
            Clash(SideKind.RIVAL_BIDS, first.opportunity_id, one, other, first.proposal_id, second.proposal_id)
            for one in sorted(first.organisation_ids & mine)
            for other in sorted(second.organisation_ids & mine)
            if one != other
        )
    return tuple(found)


def _rivals(first: BidSide, second: BidSide) -> bool:
    if first.opportunity_id != second.opportunity_id or first.proposal_id == second.proposal_id:
        return False
    return not first.lot_ids or not second.lot_ids or bool(first.lot_ids & second.lot_ids)


def unhandled(
    person_id: Id, persons_organisations: Collection[Id], sides: Iterable[BidSide], handled: Iterable[Handling]
) -> tuple[Clash, ...]:
    """Clashes that not both organisations have recorded with how they are handled (an empty text handles nothing)."""
    recorded = {
        (record.opportunity_id, record.organisation_id)
        for record in handled
        if record.person_id == person_id and record.how.strip()
    }
    return tuple(
        clash
        for clash in clashes(persons_organisations, sides)
        if any((clash.opportunity_id, organisation) not in recorded for organisation in clash.organisations)
    )


def closed_proposals(
    person_id: Id, persons_organisations: Collection[Id], sides: Iterable[BidSide], handled: Iterable[Handling]
) -> frozenset[Id]:
    """Proposals that this person may not read yet: both sides of every clash that is not handled."""
    return frozenset(
        proposal_id
        for clash in unhandled(person_id, persons_organisations, sides, handled)
        for proposal_id in (clash.first_proposal_id, clash.second_proposal_id)
        if proposal_id is not None
    )


def closed_submissions(
    person_id: Id, persons_organisations: Collection[Id], sides: Iterable[BidSide], handled: Iterable[Handling]
) -> frozenset[Id]:
    """Opportunities whose commissioner's side this person may not read yet (submissions and their outcome)."""
    return frozenset(
        clash.opportunity_id
        for clash in unhandled(person_id, persons_organisations, sides, handled)
        if clash.kind is SideKind.BID_AND_COMMISSIONER
    )


def facilitator_serves_two(serving: BidSide, wanted: BidSide, agreed_by: Collection[Id]) -> bool:
    """Whether a facilitator of one bid may serve a rival one: only when every partner of both has agreed.

    `organisation_ids` of both sides are the accepted partners' here, without the facilitator.
    """
    if not _rivals(serving, wanted):
        return True
    return (serving.organisation_ids | wanted.organisation_ids) <= frozenset(agreed_by)
