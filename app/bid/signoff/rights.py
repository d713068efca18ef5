"""What a right to sign that is lost changes in the bids that wait for signatures."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.signoff import queries
from app.bid.signoff.rules import signing
from app.bid.signoff.tables import Edition, SignOff
from app.bid.signoff.withdrawing import store_withdrawal
from app.platform.access.ids import Id
from app.platform.access.lifecycle import Step
from app.platform.access.rules import Actor
from app.platform.db.act import Act
from app.platform.words.codes import EditionStatus


async def drop_signatures(session: AsyncSession, actor: Actor | None, organisation_id: Id, person_id: Id) -> None:
    """A person is no longer a signatory: editions that the person signed and not all have signed are withdrawn.

    Call it after the membership's row was changed. The caller holds the organisation's lock, so that nobody signs for it
    meanwhile, and the bids that wait for others beside the person.
    """
    signed = (
        select(Edition.proposal_id)
        .join(SignOff, SignOff.edition_id == Edition.id)
        .where(
            Edition.status == EditionStatus.OPEN.value,
            SignOff.organisation_id == organisation_id,
            SignOff.person_id == person_id,
            SignOff.fell_at.is_(None),
        )
    )
    for proposal_id in (await session.execute(signed.distinct().order_by(Edition.proposal_id))).scalars().all():
        stored = await queries.in_force(session, proposal_id)
        if stored is None or not _signed_by(person_id, organisation_id, stored.value.sign_offs):
            continue
        withdrawn = signing.drop_lost_rights(stored.value)
        if withdrawn.status is EditionStatus.WITHDRAWN:
            act = Act(session, actor, "proposal", proposal_id, for_organisation=organisation_id)
            await store_withdrawal(act, stored, withdrawn, Step.LOSE_RIGHT)


def _signed_by(person_id: Id, organisation_id: Id, sign_offs: Sequence[signing.SignOff]) -> bool:
    return any(s.organisation_id == organisation_id and s.person_id == person_id and s.right_lost for s in sign_offs)
