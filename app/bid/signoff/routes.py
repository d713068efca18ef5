"""Readiness, editions and signatures over HTTP."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from fastapi import Response

from app.bid.document.rules import Json
from app.bid.document.rules.for_facilitator import annex_without_prices, without_prices
from app.bid.fairness.thresholds import thresholds
from app.bid.records import whole_proposal
from app.bid.signoff import freezing, queries, service, stored
from app.bid.signoff.queries import StoredEdition
from app.bid.signoff.rules import readiness
from app.bid.signoff.rules.readiness import Blocker
from app.bid.signoff.rules.signing import AuthorityBasis, Refusal, SignOff
from app.bid.signoff.schemas import (
    BlockerOut,
    EditionIn,
    EditionOut,
    ReadinessOut,
    ReasonIn,
    RefusalOut,
    SignOffIn,
    SignOffOut,
)
from app.bid.signoff.stored import Stored
from app.bid.text.catching_up import catch_up_all_ahead
from app.bid.value import Proposal
from app.bid.value.honesty import facilitator_of, reader_of
from app.documents.canonical import canonical, sha256
from app.people.accounts import service as accounts
from app.people.accounts.browsers import process_of
from app.platform.access import lifecycle
from app.platform.access.errors import Fault, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation
from app.platform.db import event_log
from app.platform.web import languages, paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import reply, reply_bytes, reply_list, reply_part
from app.platform.words.catalogue import FIRST

router = Router(tags=["signing"])
EDITIONS = "/proposals/{proposal_id}/editions"
JSON_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}


@router.get("/proposals/{proposal_id}/readiness", response_model=ReadinessOut, summary="What is still missing")
async def get_readiness(here: Here, proposal_id: Id) -> Response:
    """Everything that stands between the draft and the signed version, each with who does what next.

    The list is this reader's own: before the honesty round is over it says so, and is silent about declarations, money,
    difficulties and decisions.
    """
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    seats = frozenset(side.seat_id for side in here.standing.seats(Relation.PARTNER) if side.seat_id)
    reader = reader_of(proposal, seats) if seats else facilitator_of(proposal)
    blockers = readiness.judge(proposal, reader, await event_log.now(here.session))
    # While declarations are hidden so are files. They are asked for apart, since the list of blockers is closed.
    asks = [] if not reader.sees_others else await freezing.to_anonymise(here.session, here.proposal_id, sorted(seats))
    out = ReadinessOut(
        ready=not blockers and not asks,
        blockers=[BlockerOut.of(each) for each in blockers],
        asks=[
            BlockerOut.of(Blocker(each.code, each.detail, each.pointer, each.organisation_id, _of(proposal, each)))
            for each in asks
        ],
    )
    return languages.said_in(reply(here.request, out), FIRST)


def _of(proposal: Proposal, ask: Fault) -> tuple[Id, ...]:
    return tuple(p.id for p in proposal.accepted if p.organisation_id == ask.organisation_id)


@router.post(
    EDITIONS,
    status_code=201,
    response_model=EditionOut,
    summary="Lock the bid for signing",
    edge=Options(late=True),
)
async def create_edition(here: Here, proposal_id: Id, body: EditionIn | None = None) -> Response:
    """Makes the version that all partners sign. Refused with the complete list of what is missing; then, while a file in
    it may identify people who use the services, until its owner confirms that it does not, or takes it out.
    """
    here.side(body.organisation_id, body.partner_id) if body else here.side()
    here.check_state()
    await catch_up_all_ahead(here.db, here.proposal_id)
    await here.begin()
    side = here.side(body.organisation_id, body.partner_id) if body else here.side()
    here.check_state()
    number = await freezing.freeze(here.act(side), thresholds(here.settings))
    made = await queries.load(here.session, here.proposal_id, number)
    where = f"/v1/proposals/{here.proposal_id}/editions/{number}"
    return reply(here.request, await _out(here, made), status=201, location=where)


@router.get(EDITIONS, response_model=paging.page_of(EditionOut), summary="All versions")
async def list_editions(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The versions that were locked for signing, in their order; a former partner sees those that it signed, and who
    joins later sees none before it has filed."""
    numbers = await queries.visible_numbers(here.session, here.proposal_id, _signed_only(here))
    page, next_cursor = paging.part(numbers, limit, cursor, lambda number: f"{number:09}")
    items = [await _out(here, await queries.load(here.session, here.proposal_id, number)) for number in page]
    return reply_list(here.request, items, next_cursor)


@router.get(EDITIONS + "/{number}", response_model=EditionOut, summary="One version")
async def get_edition(here: Here, proposal_id: Id, number: int) -> Response:
    """Its hash, who has to sign it, and who has."""
    return reply(here.request, await _out(here, await _edition(here)))


@router.get(EDITIONS + "/{edition}/document.json", summary="The signed bytes", responses=JSON_FILE)
async def get_edition_bytes(here: Here, proposal_id: Id, edition: str) -> Response:
    """The bid as the commissioner gets it: the canonical JSON (RFC 8785) whose SHA-256 is signed. A facilitator gets it
    without the prices, so with another hash."""
    found = await stored.edition_document(here.db.reads, here.proposal_id, int(edition))
    return _bytes(here, _as_read(here, found, without_prices))


@router.get(EDITIONS + "/{edition}/annex.json", summary="The partners' annex", responses=JSON_FILE)
async def get_edition_annex(here: Here, proposal_id: Id, edition: str) -> Response:
    """What the partners share and keep among themselves; its SHA-256 stands in the signed document."""
    found = await stored.edition_annex(here.db.reads, here.proposal_id, int(edition))
    return _bytes(here, _as_read(here, found, annex_without_prices))


@router.get(EDITIONS + "/{number}/schedules/{partner_id}", summary="Your own private lines", responses=JSON_FILE)
async def get_edition_schedule(here: Here, proposal_id: Id, number: int, partner_id: Id) -> Response:
    """A partner's own rates and budget lines in this version; for its owner alone."""
    own = {side.seat_id for side in here.standing.seats(Relation.PARTNER, Relation.FORMER)}
    if here.path["partner_id"] not in own:
        raise NotFound
    return _bytes(here, await stored.edition_schedule(here.db.reads, *_which(here), here.path["partner_id"]))


@router.post(
    EDITIONS + "/{number}/sign-offs",
    status_code=201,
    response_model=SignOffOut,
    summary="Sign",
    edge=Options(late=True),
)
async def sign_edition(here: Here, proposal_id: Id, number: int, body: SignOffIn) -> Response:
    """A signatory signs this version's hash for one partner. With the last signature the bid is agreed.

    A `password` that is given has to be the signatory's own: 422 otherwise, and nothing is signed.
    """
    here.side(body.organisation_id, body.partner_id)
    if body.password is not None:
        await accounts.confirm(process_of(here.request), here.person_id, body.password)
    await here.begin()
    act = here.act(here.side(body.organisation_id, body.partner_id))
    sent = body.authority_basis
    basis = AuthorityBasis(sent.kind, sent.date, sent.document_id, sent.detail)
    await service.check_basis(act, basis)
    edition = await _open_edition(here)
    made = await service.sign(
        act, edition, sha256=body.sha256, full_name=body.full_name, role_title=body.role_title, basis=basis
    )
    where = f"/v1/proposals/{here.proposal_id}/editions/{edition.value.number}/sign-offs/{made.id}"
    return reply(here.request, SignOffOut.of(made), status=201, location=where)


@router.get(EDITIONS + "/{number}/sign-offs", response_model=paging.page_of(SignOffOut), summary="Its signatures")
async def list_sign_offs(
    here: Here, proposal_id: Id, number: int, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """All signatures of this version, also those that fell."""
    found = (await _edition(here)).value.sign_offs
    return reply_part(here.request, map(SignOffOut.of, found), limit, cursor, lambda each: each.id)


@router.get(EDITIONS + "/{number}/sign-offs/{sign_off_id}", response_model=SignOffOut, summary="One signature")
async def get_sign_off(here: Here, proposal_id: Id, number: int, sign_off_id: Id) -> Response:
    """Who signed, for whom, with which words and on what authority."""
    found = _with_id((await _edition(here)).value.sign_offs, here.path["sign_off_id"])
    return reply(here.request, SignOffOut.of(found))


@router.post(EDITIONS + "/{number}/refusals", status_code=201, response_model=RefusalOut, summary="Refuse to sign")
async def refuse_edition(here: Here, proposal_id: Id, number: int, body: ReasonIn) -> Response:
    """A partner that must sign says no, with its reason: the version is withdrawn and the bid is a draft again."""
    act = here.act(here.side(body.organisation_id, body.partner_id))
    edition = await _open_edition(here)
    made = await service.refuse(act, edition, body.reason)
    where = f"/v1/proposals/{here.proposal_id}/editions/{edition.value.number}/refusals/{made.id}"
    return reply(here.request, RefusalOut.model_validate(made), status=201, location=where)


@router.get(EDITIONS + "/{number}/refusals", response_model=paging.page_of(RefusalOut), summary="Its refusals")
async def list_refusals(
    here: Here, proposal_id: Id, number: int, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Who refused to sign this version, and why."""
    found = (await _edition(here)).value.refusals
    return reply_part(here.request, map(RefusalOut.model_validate, found), limit, cursor, lambda each: each.id)


@router.get(EDITIONS + "/{number}/refusals/{refusal_id}", response_model=RefusalOut, summary="One refusal")
async def get_refusal(here: Here, proposal_id: Id, number: int, refusal_id: Id) -> Response:
    """Who refused to sign, and why."""
    found = _with_id((await _edition(here)).value.refusals, here.path["refusal_id"])
    return reply(here.request, RefusalOut.model_validate(found))


@router.post(EDITIONS + "/{number}/withdraw", response_model=EditionOut, summary="Take the version back")
async def withdraw_edition(here: Here, proposal_id: Id, number: int, body: ReasonIn) -> Response:
    """Any partner that must sign may withdraw it with a reason. All signatures fall; the bid is a draft again.

    A submission that was made stands until a new one replaces it or it is withdrawn itself.
    """
    act = here.act(here.side(body.organisation_id, body.partner_id))
    await service.withdraw(act, await _open_edition(here), body.reason)
    return reply(here.request, await _out(here, await _edition(here)))


_Listed = TypeVar("_Listed", SignOff, Refusal)


def _with_id(found: Sequence[_Listed], id_: Id) -> _Listed:
    for each in found:
        if each.id == id_:
            return each
    raise NotFound


async def _edition(here: Context) -> StoredEdition:
    return await queries.load(here.session, *_which(here))


async def _open_edition(here: Context) -> StoredEdition:
    """The edition in the path; 409 once the bid is dissolved or its deadline has passed."""
    if here.standing.status is not None:
        lifecycle.check_not_over(here.standing.status, here.standing.deadline_passed)
    return await _edition(here)


def _which(here: Context) -> tuple[Id, int]:
    """The edition in the path. The edge has found it, so it is a number."""
    return here.proposal_id, int(here.path["number"])


def _signed_only(here: Context) -> list[Id] | None:
    """The seats of a reader who sees only the editions that these signed; None for a reader who sees all editions."""
    if any(side.reads_versions for side in here.standing.sides):
        return None
    return [side.seat_id for side in here.standing.sides if side.seat_id]


def _as_read(here: Context, found: Stored | None, reduced: Callable[[Mapping[str, Any]], Json]) -> Stored | None:
    """The stored bytes; for a facilitator those of what is left without the prices."""
    if found is None or here.standing.seats(Relation.PARTNER, Relation.FORMER):
        return found
    content = canonical(reduced(json.loads(found[0])))
    return content, sha256(content)


def _bytes(here: Context, found: Stored | None) -> Response:
    if found is None:
        raise NotFound
    content, sha256 = found
    return reply_bytes(here.request, content, tag=f'"{sha256}"')


async def _out(here: Context, edition: StoredEdition) -> EditionOut:
    own = next((side.seat_id for side in here.standing.seats(Relation.PARTNER)), None)
    return EditionOut.of(edition, queries.words(edition.row, own))
