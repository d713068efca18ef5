"""Signing an edition, refusing it, taking it back. The proposal's row is locked by the edge before any of these."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.files import queries as attached
from app.bid.records.tables import Structure
from app.bid.records.whole_proposal import structure as structure_of
from app.bid.signoff import editions
from app.bid.signoff import tables as rows
from app.bid.signoff.editions import Stored
from app.bid.signoff.rules import signing as signoff
from app.bid.value import Partner
from app.people.organisations.tables import Organisation
from app.platform.access.errors import Conflict, NotFound
from app.platform.access.ids import Id
from app.platform.access.lifecycle import Step
from app.platform.access.rules import Actor, Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.words.codes import EditionStatus, PartnerRole, PartnerStatus, VerificationLevel


class SignatureFell(Conflict):
    code = "signature-fell"
    title = "A signature on this version no longer stands"
    explanation = (
        "Somebody who signed it is no longer a signatory of their organisation. A signatory withdraws this version, "
        "and the partners lock the bid for signing again."
    )


@dataclass(frozen=True, slots=True)
class Given:
    """What a signatory sent."""

    person_id: Id
    sha256: str
    full_name: str
    role_title: str
    basis: signoff.AuthorityBasis


async def load(session: AsyncSession, proposal_id: Id, number: int) -> Stored:
    stored = await editions.load(session, proposal_id, number)
    if stored is None:
        raise NotFound
    return stored


async def words(session: AsyncSession, proposal_id: Id, partner_id: Id | None) -> str:
    """The words that a signatory of this partner is shown and signs."""
    query = select(Structure.facts).where(Structure.proposal_id == proposal_id)
    facts = (await session.execute(query)).scalar_one_or_none() or {}
    owner = Partner(partner_id or "", None, "", PartnerRole.MEMBER, PartnerStatus.ACCEPTED)
    return signoff.words_for(structure_of(facts), owner)


async def sign(
    session: AsyncSession, actor: Actor, side: Side, proposal_id: Id, stored: Stored, given: Given
) -> signoff.SignOff:
    """One signature, stored; with the last one missing the edition and the proposal are agreed, one event each."""
    assert side.organisation_id and side.seat_id
    if signoff.lost_rights(stored.value):
        raise SignatureFell
    signoff.check_basis(given.basis, datetime.now(UTC).date())
    await attached.check_named(
        session, proposal_id, side.seat_id, given.basis.document_id, "/authority_basis/document_id"
    )
    organisation = await session.get_one(Organisation, side.organisation_id)
    verification = {
        "level": organisation.verification_level,
        "by": organisation.verification_by,
        "at": organisation.verification_at.isoformat() if organisation.verification_at else None,
    }
    signature = signoff.SignOff(
        id=new_id(),
        partner_id=side.seat_id,
        organisation_id=side.organisation_id,
        person_id=given.person_id,
        sha256=given.sha256,
        full_name=given.full_name,
        role_title=given.role_title,
        basis=given.basis,
        words=await words(session, proposal_id, side.seat_id),
        at=await event_log.now(session),
        verification=VerificationLevel(organisation.verification_level),
    )
    after = signoff.sign(stored.value, signature, await editions.answers_now(session, proposal_id))
    await session.execute(
        insert(rows.SignOff).values(
            id=signature.id,
            edition_id=stored.id,
            partner_id=signature.partner_id,
            organisation_id=signature.organisation_id,
            person_id=signature.person_id,
            full_name=signature.full_name,
            role_title=signature.role_title,
            authority_basis=editions.basis_as(signature.basis),
            words=signature.words,
            sha256=signature.sha256,
            verification=verification,
            at=signature.at,
        )
    )
    await _store(session, stored, after, signature.at)
    payload = {
        "edition": after.number,
        "sha256": after.sha256,
        "partner_id": signature.partner_id,
        "sign_off_id": signature.id,
        "full_name": signature.full_name,
        "role_title": signature.role_title,
        "waiting_for": signoff.waiting(after),
    }
    await _record(session, actor, side, proposal_id, "edition_signed", payload)
    if after.status is EditionStatus.AGREED:
        await editions.move(session, proposal_id, Step.LAST_SIGNATURE)
        agreed = {"edition": after.number, "sha256": after.sha256}
        await _record(session, actor, side, proposal_id, "edition_agreed", agreed)
    return signature


async def _store(session: AsyncSession, stored: Stored, after: signoff.Edition, at: datetime) -> None:
    agreed = {"status": after.status.value, "agreed_at": at} if after.status is EditionStatus.AGREED else {}
    await session.execute(
        update(rows.Edition).where(rows.Edition.id == stored.id).values(version=rows.Edition.version + 1, **agreed)
    )


async def refuse(
    session: AsyncSession, actor: Actor, side: Side, proposal_id: Id, stored: Stored, person_id: Id, reason: str
) -> signoff.Refusal:
    """A partner that must sign says no; the bid is a draft again."""
    assert side.organisation_id and side.seat_id
    at = await event_log.now(session)
    refusal = signoff.Refusal(side.seat_id, side.organisation_id, person_id, reason, at, new_id())
    after = signoff.refuse(stored.value, refusal)
    await session.execute(
        insert(rows.SignOffRefusal).values(
            id=refusal.id,
            edition_id=stored.id,
            partner_id=refusal.partner_id,
            organisation_id=refusal.organisation_id,
            person_id=person_id,
            reason=reason,
            at=at,
        )
    )
    await editions.write_fall(
        session,
        stored,
        after,
        Step.REFUSE,
        actor=actor,
        organisation_id=side.organisation_id,
        partner_id=side.seat_id,
    )
    return refusal


async def withdraw(session: AsyncSession, actor: Actor, side: Side, stored: Stored, reason: str) -> None:
    """Any partner that must sign takes the version back, with its reason; every signature on it falls."""
    assert side.seat_id
    after = signoff.withdraw(stored.value, side.seat_id, reason)
    await editions.write_fall(
        session,
        stored,
        after,
        Step.WITHDRAW_EDITION,
        actor=actor,
        organisation_id=side.organisation_id,
        partner_id=side.seat_id,
    )


async def visible_numbers(session: AsyncSession, proposal_id: Id, only_signed_by: list[Id] | None) -> list[int]:
    """The editions that this reader may see: all, or those that a former partner signed."""
    query = select(rows.Edition.number).where(rows.Edition.proposal_id == proposal_id)
    if only_signed_by is not None:
        signed = select(rows.SignOff.edition_id).where(rows.SignOff.partner_id.in_(only_signed_by))
        query = query.where(rows.Edition.id.in_(signed))
    return list((await session.execute(query.order_by(rows.Edition.number))).scalars())


async def _record(
    session: AsyncSession, actor: Actor, side: Side, proposal_id: Id, type_: str, payload: dict[str, object]
) -> None:
    await event_log.record(
        session,
        "proposal",
        proposal_id,
        type_,
        actor=actor,
        organisation_id=side.organisation_id,
        payload=payload,
    )
