"""Who reads a budget, from how the request's actor stands to the proposal."""

from app.domain.access import Relation
from app.domain.budget_views import Reader
from app.domain.honesty import facilitator_of, reader_of
from app.domain.ids import Id
from app.domain.proposal import Proposal
from app.web.context import Context


def reader(here: Context, proposal: Proposal) -> Reader:
    """A partner first; a facilitator where the actor is no partner; else whoever left."""
    for relation in (Relation.PARTNER, Relation.FACILITATOR, Relation.FORMER):
        seats = frozenset(side.seat_id for side in here.standing.seats(relation) if side.seat_id)
        if seats:
            return facilitator_of(proposal) if relation is Relation.FACILITATOR else reader_of(proposal, seats)
    return reader_of(proposal, frozenset())


def currency_and_seats(here: Context, proposal: Proposal) -> tuple[str, frozenset[Id]]:
    """What `BudgetLineOut.of` needs beside the line."""
    sides = here.standing.seats(Relation.PARTNER, Relation.FORMER)
    return proposal.currency, frozenset(side.seat_id for side in sides if side.seat_id)
