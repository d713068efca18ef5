"""What commissioners and portals read and send over HTTP."""

import json
from typing import Annotated

from fastapi import Query, Response

from app.commissioning.inbox import cursors, feed, ocds, queries, service
from app.commissioning.inbox.schemas import AcknowledgeIn, FeedOut, ReceivedSubmissionOut, TenderOutcomeIn
from app.commissioning.inbox.service import LockedSubmission, LotResult
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.permissions import can
from app.platform.access.rules import Scope
from app.platform.db.act import Act
from app.platform.web import paging, waiting
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.etag import tag
from app.platform.web.replies import PRIVATE, digest_of, reply_bytes
from app.platform.web.wire import IdIn
from app.platform.words.codes import SubmissionStatus

router = Router(tags=["for commissioners"])
NOTHING = b"[]"


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
    wait: waiting.Wait = None,
) -> Response:
    """Every change to a submission for your opportunities, once, in commit order, none skipped.

    Keep `next_cursor` and ask again with it as `changed_after_cursor`: you get what changed since. It is sealed, and
    works for the same organisations alone. Of a sealed opportunity nothing shows before its deadline.

    With `wait`, an answer that would be empty comes when there is something, or when the time is over.
    """
    own = _own(here)
    seal = await here.db.seals.cursors()
    at = cursors.read(changed_after_cursor or cursor, seal, own)
    patience = waiting.patience(here.request, wait)
    async with patience.begin(here, [f"submissions:{each}" for each in own]) as more:
        while True:
            items, reached = await feed.page(
                here.db.reads, own, at, limit, opportunity_id, status.value if status else None, here.person.person_id
            )
            if items != NOTHING or not patience.seconds:
                break
            if at.until is None and not await more(await feed.next_opening(here.db.reads, own)):
                break
            at = reached or at
            if _own(here) != own:
                break  # its cursor is for the organisations that it began with: the reader starts again
    next_cursor = cursors.write(reached, seal, own) if reached else cursors.BEGINNING
    body = b'{"items":' + items + b',"next_cursor":"' + next_cursor.encode() + b'"}'
    url = here.request.url.include_query_params(changed_after_cursor=next_cursor)
    link = {"Link": f'<{url.path}?{url.query}>; rel="next"'}
    return Response(body, headers={**PRIVATE, **link, **patience.headers}, media_type="application/json")


@router.get("/submissions/{submission_id}", response_model=ReceivedSubmissionOut, summary="One submitted bid")
async def get_submission(here: Here, submission_id: Id) -> Response:
    """Which edition was handed in, by whom, and what became of it."""
    return await _answer(here)


@router.get(
    "/submissions/{submission_id}/document.json",
    summary="The bid itself, as it was signed",
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def get_submission_bytes(here: Here, submission_id: Id) -> Response:
    """The canonical JSON whose SHA-256 every partner signed: hash these bytes and compare."""
    _check_stands(here)
    found = await queries.document(here.db.reads, here.path["submission_id"])
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
    found = await queries.schedule(here.db.reads, here.path["submission_id"], here.path["tenderer_id"])
    if found is None:
        raise NotFound
    content, sha256 = found
    return reply_bytes(here.request, content, tag=f'"{sha256}"')


@router.get(
    "/submissions/{submission_id}/ocds.json",
    summary="The bid as open contracting data",
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def get_submission_ocds(here: Here, submission_id: Id) -> Response:
    """A release package (OCDS 1.1): who bids in which role, one bid for each lot with all its tenderers, and the award."""
    _check_stands(here)
    found = await queries.handed(here.db.reads, here.path["submission_id"])
    if found is None:
        raise NotFound
    package = ocds.package(*found, here.settings.base_url, here.settings.ocid_prefix)
    content = json.dumps(package, ensure_ascii=False, separators=(",", ":")).encode()
    return reply_bytes(here.request, content, tag=f'"{package["releases"][0]["id"]}"')


@router.post(
    "/submissions/{submission_id}/acknowledge", response_model=ReceivedSubmissionOut, summary="Confirm receipt"
)
async def acknowledge_submission(here: Here, submission_id: Id, body: AcknowledgeIn | None = None) -> Response:
    """Tells the partners that you have the bid."""
    act, submission = await _lock(here)
    await service.acknowledge(act, submission, body.reference if body else None)
    return await _answer(here)


@router.post(
    "/submissions/{submission_id}/outcome", response_model=ReceivedSubmissionOut, summary="Say what became of the bid"
)
async def decide_submission(here: Here, submission_id: Id, body: TenderOutcomeIn) -> Response:
    """The outcome of each lot, with scores and feedback, after the deadline. Lots can follow one by one."""
    act, submission = await _lock(here)
    results = [
        LotResult(each.lot_id, each.outcome, [score.as_data() for score in each.scores]) for each in body.results
    ]
    await service.decide(act, submission, results, body.feedback_markdown)
    return await _answer(here)


def _own(here: Context) -> list[Id]:
    return [membership.organisation_id for membership in here.person.memberships]


def _check_stands(here: Context) -> None:
    """In an open call, a replaced or withdrawn submission stays in the list, but its content is the partners' again."""
    if not here.facts["stands"]:
        raise NotFound


async def _lock(here: Context) -> tuple[Act, LockedSubmission]:
    """The submission to act on, and the act of its call's owner, verified or not: who asked for bids answers them."""
    found = await service.lock(here.session, here.path["submission_id"])
    organisation_id = found.opportunity.organisation_id
    act = Act(here.session, here.person, "proposal", found.proposal.id, for_organisation=organisation_id)
    return act, found


async def _answer(here: Context) -> Response:
    """The submission, read within the request's transaction where it writes."""
    could = can(here.standing, Scope.SUBMISSION)
    found = await queries.submission(here.run, here.path["submission_id"], could)
    if found is None:
        raise NotFound
    content, version = found
    return reply_bytes(here.request, content, tag=tag(version, digest_of(could)))
