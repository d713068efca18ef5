"""What becomes of editions and submissions when a partner leaves, the call is amended, or the bid is dissolved.

The caller holds the proposal's row locked.
"""

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.handing_in.queries import STANDS
from app.bid.handing_in.rules import SubmissionStands
from app.bid.handing_in.tables import Submission, mark_changed
from app.bid.records.tables import Partner, Proposal
from app.bid.signoff.queries import in_force
from app.bid.signoff.rules import signing
from app.bid.signoff.withdrawing import move, store_withdrawal
from app.people.organisations.tables import Organisation
from app.platform.access.ids import Id
from app.platform.access.lifecycle import Step
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.words.codes import PartnerStatus, ProposalStatus


async def partner_left(act: Act, partner: Partner, name: str) -> None:
    """An edition in sign-off or agreed is withdrawn; a submission stands, marked. Call it once the partner's row says so."""
    session, status = act.session, PartnerStatus(partner.status)
    proposal = await session.get_one(Proposal, act.stream_id, populate_existing=True)
    stored = await in_force(session, proposal.id)
    if stored and ProposalStatus(proposal.status) in (ProposalStatus.IN_SIGN_OFF, ProposalStatus.AGREED):
        withdrawn = signing.fall(stored.value, Step.PARTNER_LEAVES, _gone(name, status))
        await store_withdrawal(act, stored, withdrawn, Step.PARTNER_LEAVES, partner.id)
    kind = "partner_removed" if status is PartnerStatus.REMOVED else "partner_left"
    await _add_notice(session, proposal.id, kind=kind, partner_id=partner.id, name=name)
    await session.execute(_HAND_ON, {"proposal_id": proposal.id})


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
"""Where all partners that might submit have left, those that signed may, as with a structure: somebody can always
withdraw a submission. It is SQL since it changes every edition of the bid at once."""


async def drop_if_left(act: Act) -> None:
    """Withdraw an edition that outlived a partner because it was submitted, now that its submission is withdrawn."""
    session, proposal_id = act.session, act.stream_id
    stored = await in_force(session, proposal_id)
    if stored is None:
        return
    left = (
        select(Organisation.name, Partner.status)
        .join(Organisation, Organisation.id == Partner.organisation_id)
        .where(
            Partner.proposal_id == proposal_id,
            Partner.status.in_((PartnerStatus.WITHDRAWN.value, PartnerStatus.REMOVED.value)),
            Partner.ended_at > stored.row.created_at,
        )
        .order_by(Partner.ended_at)
    )
    gone = (await session.execute(left)).all()
    if gone:
        because = " ".join(_gone(name, PartnerStatus(status)) for name, status in gone)
        withdrawn = signing.fall(stored.value, Step.PARTNER_LEAVES, because)
        nobody = Act(session, act.actor, "proposal", proposal_id)
        await store_withdrawal(nobody, stored, withdrawn, Step.PARTNER_LEAVES)


async def terms_changed(session: AsyncSession, proposal: Proposal, to_answer: int, amendment: int) -> None:
    """Questions, limits or terms changed: a draft answers them from now on (`bid/proposal/call_changes.py`).

    An edition that is being signed or was agreed is void: it can be neither signed nor submitted (`call-amended`) until
    a signatory withdraws it, as after any other change. A submission that stands is marked, and can be replaced.
    """
    if proposal.status == ProposalStatus.DRAFT.value:
        proposal.answers_amendment = to_answer
    await _add_notice(session, proposal.id, kind="call_amended", amendment=amendment)


async def _add_notice(session: AsyncSession, proposal_id: Id, **notice: Any) -> None:
    """Put a notice on the submission that stands, if any; the commissioners' feed shows it as changed."""
    query = select(Submission).where(Submission.proposal_id == proposal_id, STANDS)
    submission = (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if submission is not None:
        at = await event_log.now(session)
        submission.notices = [*submission.notices, {**notice, "at": at.isoformat()}]
        mark_changed(submission)


async def dissolved(act: Act) -> None:
    """The bid is dissolved, and the edition in force is withdrawn with it.

    SubmissionStands while the commissioner has the bid: nobody could withdraw the submission, or answer for it,
    afterwards.
    """
    standing = select(Submission.id).where(Submission.proposal_id == act.stream_id, STANDS)
    if (await act.session.execute(standing)).first() is not None:
        raise SubmissionStands
    stored = await in_force(act.session, act.stream_id)
    if stored is None:
        await move(act, Step.DISSOLVE)
        return
    withdrawn = signing.fall(stored.value, Step.DISSOLVE, "The partners decided to dissolve this bid.")
    await store_withdrawal(act, stored, withdrawn, Step.DISSOLVE)
