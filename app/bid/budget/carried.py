"""What a decision may carry out on a budget: a line added, changed or taken out, as the partners agreed shares.

Governance asks for the yes of the partner whose line it is. Who may see a line no decision can change: only its
owner opens it (rule 1 of the domain). Whether a motion is possible never turns on what a line says that its mover
may not read: otherwise motions could be made until the answers give the line away.
"""

from dataclasses import replace
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.budget import queries as own_budget
from app.bid.budget import service
from app.bid.budget.schemas import BudgetLineIn, BudgetLinePatch
from app.bid.budget.service import Change
from app.bid.value import BudgetLine, Partner, Proposal
from app.platform.access.errors import Fault, Invalid, NotFound
from app.platform.access.ids import Id, is_id
from app.platform.access.rules import Actor

T = TypeVar("T", BudgetLineIn, BudgetLinePatch)
_OWNERS_ALONE = ("visible_to", "full_cost")


async def add(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    given = _parsed(BudgetLineIn, body)
    proposal = await own_budget.load(session, proposal_id, partner_id=given.partner_id)
    partner = _accepted(proposal, given.partner_id)
    line = service.line_from(dict(given), proposal, partner)
    await service.save(session, actor, proposal, partner, [Change(None, line)])


async def change(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    proposal, partner, line = await _found(session, proposal_id, path)
    given = _parsed(BudgetLinePatch, body).sent()
    if "vat_amount" in given and not {"amount", "vat_treatment"} <= given.keys():
        raise Invalid.at("/vat_amount", "say-all-three", "Say the amount, its VAT treatment and the VAT together.")
    after = service.changed_line(line, given, proposal)
    if after.full_cost is not None:
        after = replace(after, full_cost=max(after.full_cost, after.amount))
    await service.save(session, actor, proposal, partner, [Change(line, after)])


async def take_out(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    proposal, partner, line = await _found(session, proposal_id, path)
    await service.save(session, actor, proposal, partner, [Change(line, None)])


async def _found(session: AsyncSession, proposal_id: Id, path: dict[str, str]) -> tuple[Proposal, Partner, BudgetLine]:
    line_id = path["budget_line_id"].lower()
    if not is_id(line_id):
        raise NotFound
    proposal = await own_budget.load(session, proposal_id, line_id=line_id)
    for line in proposal.budget_lines:
        if line.id == line_id:
            return proposal, _accepted(proposal, line.partner_id), line
    raise NotFound


def _accepted(proposal: Proposal, partner_id: Id | None) -> Partner:
    for partner in proposal.accepted:
        if partner.id == partner_id:
            return partner
    raise NotFound


def _parsed(schema: type[T], body: dict[str, Any]) -> T:
    if named := [name for name in _OWNERS_ALONE if name in body]:
        raise Invalid.at(f"/{named[0]}", "owner-alone", "Only the owner of a line says this; no decision can.")
    try:
        return schema.model_validate(body)
    except ValidationError as wrong:
        raise Invalid(
            errors=[Fault("/" + "/".join(map(str, each["loc"])), each["type"], each["msg"]) for each in wrong.errors()]
        ) from wrong
