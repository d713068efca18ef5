"""What the portal asks, over HTTP: read, and typed by the partners, as JSON or as a table."""

from fastapi import Response

from app.bid.decisions.routes import open_motion
from app.bid.proposal import leaving, portal_questions
from app.bid.proposal.portal_questions import PortalQuestionsIn, PortalQuestionsOut
from app.bid.records.tables import Proposal
from app.platform.access.ids import Id
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import digest, reply
from app.platform.words.codes import Matter

router = Router(tags=["proposals"])
PATH = "/proposals/{proposal_id}/portal-questions"
TABLES = ("text/csv", "text/tab-separated-values")
EITHER = Options(tables=dict.fromkeys(TABLES, portal_questions.from_table))


@router.get(PATH, response_model=PortalQuestionsOut, summary="What the portal asks")
async def get_portal_questions(here: Here, proposal_id: Id) -> Response:
    """The questions that the partners typed, who typed them, and what your organisation may take over.

    `offered` holds what stands in another bid for the same call in which your own organisation takes part; the other
    partners of this bid are shown none of it.
    """
    return await _reply(here)


@router.put(
    PATH,
    response_model=PortalQuestionsOut,
    summary="Type what the portal asks",
    responses={202: {"description": "The decision that it opened: the partners agree it first."}},
    edge=EITHER,
    openapi_extra={"requestBody": {"content": {media: {"schema": {"type": "string"}} for media in TABLES}}},
)
async def put_portal_questions(here: Here, proposal_id: Id, body: PortalQuestionsIn) -> Response:
    """At once while the lead is alone; from the second partner on it is a decision (202), which is never the lead's alone.

    Each question is a part to write, and the answers come out box by box. Only where bids are made elsewhere. As CSV, or a
    table pasted from a spreadsheet, the first row names the columns: `number`, `question`, `limit`, `unit`, `weight`, `lot`,
    `per_member`; only `question` is needed.
    """
    side = here.side(body.organisation_id)
    body = body.model_copy(update={"organisation_id": side.organisation_id})
    proposal = await here.session.get_one(Proposal, here.proposal_id)
    await portal_questions.check(here.session, proposal, body)
    here.match(await portal_questions.version(here.session, proposal.id))
    here.check_state()
    if await leaving.alone(here.session, here.proposal_id):
        await portal_questions.put(here.act(side), body)
        return await _reply(here)
    return await open_motion(
        here,
        side,
        matter=Matter.OTHER,
        title="Answer what the portal asks",
        method="PUT",
        path="/portal-questions",
        body=body.model_dump(mode="json"),
    )


async def _reply(here: Context) -> Response:
    proposal = await here.session.get_one(Proposal, here.proposal_id, populate_existing=True)
    own = [side.organisation_id for side in here.standing.sides if side.organisation_id]
    out = await portal_questions.read(here.session, proposal, own)
    return reply(here.request, out, variant=digest(out))
