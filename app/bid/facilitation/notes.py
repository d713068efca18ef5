"""What a facilitator writes: meetings and wordings for all partners, its private notebook, certificates on removals."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.facilitation.schemas import NoteIn
from app.bid.facilitation.tables import FacilitationNote, NotebookEntry, RemovalCertificate
from app.bid.records.tables import Partner
from app.platform.access.errors import Conflict, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import PartnerStatus


class RemovalCertified(Conflict):
    code = "removal-certified"
    title = "This removal is certified already"
    explanation = "Nothing more is needed: the partners can decide on it."


def check_note(given: NoteIn) -> None:
    """Raises Invalid for a meeting without a time."""
    if given.kind == "meeting" and given.starts_at is None:
        raise Invalid.at("/starts_at", "needed", "Say when the meeting starts.")


async def add_note(act: Act, given: NoteIn) -> FacilitationNote:
    """Call a meeting or propose a wording, for all partners to read."""
    note = FacilitationNote(
        id=new_id(),
        proposal_id=act.stream_id,
        facilitator_id=act.seat_id,
        person_id=act.actor.person_id if act.actor else None,
        **dict(given),
    )
    act.session.add(note)
    type_ = "meeting_called" if note.kind == "meeting" else "wording_proposed"
    await act.record(type_, note_id=note.id, kind=note.kind, title=note.title)
    return note


async def write_entry(act: Act, text: str) -> NotebookEntry:
    """Write in the notebook. It is in no event, counter or mail, since it is the facilitator's alone."""
    entry = NotebookEntry(
        id=new_id(),
        facilitator_id=act.seat_id,
        person_id=act.actor.person_id if act.actor else None,
        text_markdown=text,
    )
    act.session.add(entry)
    await act.session.flush()
    return entry


async def rewrite_entry(session: AsyncSession, entry: NotebookEntry, text: str) -> None:
    entry.text_markdown, entry.version = text, entry.version + 1
    await session.flush()


async def partner_to_remove(session: AsyncSession, partner_id: Id) -> Partner:
    """The accepted partner whose removal a certificate is about. Raises NotFound for any other."""
    partner = await session.get(Partner, partner_id)
    if partner is None or partner.status != PartnerStatus.ACCEPTED:
        raise NotFound
    return partner


async def certify_removal(act: Act, partner: Partner) -> RemovalCertificate:
    """Certify that, in the facilitator's judgement, this removal has nothing to do with any open difficulty."""
    if await certificate(act.session, act.stream_id, partner.id) is not None:
        raise RemovalCertified
    row = RemovalCertificate(
        id=new_id(),
        proposal_id=act.stream_id,
        partner_id=partner.id,
        facilitator_id=act.seat_id,
        person_id=act.actor.person_id if act.actor else None,
        at=await event_log.now(act.session),
    )
    act.session.add(row)
    await act.record("removal_certified", partner_id=partner.id, facilitator_id=act.seat_id)
    return row


async def certificate(session: AsyncSession, proposal_id: Id, partner_id: Id) -> RemovalCertificate | None:
    query = select(RemovalCertificate).where(
        RemovalCertificate.proposal_id == proposal_id, RemovalCertificate.partner_id == partner_id
    )
    return (await session.execute(query)).scalar_one_or_none()
