"""The verbs of files: attach, change what is said of one, delete."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.files import queries
from app.bid.files.rules import KINDS, FileFacts, Marks, PersonalData, QuotaReached
from app.bid.files.tables import File
from app.bid.records import terms
from app.bid.records.queries import accepted_partner_ids
from app.platform.access.errors import Conflict, Fault, Invalid
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.words.codes import RouteKind


class UsedAsEvidence(Conflict):
    code = "document-in-use"
    title = "This file is used elsewhere in the proposal"
    explanation = "A declaration, statement or authority names it. Take it out there first, then delete it."


def key_of(file_id: Id) -> str:
    """Where the file store has the bytes."""
    return f"files/{file_id}"


async def check_readers(session: AsyncSession, proposal_id: Id, readers: Iterable[Id]) -> None:
    """Raises Invalid for readers that are no accepted partners.

    Give it only newly named ones, so that a reader that has left since does not block an unrelated change.
    """
    known = await accepted_partner_ids(session, proposal_id)
    if strangers := [reader for reader in readers if reader not in known]:
        detail = "Readers are accepted partners of this proposal, by their partner id."
        raise Invalid(errors=[Fault("/visible_to", "not-a-partner", f"{detail} Not one: {s}.") for s in strangers])


async def check_room(act: Act, size: int, most: int, quota: int) -> None:
    """Raises QuotaReached where no further file of this size fits. The caller holds the proposal's lock, so that two
    uploads cannot both take the last place.

    It counts the partner's own files alone: others may have hidden ones, which nobody can count or crowd out.
    """
    query = select(func.count(), func.coalesce(func.sum(File.bytes), 0)).where(
        File.proposal_id == act.stream_id, File.partner_id == act.seat_id, File.deleted_at.is_(None)
    )
    count, used = (await act.session.execute(query)).one()
    if count >= most or used + size > quota:
        raise QuotaReached


async def lodged_elsewhere(session: AsyncSession, proposal_id: Id) -> bool:
    """Whether the bid is lodged on the council's own portal, whose receipt is then a file of the partners."""
    return (await terms.load(session, proposal_id)).route.kind is not RouteKind.HERE


async def attach(act: Act, file_id: Id, facts: FileFacts, marks: Marks, *, hidden: bool) -> File:
    """Record a file whose bytes are stored already. Before the reveal it is `hidden`: its owner alone reads it."""
    file = File(
        id=file_id,
        proposal_id=act.stream_id,
        partner_id=act.seat_id,
        person_id=act.actor.person_id if act.actor else None,
        name=facts.name,
        media_type=KINDS[facts.kind],
        bytes=facts.size,
        sha256=facts.sha256,
    )
    _mark(act, file, marks)
    act.session.add(file)
    await act.session.flush()
    await _record(act, file, "document_attached", hidden)
    await act.session.refresh(file)
    return file


def marks_of(file: File) -> Marks:
    return Marks(PersonalData(file.personal_data), file.anonymised, file.in_bid, tuple(file.visible_to))


def with_changes(before: Marks, sent: dict[str, Any]) -> Marks:
    """The marks after a merge patch. A confirmation holds for the kind of data that it was given for, and ends with it."""
    if sent.get("personal_data", before.personal_data) is not before.personal_data:
        sent = {"anonymised": False, **sent}
    return replace(before, **sent)


async def change(act: Act, file: File, after: Marks, *, hidden: bool) -> None:
    """Change what its owner says of a file: who reads it, what personal data it has, whether it goes in the bid."""
    before = marks_of(file)
    if before == after:
        return
    _mark(act, file, after)
    file.version += 1
    await act.session.flush()
    confirmed = after.anonymised and not before.anonymised
    type_ = "document_anonymised" if confirmed else "document_changed"
    await _record(act, file, type_, hidden, before=asdict(before), after=asdict(after))
    await act.session.refresh(file)


def _mark(act: Act, file: File, marks: Marks) -> None:
    """Set the marks. A confirmation is recorded with who gave it and when, until it is taken back."""
    if marks.anonymised != bool(file.anonymised):
        file.anonymised_by = act.actor.person_id if marks.anonymised and act.actor else None
        file.anonymised_at = func.clock_timestamp() if marks.anonymised else None
    file.personal_data, file.anonymised = marks.personal_data.value, marks.anonymised
    file.in_bid, file.visible_to = marks.in_bid, list(marks.visible_to)


async def delete(act: Act, file: File, *, hidden: bool) -> None:
    """Delete a file for everybody. An edition that holds it keeps its bytes."""
    if await queries.in_use(act.session, file.id):
        raise UsedAsEvidence
    file.deleted_at = func.clock_timestamp()
    file.version += 1
    await _record(act, file, "document_deleted", hidden)


async def _record(act: Act, file: File, type_: str, hidden: bool, **changed: Any) -> None:
    """Record an event for those who may read the file now. What was said of it before is for its owner alone."""
    shared = {"document_id": file.id, "partner_id": file.partner_id, "name": file.name, "sha256": file.sha256}
    readers = event_log.EVERYONE
    if hidden or file.visible_to:
        readers = event_log.only(*dict.fromkeys([file.partner_id, *([] if hidden else file.visible_to)]))
    owners = replace(readers, owner_partner_id=file.partner_id)
    await act.record(type_, to=owners, others_read=shared, **shared, **changed)
