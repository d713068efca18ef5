"""The verbs of attachments: attach, find, delete."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.attachments.receiving import Received
from app.db import event_log
from app.db.base import new_id
from app.db.models.attachments import Attachment
from app.db.models.proposals import Partner, Proposal
from app.domain.access import Actor, Side
from app.domain.attachments import KINDS, PersonalData, QuotaReached
from app.domain.errors import Conflict, Fault, Invalid
from app.domain.ids import Id

WARNING = (
    "This file is said to hold personal data of people who use your services. Only the readers that you named can open "
    "it. Take out what identifies anybody before it goes into the bid, and then attach it anew with 'anonymised'."
)


class UsedAsEvidence(Conflict):
    code = "document-in-use"
    title = "This file is used elsewhere in the proposal"
    explanation = "A declaration, statement or authority names it. Take it out there first, then delete it."


@dataclass(frozen=True, slots=True)
class Given:
    """What its owner says about the file."""

    personal_data: PersonalData = PersonalData.NONE
    anonymised: bool = False
    in_bid: bool = False
    visible_to: tuple[Id, ...] = ()


def key_of(attachment_id: Id) -> str:
    return f"files/{attachment_id}"


def check(given: Given) -> None:
    """Whom personal data may reach: readers by name, and the commissioner only once it identifies nobody."""
    faults = []
    identifying = given.personal_data is PersonalData.SERVICE_USERS and not given.anonymised
    if identifying and not given.visible_to:
        faults.append(
            Fault("/visible_to", "name-the-readers", "Name the partners that may read personal data of service users.")
        )
    if identifying and given.in_bid:
        faults.append(
            Fault("/in_bid", "not-anonymised", "Take out what identifies anybody before it goes into the bid.")
        )
    if faults:
        raise Invalid(errors=faults)


async def check_readers(session: AsyncSession, proposal_id: Id, given: Given) -> None:
    query = select(Partner.id).where(Partner.proposal_id == proposal_id, Partner.status == "accepted")
    known = set((await session.execute(query)).scalars())
    if strangers := [reader for reader in given.visible_to if reader not in known]:
        detail = "Readers are accepted partners of this proposal, by their partner id."
        raise Invalid(errors=[Fault("/visible_to", "not-a-partner", f"{detail} Not one: {s}.") for s in strangers])


async def check_room(session: AsyncSession, proposal_id: Id, size: int, most: int, quota: int) -> None:
    """With the proposal locked: two uploads at once cannot both take the last place."""
    query = select(func.count(), func.coalesce(func.sum(Attachment.bytes), 0)).where(
        Attachment.proposal_id == proposal_id, Attachment.deleted_at.is_(None)
    )
    count, used = (await session.execute(query)).one()
    if count >= most:
        raise QuotaReached(f"There are {count} files already, and a proposal can have {most}.")
    if used + size > quota:
        raise QuotaReached(f"The files would take more than the {quota:,} bytes that a proposal can have.")


async def lock(session: AsyncSession, proposal_id: Id) -> tuple[str, str]:
    """Hold the proposal's row; its stored status and the status of its honesty round."""
    query = select(Proposal.status, Proposal.round_status).where(Proposal.id == proposal_id)
    found = (await session.execute(query.with_for_update(key_share=True))).one()
    return found.status, found.round_status


async def attach(
    session: AsyncSession, actor: Actor, side: Side, proposal_id: Id, attachment_id: Id, received: Received,
    given: Given, *, hidden: bool,
) -> Attachment:  # fmt: skip
    """The row of a file whose bytes are stored already. `hidden`: before the reveal, for its owner alone."""
    row = Attachment(
        id=attachment_id,
        proposal_id=proposal_id,
        partner_id=side.seat_id,
        person_id=actor.person_id,
        name=received.name,
        media_type=KINDS[received.kind],
        bytes=received.size,
        sha256=received.sha256,
        personal_data=given.personal_data.value,
        anonymised=given.anonymised,
        in_bid=given.in_bid,
        visible_to=list(given.visible_to),
    )
    session.add(row)
    await session.flush()
    await _record(session, actor, side, row, "document_attached", hidden)
    await session.refresh(row)
    return row


async def delete(session: AsyncSession, actor: Actor, side: Side, row: Attachment, *, hidden: bool) -> None:
    """The file is gone for everybody; an edition that holds it keeps its bytes."""
    if await _in_use(session, row):
        raise UsedAsEvidence
    row.deleted_at = func.clock_timestamp()
    row.version += 1
    await session.flush()
    await _record(session, actor, side, row, "document_deleted", hidden)


async def _in_use(session: AsyncSession, row: Attachment) -> bool:
    from sqlalchemy import text

    query = text(
        "SELECT EXISTS (SELECT FROM contributions WHERE proposal_id = :proposal AND :id = ANY(document_ids)) "
        "OR EXISTS (SELECT FROM statements WHERE proposal_id = :proposal AND document_id = :id)"
    )
    found = await session.execute(query, {"proposal": row.proposal_id, "id": row.id})
    return bool(found.scalar_one())


async def _record(session: AsyncSession, actor: Actor, side: Side, row: Attachment, type_: str, hidden: bool) -> None:
    payload: dict[str, Any] = {
        "document_id": row.id,
        "partner_id": row.partner_id,
        "name": row.name,
        "sha256": row.sha256,
    }
    readers = event_log.EVERYONE
    if hidden or row.visible_to:
        readers = event_log.only(*dict.fromkeys([row.partner_id, *([] if hidden else row.visible_to)]))
    await event_log.record(
        session, "proposal", row.proposal_id, type_, actor=actor, organisation_id=side.organisation_id, payload=payload,
        readers=readers,
    )  # fmt: skip


def new_key() -> Id:
    return new_id()
