"""What the budget declares."""

from app.bid.budget import carried, reading, routes
from app.bid.budget.schemas import BudgetLineOut
from app.platform.capability import Capability, Carrier, Event, Parameter, Part
from app.platform.words.codes import Matter

VISIBLE_LINE = """SELECT 1 FROM budget_lines l JOIN proposals p ON p.id = l.proposal_id
    WHERE l.id = $1::uuid AND l.proposal_id = $2 AND (l.partner_id = ANY($3) OR (
      l.revealed AND p.round_status <> 'open' AND l.visible_to && $3
      AND EXISTS (SELECT FROM partners o WHERE o.id = l.partner_id AND o.status = 'accepted')
      AND EXISTS (SELECT FROM partners r WHERE r.id = ANY($3) AND r.id = ANY(l.visible_to) AND r.status = 'accepted')
      AND NOT EXISTS (SELECT FROM partners r WHERE r.id = ANY($3) AND r.status = 'accepted'
                      AND r.filed_at IS NULL AND r.must_file)))"""
"""One's own, or one that its owner opened to the reader, once both sides of the honesty round are over."""

capability = Capability(
    name="budget",
    routers=[routes.router],
    parameters={
        "budget_line_id": Parameter(VISIBLE_LINE),
    },
    parts={"budget_lines": Part(reading.lines_for, list[BudgetLineOut])},
    events={
        "budget_changed": Event(),
        "budget_line_opened": Event(),
    },
    carriers=[
        Carrier("POST", "/budget-lines", Matter.BUDGET_SHARES, carried.add),
        Carrier("PATCH", "/budget-lines/{budget_line_id}", Matter.BUDGET_SHARES, carried.change),
        Carrier("DELETE", "/budget-lines/{budget_line_id}", Matter.BUDGET_SHARES, carried.take_out),
    ],
)
