"""Statements and claims of confidentiality over HTTP."""

from fastapi import Response
from sqlalchemy import select

from app.bid.records import whole_proposal
from app.bid.statements import service
from app.bid.statements.rules import BASES, statements_for_commissioner
from app.bid.statements.schemas import ClaimIn, ClaimOut, StatementIn, StatementOut
from app.bid.statements.tables import ConfidentialityClaim, Statement
from app.bid.value import Proposal
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Standing
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import gone, reply, reply_list, reply_part
from app.platform.words.catalogue import ENGLISH
from app.platform.words.codes import StatementKey

router = Router(tags=["statements"])
KEYS = ", ".join(f"'{key.value}'" for key in StatementKey)


@router.get(
    "/proposals/{proposal_id}/partners/{partner_id}/statements",
    response_model=paging.page_of(StatementOut),
    summary="What a partner states",
)
async def list_statements(
    here: Here, proposal_id: Id, partner_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The whole set that councils ask for, given or not; `required` says which this call needs."""
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    given = await service.statements_of(here.session, here.path["partner_id"])
    order = list(StatementKey)
    items = [_statement(here, key, given.get(key), proposal) for key in order]
    return reply_part(here.request, items, limit, cursor, lambda statement: str(order.index(statement.key)))


def _statement(here: Context, key: StatementKey, row: Statement | None, proposal: Proposal) -> StatementOut:
    given = service.as_value(row) if row else None
    return StatementOut.of(here.path["partner_id"], key, given, row.version if row else 0, proposal)


@router.get(
    "/proposals/{proposal_id}/partners/{partner_id}/statements/{statement_key}",
    response_model=StatementOut,
    summary="One statement of a partner",
)
async def get_statement(here: Here, proposal_id: Id, partner_id: Id, statement_key: str) -> Response:
    """What is asked and what was answered. Until it is given, `answer` is null and the version 0."""
    key = StatementKey(here.path["statement_key"])
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    given = await service.statements_of(here.session, here.path["partner_id"])
    return reply(here.request, _statement(here, key, given.get(key), proposal))


@router.put(
    "/proposals/{proposal_id}/partners/{partner_id}/statements/{statement_key}",
    response_model=StatementOut,
    summary="Give a statement",
)
async def put_statement(here: Here, proposal_id: Id, partner_id: Id, statement_key: str, body: StatementIn) -> Response:
    """By an editor of the partner that states it. The first time, If-Match names version 0."""
    act, given = here.act(here.side(partner_id=here.path["partner_id"])), body.model_dump()
    key = StatementKey(here.path["statement_key"])
    await service.check_statement(act, given)
    row = (await service.statements_of(here.session, here.path["partner_id"])).get(key)
    here.match(row.version if row else 0)
    here.check_state()
    row = await service.state(act, key, row, given)
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    return reply(here.request, _statement(here, key, row, proposal))


def _claim(row: ConfidentialityClaim) -> ClaimOut:
    ground = ENGLISH(f"confidentiality_basis.{row.basis}.ground") if row.basis in BASES else row.basis
    return ClaimOut.of(row, ground)


@router.post(
    "/proposals/{proposal_id}/confidentiality-claims",
    status_code=201,
    response_model=ClaimOut,
    summary="Ask for something to be withheld",
)
async def claim_confidentiality(here: Here, proposal_id: Id, body: ClaimIn) -> Response:
    """Names a part of the bid document that you ask the authority not to publish, and why. The authority decides.

    The claim is in the bid: partners and the commissioner read it.
    """
    act, given = here.act(here.side(partner_id=body.partner_id)), body.model_dump(exclude={"partner_id"})
    service.check_claim(act, given)
    here.check_state()
    row = await service.claim(act, given)
    where = f"/v1/proposals/{here.proposal_id}/confidentiality-claims/{row.id}"
    return reply(here.request, _claim(row), status=201, location=where)


@router.get(
    "/proposals/{proposal_id}/confidentiality-claims",
    response_model=paging.page_of(ClaimOut),
    summary="What partners ask to be withheld",
)
async def list_confidentiality_claims(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """All partners' claims, in the order in which they were made."""
    query = select(ConfidentialityClaim).where(ConfidentialityClaim.proposal_id == here.proposal_id)
    rows, next_cursor = await paging.rows(here.session, query, ConfidentialityClaim.id, limit, cursor)
    return reply_list(here.request, [_claim(row) for row in rows], next_cursor)


@router.get(
    "/proposals/{proposal_id}/confidentiality-claims/{claim_id}", response_model=ClaimOut, summary="One such claim"
)
async def get_confidentiality_claim(here: Here, proposal_id: Id, claim_id: Id) -> Response:
    """What is to be withheld, on which ground, and until when."""
    return reply(here.request, _claim(await _found(here)))


@router.delete(
    "/proposals/{proposal_id}/confidentiality-claims/{claim_id}", status_code=204, summary="Take such a claim back"
)
async def withdraw_confidentiality_claim(here: Here, proposal_id: Id, claim_id: Id) -> Response:
    """By an editor of the partner that made it, with the ETag in If-Match."""
    row = await _found(here)
    side = here.side(partner_id=row.partner_id)
    here.match(row.version)
    here.check_state()
    await service.withdraw(here.act(side), row)
    return gone()


async def _found(here: Context) -> ConfidentialityClaim:
    row = await here.session.get(ConfidentialityClaim, here.path["claim_id"])
    if row is None:
        raise NotFound
    return row


def statements(proposal: Proposal, _standing: Standing) -> list[StatementOut]:
    """The member `statements` of the whole proposal: what accepted partners have stated."""
    return [
        StatementOut.of(each.partner_id, each.key, each, each.version, proposal)
        for each in statements_for_commissioner(proposal)
    ]
