"""What becomes of a signed or submitted version when a partner leaves, the call changes, or the bid is dissolved."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import literal, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.handing_in.rules import SubmissionStands
from app.bid.handing_in.tables import Submission
from app.bid.records.tables import Partner, Proposal
from app.bid.signoff.editions import answer_amendment, in_force, move, standing_statuses, write_fall
from app.bid.signoff.rules import signing as signoff
from app.people.organisations.tables import Organisation
from app.platform.access.ids import Id
from app.platform.access.lifecycle import Step
from app.platform.access.rules import Actor
from app.platform.words.codes import PartnerStatus, ProposalStatus


async def partner_left(
    session: AsyncSession,
    actor: Actor | None,
    proposal_id: Id,
    partner_id: Id,
    name: str,
    organisation_id: Id | None,
    status: PartnerStatus,
) -> None:
    """What a partner's leaving does to an edition: in sign-off or agreed it is withdrawn, submitted it stands, marked.

    Call it with the proposal locked, after the partner's row was changed.
    """
    query = select(Proposal.status).where(Proposal.id == proposal_id)
    stage = ProposalStatus((await session.execute(query)).scalar_one())
    stored = await in_force(session, proposal_id)
    if stored and stage in (ProposalStatus.IN_SIGN_OFF, ProposalStatus.AGREED):
        fallen = signoff.fall(stored.value, Step.PARTNER_LEAVES, _gone(name, status))
        await write_fall(
            session,
            stored,
            fallen,
            Step.PARTNER_LEAVES,
            actor=actor,
            organisation_id=organisation_id,
            partner_id=partner_id,
        )
    kind = "partner_removed" if status is PartnerStatus.REMOVED else "partner_left"
    notice = {"kind": kind, "partner_id": partner_id, "name": name, "at": datetime.now(UTC).isoformat()}
    await mark_submissions(session, proposal_id, notice)
    await session.execute(_HAND_ON, {"proposal_id": proposal_id})


def _gone(name: str, status: PartnerStatus) -> str:
    return f"{name} was removed from the bid." if status is PartnerStatus.REMOVED else f"{name} left the bid."


_HAND_ON = text(
    """
    UPDATE editions e SET may_submit = coalesce(
        (SELECT array_agg(p.id ORDER BY p.id) FILTER (WHERE p.id = ANY(e.must_sign)) FROM partners p
         WHERE p.proposal_id = e.proposal_id AND p.status = 'accepted'),
        (SELECT array_agg(p.id ORDER BY p.id) FROM partners p
         WHERE p.proposal_id = e.proposal_id AND p.status = 'accepted'),
        e.may_submit)
    WHERE e.proposal_id = CAST(:proposal_id AS uuid) AND NOT EXISTS (
        SELECT FROM partners p WHERE p.proposal_id = e.proposal_id AND p.status = 'accepted' AND p.id = ANY(e.may_submit))
    """
)
"""Where all who might submit have left, those who signed may, as with a structure: somebody can always take a
submission away."""


async def drop_if_left(session: AsyncSession, actor: Actor | None, proposal_id: Id) -> None:
    """An edition whose submission stood outlived a partner that left; without the submission it falls after all."""
    stored = await in_force(session, proposal_id)
    if stored is None:
        return
    left = (
        select(Organisation.name, Partner.status)
        .join(Organisation, Organisation.id == Partner.organisation_id)
        .where(
            Partner.proposal_id == proposal_id,
            Partner.status.in_(("withdrawn", "removed")),
            Partner.ended_at > stored.created_at,
        )
        .order_by(Partner.ended_at)
    )
    gone = (await session.execute(left)).all()
    if gone:
        because = " ".join(_gone(name, PartnerStatus(status)) for name, status in gone)
        fallen = signoff.fall(stored.value, Step.PARTNER_LEAVES, because)
        await write_fall(session, stored, fallen, Step.PARTNER_LEAVES, actor=actor)


async def mark_submissions(session: AsyncSession, proposal_id: Id, notice: dict[str, Any]) -> None:
    """Put a notice on the submission that stands, where there is one; the commissioners' feed shows it as changed."""
    await session.execute(
        update(Submission)
        .where(Submission.proposal_id == proposal_id, Submission.status.in_(standing_statuses()))
        .values(
            notices=Submission.notices.op("||")(literal([notice], JSONB)),
            **changed(),
        )
    )


def changed() -> dict[str, Any]:
    """What every change of a submission sets: its place in the feed, and its version."""
    return {
        "changed_xact": text("(pg_current_xact_id()::text::bigint)"),
        "version": Submission.version + 1,
    }


async def call_amended(session: AsyncSession, opportunity_id: Id, amendment: int) -> None:
    """An amendment that changes questions, limits or terms: drafts answer it from now on (their sections follow it).

    A version that is being signed or was agreed is void: it can be neither signed nor submitted (`call-amended`), until
    a signatory withdraws it, as with any other change. A submission that stands is marked, and can be replaced.
    """
    affected = (
        select(Proposal.id, Proposal.status)
        .where(Proposal.opportunity_id == opportunity_id)
        .order_by(Proposal.id)
        .with_for_update()
    )
    notice = {"kind": "call_amended", "amendment": amendment, "at": datetime.now(UTC).isoformat()}
    for proposal_id, status in (await session.execute(affected)).all():
        if status == ProposalStatus.DRAFT.value:
            await answer_amendment(session, proposal_id, amendment)
        await mark_submissions(session, proposal_id, notice)


async def dissolved(session: AsyncSession, actor: Actor | None, proposal_id: Id, organisation_id: Id | None) -> None:
    """A decision to dissolve takes the edition in force with it; the proposal's status moves either way.

    What the commissioner has is taken away first: nobody could do that, or answer for the bid, afterwards.
    """
    standing = select(Submission.id).where(
        Submission.proposal_id == proposal_id, Submission.status.in_(standing_statuses())
    )
    if (await session.execute(standing)).first() is not None:
        raise SubmissionStands
    stored = await in_force(session, proposal_id)
    if stored is None:
        await move(session, proposal_id, Step.DISSOLVE)
        return
    fallen = signoff.fall(stored.value, Step.DISSOLVE, "The partners decided to dissolve this bid.")
    await write_fall(session, stored, fallen, Step.DISSOLVE, actor=actor, organisation_id=organisation_id)
