"""Bringing a call to what the source that it follows says, and keeping what anybody else says of it as a claim."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.notices.rules import Notice, call_after
from app.calls.opportunities import amending, hooks, queries, stored
from app.calls.opportunities.rules import difference
from app.calls.opportunities.tables import NoticeClaim, Opportunity
from app.calls.opportunities.value import Opportunity as Call
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import BroughtBy, OpportunityStatus


@dataclass(frozen=True, slots=True)
class Source:
    """Who brings notices: the operator, a publisher that the operator configured, or an organisation's own people."""

    kind: BroughtBy
    actor: Actor | None = None
    organisation_id: Id | None = None
    may_commission: bool = False
    """Whether this server lets the organisation act as commissioner, so for the calls that it owns."""
    publisher: str | None = None

    def followed_as(self, owner: Id | None, brought_by: BroughtBy, first: Id | None) -> BroughtBy | None:
        """As whom a call follows this source; None where it follows somebody else.

        `owner` is the call's owner, `first` the organisation that it follows while only organisations have brought it.
        """
        if self.kind is not BroughtBy.ORGANISATION:
            return self.kind
        if self.may_commission and owner == self.organisation_id:
            return BroughtBy.OWNER
        return self.kind if brought_by is BroughtBy.ORGANISATION and first == self.organisation_id else None


async def follow(
    session: AsyncSession, by: Source, row: Opportunity, notice: Notice, release_ids: Sequence[str], kind: BroughtBy
) -> bool:
    """Bring a call to what the source that it follows says, and whether that changed it. The call's row is locked.

    Bids follow a trusted source as they follow any amendment. What an organisation brings changes the call as it is
    shown, and no bid: each keeps the terms that it began with.
    """
    before = await stored.load(session, row.id)
    opened = await queries.bids_were_opened(session, row)
    after = call_after(notice, before, bids_opened=opened)
    status_before = row.status
    was_published = row.status == OpportunityStatus.PUBLISHED
    change = difference(before, after, await event_log.now(session)) if was_published else None
    seen = await amending.as_seen(session, row.id) if change is not None else {}
    facts = of_notice(notice)
    if row.cancelled_at is not None or opened:
        facts.pop("status")
    for name, value in facts.items():
        setattr(row, name, value)
    row.version += 1
    await stored.store(session, row, after, before)
    act = Act(session, by.actor, "opportunity", row.id, for_organisation=by.organisation_id)
    payload: dict[str, Any] = {"releases": list(release_ids)}
    if change is not None and row.status == OpportunityStatus.PUBLISHED:
        # A notice that ends the call amends nothing: no bid has to answer what it says.
        payload["amendment"], _ = await amending.amend(act, row, change, seen)
    if was_published and row.status != OpportunityStatus.PUBLISHED:
        await hooks.call_over(session, row.id, "call_ended", {"status": row.status})
    if kind is BroughtBy.ORGANISATION:
        assert by.organisation_id is not None
        row.claim_id = (await claim(session, by.organisation_id, row, notice)).id
        row.brought_at = await event_log.now(session)
    else:
        await amending.speaks(session, row, kind)
    await act.record("opportunity_followed_notice", **payload)
    return before != after or status_before != row.status


async def claim(session: AsyncSession, organisation_id: Id, row: Opportunity, notice: Notice) -> NoticeClaim:
    """Keep what an organisation says of the call, beside what it said before."""
    before = await stored.load(session, row.id)
    made = NoticeClaim(**claim_row(new_id(), row.id, organisation_id, notice, call_after(notice, before)))
    session.add(made)
    await session.flush()
    return made


def claim_row(
    claim_id: Id, opportunity_id: Id, organisation_id: Id | None, notice: Notice, call: Call
) -> dict[str, Any]:
    return {
        "id": claim_id,
        "opportunity_id": opportunity_id,
        "organisation_id": organisation_id,
        "status": notice.status.value,
        "terms": stored.as_stored(call),
    }


def of_notice(notice: Notice) -> dict[str, Any]:
    """The columns that a notice alone fills."""
    return {
        "buyer_name": notice.call.buyer_name,
        "status": notice.status.value,
        "source": {
            "buyers": [
                {
                    "name": buyer.name,
                    "identifiers": [{"scheme": scheme, "id": number} for scheme, number in buyer.identifiers],
                }
                for buyer in notice.buyers
            ],
            "notice_urls": list(notice.notice_urls),
            "procedure": notice.procedure,
            "sme": notice.sme,
            "criteria": [asdict(criterion) for criterion in notice.criteria],
            "lots": [{"key": one.lot.key, "description": one.description} for one in notice.lots if one.description],
            "doubts": list(notice.doubts),
        },
    }
