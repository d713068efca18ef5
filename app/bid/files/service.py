"""The verbs of attachments: attach, mark anew, delete."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.files import queries as attached
from app.bid.files.receiving import Received
from app.bid.files.rules import KINDS, Given, PersonalData, QuotaReached
from app.bid.files.tables import Attachment
from app.bid.records.tables import Partner, Proposal
from app.calls.opportunities.tables import Opportunity
from app.platform.access.errors import Conflict, Fault, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.words.codes import RouteKind

WARNING = (
    "This file is said to hold personal data of people who use your services. Only the readers that you named can open "
    "it, and the bid cannot be locked for signing while it goes in the bid or is evidence for it. If it identifies nobody "
    "after all, confirm that with 'anonymised'; otherwise attach one that identifies nobody, and take this one out."
)


class UsedAsEvidence(Conflict):
    code = "document-in-use"
    title = "This file is used elsewhere in the proposal"
    explanation = "A declaration, statement or authority names it. Take it out there first, then delete it."


def key_of(attachment_id: Id) -> str:
    return f"files/{attachment_id}"


async def check_readers(session: AsyncSession, proposal_id: Id, readers: Iterable[Id]) -> None:
    """Those newly named; one that has left since does not stand in the way of another change."""
    query = select(Partner.id).where(Partner.proposal_id == proposal_id, Partner.status == "accepted")
    known = set((await session.execute(query)).scalars())
    if strangers := [reader for reader in readers if reader not in known]:
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


async def lodged_elsewhere(session: AsyncSession, proposal_id: Id) -> bool:
    """Whether the bid goes in on the council's own portal, whose receipt is then a file of the partners."""
    kind = func.coalesce(Opportunity.submission_route["kind"].astext, RouteKind.UNKNOWN.value)
    query = select(kind).join(Proposal, Proposal.opportunity_id == Opportunity.id).where(Proposal.id == proposal_id)
    return bool((await session.execute(query)).scalar_one() != RouteKind.HERE.value)


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
    )
    _mark(row, actor, given)
    session.add(row)
    await session.flush()
    await _record(session, actor, side, row, "document_attached", hidden)
    await session.refresh(row)
    return row


def said_of(row: Attachment) -> Given:
    return Given(PersonalData(row.personal_data), row.anonymised, row.in_bid, tuple(row.visible_to))


def with_changes(before: Given, sent: dict[str, Any]) -> Given:
    """What stands after a merge patch. A confirmation holds for what it was given for: another kind of data ends it."""
    if sent.get("personal_data", before.personal_data) is not before.personal_data:
        sent = {"anonymised": False, **sent}
    return replace(before, **sent)


async def change(
    session: AsyncSession, actor: Actor, side: Side, row: Attachment, after: Given, *, hidden: bool
) -> Attachment:
    """Mark a file anew: whom it is for, what personal data it holds, whether it identifies nobody, and goes in the bid."""
    before = said_of(row)
    if before == after:
        return row
    _mark(row, actor, after)
    row.version += 1
    await session.flush()
    confirmed = after.anonymised and not before.anonymised
    payload = {"before": _as_said(before), "after": _as_said(after)}
    await _record(
        session, actor, side, row, "document_anonymised" if confirmed else "document_changed", hidden, payload
    )
    await session.refresh(row)
    return row


def _mark(row: Attachment, actor: Actor, given: Given) -> None:
    """A confirmation keeps who gave it and when, until it is taken back."""
    if given.anonymised != bool(row.anonymised):
        row.anonymised_by = actor.person_id if given.anonymised else None
        row.anonymised_at = datetime.now(UTC) if given.anonymised else None
    row.personal_data, row.anonymised = given.personal_data.value, given.anonymised
    row.in_bid, row.visible_to = given.in_bid, list(given.visible_to)


def _as_said(given: Given) -> dict[str, Any]:
    return {
        "personal_data": given.personal_data.value,
        "anonymised": given.anonymised,
        "in_bid": given.in_bid,
        "visible_to": list(given.visible_to),
    }


async def delete(session: AsyncSession, actor: Actor, side: Side, row: Attachment, *, hidden: bool) -> None:
    """The file is gone for everybody; an edition that holds it keeps its bytes."""
    if await attached.in_use(session, row.id):
        raise UsedAsEvidence
    row.deleted_at = func.clock_timestamp()
    row.version += 1
    await session.flush()
    await _record(session, actor, side, row, "document_deleted", hidden)


async def _record(
    session: AsyncSession, actor: Actor, side: Side, row: Attachment, type_: str, hidden: bool,
    changed: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """For those who may read the file now; what was said of it before is its owner's own."""
    shared: dict[str, Any] = {
        "document_id": row.id,
        "partner_id": row.partner_id,
        "name": row.name,
        "sha256": row.sha256,
    }
    readers = event_log.EVERYONE
    if hidden or row.visible_to:
        readers = event_log.only(*dict.fromkeys([row.partner_id, *([] if hidden else row.visible_to)]))
    await event_log.record(
        session, "proposal", row.proposal_id, type_, actor=actor, organisation_id=side.organisation_id,
        payload=shared | (changed or {}), shared=shared, readers=replace(readers, owner_partner_id=row.partner_id),
    )  # fmt: skip


def new_key() -> Id:
    return new_id()
