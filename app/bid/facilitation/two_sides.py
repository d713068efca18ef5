"""People who stand on two sides over an opportunity: what an organisation records about it."""

from sqlalchemy import select

from app.bid.facilitation.schemas import TwoSidesIn
from app.bid.facilitation.tables import TwoSides
from app.calls.opportunities import queries as calls
from app.people.organisations.tables import Membership
from app.platform.access.errors import Conflict, Invalid
from app.platform.db.act import Act
from app.platform.db.base import new_id


class TwoSidesRecorded(Conflict):
    code = "two-sides-recorded"
    title = "Your organisation has recorded this already"
    explanation = "Change the record instead (PATCH …/two-sides/{id})."


async def record(act: Act, given: TwoSidesIn) -> TwoSides:
    """Record, for the organisation that acts, that one of its people stands on two sides, and how that is handled."""
    own = act.stream_id
    if await act.session.get(Membership, (own, given.person_id)) is None:
        raise Invalid.at("/person_id", "not-yours", "Name somebody who is in your organisation.")
    if await calls.opportunity(act.session, given.opportunity_id, [own]) is None:
        raise Invalid.at("/opportunity_id", "unknown-opportunity", "There is no such opportunity.")
    query = select(TwoSides.id).where(
        TwoSides.organisation_id == own,
        TwoSides.person_id == given.person_id,
        TwoSides.opportunity_id == given.opportunity_id,
    )
    if (await act.session.execute(query)).first() is not None:
        raise TwoSidesRecorded
    person_id = act.actor.person_id if act.actor else None
    row = TwoSides(id=new_id(), organisation_id=own, recorded_by=person_id, **given.model_dump())
    act.session.add(row)
    await _record(act, row)
    return row


async def change(act: Act, row: TwoSides, how: str) -> None:
    row.how, row.version = how, row.version + 1
    await _record(act, row)


async def _record(act: Act, row: TwoSides) -> None:
    await act.record("two_sides_recorded", person_id=row.person_id, opportunity_id=row.opportunity_id, how=row.how)
