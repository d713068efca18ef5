"""Editions and their signatures as rows: loaded as the domain's values, and written as the domain decided.

Several capabilities bring an edition down: a signatory withdraws it, a partner leaves, a right to sign is lost,
the call is amended. Each calls its verb here, in its own transaction, with the proposal's row locked.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Partner, Proposal
from app.bid.signoff import tables as rows
from app.bid.signoff.rules import signing as signoff
from app.bid.signoff.rules.signing import AuthorityBasis, BasisKind, Signatures
from app.calls.opportunities import tables as call
from app.people.organisations.tables import Membership, Organisation
from app.platform.access.ids import Id
from app.platform.access.lifecycle import PROPOSAL, STANDING, Step, after
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.words.codes import EditionStatus, MemberRole, ProposalStatus, VerificationLevel


@dataclass(frozen=True, slots=True)
class Stored:
    """An edition with what only its row knows."""

    id: Id
    proposal_id: Id
    version: int
    value: signoff.Edition
    may_submit: tuple[Id, ...]
    created_at: datetime
    agreed_at: datetime | None
    withdrawn_at: datetime | None


async def load(session: AsyncSession, proposal_id: Id, number: int) -> Stored | None:
    """One edition by its number."""
    return await _load(session, proposal_id, rows.Edition.number == number)


async def in_force(session: AsyncSession, proposal_id: Id) -> Stored | None:
    """The edition that is open for signing or agreed; there is never more than one."""
    return await _load(session, proposal_id, rows.Edition.status.in_(("open", "agreed")))


async def numbers(session: AsyncSession, proposal_id: Id) -> list[int]:
    query = select(rows.Edition.number).where(rows.Edition.proposal_id == proposal_id).order_by(rows.Edition.number)
    return list((await session.execute(query)).scalars())


_COLUMNS = [
    column for column in rows.Edition.__table__.columns if column.key not in ("document", "annex", "template")
]  # the bytes may be large, and are served by a query of their own


async def _load(session: AsyncSession, proposal_id: Id, which: Any) -> Stored | None:
    found = (await session.execute(select(*_COLUMNS).where(rows.Edition.proposal_id == proposal_id, which))).first()
    if found is None:
        return None
    named = (
        select(Partner.id, Partner.organisation_id, Organisation.name)
        .join(Organisation, Organisation.id == Partner.organisation_id)
        .where(Partner.id.in_(found.must_sign))
    )
    partners = {row.id: row for row in await session.execute(named)}
    must_sign = tuple(
        Signatures(row.id, row.organisation_id, row.name, int(found.signatures_required.get(row.id, 1)))
        for row in (partners[partner_id] for partner_id in found.must_sign)
    )
    value = signoff.Edition(
        number=found.number,
        sha256=found.sha256,
        status=EditionStatus(found.status),
        must_sign=must_sign,
        answers_amendment=found.amendment,
        sign_offs=await _sign_offs(session, found.id),
        refusals=await _refusals(session, found.id),
        withdrawn_because=found.withdrawn_because,
        fallen_partner_ids=tuple(found.fallen_partner_ids),
    )
    return Stored(
        found.id,
        proposal_id,
        found.version,
        value,
        tuple(found.may_submit),
        found.created_at,
        found.agreed_at,
        found.withdrawn_at,
    )


async def _sign_offs(session: AsyncSession, edition_id: Id) -> tuple[signoff.SignOff, ...]:
    signatory = (
        select(Membership.person_id)
        .where(
            Membership.organisation_id == rows.SignOff.organisation_id,
            Membership.person_id == rows.SignOff.person_id,
            Membership.roles.contains([MemberRole.SIGNATORY.value]),
        )
        .exists()
    )
    query = select(rows.SignOff, signatory.label("has_right")).where(rows.SignOff.edition_id == edition_id)
    found = await session.execute(query.order_by(rows.SignOff.at, rows.SignOff.id))
    return tuple(
        signoff.SignOff(
            id=row.id,
            partner_id=row.partner_id,
            organisation_id=row.organisation_id,
            person_id=row.person_id,
            sha256=row.sha256,
            full_name=row.full_name,
            role_title=row.role_title,
            basis=basis_from(row.authority_basis),
            words=row.words,
            at=row.at,
            verification=VerificationLevel(row.verification.get("level", "none")),
            fell=row.fell_at is not None,
            right_lost=not has_right,
        )
        for row, has_right in found
    )


async def _refusals(session: AsyncSession, edition_id: Id) -> tuple[signoff.Refusal, ...]:
    query = select(rows.SignOffRefusal).where(rows.SignOffRefusal.edition_id == edition_id)
    found = (await session.execute(query.order_by(rows.SignOffRefusal.at))).scalars()
    return tuple(
        signoff.Refusal(row.partner_id, row.organisation_id, row.person_id, row.reason, row.at, row.id) for row in found
    )


def basis_from(stored: dict[str, Any]) -> AuthorityBasis:
    return AuthorityBasis(
        kind=BasisKind(stored["kind"]) if stored.get("kind") else None,
        dated=date.fromisoformat(stored["date"]) if stored.get("date") else None,
        document_id=stored.get("document_id"),
        detail=stored.get("detail", ""),
    )


def basis_as(basis: AuthorityBasis) -> dict[str, Any]:
    return {
        "kind": basis.kind.value if basis.kind else None,
        "date": basis.dated.isoformat() if basis.dated else None,
        "document_id": basis.document_id,
        "detail": basis.detail,
    }


async def answers_now(session: AsyncSession, proposal_id: Id) -> int:
    """The number of the last amendment that a bid has to answer: a later deadline alone voids nothing."""
    query = (
        select(call.Opportunity.amendment)
        .join(Proposal, Proposal.opportunity_id == call.Opportunity.id)
        .where(Proposal.id == proposal_id)
    )
    return int((await session.execute(query)).scalar_one())


async def write_fall(
    session: AsyncSession,
    stored: Stored,
    fallen: signoff.Edition,
    step: Step,
    *,
    actor: Actor | None,
    organisation_id: Id | None = None,
    partner_id: Id | None = None,
) -> None:
    """Store an edition that the domain withdrew by `step`; the proposal goes where the table says, one event."""
    at = datetime.now(UTC)
    await session.execute(
        update(rows.Edition)
        .where(rows.Edition.id == stored.id)
        .values(
            status=fallen.status.value,
            withdrawn_at=at,
            withdrawn_because=fallen.withdrawn_because,
            withdrawn_by_partner_id=partner_id,
            fallen_partner_ids=list(fallen.fallen_partner_ids),
            version=rows.Edition.version + 1,
        )
    )
    await session.execute(
        update(rows.SignOff)
        .where(rows.SignOff.edition_id == stored.id, rows.SignOff.fell_at.is_(None))
        .values(fell_at=at)
    )
    await move(session, stored.proposal_id, step)
    await answer_amendment(session, stored.proposal_id, await answers_now(session, stored.proposal_id))
    await event_log.record(
        session,
        "proposal",
        stored.proposal_id,
        "edition_withdrawn",
        actor=actor,
        organisation_id=organisation_id,
        payload={
            "edition": fallen.number,
            "sha256": fallen.sha256,
            "step": step.value,
            "because": fallen.withdrawn_because,
            "fallen_partner_ids": list(fallen.fallen_partner_ids),
        },
    )


async def move(session: AsyncSession, proposal_id: Id, step: Step) -> ProposalStatus:
    """The proposal's stored status after `step`; its row is locked by the caller."""
    query = select(Proposal.status).where(Proposal.id == proposal_id)
    status = after(PROPOSAL, ProposalStatus((await session.execute(query)).scalar_one()), step)
    await session.execute(
        update(Proposal)
        .where(Proposal.id == proposal_id)
        .values(status=status.value, version=Proposal.version + 1)
        .execution_options(synchronize_session=False)
    )
    return status


def standing_statuses() -> list[str]:
    return [status.value for status in STANDING]


async def answer_amendment(session: AsyncSession, proposal_id: Id, amendment: int) -> None:
    await session.execute(
        update(Proposal)
        .where(Proposal.id == proposal_id)
        .values(answers_amendment=amendment)
        .execution_options(synchronize_session=False)
    )
