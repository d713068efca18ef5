"""What else changes when a person loses a right in an organisation."""

from collections.abc import Sequence

from sqlalchemy import any_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Partner, Proposal
from app.bid.signoff import editions
from app.bid.signoff.rules import signing as signoff
from app.bid.signoff.tables import Edition
from app.platform.access.ids import Id
from app.platform.access.lifecycle import Step
from app.platform.access.rules import Actor
from app.platform.words.codes import EditionStatus


async def drop_signatures(session: AsyncSession, actor: Actor | None, organisation_id: Id, person_id: Id) -> None:
    """A person stops being a signatory: signatures given before all had agreed fall, and with them the edition.

    Call it after the membership's row was changed. Proposals in sign-off for which the organisation has to sign are
    locked first, so a signature on its way is either seen here or refused there.
    """
    open_ones = (
        select(Edition.proposal_id)
        .join(Partner, Partner.id == any_(Edition.must_sign))
        .where(Edition.status == EditionStatus.OPEN.value, Partner.organisation_id == organisation_id)
    )
    locked = select(Proposal.id).where(Proposal.id.in_(open_ones)).order_by(Proposal.id).with_for_update()
    for proposal_id in (await session.execute(locked)).scalars().all():
        stored = await editions.in_force(session, proposal_id)
        if stored is None or not _signed_for(stored.value.sign_offs, organisation_id, person_id):
            continue
        fallen = signoff.drop_lost_rights(stored.value)
        if fallen.status is EditionStatus.WITHDRAWN:
            await editions.write_fall(
                session, stored, fallen, Step.LOSE_RIGHT, actor=actor, organisation_id=organisation_id
            )


def _signed_for(sign_offs: Sequence[signoff.SignOff], organisation_id: Id, person_id: Id) -> bool:
    return any(s.organisation_id == organisation_id and s.person_id == person_id and s.right_lost for s in sign_offs)
