"""Submissions and lodgements over HTTP, for the partners."""

from fastapi import Response

from app.bid.handing_in import service
from app.bid.handing_in.schemas import LodgementIn, LodgementOut, ReceiptOut, SubmissionIn, SubmissionOut
from app.bid.handing_in.tables import Lodgement
from app.platform.access import lifecycle
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list
from app.platform.words.codes import ProposalStatus

router = Router(tags=["submitting"])
# Under a proposal `submission_id` is one of its own; as a commissioner's object it is the scope itself.
SUBMISSIONS = "/proposals/{proposal_id}/submissions"
LODGEMENTS = "/proposals/{proposal_id}/lodgements"


@router.post(SUBMISSIONS, status_code=201, response_model=SubmissionOut, summary="Submit the bid")
async def submit_proposal(here: Here, proposal_id: Id, body: SubmissionIn | None = None) -> Response:
    """Hands the version that all signed to the commissioner, up to and including the deadline, and gives a receipt.

    A submission that was made before is replaced; both stay on record.
    """
    side = here.side(body.organisation_id, body.partner_id) if body else here.side()
    made = await service.submit(here.session, here.person, side, here.proposal_id, _status(here))
    handed = await service.one(here.session, here.proposal_id, made.id)
    return reply(
        here.request, _out(handed), status=201, location=f"/v1/proposals/{here.proposal_id}/submissions/{made.id}"
    )


@router.get(SUBMISSIONS, response_model=paging.page_of(SubmissionOut), summary="What was submitted")
async def list_submissions_of_proposal(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Every hand-in with its receipt, the replaced and withdrawn ones too."""
    found = await service.of_proposal(here.session, here.proposal_id)
    page, after = paging.part(found, limit, cursor, lambda one: one.row.id)
    return reply_list(here.request, [_out(one) for one in page], after)


@router.get(SUBMISSIONS + "/{submission_id}", response_model=SubmissionOut, summary="One hand-in")
async def get_submission_of_proposal(here: Here, proposal_id: Id, submission_id: Id) -> Response:
    """Its receipt, whether the commissioner confirmed it, and the outcome with its feedback."""
    return reply(here.request, _out(await service.one(here.session, here.proposal_id, here.path["submission_id"])))


@router.post(SUBMISSIONS + "/{submission_id}/withdraw", response_model=SubmissionOut, summary="Take it back")
async def withdraw_submission(
    here: Here, proposal_id: Id, submission_id: Id, body: SubmissionIn | None = None
) -> Response:
    """Before the deadline only: nothing stands in its place unless you submit again."""
    side = here.side(body.organisation_id, body.partner_id) if body else here.side()
    status = _status(here)
    lifecycle.check_not_over(status, here.standing.deadline_passed)
    await service.take_back(here.session, here.person, side, here.proposal_id, here.path["submission_id"], status)
    return reply(here.request, _out(await service.one(here.session, here.proposal_id, here.path["submission_id"])))


@router.post(LODGEMENTS, status_code=201, response_model=LodgementOut, summary="Record a bid put in elsewhere")
async def record_lodgement(here: Here, proposal_id: Id, body: LodgementIn) -> Response:
    """For calls whose bids go in on the council's own portal: your record that this version was put in there.

    Cobid gives no receipt for it; keep the portal's own.
    """
    side = here.side(body.organisation_id, body.partner_id)
    row = await service.lodge(
        here.session,
        here.person,
        side,
        here.proposal_id,
        _status(here),
        body.portal_reference,
        body.lodged_at,
        body.document_id,
    )
    where = f"/v1/proposals/{here.proposal_id}/lodgements/{row.id}"
    [found] = await service.lodgements_of(here.session, here.proposal_id, row.id)
    return reply(here.request, _lodgement(*found), status=201, location=where)


@router.get(LODGEMENTS, response_model=paging.page_of(LodgementOut), summary="What was put in elsewhere")
async def list_lodgements(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The partners' records of what was put in on the council's portal."""
    found = await service.lodgements_of(here.session, here.proposal_id)
    page, after = paging.part(found, limit, cursor, lambda one: one[0].id)
    return reply_list(here.request, [_lodgement(*one) for one in page], after)


@router.get(LODGEMENTS + "/{lodgement_id}", response_model=LodgementOut, summary="One such record")
async def get_lodgement(here: Here, proposal_id: Id, lodgement_id: Id) -> Response:
    """Which version was put in where, when, and under which number."""
    found = await service.lodgements_of(here.session, here.proposal_id, here.path["lodgement_id"])
    if not found:
        raise NotFound
    return reply(here.request, _lodgement(*found[0]))


def _status(here: Context) -> ProposalStatus:
    if here.standing.status is None:
        raise NotFound
    return here.standing.status


def _out(handed: service.Handed) -> SubmissionOut:
    row = handed.row
    return SubmissionOut(
        id=row.id,
        status=row.status,
        partner_id=row.partner_id,
        receipt=ReceiptOut(submitted_at=row.submitted_at, sha256=handed.sha256, edition=handed.edition),
        notices=row.notices,
        acknowledged_at=row.acknowledged_at,
        outcome=row.outcome,
        withdrawn_at=row.withdrawn_at,
        version=row.version,
    )


def _lodgement(row: Lodgement, edition: int, sha256: str) -> LodgementOut:
    return LodgementOut(
        id=row.id,
        edition=edition,
        sha256=sha256,
        partner_id=row.partner_id,
        portal_reference=row.portal_reference,
        lodged_at=row.lodged_at,
        document_id=row.document_id,
        recorded_at=row.created_at,
        version=row.version,
    )
