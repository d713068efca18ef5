"""What a right to sign that is lost changes in the bids that wait for signatures."""

from collections.abc import Sequence

from sqlalchemy import any_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Partner, Proposal
from app.bid.signoff import queries
from app.bid.signoff.rules import signing
from app.bid.signoff.tables import Edition
from app.bid.signoff.withdrawing import store_withdrawal
from app.platform.access.ids import Id
from app.platform.access.lifecycle import Step
from app.platform.access.rules import Actor
from app.platform.db.act import Act
from app.platform.words.codes import EditionStatus


async def drop_signatures(session: AsyncSession, actor: Actor | None, organisation_id: Id, person_id: Id) -> None:
    """A person is no longer a signatory: editions that the person signed and not all have signed are withdrawn.

    Call it after the membership's row was changed. Every proposal in which the organisation must sign an open edition
    is locked first, so a signature on its way is either seen here or refused there.
    """
    waiting = (
        select(Edition.proposal_id)
        .join(Partner, Partner.id == any_(Edition.must_sign))
        .where(Edition.status == EditionStatus.OPEN.value, Partner.organisation_id == organisation_id)
    )
    locked = select(Proposal.id).where(Proposal.id.in_(waiting)).order_by(Proposal.id).with_for_update()
    for proposal_id in (await session.execute(locked)).scalars().all():
        stored = await queries.in_force(session, proposal_id)
        if stored is None or not _signed_by(person_id, organisation_id, stored.value.sign_offs):
            continue
        withdrawn = signing.drop_lost_rights(stored.value)
        if withdrawn.status is EditionStatus.WITHDRAWN:
            act = Act(session, actor, "proposal", proposal_id, for_organisation=organisation_id)
            await store_withdrawal(act, stored, withdrawn, Step.LOSE_RIGHT)


def _signed_by(person_id: Id, organisation_id: Id, sign_offs: Sequence[signing.SignOff]) -> bool:
    return any(s.organisation_id == organisation_id and s.person_id == person_id and s.right_lost for s in sign_offs)
