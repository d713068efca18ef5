"""Editions with their signatures and refusals: their rows, and the values that the rules judge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.signoff import tables
from app.bid.signoff.rules import signing
from app.bid.signoff.rules.signing import AuthorityBasis, Signatures
from app.people.organisations.tables import Membership
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.terms import AMENDMENT
from app.platform.words.codes import EditionStatus, MemberRole, VerificationLevel


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """An edition's row, without its bytes, and the value that the rules judge."""

    row: tables.Edition
    value: signing.Edition


async def load(session: AsyncSession, proposal_id: Id, number: int) -> StoredEdition:
    """The edition with this number; NotFound where there is none."""
    found = await _load(session, proposal_id, tables.Edition.number == number)
    if found is None:
        raise NotFound
    return found


async def in_force(session: AsyncSession, proposal_id: Id) -> StoredEdition | None:
    """The edition that is open for signing or agreed; there is never more than one."""
    statuses = (EditionStatus.OPEN.value, EditionStatus.AGREED.value)
    return await _load(session, proposal_id, tables.Edition.status.in_(statuses))


async def _load(session: AsyncSession, proposal_id: Id, which: Any) -> StoredEdition | None:
    query = select(tables.Edition).where(tables.Edition.proposal_id == proposal_id, which)
    row = (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if row is None:
        return None
    value = signing.Edition(
        number=row.number,
        sha256=row.sha256,
        status=EditionStatus(row.status),
        must_sign=_must_sign(row),
        answers_amendment=row.amendment,
        sign_offs=await _sign_offs(session, row.id),
        refusals=await _refusals(session, row.id),
        withdrawn_because=row.withdrawn_because,
        fallen_partner_ids=tuple(row.fallen_partner_ids),
    )
    return StoredEdition(row, value)


def _must_sign(row: tables.Edition) -> tuple[Signatures, ...]:
    """The partners that have to sign it, in the order of the edition and under the names that it gives them."""
    named = {partner["partner_id"]: partner for partner in row.partners}
    return tuple(
        Signatures(
            partner_id, named[partner_id]["organisation_id"], named[partner_id]["name"],
            int(row.signatures_required.get(partner_id, 1)),
        )
        for partner_id in row.must_sign
    )  # fmt: skip


async def _sign_offs(session: AsyncSession, edition_id: Id) -> tuple[signing.SignOff, ...]:
    signatory = (
        select(Membership.person_id)
        .where(
            Membership.organisation_id == tables.SignOff.organisation_id,
            Membership.person_id == tables.SignOff.person_id,
            Membership.roles.contains([MemberRole.SIGNATORY.value]),
        )
        .exists()
    )
    query = select(tables.SignOff, signatory.label("has_right")).where(tables.SignOff.edition_id == edition_id)
    found = await session.execute(query.order_by(tables.SignOff.at, tables.SignOff.id))
    return tuple(
        signing.SignOff(
            id=row.id,
            partner_id=row.partner_id,
            organisation_id=row.organisation_id,
            person_id=row.person_id,
            sha256=row.sha256,
            full_name=row.full_name,
            role_title=row.role_title,
            basis=AuthorityBasis.from_data(row.authority_basis),
            words=row.words,
            at=row.at,
            verification=VerificationLevel(row.verification.get("level", "none")),
            fell=row.fell_at is not None,
            right_lost=not has_right,
        )
        for row, has_right in found
    )


async def _refusals(session: AsyncSession, edition_id: Id) -> tuple[signing.Refusal, ...]:
    query = select(tables.SignOffRefusal).where(tables.SignOffRefusal.edition_id == edition_id)
    found = (await session.execute(query.order_by(tables.SignOffRefusal.at))).scalars()
    return tuple(
        signing.Refusal(row.partner_id, row.organisation_id, row.person_id, row.reason, row.at, row.id) for row in found
    )


async def visible_numbers(session: AsyncSession, proposal_id: Id, only_signed_by: Sequence[Id] | None) -> list[int]:
    """The numbers of the editions that a reader may see: all, or those that these former partners signed."""
    query = select(tables.Edition.number).where(tables.Edition.proposal_id == proposal_id)
    if only_signed_by is not None:
        signed = select(tables.SignOff.edition_id).where(tables.SignOff.partner_id.in_(only_signed_by))
        query = query.where(tables.Edition.id.in_(signed))
    return list((await session.execute(query.order_by(tables.Edition.number))).scalars())


def words(row: tables.Edition, partner_id: Id | None) -> str:
    """The words that a signatory of this partner is shown and signs, as they were when the edition was made."""
    return next((each["words"] for each in row.partners if each["partner_id"] == partner_id), signing.WORDS)


async def amendment_to_answer(session: AsyncSession, proposal_id: Id) -> int:
    """The number of the last amendment that a bid has to answer: a later deadline alone voids nothing."""
    await session.flush()
    return int((await session.execute(_AMENDMENT, {"proposal_id": proposal_id})).scalar_one())


_AMENDMENT = text(f"""
SELECT {AMENDMENT} FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id WHERE p.id = :proposal_id""")
