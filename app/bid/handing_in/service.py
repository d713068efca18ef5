"""Handing an agreed edition in, taking it back, and recording what was lodged elsewhere.

The proposal's row is locked by the edge. Whether it is in time is decided by the statement that writes: its own
`clock_timestamp()` against the call's deadline, so no answer can be given after the deadline that says otherwise.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.files import queries as attached
from app.bid.handing_in import rules as submission
from app.bid.handing_in import versions
from app.bid.handing_in.rules import Call
from app.bid.handing_in.tables import Lodgement, Submission
from app.bid.records.tables import Partner, Proposal
from app.bid.signoff import editions
from app.bid.signoff.tables import Edition
from app.calls.opportunities.tables import Opportunity
from app.people.organisations.tables import Organisation
from app.platform.access.errors import Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.lifecycle import SUBMISSION, Step, after
from app.platform.access.rules import Actor, Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.words.codes import OpportunityMode, OpportunityStatus, ProposalStatus, RouteKind, SubmissionStatus


@dataclass(frozen=True, slots=True)
class Handed:
    """A submission as the partners see it, with the edition that was handed in."""

    row: Submission
    edition: int
    sha256: str


_HAND_IN = text(
    """
    WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS at)
    INSERT INTO submissions (id, proposal_id, opportunity_id, edition_id, partner_id, person_id, status, submitted_at,
                             tenderers, notices, version)
    SELECT CAST(:id AS uuid), p.id, o.id, e.id, CAST(:partner_id AS uuid), CAST(:person_id AS uuid), 'submitted',
           moment.at, CAST(:tenderers AS jsonb), '[]', 1
    FROM moment, proposals p JOIN opportunities o ON o.id = p.opportunity_id JOIN editions e ON e.proposal_id = p.id
    WHERE p.id = CAST(:proposal_id AS uuid) AND p.status = 'agreed' AND e.status = 'agreed'
      AND e.id = CAST(:edition_id AS uuid) AND o.status = 'published'
      AND coalesce(o.submission_deadline >= moment.at, true)
    RETURNING submitted_at
    """
)
_TAKE_BACK = text(
    """
    WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS at)
    UPDATE submissions s SET status = :status, withdrawn_at = moment.at, version = s.version + 1,
                             changed_xact = pg_current_xact_id()::text::bigint
    FROM moment, opportunities o
    WHERE s.id = CAST(:id AS uuid) AND o.id = s.opportunity_id AND s.status = ANY(:standing)
      AND coalesce(o.submission_deadline >= moment.at, true)
    RETURNING s.withdrawn_at
    """
)


async def call_of(session: AsyncSession, proposal_id: Id) -> tuple[Call, Opportunity]:
    query = (
        select(Opportunity)
        .join(Proposal, Proposal.opportunity_id == Opportunity.id)
        .where(Proposal.id == proposal_id)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(query)).scalar_one()
    route = row.submission_route or {}
    call = Call(
        route=RouteKind(route.get("kind", "unknown")),
        mode=OpportunityMode(row.mode),
        open_for_bids=row.status == OpportunityStatus.PUBLISHED.value,
        deadline=row.submission_deadline,
        amendment=row.amendment,
        time_zone=row.time_zone,
        url=route.get("url"),
    )
    return call, row


async def submit(
    session: AsyncSession, actor: Actor, side: Side, proposal_id: Id, status: ProposalStatus
) -> Submission:
    """The edition that all signed goes to the commissioner; one that stood before is replaced, and stays on record."""
    assert side.seat_id
    call, opportunity = await call_of(session, proposal_id)
    stored = await editions.in_force(session, proposal_id)
    before = await _standing(session, proposal_id)
    edition = submission.check_submission(
        status, stored.value if stored else None, call, await event_log.now(session), before.edition if before else None
    )
    assert stored is not None
    submission.check_may_submit(side.seat_id, stored.may_submit, await _names(session, stored.may_submit))
    if before is not None:
        await _replace(session, before.row)
    submission_id = new_id()
    found = await session.execute(
        _HAND_IN,
        {
            "id": submission_id,
            "proposal_id": proposal_id,
            "edition_id": stored.id,
            "partner_id": side.seat_id,
            "person_id": actor.person_id,
            "tenderers": _json(await _tenderers(session, proposal_id)),
        },
    )
    submitted_at: datetime | None = found.scalar_one_or_none()
    if submitted_at is None:
        raise submission.deadline_passed_refusal(call)
    await editions.move(session, proposal_id, Step.SUBMIT)
    receipt = {"submitted_at": _iso(submitted_at), "sha256": edition.sha256, "edition": edition.number}
    await event_log.record(
        session,
        "proposal",
        proposal_id,
        "submission_made",
        actor=actor,
        organisation_id=side.organisation_id,
        payload={
            "submission_id": submission_id,
            "receipt": receipt,
            "replaces": before.row.id if before else None,
            "opportunity_id": opportunity.id,
        },
    )
    return await session.get_one(Submission, submission_id)


async def _replace(session: AsyncSession, row: Submission) -> None:
    following = after(SUBMISSION, SubmissionStatus(row.status), Step.REPLACE)
    await session.execute(
        update(Submission)
        .where(Submission.id == row.id)
        .values(status=following.value, **versions.changed())
        .execution_options(synchronize_session=False)
    )


async def take_back(
    session: AsyncSession, actor: Actor, side: Side, proposal_id: Id, submission_id: Id, status: ProposalStatus
) -> None:
    """Up to the deadline, a partner who may submit takes the submission away; nothing then stands in its place."""
    call, _ = await call_of(session, proposal_id)
    row = await session.get_one(Submission, submission_id, populate_existing=True)
    submission.check_withdrawal(SubmissionStatus(row.status), call, await event_log.now(session))
    following = after(SUBMISSION, SubmissionStatus(row.status), Step.WITHDRAW_SUBMISSION)
    found = await session.execute(
        _TAKE_BACK, {"id": submission_id, "status": following.value, "standing": editions.standing_statuses()}
    )
    if found.scalar_one_or_none() is None:
        raise submission.deadline_passed_refusal(call)
    await editions.move(session, proposal_id, Step.WITHDRAW_SUBMISSION)
    await event_log.record(
        session,
        "proposal",
        proposal_id,
        "submission_withdrawn",
        actor=actor,
        organisation_id=side.organisation_id,
        payload={"submission_id": submission_id, "status_before": status.value},
    )
    await versions.drop_if_left(session, actor, proposal_id)


async def lodge(
    session: AsyncSession,
    actor: Actor,
    side: Side,
    proposal_id: Id,
    status: ProposalStatus,
    portal_reference: str,
    lodged_at: datetime,
    document_id: Id | None,
) -> Lodgement:
    """A person's record that the edition in force was put in on the council's portal."""
    call, _ = await call_of(session, proposal_id)
    stored = await editions.in_force(session, proposal_id)
    submission.check_lodgement(status, stored.value if stored else None, call)
    assert stored is not None
    if lodged_at > await event_log.now(session):
        raise Invalid.at(
            "/lodged_at", "in-the-future", "That time is still to come. Give the time at which it was put in."
        )
    await attached.check_named(session, proposal_id, side.seat_id, document_id, "/document_id")
    row = Lodgement(
        id=new_id(),
        proposal_id=proposal_id,
        edition_id=stored.id,
        partner_id=side.seat_id,
        person_id=actor.person_id,
        portal_reference=portal_reference,
        lodged_at=lodged_at,
        document_id=document_id,
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    await event_log.record(
        session,
        "proposal",
        proposal_id,
        "lodgement_recorded",
        actor=actor,
        organisation_id=side.organisation_id,
        payload={
            "lodgement_id": row.id,
            "edition": stored.value.number,
            "sha256": stored.value.sha256,
            "portal_reference": portal_reference,
            "lodged_at": _iso(lodged_at),
        },
    )
    return row


async def of_proposal(session: AsyncSession, proposal_id: Id, submission_id: Id | None = None) -> list[Handed]:
    """Every submission ever made, the oldest first; or one of them."""
    query = (
        select(Submission, Edition.number, Edition.sha256)
        .join(Edition, Edition.id == Submission.edition_id)
        .where(Submission.proposal_id == proposal_id)
        .order_by(Submission.id)
        .execution_options(populate_existing=True)
    )
    if submission_id is not None:
        query = query.where(Submission.id == submission_id)
    return [Handed(*row) for row in await session.execute(query)]


async def lodgements_of(
    session: AsyncSession, proposal_id: Id, lodgement_id: Id | None = None
) -> list[tuple[Lodgement, int, str]]:
    query = (
        select(Lodgement, Edition.number, Edition.sha256)
        .join(Edition, Edition.id == Lodgement.edition_id)
        .where(Lodgement.proposal_id == proposal_id)
        .order_by(Lodgement.id)
    )
    if lodgement_id is not None:
        query = query.where(Lodgement.id == lodgement_id)
    return list(await session.execute(query))


async def one(session: AsyncSession, proposal_id: Id, submission_id: Id) -> Handed:
    found = await of_proposal(session, proposal_id, submission_id)
    if not found:
        raise NotFound
    return found[0]


async def _standing(session: AsyncSession, proposal_id: Id) -> Handed | None:
    """The submission that the commissioner has, if any. There is never more than one."""
    found = await of_proposal(session, proposal_id)
    return next((each for each in found if submission.stands(SubmissionStatus(each.row.status))), None)


async def _tenderers(session: AsyncSession, proposal_id: Id) -> list[dict[str, Any]]:
    """Lead and members, the lead first: who bids (`tenderers` in the feed)."""
    query = (
        select(Partner.id, Partner.organisation_id, Organisation.name, Partner.role)
        .join(Organisation, Organisation.id == Partner.organisation_id)
        .where(Partner.proposal_id == proposal_id, Partner.status == "accepted", Partner.role.in_(("lead", "member")))
        .order_by(Partner.role, Partner.id)
    )
    return [
        {"partner_id": row.id, "organisation_id": row.organisation_id, "name": row.name, "role": row.role}
        for row in await session.execute(query)
    ]


async def _names(session: AsyncSession, partner_ids: tuple[Id, ...]) -> str:
    query = (
        select(Organisation.name)
        .join(Partner, Partner.organisation_id == Organisation.id)
        .where(Partner.id.in_(partner_ids))
    )
    return ", ".join((await session.execute(query.order_by(Partner.id))).scalars())


def _iso(at: datetime) -> str:
    return at.isoformat()


def _json(value: Any) -> str:

    return json.dumps(value, ensure_ascii=False)
