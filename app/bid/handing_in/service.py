"""Submitting an agreed edition, withdrawing the submission, and recording what was lodged elsewhere.

The caller holds the proposal's row locked. Whether it is in time is decided by the statement that writes: its own
`clock_timestamp()` is compared with the call's deadline, so no answer after the deadline can say otherwise.
"""

import json
from datetime import datetime

from sqlalchemy import text

from app.bid.files import queries as files
from app.bid.handing_in import consequences, queries, rules
from app.bid.handing_in.tables import Lodgement, Submission, mark_changed
from app.bid.signoff import queries as editions
from app.bid.signoff.withdrawing import move
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.access.lifecycle import STANDING, SUBMISSION, Step, after
from app.platform.access.terms import DEADLINE, STATUS
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import ProposalStatus, SubmissionStatus

# Both are SQL, since the deadline is a guard of the write itself.
_SUBMIT = text(
    f"""
    WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS at)
    INSERT INTO submissions (id, proposal_id, opportunity_id, edition_id, partner_id, person_id, status, submitted_at,
                             tenderers, title, opportunity_title, notices, version)
    SELECT CAST(:id AS uuid), p.id, o.id, e.id, CAST(:partner_id AS uuid), CAST(:person_id AS uuid), 'submitted',
           moment.at, CAST(:tenderers AS jsonb), signed.document #>> '{{proposal,title}}',
           signed.document #>> '{{opportunity,title}}', '[]', 1
    FROM moment, proposals p JOIN opportunities o ON o.id = p.opportunity_id JOIN editions e ON e.proposal_id = p.id
    CROSS JOIN LATERAL (SELECT convert_from(e.document, 'UTF8')::jsonb AS document) signed
    WHERE p.id = CAST(:proposal_id AS uuid) AND p.status = 'agreed' AND e.status = 'agreed'
      AND e.id = CAST(:edition_id AS uuid) AND {STATUS} = 'published'
      AND coalesce({DEADLINE} >= moment.at, true)
    RETURNING submitted_at
    """
)
_WITHDRAW = text(
    f"""
    WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS at)
    UPDATE submissions s SET status = :status, withdrawn_at = moment.at, version = s.version + 1,
                             changed_xact = pg_current_xact_id()::text::bigint
    FROM moment, proposals p JOIN opportunities o ON o.id = p.opportunity_id
    WHERE s.id = CAST(:id AS uuid) AND p.id = s.proposal_id AND s.status = ANY(:standing)
      AND coalesce({DEADLINE} >= moment.at, true)
    RETURNING s.withdrawn_at
    """
)


async def submit(act: Act, status: ProposalStatus) -> Id:
    """The id of the new submission. One that stood before is replaced and stays on record."""
    assert act.seat_id
    session, proposal_id = act.session, act.stream_id
    call = await queries.call_of(session, proposal_id)
    stored = await editions.in_force(session, proposal_id)
    before = await queries.standing(session, proposal_id)
    now = await event_log.now(session)
    edition = rules.check_submission(
        status, stored.value if stored else None, call, now, before.edition if before else None
    )
    assert stored is not None
    may_submit = tuple(stored.row.may_submit)
    rules.check_may_submit(act.seat_id, may_submit, queries.names_of(stored.row, may_submit))
    if before is not None:
        following = after(SUBMISSION, SubmissionStatus(before.submission.status), Step.REPLACE)
        before.submission.status = following.value
        mark_changed(before.submission)
        await session.flush()
    submission_id = new_id()
    tenderers = queries.tenderers(stored.row)
    found = await session.execute(
        _SUBMIT,
        {
            "id": submission_id,
            "proposal_id": proposal_id,
            "edition_id": stored.row.id,
            "partner_id": act.seat_id,
            "person_id": act.person_id,
            "tenderers": json.dumps(tenderers, ensure_ascii=False),
        },
    )
    submitted_at: datetime | None = found.scalar_one_or_none()
    if submitted_at is None:
        raise rules.deadline_passed_refusal(call)
    proposal = await move(act, Step.SUBMIT)
    await act.record(
        "submission_made",
        submission_id=submission_id,
        receipt={"submitted_at": submitted_at.isoformat(), "sha256": edition.sha256, "edition": edition.number},
        replaces=before.submission.id if before else None,
        opportunity_id=proposal.opportunity_id,
    )
    return submission_id


async def withdraw(act: Act, submission_id: Id, status: ProposalStatus) -> None:
    """Up to the deadline, a partner that may submit withdraws the submission; the commissioner then has nothing."""
    session = act.session
    call = await queries.call_of(session, act.stream_id)
    row = await session.get_one(Submission, submission_id, populate_existing=True)
    rules.check_withdrawal(SubmissionStatus(row.status), call, await event_log.now(session))
    following = after(SUBMISSION, SubmissionStatus(row.status), Step.WITHDRAW_SUBMISSION)
    found = await session.execute(
        _WITHDRAW, {"id": submission_id, "status": following.value, "standing": [each.value for each in STANDING]}
    )
    if found.scalar_one_or_none() is None:
        raise rules.deadline_passed_refusal(call)
    await move(act, Step.WITHDRAW_SUBMISSION)
    await act.record("submission_withdrawn", submission_id=submission_id, status_before=status.value)
    await consequences.drop_if_left(act)


async def check_lodgement(act: Act, lodged_at: datetime, document_id: Id | None) -> None:
    """422 for a time that is still to come, or for a document that the partner may not read."""
    if lodged_at > await event_log.now(act.session):
        raise Invalid.at(
            "/lodged_at", "in-the-future", "That time is still to come. Give the time at which it was put in."
        )
    await files.check_named(act.session, act.stream_id, act.seat_id, document_id, "/document_id")


async def lodge(
    act: Act, status: ProposalStatus, portal_reference: str, lodged_at: datetime, document_id: Id | None
) -> Id:
    """The id of a person's record that the edition in force was lodged on the council's own portal."""
    call = await queries.call_of(act.session, act.stream_id)
    stored = await editions.in_force(act.session, act.stream_id)
    edition = rules.check_lodgement(status, stored.value if stored else None, call)
    assert stored is not None
    row = Lodgement(
        id=new_id(),
        proposal_id=act.stream_id,
        edition_id=stored.row.id,
        partner_id=act.seat_id,
        person_id=act.actor.person_id if act.actor else None,
        portal_reference=portal_reference,
        lodged_at=lodged_at,
        document_id=document_id,
    )
    act.session.add(row)
    await act.record(
        "lodgement_recorded",
        lodgement_id=row.id,
        edition=edition.number,
        sha256=edition.sha256,
        portal_reference=portal_reference,
        lodged_at=lodged_at.isoformat(),
    )
    return row.id
