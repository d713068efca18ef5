"""Opening roles to small organisations, applying for them, and answering with reasons."""

from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.facilitation.tables import Facilitator
from app.bid.openings.schemas import AnswerIn, ApplicationIn, OpeningIn
from app.bid.openings.tables import Application, Opening
from app.bid.proposal import inviting
from app.bid.proposal.schemas import PartnerIn
from app.bid.records import whole_proposal as picture
from app.bid.records.tables import Partner, Proposal
from app.calls.opportunities.tables import Opportunity
from app.people.organisations.tables import Organisation
from app.platform.access.errors import Conflict, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Side
from app.platform.access.two_sides import CommissionerCannotBid
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.web.context import Context
from app.platform.words.codes import MemberRole, PartnerRole

GIVES_AWAY = (
    "This opening is public and the bid is sealed: everybody who is signed in can tell that a joint bid for this "
    "opportunity is being made and what it lacks, though not who is in it. Close it, or make it private, to stop that."
)
OPEN_AT_ONCE = 20

VISIBLE = """
SELECT 1 FROM openings x JOIN opportunities o ON o.id = x.opportunity_id
WHERE x.id = $1::uuid AND x.proposal_id = $2 AND (
  x.public AND x.status = 'open' AND o.status = 'published'
  OR EXISTS (SELECT FROM partners pa WHERE pa.id = ANY($3) AND pa.status = 'accepted')
  OR EXISTS (SELECT FROM facilitators f WHERE f.id = ANY($3) AND f.status = 'active'))"""
"""For the guard: a public one for everybody who is signed in, any other for those inside the bid."""


class OpeningClosed(Conflict):
    code = "opening-closed"
    title = "This opening takes no applications"
    explanation = "It was closed, or its time to apply is over. Look at the other openings."


class AppliedAlready(Conflict):
    code = "applied-already"
    title = "Your organisation has applied, or has a place in this bid already"
    explanation = "Look at your applications and invitations. One application for each opening is enough."


class ApplicationAnswered(Conflict):
    code = "application-answered"
    title = "This application has been answered or withdrawn"
    explanation = "Its answer stands. The organisation can still be invited directly."


class TooManyOpenings(Conflict):
    code = "too-many-openings"
    title = "Your organisation has many open roles in this bid"
    explanation = "Close some of them before you open more."


async def open_role(here: Context, side: Side, given: OpeningIn) -> Opening:
    session = here.session
    proposal = await session.get_one(Proposal, here.proposal_id)
    if given.lot_id is not None and given.lot_id not in proposal.lot_ids:
        raise Invalid.at("/lot_id", "lot-not-in-the-bid", "This proposal does not bid for that lot.")
    rows = await session.execute(
        select(Opening.id).where(Opening.partner_id == side.seat_id, Opening.status == "open").limit(OPEN_AT_ONCE)
    )
    if len(rows.all()) >= OPEN_AT_ONCE:
        raise TooManyOpenings
    fields = {name: value for name, value in dict(given).items() if name not in ("organisation_id", "role")}
    row = Opening(
        id=new_id(),
        proposal_id=proposal.id,
        opportunity_id=proposal.opportunity_id,
        partner_id=side.seat_id,
        person_id=here.person.person_id,
        role=given.role.value,
        status="open",
        version=1,
        **fields,
    )
    session.add(row)
    await session.flush()
    await _log(here, side.organisation_id, "opening_made", {"opening_id": row.id, "partner_id": side.seat_id})
    return row


async def change(here: Context, side: Side, row: Opening, given: dict[str, Any]) -> None:
    for name, value in given.items():
        if value is None and name != "apply_by":
            raise Invalid.at(f"/{name}", "needed", "This cannot be empty. Leave the field out to keep what it is.")
        setattr(row, name, value)
    row.version += 1
    await here.session.flush()
    await _log(here, side.organisation_id, "opening_changed", {"opening_id": row.id, "partner_id": side.seat_id})


async def close(here: Context, side: Side, row: Opening) -> None:
    if row.status != "open":
        raise OpeningClosed
    row.status, row.version = "closed", row.version + 1
    await here.session.flush()
    await _log(here, side.organisation_id, "opening_closed", {"opening_id": row.id, "partner_id": side.seat_id})


async def apply(here: Context, row: Opening, given: ApplicationIn) -> Application:
    """By an admin or editor of an organisation outside the bid; never by whoever owns the opportunity."""
    session = here.session
    organisation_id = applicant(here, given.organisation_id)
    opportunity = await session.get_one(Opportunity, row.opportunity_id)
    if opportunity.organisation_id == organisation_id:
        raise CommissionerCannotBid
    now = await event_log.now(session)
    if row.status != "open" or (row.apply_by is not None and row.apply_by < now):
        raise OpeningClosed
    taken = select(
        or_(
            exists().where(
                Partner.proposal_id == row.proposal_id,
                Partner.organisation_id == organisation_id,
                Partner.status.in_(("invited", "accepted")),
            ),
            exists().where(
                Facilitator.proposal_id == row.proposal_id,
                Facilitator.organisation_id == organisation_id,
                Facilitator.status.in_(("invited", "active")),
            ),
            exists().where(Application.opening_id == row.id, Application.organisation_id == organisation_id),
        )
    )
    if (await session.execute(taken)).scalar_one():
        raise AppliedAlready
    application = Application(
        id=new_id(),
        opening_id=row.id,
        organisation_id=organisation_id,
        person_id=here.person.person_id,
        message_markdown=given.message_markdown,
        status="received",
        answer_markdown="",
        version=1,
    )
    session.add(application)
    await session.flush()
    await session.refresh(application)
    payload = {"opening_id": row.id, "application_id": application.id, "applicant_organisation_id": organisation_id}
    await _log(here, organisation_id, "application_received", payload)
    return application


def applicant(here: Context, organisation_id: Id | None) -> Id:
    able = [
        m.organisation_id
        for m in here.person.memberships
        if m.roles & {MemberRole.ADMIN, MemberRole.EDITOR} and organisation_id in (None, m.organisation_id)
    ]
    if not able:
        raise Forbidden("An admin or editor of an organisation applies for it. Found or join one first.")
    if len(able) > 1:
        raise Invalid.at("/organisation_id", "name-the-organisation", "Say for which of your organisations you apply.")
    return able[0]


async def answer(here: Context, side: Side, row: Application, opening: Opening, given: AnswerIn) -> None:
    """Shortlist, accept (which invites) or decline with a reason; by the partner that opened the role, or the lead."""
    if row.status not in ("received", "shortlisted"):
        raise ApplicationAnswered
    if given.decision == "declined" and not given.answer_markdown.strip():
        raise Invalid.at("/answer_markdown", "reason-needed", "Say why, in a sentence: somebody spent time on this.")
    row.status, row.answer_markdown = given.decision, given.answer_markdown
    row.version += 1
    if given.decision == "accepted":
        proposal = await here.session.get_one(Proposal, here.proposal_id)
        invited = PartnerIn(
            organisation_id=row.organisation_id,
            role=PartnerRole(opening.role),
            message_markdown=given.answer_markdown,
            proposed_work_markdown=opening.detail_markdown,
        )
        partner = await inviting.invite(here.act(side), proposal, invited, here.settings.invitation_days)
        row.invited_partner_id = partner.id
    await here.session.flush()
    payload = {"opening_id": opening.id, "application_id": row.id, "decision": given.decision}
    await _log(here, side.organisation_id, "application_answered", payload)


async def withdraw(here: Context, row: Application, opening: Opening) -> None:
    if row.status not in ("received", "shortlisted"):
        raise ApplicationAnswered
    row.status, row.version = "withdrawn", row.version + 1
    await here.session.flush()
    await event_log.record(
        here.session,
        "proposal",
        opening.proposal_id,
        "application_withdrawn",
        actor=here.person,
        organisation_id=row.organisation_id,
        payload={"opening_id": opening.id, "application_id": row.id},
    )


async def names(session: AsyncSession, organisation_ids: list[Id]) -> dict[Id, str]:
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(organisation_ids))
    return {organisation_id: name for organisation_id, name in await session.execute(query)}


async def promised(session: AsyncSession, proposal_id: Id) -> set[tuple[Id, str]]:
    """(partner, kind) of what is contributed for all partners to see."""
    proposal = await picture.load(session, proposal_id)
    if not proposal.revealed:
        return set()
    return {(each.partner_id, each.kind.value) for each in proposal.contributions if each.revealed}


async def _log(here: Context, organisation_id: Id | None, type_: str, payload: dict[str, Any]) -> None:
    await event_log.record(
        here.session,
        "proposal",
        here.proposal_id,
        type_,
        actor=here.person,
        organisation_id=organisation_id,
        payload=payload,
    )
