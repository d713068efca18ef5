"""What a facilitator keeps for itself, what it calls or proposes, and its word on a removal."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.facilitation.schemas import NoteIn
from app.bid.facilitation.tables import FacilitationNote, NotebookEntry, RemovalCertificate
from app.bid.records.tables import Partner
from app.platform.access.errors import Conflict, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.web.context import Context


class RemovalCertified(Conflict):
    code = "removal-certified"
    title = "This removal is certified already"
    explanation = "Nothing more is needed: the partners can decide on it."


def own_seat(here: Context) -> Side:
    """The facilitator's seat of this person, with the role that the operation needs."""
    return here.side(relation=(Relation.FACILITATOR,))


async def call(here: Context, given: NoteIn) -> FacilitationNote:
    """A meeting or a wording, for all partners to read."""
    side = own_seat(here)
    if given.kind == "meeting" and given.starts_at is None:
        raise Invalid.at("/starts_at", "needed", "Say when the meeting starts.")
    row = FacilitationNote(
        id=new_id(),
        proposal_id=here.proposal_id,
        facilitator_id=side.seat_id,
        person_id=here.person.person_id,
        version=1,
        **dict(given),
    )
    here.session.add(row)
    await here.session.flush()
    await here.session.refresh(row)
    payload: dict[str, Any] = {"note_id": row.id, "kind": row.kind, "title": row.title}
    type_ = "meeting_called" if row.kind == "meeting" else "wording_proposed"
    await _log(here, side, type_, payload)
    return row


async def write(here: Context, text: str) -> NotebookEntry:
    """In no event, counter or mail: the notebook is the facilitator's own."""
    side = own_seat(here)
    row = NotebookEntry(
        id=new_id(), facilitator_id=side.seat_id, person_id=here.person.person_id, text_markdown=text, version=1
    )
    here.session.add(row)
    await here.session.flush()
    await here.session.refresh(row)
    return row


async def entries(here: Context, after: Id | None, limit: int) -> list[NotebookEntry]:
    seats = [side.seat_id for side in here.standing.seats(Relation.FACILITATOR)]
    query = select(NotebookEntry).where(NotebookEntry.facilitator_id.in_(seats)).order_by(NotebookEntry.id).limit(limit)
    if after is not None:
        query = query.where(NotebookEntry.id > after)
    return list((await here.session.execute(query)).scalars())


async def certify_removal(here: Context, partner_id: Id) -> RemovalCertificate:
    """That the removal of this partner has nothing to do with any open difficulty, in the facilitator's judgement."""
    side, session = own_seat(here), here.session
    partner = await session.get(Partner, partner_id)
    if partner is None or partner.status != "accepted":
        raise NotFound
    if await certificate(session, here.proposal_id, partner_id) is not None:
        raise RemovalCertified
    row = RemovalCertificate(
        id=new_id(),
        proposal_id=here.proposal_id,
        partner_id=partner_id,
        facilitator_id=side.seat_id,
        person_id=here.person.person_id,
        at=await event_log.now(session),
    )
    session.add(row)
    await session.flush()
    await _log(here, side, "removal_certified", {"partner_id": partner_id, "facilitator_id": side.seat_id})
    return row


async def certificate(session: AsyncSession, proposal_id: Id, partner_id: Id) -> RemovalCertificate | None:
    query = select(RemovalCertificate).where(
        RemovalCertificate.proposal_id == proposal_id, RemovalCertificate.partner_id == partner_id
    )
    return (await session.execute(query)).scalar_one_or_none()


async def _log(here: Context, side: Side, type_: str, payload: dict[str, Any]) -> None:
    await event_log.record(
        here.session,
        "proposal",
        here.proposal_id,
        type_,
        actor=here.person,
        organisation_id=side.organisation_id,
        payload=payload,
    )
