"""Submissions and lodgements over HTTP, for the partners."""

from fastapi import Response

from app.bid.handing_in import queries, service
from app.bid.handing_in.schemas import LodgementIn, LodgementOut, SubmissionIn, SubmissionOut
from app.platform.access import lifecycle
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_part
from app.platform.words.codes import ProposalStatus

router = Router(tags=["submitting"])
# Below a proposal, `submission_id` names one of its submissions; in a commissioner's path it is the scope itself.
SUBMISSIONS = "/proposals/{proposal_id}/submissions"
LODGEMENTS = "/proposals/{proposal_id}/lodgements"


@router.post(SUBMISSIONS, status_code=201, response_model=SubmissionOut, summary="Submit the bid")
async def submit_proposal(here: Here, proposal_id: Id, body: SubmissionIn | None = None) -> Response:
    """Hands the version that all signed to the commissioner, up to and including the deadline, and gives a receipt.

    A submission that was made before is replaced; both stay on record.
    """
    side = here.side(body.organisation_id, body.partner_id) if body else here.side()
    submission_id = await service.submit(here.act(side), _status(here))
    made = await queries.submission(here.session, here.proposal_id, submission_id)
    where = f"/v1/proposals/{here.proposal_id}/submissions/{submission_id}"
    return reply(here.request, SubmissionOut.of(made), status=201, location=where)


@router.get(SUBMISSIONS, response_model=paging.page_of(SubmissionOut), summary="What was submitted")
async def list_submissions_of_proposal(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Every hand-in with its receipt, the replaced and withdrawn ones too."""
    found = await queries.submissions(here.session, here.proposal_id)
    return reply_part(here.request, map(SubmissionOut.of, found), limit, cursor, lambda each: each.id)


@router.get(SUBMISSIONS + "/{submission_id}", response_model=SubmissionOut, summary="One hand-in")
async def get_submission_of_proposal(here: Here, proposal_id: Id, submission_id: Id) -> Response:
    """Its receipt, whether the commissioner confirmed it, and the outcome with its feedback."""
    return await _submission(here)


@router.post(SUBMISSIONS + "/{submission_id}/withdraw", response_model=SubmissionOut, summary="Take it back")
async def withdraw_submission(
    here: Here, proposal_id: Id, submission_id: Id, body: SubmissionIn | None = None
) -> Response:
    """Before the deadline only: nothing stands in its place unless you submit again."""
    side = here.side(body.organisation_id, body.partner_id) if body else here.side()
    status = _status(here)
    lifecycle.check_not_over(status, here.standing.deadline_passed)
    await service.withdraw(here.act(side), here.path["submission_id"], status)
    return await _submission(here)


@router.post(LODGEMENTS, status_code=201, response_model=LodgementOut, summary="Record a bid put in elsewhere")
async def record_lodgement(here: Here, proposal_id: Id, body: LodgementIn) -> Response:
    """For calls whose bids go in on the council's own portal: your record that this version was put in there.

    Cobid gives no receipt for it; keep the portal's own.
    """
    act = here.act(here.side(body.organisation_id, body.partner_id))
    await service.check_lodgement(act, body.lodged_at, body.document_id)
    lodgement_id = await service.lodge(act, _status(here), body.portal_reference, body.lodged_at, body.document_id)
    made = await queries.lodgement(here.session, here.proposal_id, lodgement_id)
    where = f"/v1/proposals/{here.proposal_id}/lodgements/{lodgement_id}"
    return reply(here.request, LodgementOut.of(made), status=201, location=where)


@router.get(LODGEMENTS, response_model=paging.page_of(LodgementOut), summary="What was put in elsewhere")
async def list_lodgements(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The partners' records of what was put in on the council's portal."""
    found = await queries.lodgements(here.session, here.proposal_id)
    return reply_part(here.request, map(LodgementOut.of, found), limit, cursor, lambda each: each.id)


@router.get(LODGEMENTS + "/{lodgement_id}", response_model=LodgementOut, summary="One such record")
async def get_lodgement(here: Here, proposal_id: Id, lodgement_id: Id) -> Response:
    """Which version was put in where, when, and under which number."""
    found = await queries.lodgement(here.session, here.proposal_id, here.path["lodgement_id"])
    return reply(here.request, LodgementOut.of(found))


async def _submission(here: Context) -> Response:
    found = await queries.submission(here.session, here.proposal_id, here.path["submission_id"])
    return reply(here.request, SubmissionOut.of(found))


def _status(here: Context) -> ProposalStatus:
    if here.standing.status is None:
        raise NotFound
    return here.standing.status
