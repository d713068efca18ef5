"""What commissioners and portals read and send over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from app.calls.opportunities.rules import check_commissioner
from app.commissioning.inbox import feed, handed, service
from app.commissioning.inbox.schemas import AcknowledgeIn, FeedOut, ReceivedSubmissionOut, TenderOutcomeIn
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.money import format_quantity
from app.platform.db.engine import first_row
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import PRIVATE, reply_bytes
from app.platform.web.wire import IdIn
from app.platform.words.codes import SubmissionStatus

router = Router(tags=["for commissioners"])


@router.get("/submissions", response_model=FeedOut, summary="The feed of submitted bids")
async def list_submissions(
    here: Here,
    opportunity_id: Annotated[IdIn | None, Query()] = None,
    status: SubmissionStatus | None = None,
    changed_after_cursor: Annotated[
        str | None, Query(max_length=500, description="`next_cursor` of an answer.")
    ] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = 50,
) -> Response:
    """Every change to a submission for your opportunities, once, in commit order, none skipped.

    Keep `next_cursor` and ask again with it as `changed_after_cursor`: you get what changed since. Of a sealed
    opportunity nothing shows before its deadline.
    """
    at = service.read_cursor(changed_after_cursor or cursor)
    own = [membership.organisation_id for membership in here.person.memberships]
    items, reached = await feed.page(
        here.db.reads, own, at, limit, opportunity_id, status.value if status else None, here.person.person_id
    )
    next_cursor = service.write_cursor(reached)
    body = b'{"items":' + items + b',"next_cursor":"' + next_cursor.encode() + b'"}'
    url = here.request.url.include_query_params(changed_after_cursor=next_cursor)
    link = {"Link": f'<{url.path}?{url.query}>; rel="next"'}
    return Response(body, headers={**PRIVATE, **link}, media_type="application/json")


@router.get("/submissions/{submission_id}", response_model=ReceivedSubmissionOut, summary="One submitted bid")
async def get_submission(here: Here, submission_id: Id) -> Response:
    """Which edition was handed in, by whom, and what became of it."""
    return await _answer(here)


@router.get(
    "/submissions/{submission_id}/document.json",
    summary="The bid itself, as it was signed",
    edge=Options(direct=True),
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def get_submission_bytes(here: Here, submission_id: Id) -> Response:
    """The canonical JSON whose SHA-256 every partner signed: hash these bytes and compare."""
    _check_stands(here)
    found = await handed.document(here.db.reads, here.path["submission_id"])
    if found is None:
        raise NotFound
    content, sha256 = found
    return reply_bytes(here.request, content, tag=f'"{sha256}"')


@router.get(
    "/submissions/{submission_id}/schedules/{tenderer_id}",
    summary="A partner's price lines",
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def get_submission_schedule(here: Here, submission_id: Id, tenderer_id: Id) -> Response:
    """Where the call asked for prices by line (`price_detail` is `lines`): one partner's lines, hashed in the bid."""
    _check_stands(here)
    found = await handed.schedule(here.db.reads, here.path["submission_id"], here.path["tenderer_id"])
    if found is None:
        raise NotFound
    content, sha256 = found
    return reply_bytes(here.request, content, tag=f'"{sha256}"')


@router.post(
    "/submissions/{submission_id}/acknowledge", response_model=ReceivedSubmissionOut, summary="Confirm receipt"
)
async def acknowledge_submission(here: Here, submission_id: Id, body: AcknowledgeIn | None = None) -> Response:
    """Tells the partners that you have the bid."""
    submission = await _locked(here)
    await service.acknowledge(here.session, here.person, submission, body.reference if body else None)
    return await _answer(here)


@router.post(
    "/submissions/{submission_id}/outcome", response_model=ReceivedSubmissionOut, summary="Say what became of the bid"
)
async def decide_submission(here: Here, submission_id: Id, body: TenderOutcomeIn) -> Response:
    """The outcome of each lot, with scores and feedback, after the deadline. Lots can follow one by one."""
    submission = await _locked(here)
    results = [
        service.Result(
            result.lot_id,
            result.outcome.value,
            [
                {
                    "question_id": score.question_id,
                    "score": format_quantity(score.score),
                    "max": format_quantity(score.max),
                    "explanation_markdown": score.explanation_markdown,
                }
                for score in result.scores
            ],
        )
        for result in body.results
    ]
    await service.decide(here.session, here.person, submission, results, body.feedback_markdown)
    return await _answer(here)


def _check_stands(here: Context) -> None:
    """What was replaced or taken back in an open call stays in the list; its content is the partners' again."""
    if not here.facts["stands"]:
        raise NotFound


async def _locked(here: Context) -> service.Handed:
    """The submission to act on, by somebody who acts for a commissioner that may."""
    found = await service.lock(here.session, here.path["submission_id"])
    membership = here.person.membership(found.opportunity.organisation_id or "")
    if membership is not None:
        check_commissioner(sorted(membership.kinds), membership.verified, here.settings.on_loopback)
    return found


async def _answer(here: Context) -> Response:
    """The submission, read within the request's transaction where it writes."""
    run = here.db.reads.first if here.request.method == "GET" else await first_row(here.session)
    found = await handed.submission(run, here.path["submission_id"])
    if found is None:
        raise NotFound
    content, version = found
    return reply_bytes(here.request, content, tag=f'"{version}"')
