"""Statements and claims of confidentiality over HTTP."""

from fastapi import Response

from app.bid.records import whole_proposal
from app.bid.statements import service
from app.bid.statements.rules import BASES, statements_for_commissioner
from app.bid.statements.schemas import ClaimIn, ClaimOut, StatementIn, StatementOut
from app.bid.statements.tables import ConfidentialityClaim as ClaimRow
from app.bid.value import Proposal
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Standing
from app.platform.web import paging
from app.platform.web.context import Here
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
    rows = {row.key: row for row in await service.statements(here.session, here.proposal_id)
            if row.partner_id == here.path["partner_id"]}  # fmt: skip
    items = []
    for key in StatementKey:
        row = rows.get(key.value)
        given = service.as_value(row) if row else None
        items.append(StatementOut.of(here.path["partner_id"], key, given, row.version if row else 0, proposal))
    order = [key.value for key in StatementKey]
    return reply_part(here.request, items, limit, cursor, lambda statement: str(order.index(statement.key)))


@router.get(
    "/proposals/{proposal_id}/partners/{partner_id}/statements/{statement_key}",
    response_model=StatementOut,
    summary="One statement of a partner",
)
async def get_statement(here: Here, proposal_id: Id, partner_id: Id, statement_key: str) -> Response:
    """What is asked and what was answered. Until it is given, `answer` is null and the version 0."""
    key = StatementKey(here.path["statement_key"])
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    row = await service.statement_of(here.session, here.path["partner_id"], key)
    given = service.as_value(row) if row else None
    out = StatementOut.of(here.path["partner_id"], key, given, row.version if row else 0, proposal)
    return reply(here.request, out)


@router.put(
    "/proposals/{proposal_id}/partners/{partner_id}/statements/{statement_key}",
    response_model=StatementOut,
    summary="Give a statement",
)
async def put_statement(here: Here, proposal_id: Id, partner_id: Id, statement_key: str, body: StatementIn) -> Response:
    """By an editor of the partner that states it. The first time, If-Match names version 0."""
    side = here.side(partner_id=here.path["partner_id"])
    key = StatementKey(here.path["statement_key"])
    row = await service.statement_of(here.session, here.path["partner_id"], key, lock=True)
    here.match(row.version if row else 0)
    here.check_state()
    given = body.model_dump()
    row = await service.state(here.session, here.person, side, here.proposal_id, key, row, given)
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    return reply(here.request, StatementOut.of(row.partner_id, key, service.as_value(row), row.version, proposal))


def _claim(row: ClaimRow) -> ClaimOut:
    ground = ENGLISH(f"confidentiality_basis.{row.basis}.ground") if row.basis in BASES else row.basis
    return ClaimOut.of(service.claim_value(row), ground, row.version)


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
    here.check_state()
    side = here.side(partner_id=body.partner_id)
    row = await service.claim(here.session, here.person, side, here.proposal_id, dict(body))
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
    after = paging.decode(cursor, 1)
    rows = [
        row for row in await service.claims(here.session, here.proposal_id) if after is None or row.id > str(after[0])
    ]
    page, next_cursor = paging.cut(rows[: limit + 1], limit, lambda row: (row.id,))
    return reply_list(here.request, [_claim(row) for row in page], next_cursor)


@router.get(
    "/proposals/{proposal_id}/confidentiality-claims/{claim_id}", response_model=ClaimOut, summary="One such claim"
)
async def get_confidentiality_claim(here: Here, proposal_id: Id, claim_id: Id) -> Response:
    """What is to be withheld, on which ground, and until when."""
    row = await here.session.get(ClaimRow, here.path["claim_id"])
    if row is None:
        raise NotFound
    return reply(here.request, _claim(row))


@router.delete(
    "/proposals/{proposal_id}/confidentiality-claims/{claim_id}", status_code=204, summary="Take such a claim back"
)
async def withdraw_confidentiality_claim(here: Here, proposal_id: Id, claim_id: Id) -> Response:
    """By an editor of the partner that made it, with the ETag in If-Match."""
    row = await here.session.get(ClaimRow, here.path["claim_id"], with_for_update=True)
    if row is None:
        raise NotFound
    side = here.side(partner_id=row.partner_id)
    here.match(row.version)
    here.check_state()
    await service.withdraw(here.session, here.person, side, here.proposal_id, row)
    return gone()


def statements(proposal: Proposal, _standing: Standing) -> list[StatementOut]:
    """The member `statements` of the whole proposal: those given, by whoever is in the bid."""
    return [
        StatementOut.of(each.partner_id, each.key, each, each.version, proposal)
        for each in statements_for_commissioner(proposal)
    ]
