"""Who reads a budget, from how the request's actor stands to the proposal."""

from app.bid.budget.rules.views import budget_view
from app.bid.budget.schemas import BudgetLineOut
from app.bid.value import Proposal
from app.bid.value.honesty import facilitator_of, reader_of
from app.bid.value.reader import Reader
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Standing


def reader(standing: Standing, proposal: Proposal) -> Reader:
    """A partner first; a facilitator where the actor is no partner; else whoever left."""
    for relation in (Relation.PARTNER, Relation.FACILITATOR, Relation.FORMER):
        seats = frozenset(side.seat_id for side in standing.seats(relation) if side.seat_id)
        if seats:
            return facilitator_of(proposal) if relation is Relation.FACILITATOR else reader_of(proposal, seats)
    return reader_of(proposal, frozenset())


def currency_and_seats(standing: Standing, proposal: Proposal) -> tuple[str, frozenset[Id]]:
    """What `BudgetLineOut.of` needs beside the line."""
    sides = standing.seats(Relation.PARTNER, Relation.FORMER)
    return proposal.currency, frozenset(side.seat_id for side in sides if side.seat_id)


def lines_for(proposal: Proposal, standing: Standing) -> list[BudgetLineOut]:
    """The member `budget_lines` of the whole proposal: the lines that this reader may read."""
    told = currency_and_seats(standing, proposal)
    return [BudgetLineOut.of(line, *told) for line in budget_view(proposal, reader(standing, proposal)).lines]
