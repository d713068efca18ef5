"""The terms that a bid keeps for itself while only organisations have brought the notice of its call.

Whoever imports a notice first must not set everybody's terms: a bid begins with what its own lead brought, otherwise with
what the call shows, and its partners decide whether it follows a later notice.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations import last_moment
from app.bid.proposal.call_changes import changed, count_on, void
from app.bid.records import terms
from app.bid.records.tables import Proposal
from app.calls.opportunities import claims, stored
from app.calls.opportunities.tables import NoticeClaim, Opportunity
from app.calls.opportunities.value import Opportunity as Call
from app.platform.access.errors import Conflict, Invalid
from app.platform.access.ids import Id
from app.platform.access.lifecycle import deadline_has_passed
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.web.wire import IdIn, In
from app.platform.words.codes import BroughtBy, OpportunityStatus


class NothingToFollow(Conflict):
    code = "nothing-to-follow"
    title = "There is nothing else to follow"
    explanation = (
        "The bid follows this notice already, or it says the same. Where the commissioner, a publisher or whoever runs "
        "this service has brought the notice, every bid follows that, and no other."
    )


class FollowNoticeIn(In):
    """Which of the call's `claims` the bid is held to from now on."""

    claim_id: IdIn = Field(examples=["0198c0de-0000-7000-8000-00000000000b"])
    organisation_id: IdIn | None = None


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """The terms that a new bid keeps. `open`: whether they take bids now."""

    terms: Call
    status: OpportunityStatus
    claim_id: Id | None
    open: bool


async def to_begin_with(session: AsyncSession, call: Opportunity, lead_organisation_id: Id) -> OwnTerms | None:
    """What its lead brought of the call, otherwise what the call shows; None where all bids follow a trusted source."""
    if call.brought_by != BroughtBy.ORGANISATION:
        return None
    shown = await stored.load(session, call.id)
    claim = await claims.newest_of(session, call.id, lead_organisation_id)
    own, status, claim_id = shown, OpportunityStatus(call.status), call.claim_id
    if claim is not None:
        own, status, claim_id = await claims.terms_of(session, claim, shown), OpportunityStatus(claim.status), claim.id
    late = deadline_has_passed(own.submission_deadline, await event_log.now(session))
    return OwnTerms(own, status, claim_id, status is OpportunityStatus.PUBLISHED and not late)


async def check_claim(session: AsyncSession, opportunity_id: Id, claim_id: Id) -> NoticeClaim:
    """422 for what is no claim on this call."""
    claim = await session.get(NoticeClaim, claim_id)
    if claim is None or claim.opportunity_id != opportunity_id:
        raise Invalid.at(
            "/claim_id", "unknown-claim", "There is no such notice of this call. Read the call's 'claims'."
        )
    return claim


async def follow(act: Act, claim_id: Id) -> None:
    """Hold the bid to another notice, as its partners decided. Its row is locked."""
    session = act.session
    proposal = await session.get_one(Proposal, act.stream_id, populate_existing=True)
    claim = await check_claim(session, proposal.opportunity_id, claim_id)
    call = await session.get_one(Opportunity, proposal.opportunity_id, populate_existing=True)
    if proposal.own_status is None or call.brought_by != BroughtBy.ORGANISATION:
        raise NothingToFollow
    before, status = await terms.load(session, proposal.id, typed=False), proposal.own_status
    after = await claims.terms_of(session, claim, await stored.load(session, call.id))
    change = changed(before, after)
    if not change.fields and status == claim.status and before.buyer_name == after.buyer_name:
        raise NothingToFollow
    number = count_on(proposal, call.amendment, before, change.voids_editions)
    now = await event_log.now(session)
    terms.keep(proposal, after, OpportunityStatus(claim.status), claim.id, now)
    proposal.version += 1
    await session.flush()
    await last_moment.deadline_changed(session, proposal, after.submission_deadline, trusted=False)
    sections = await void(session, proposal, number) if change.voids_editions else {}
    names = [*change.fields, *(["status"] if status != claim.status else [])]
    await act.record(
        "notice_followed", claim_id=claim.id, fields=names, voids_editions=change.voids_editions, **sections
    )


async def carry(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    sent = FollowNoticeIn.model_validate(body)
    await follow(Act(session, actor, "proposal", proposal_id), sent.claim_id)
