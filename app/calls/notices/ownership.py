"""Who owns an imported call: whom the operator says, never whoever brought the notice."""

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.notices import following, ocds_in, ocds_read
from app.calls.notices.following import Source
from app.calls.opportunities import queries
from app.calls.opportunities.rules import check_commissioner
from app.calls.opportunities.tables import OcdsRelease, Opportunity
from app.people.organisations.tables import Organisation
from app.people.organisations.verification import may_commission
from app.platform.access.errors import Conflict, NotFound
from app.platform.access.ids import Id
from app.platform.access.two_sides import CommissionerCannotBid
from app.platform.db.act import Act
from app.platform.words.codes import BroughtBy


class NotImported(Conflict):
    code = "not-imported"
    title = "This call was written here"
    explanation = "A call that was written here belongs to the organisation that wrote it. Nothing was changed."


_BIDS = text("SELECT id FROM proposals WHERE opportunity_id = :call ORDER BY id FOR UPDATE")
_TAKES_PART = text("""
SELECT EXISTS (
  SELECT FROM partners x JOIN proposals p ON p.id = x.proposal_id
  WHERE p.opportunity_id = :call AND p.status <> 'dissolved' AND x.organisation_id = :organisation
    AND x.status IN ('invited', 'to_confirm', 'accepted')
  UNION ALL
  SELECT FROM facilitators x JOIN proposals p ON p.id = x.proposal_id
  WHERE p.opportunity_id = :call AND p.status <> 'dissolved' AND x.organisation_id = :organisation
    AND x.status IN ('invited', 'active')
  UNION ALL
  SELECT FROM applications x JOIN openings y ON y.id = x.opening_id JOIN proposals p ON p.id = y.proposal_id
  WHERE p.opportunity_id = :call AND p.status <> 'dissolved' AND x.organisation_id = :organisation
    AND x.status IN ('received', 'shortlisted', 'accepted'))""")


async def grant(session: AsyncSession, opportunity_id: Id, organisation_id: Id) -> tuple[str, str, str]:
    """The operator gives an imported call to its buyer: the call's title, its buyer by the notice, and the owner's name.

    What the new owner has brought of the call itself is followed at once. Refused for an organisation that takes part in
    a bid for the call, and for one that is no verified commissioner.
    """
    row = await queries.to_change(session, opportunity_id)
    organisation = await session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound("There is no organisation with this id.")
    if row.ocid is None:
        raise NotImported
    check_commissioner(organisation.kinds, may_commission(organisation), on_loopback=False)
    given = {"call": row.id, "organisation": organisation.id}
    # Whoever joins a bid holds its row: nobody can take a seat while the owner is decided.
    await session.execute(_BIDS, {"call": row.id})
    if (await session.execute(_TAKES_PART, given)).scalar_one():
        raise CommissionerCannotBid(
            f"{organisation.name} has a place, an invitation or an application in a bid for this call, or facilitates "
            "one, so it cannot own the call."
        )
    before, row.organisation_id = row.organisation_id, organisation.id
    row.version += 1
    act = Act(session, None, "opportunity", row.id, for_organisation=organisation.id)
    await act.record("opportunity_granted", organisation_id=organisation.id, organisation_id_before=before)
    await _follow(session, row)
    return row.title, row.buyer_name, organisation.name


async def _follow(session: AsyncSession, row: Opportunity) -> None:
    query = select(OcdsRelease).where(OcdsRelease.opportunity_id == row.id).order_by(OcdsRelease.id)
    kept = list((await session.execute(query)).scalars())
    if not any(one.organisation_id == row.organisation_id for one in kept):
        return
    trusted = [one for one in kept if one.organisation_id in (None, row.organisation_id)]
    releases = [ocds_read.release_from(row.ocid or "", one.raw) for one in trusted]
    source = Source(BroughtBy.ORGANISATION, None, row.organisation_id, may_commission=True)
    notice = ocds_in.notice_from(releases)
    await following.follow(session, source, row, notice, [one.release_id for one in releases], BroughtBy.OWNER)
