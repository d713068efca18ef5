"""Reads the files of a proposal: who may read them, which go in the bid, and which are named as evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.files.rules import PersonalData
from app.bid.files.tables import File
from app.bid.records.sight import sees
from app.bid.records.tables import Partner
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.words.codes import PartnerStatus

IN_THE_BID = """(a.in_bid
  OR EXISTS (SELECT FROM contributions c WHERE c.proposal_id = a.proposal_id AND a.id = ANY(c.document_ids))
  OR EXISTS (SELECT FROM statements st WHERE st.proposal_id = a.proposal_id AND st.document_id = a.id)
  OR EXISTS (SELECT FROM partners au WHERE au.proposal_id = a.proposal_id
             AND (au.authority ->> 'document_id')::uuid = a.id))"""
"""SQL: whether the attachment `a` goes in the bid, or something in the bid names it as evidence."""

IDENTIFIES = "(a.personal_data = 'service_users' AND NOT a.anonymised AND a.deleted_at IS NULL)"
"""SQL: `Marks.identifies` of `app.bid.files.rules`, for an attachment `a` that was not deleted."""

_NAMED_ELSEWHERE = """(
     EXISTS (SELECT FROM sign_offs so WHERE (so.authority_basis ->> 'document_id')::uuid = a.id)
  OR EXISTS (SELECT FROM proxies pr WHERE pr.document_id = a.id)
  OR EXISTS (SELECT FROM lodgements lo WHERE lo.document_id = a.id))"""


async def in_bid(session: AsyncSession, proposal_id: Id) -> list[dict[str, Any]]:
    """The files in the bid as `document.json` has them, so that a signature covers their hashes too.

    A partner that left takes its files with it, and one that has yet to file keeps them for itself. A file that may identify service users stays with its named readers. No
    bid is locked while it has one, so only drafts are without it.
    """
    query = (
        select(File)
        .join(Partner, Partner.id == File.partner_id)
        .where(
            File.proposal_id == proposal_id,
            File.in_bid,
            File.deleted_at.is_(None),
            Partner.status == PartnerStatus.ACCEPTED,
            or_(Partner.filed_at.is_not(None), ~Partner.must_file),
            or_(File.personal_data != PersonalData.SERVICE_USERS, File.anonymised),
        )
    )
    rows: Sequence[File] = (await session.execute(query.order_by(File.id))).scalars().all()
    return [
        {
            "id": row.id,
            "partner_id": row.partner_id,
            "name": row.name,
            "media_type": row.media_type,
            "bytes": row.bytes,
            "sha256": row.sha256,
        }
        for row in rows
    ]


def readable(alias: str, seats: str) -> str:
    """SQL: whether a reader with these seats may read this attachment: its owner always, its named readers, or everybody.

    While the honesty round hides the others from a reader, or hides the owner, which joined later and has yet to file, it
    hides files too, since a file's name could tell what its owner is about to declare.
    """
    return f"""({alias}.partner_id = ANY({seats}) OR (
      (cardinality({alias}.visible_to) = 0 OR {alias}.visible_to && {seats})
      AND NOT EXISTS (SELECT FROM partners w WHERE w.id = {alias}.partner_id AND w.must_file AND w.filed_at IS NULL)
      AND EXISTS (
        SELECT FROM proposals shown WHERE shown.id = {alias}.proposal_id AND {sees("shown", seats)})))"""


async def readable_ids(session: AsyncSession, proposal_id: Id, seats: Sequence[Id]) -> frozenset[Id]:
    """The files of this proposal that a reader with these seats may read."""
    found = await session.execute(_READABLE, {"proposal_id": proposal_id, "seats": list(seats)})
    return frozenset(found.scalars())


_READABLE = text(
    "SELECT a.id::text FROM attachments a WHERE a.proposal_id = :proposal_id AND a.deleted_at IS NULL "
    f"AND {readable('a', 'CAST(:seats AS uuid[])')}"
)


@dataclass(frozen=True, slots=True)
class ToAnonymise:
    """A file that must identify nobody before the bid is locked. `readable`: whether the reader who asks may read it."""

    id: Id
    name: str
    organisation_id: Id
    organisation: str
    in_bid: bool
    readable: bool


async def to_anonymise(session: AsyncSession, proposal_id: Id, seats: Sequence[Id]) -> list[ToAnonymise]:
    """The files of accepted partners that go in the bid, or are named in it, and may identify service users."""
    found = await session.execute(_TO_ANONYMISE, {"proposal_id": proposal_id, "seats": list(seats)})
    return [ToAnonymise(*row) for row in found]


_TO_ANONYMISE = text(f"""
SELECT a.id::text, a.name, p.organisation_id::text, o.name, a.in_bid,
       {readable("a", "CAST(:seats AS uuid[])")}
FROM attachments a JOIN partners p ON p.id = a.partner_id JOIN organisations o ON o.id = p.organisation_id
WHERE a.proposal_id = :proposal_id AND p.status = 'accepted' AND {IDENTIFIES} AND {IN_THE_BID}
ORDER BY a.id""")


async def in_use(session: AsyncSession, file_id: Id) -> bool:
    """Whether a declaration, statement, authority, signature, lent vote or lodgement names the file."""
    found = await session.execute(_IN_USE, {"id": file_id})
    return bool(found.scalar_one())


_IN_USE = text(f"""
SELECT EXISTS (SELECT FROM (SELECT id, proposal_id, false AS in_bid FROM attachments WHERE id = :id) a
               WHERE {IN_THE_BID} OR {_NAMED_ELSEWHERE})""")


async def check_named(
    session: AsyncSession, proposal_id: Id, partner_id: Id | None, document_id: Id | None, pointer: str
) -> None:
    """Raises Invalid unless the partner may read the file that it names, with one answer for a hidden and for no file."""
    if document_id is None:
        return
    if document_id not in await readable_ids(session, proposal_id, [partner_id] if partner_id else []):
        raise Invalid.at(
            pointer, "unknown-document", "Attach the document to this proposal first, and name its id here."
        )
