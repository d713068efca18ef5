"""What the budget declares to the rest of the service."""

from app.bid.budget import carried, queries, reading, routes, routes_budget
from app.bid.budget.schemas import BudgetLineOut
from app.platform.capability import Capability, Carrier, Event, Parameter, Part
from app.platform.words.codes import Matter

capability = Capability(
    name="budget",
    routers=[routes.router, routes_budget.router],
    parameters={
        "budget_line_id": Parameter(queries.VISIBLE_LINE),
    },
    parts={"budget_lines": Part(reading.lines_for, list[BudgetLineOut])},
    events={
        "budget_changed": Event(),
        "budget_line_opened": Event(),
        "totals_shown": Event("/budget"),
        "prices_final": Event(),
        "prices_taken_back": Event(),
    },
    carriers=[
        Carrier("POST", "/budget-lines", Matter.BUDGET_SHARES, carried.add),
        Carrier("PATCH", "/budget-lines/{budget_line_id}", Matter.BUDGET_SHARES, carried.change),
        Carrier("DELETE", "/budget-lines/{budget_line_id}", Matter.BUDGET_SHARES, carried.take_out),
    ],
)
