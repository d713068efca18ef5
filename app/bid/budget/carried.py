"""What a decision may do to a budget: add, change or take out a line, as the partners agreed shares.

The room of decisions asks for the yes of the partner whose line it is. No decision changes who may see a line: only its
owner opens it (rule 1 of the domain). Whether a motion is possible never depends on what a line says that its mover may
not read. Otherwise somebody could open motions until their answers give the line away.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.budget import from_wire, queries, service, showing
from app.bid.budget.rules.changes import Change
from app.bid.budget.schemas import BudgetLineIn, BudgetLinePatch
from app.bid.value import BudgetLine, Partner, Proposal
from app.platform.access.errors import Invalid, NotFound
from app.platform.access.ids import Id, is_id
from app.platform.access.rules import Actor
from app.platform.db.act import Act

_OWNERS_ALONE = ("visible_to", "full_cost")


async def add(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    _check_body(body)
    given = BudgetLineIn.model_validate(body)
    proposal = await queries.load(session, proposal_id, partner_id=given.partner_id)
    partner = _accepted(proposal, given.partner_id)
    line = from_wire.new_line(dict(given), proposal, partner)
    await _save(session, actor, proposal, partner, Change(None, line))


async def change(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    proposal, partner, line = await _found(session, proposal_id, path)
    _check_body(body)
    given = BudgetLinePatch.model_validate(body).sent()
    if "vat_amount" in given and not {"amount", "vat_treatment"} <= given.keys():
        raise Invalid.at("/vat_amount", "say-all-three", "Say the amount, its VAT treatment and the VAT together.")
    after = from_wire.changed_line(line, given, proposal)
    if after.full_cost is not None:
        after = replace(after, full_cost=max(after.full_cost, after.amount))
    await _save(session, actor, proposal, partner, Change(line, after))


async def take_out(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    proposal, partner, line = await _found(session, proposal_id, path)
    await _save(session, actor, proposal, partner, Change(line, None))


async def _save(
    session: AsyncSession, actor: Actor | None, proposal: Proposal, partner: Partner, change: Change
) -> None:
    """Final prices refuse it whatever it says: otherwise a motion that changes nothing would tell what a line says."""
    showing.check_not_final(proposal, partner)
    service.check(proposal, [change])
    act = Act(session, actor, "proposal", proposal.id, for_organisation=partner.organisation_id)
    written = await service.save(act, proposal, partner, [change])
    if change.before is None:
        await showing.add_what_was_said(act, proposal, written[0])


async def _found(session: AsyncSession, proposal_id: Id, path: dict[str, str]) -> tuple[Proposal, Partner, BudgetLine]:
    line_id = path["budget_line_id"].lower()
    if not is_id(line_id):
        raise NotFound
    proposal, line = await queries.load_line(session, proposal_id, line_id)
    return proposal, _accepted(proposal, line.partner_id), line


def _accepted(proposal: Proposal, partner_id: Id | None) -> Partner:
    for partner in proposal.accepted:
        if partner.id == partner_id:
            return partner
    raise NotFound


def _check_body(body: dict[str, Any]) -> None:
    """Raises Invalid for what only the owner of a line says."""
    if named := [name for name in _OWNERS_ALONE if name in body]:
        raise Invalid.at(f"/{named[0]}", "owner-alone", "Only the owner of a line says this; no decision can.")
