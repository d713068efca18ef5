"""Opportunities over HTTP."""

from fastapi import Response

from app.calls.opportunities import from_wire, queries, service, stored, typed
from app.calls.opportunities.schemas import (
    CancelIn,
    OpportunityIn,
    OpportunityOut,
    OpportunityPatch,
    TypedIn,
)
from app.platform.access.ids import Id
from app.platform.access.permissions import can
from app.platform.access.rules import Relation, Scope, Side, Standing
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.etag import tag
from app.platform.web.replies import PRIVATE, reply_bytes

router = Router(tags=["opportunities"])


async def _whole(here: Context, opportunity_id: Id, status: int = 200, location: str | None = None) -> Response:
    """The opportunity as it is now."""
    content, version, variant = await queries.one(
        here.session, opportunity_id, _own(here), can(here.standing, Scope.OPPORTUNITY)
    )
    etag = tag(version, variant)
    if status == 200:
        return reply_bytes(here.request, content, tag=etag)
    headers = {**PRIVATE, "ETag": etag, **({"Location": location} if location else {})}
    return Response(content, status, headers, "application/json")


def _own(here: Context) -> list[Id]:
    return [membership.organisation_id for membership in here.person.memberships]


@router.post("/opportunities", status_code=201, response_model=OpportunityOut, summary="Write an opportunity")
async def create_opportunity(here: Here, body: OpportunityIn) -> Response:
    """A draft that its owner alone sees, until it is published. Bids are sealed and made here unless told otherwise."""
    own = service.acting_for(here.person, body.organisation_id)
    organisation = await service.commissioner(here.session, here.settings, own)
    row = await service.write(here.session, here.person, organisation, from_wire.new(body), body.facilitator_ids)
    writes_for = here.person.membership(organisation.id)
    roles = writes_for.roles if writes_for else frozenset()
    here.standing = Standing(sides=(Side(Relation.OWNER, organisation.id, roles),))
    return await _whole(here, row.id, 201, f"/v1/opportunities/{row.id}")


@router.post(
    "/opportunities/typed", status_code=201, response_model=OpportunityOut, summary="Type a call from a web page"
)
async def type_opportunity(here: Here, body: TypedIn) -> Response:
    """For a call in no feed: your organisation can start a bid for it, and type what its portal asks. Nobody outside its bids
    knows of it, in lists or otherwise, since that would tell a rival who bids.

    With `opportunity_id` it is typed again: 200, and what is said now is one of the call's `claims`, which each of its bids
    follows once its partners decide to (`POST /v1/proposals/{id}/follow-notice`).
    """
    id_, is_new = await typed.take(here.session, here.person, body)
    return await _whole(here, id_, 201 if is_new else 200, f"/v1/opportunities/{id_}")


@router.get("/opportunities/{opportunity_id}", response_model=OpportunityOut, summary="Read an opportunity")
async def get_opportunity(here: Here, opportunity_id: Id) -> Response:
    """The whole call: lots, questions, rules, deadlines, how bids are made, and its numbered amendments.

    `brought_by` says whom it follows. `claims` are notices of the same call that organisations brought and that say
    something else: they change nothing, and nobody is told whose they are.
    """
    could = can(here.standing, Scope.OPPORTUNITY)
    content, version, variant = await queries.read(here.db.reads, here.path["opportunity_id"], _own(here), could)
    return reply_bytes(here.request, content, tag=tag(version, variant))


@router.patch(
    "/opportunities/{opportunity_id}", response_model=OpportunityOut, summary="Change or amend an opportunity"
)
async def update_opportunity(here: Here, opportunity_id: Id, body: OpportunityPatch) -> Response:
    """A merge patch. Once published, each change is a numbered amendment; its deadline never moves to earlier.

    Changed questions and limits change the sections of every bid and keep their text; a version that is signed and not
    submitted becomes void. A later deadline alone voids nothing.
    """
    row, sent = await queries.to_change(here.session, here.path["opportunity_id"]), body.sent()
    before = await stored.load(here.session, row.id)
    after = from_wire.patched(before, sent)
    facilitator_ids = (sent["facilitator_ids"] or []) if "facilitator_ids" in sent else None
    # What the body says is judged before the version is looked at: 422 comes before 428 and 412.
    await service.check_change(here.session, here.settings, row, before, after, facilitator_ids)
    here.match(row.version)
    act = service.acting_on(here.session, here.person, row)
    await service.change(act, row, before, after, facilitator_ids, list(sent))
    return await _whole(here, row.id)


@router.post("/opportunities/{opportunity_id}/publish", response_model=OpportunityOut, summary="Publish an opportunity")
async def publish_opportunity(here: Here, opportunity_id: Id) -> Response:
    """From now on everybody who is signed in sees it, and bids can be made until the deadline."""
    row = await queries.to_change(here.session, here.path["opportunity_id"])
    await service.publish(service.acting_on(here.session, here.person, row), here.settings, row)
    return await _whole(here, row.id)


@router.post("/opportunities/{opportunity_id}/cancel", response_model=OpportunityOut, summary="Cancel an opportunity")
async def cancel_opportunity(here: Here, opportunity_id: Id, body: CancelIn | None = None) -> Response:
    """No bid can be made any more. Everybody who is writing one is told, with the reason."""
    row = await queries.to_change(here.session, here.path["opportunity_id"])
    await service.cancel(service.acting_on(here.session, here.person, row), row, body.reason if body else "")
    return await _whole(here, row.id)
