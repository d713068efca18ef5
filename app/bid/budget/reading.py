"""What a reader gets of a budget, given how the reader is related to the proposal."""

from collections.abc import Iterable

from app.bid.budget.rules.views import budget_view
from app.bid.budget.schemas import BudgetLineOut
from app.bid.value import BudgetLine, Proposal
from app.bid.value.honesty import facilitator_of, reader_of
from app.bid.value.reader import Reader
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Standing


def reader(standing: Standing, proposal: Proposal) -> Reader:
    """A partner first, a facilitator where the actor is of no partner, otherwise a partner that left."""
    for relation in (Relation.PARTNER, Relation.FACILITATOR, Relation.FORMER):
        seats = frozenset(side.seat_id for side in standing.seats(relation) if side.seat_id)
        if seats:
            return facilitator_of(proposal) if relation is Relation.FACILITATOR else reader_of(proposal, seats)
    return reader_of(proposal, frozenset())


def own_seats(standing: Standing) -> frozenset[Id]:
    """The reader's own partners, those that left included."""
    return frozenset(side.seat_id for side in standing.seats(Relation.PARTNER, Relation.FORMER) if side.seat_id)


def line_outs(lines: Iterable[BudgetLine], proposal: Proposal, standing: Standing) -> list[BudgetLineOut]:
    seats = own_seats(standing)
    return [BudgetLineOut.of(line, proposal.currency, seats) for line in lines]


def lines_for(proposal: Proposal, standing: Standing) -> list[BudgetLineOut]:
    """The member `budget_lines` of the whole proposal: the lines that this reader may read."""
    return line_outs(budget_view(proposal, reader(standing, proposal)).lines, proposal, standing)
