"""Readiness, editions and signatures over HTTP."""

from typing import Any

from fastapi import Response

from app.bid.fairness.thresholds import thresholds
from app.bid.records import whole_proposal as picture
from app.bid.signoff import freezing, service, stored
from app.bid.signoff.editions import Stored
from app.bid.signoff.rules import readiness
from app.bid.signoff.rules import signing as signoff
from app.bid.signoff.schemas import (
    BasisOut,
    BlockerOut,
    EditionIn,
    EditionOut,
    MustSignOut,
    ReadinessOut,
    ReasonIn,
    RefusalOut,
    SignOffIn,
    SignOffOut,
)
from app.bid.value.honesty import facilitator_of, reader_of
from app.platform.access import lifecycle
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation
from app.platform.db import event_log
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import reply, reply_bytes, reply_list
from app.platform.words.codes import EditionStatus

router = Router(tags=["signing"])

VISIBLE = """
SELECT 1 FROM editions e WHERE e.proposal_id = $2::uuid AND e.number::text = $1 AND (
  EXISTS (SELECT FROM partners p WHERE p.id = ANY($3::uuid[]) AND p.status = 'accepted'
          AND (p.filed_at IS NOT NULL OR NOT p.must_file))
  OR EXISTS (SELECT FROM facilitators f WHERE f.id = ANY($3::uuid[]) AND f.status = 'active')
  OR EXISTS (SELECT FROM sign_offs s WHERE s.edition_id = e.id AND s.partner_id = ANY($3::uuid[])))"""
EDITIONS = "/proposals/{proposal_id}/editions"
DIRECT = Options(direct=True)
JSON_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}


@router.get("/proposals/{proposal_id}/readiness", response_model=ReadinessOut, summary="What is still missing")
async def get_readiness(here: Here, proposal_id: Id) -> Response:
    """Everything that stands between the draft and the signed version, each with who does what next.

    The list is this reader's own: before the honesty round is over it says no more than that.
    """
    proposal = await picture.load(here.session, here.proposal_id)
    seats = frozenset(side.seat_id for side in here.standing.seats(Relation.PARTNER) if side.seat_id)
    reader = reader_of(proposal, seats) if seats else facilitator_of(proposal)
    found = readiness.judge(proposal, reader, await event_log.now(here.session))
    blockers = [
        BlockerOut(code=b.code, detail=b.detail, pointer=b.pointer, organisation_id=b.organisation_id) for b in found
    ]
    # While declarations are hidden so are files; the list of blockers is closed, and this is asked beside it.
    asks = [] if not reader.sees_others else await freezing.to_anonymise(here.session, here.proposal_id, sorted(seats))
    return reply(
        here.request,
        ReadinessOut(
            ready=not blockers and not asks,
            blockers=blockers,
            asks=[
                BlockerOut(code=a.code, detail=a.detail, pointer=a.pointer, organisation_id=a.organisation_id)
                for a in asks
            ],
        ),
    )


@router.post(EDITIONS, status_code=201, response_model=EditionOut, summary="Lock the bid for signing")
async def create_edition(here: Here, proposal_id: Id, body: EditionIn | None = None) -> Response:
    """Makes the version that all partners sign. Refused with the complete list of what is missing; then, while a file in
    it may identify people who use the services, until its owner confirms that it does not, or takes it out.
    """
    side = here.side(body.organisation_id, body.partner_id) if body else here.side()
    here.check_state()
    now = await event_log.now(here.session)
    number = await freezing.freeze(here.session, here.person, side, here.proposal_id, now, thresholds(here.settings))
    stored = await service.load(here.session, here.proposal_id, number)
    where = f"/v1/proposals/{here.proposal_id}/editions/{number}"
    return reply(here.request, await _out(here, stored), status=201, location=where)


@router.get(EDITIONS, response_model=paging.page_of(EditionOut), summary="All versions")
async def list_editions(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The versions that were locked for signing, in their order; a former partner sees those that it signed, and who
    joins later sees none before it has filed."""
    numbers = await service.visible_numbers(here.session, here.proposal_id, _signed_only(here))
    page, next_cursor = paging.part(numbers, limit, cursor, lambda number: f"{number:09}")
    items = [await _out(here, await service.load(here.session, here.proposal_id, number)) for number in page]
    return reply_list(here.request, items, next_cursor)


@router.get(EDITIONS + "/{number}", response_model=EditionOut, summary="One version")
async def get_edition(here: Here, proposal_id: Id, number: int) -> Response:
    """Its hash, who has to sign it, and who has."""
    return reply(here.request, await _out(here, await _edition(here)))


# These two are read often and are bytes already: the edition is looked for once, after the reader was judged.
@router.get(EDITIONS + "/{edition}/document.json", summary="The signed bytes", responses=JSON_FILE, edge=DIRECT)
async def get_edition_bytes(here: Here, proposal_id: Id, edition: str) -> Response:
    """The bid as the commissioner gets it: the canonical JSON (RFC 8785) whose SHA-256 is signed."""
    return await _bytes(here, await stored.edition_document(here.db.reads, here.proposal_id, await _seen(here)))


@router.get(EDITIONS + "/{edition}/annex.json", summary="The partners' annex", responses=JSON_FILE, edge=DIRECT)
async def get_edition_annex(here: Here, proposal_id: Id, edition: str) -> Response:
    """What the partners share and keep among themselves; its SHA-256 stands in the signed document."""
    return await _bytes(here, await stored.edition_annex(here.db.reads, here.proposal_id, await _seen(here)))


@router.get(EDITIONS + "/{number}/schedules/{partner_id}", summary="Your own private lines", responses=JSON_FILE)
async def get_edition_schedule(here: Here, proposal_id: Id, number: int, partner_id: Id) -> Response:
    """A partner's own rates and budget lines in this version; for its owner alone."""
    own = {side.seat_id for side in here.standing.seats(Relation.PARTNER, Relation.FORMER)}
    if here.path["partner_id"] not in own:
        raise NotFound
    return await _bytes(here, await stored.edition_schedule(here.db.reads, *_which(here), here.path["partner_id"]))


@router.post(EDITIONS + "/{number}/sign-offs", status_code=201, response_model=SignOffOut, summary="Sign")
async def sign_edition(here: Here, proposal_id: Id, number: int, body: SignOffIn) -> Response:
    """A signatory signs this version's hash for one partner. With the last signature the bid is agreed."""
    side = here.side(body.organisation_id, body.partner_id)
    stored = await _open_edition(here)
    basis = body.authority_basis
    given = service.Given(
        here.person_id,
        body.sha256,
        body.full_name,
        body.role_title,
        signoff.AuthorityBasis(basis.kind, basis.date, basis.document_id, basis.detail),
    )
    made = await service.sign(here.session, here.person, side, here.proposal_id, stored, given)
    where = f"/v1/proposals/{here.proposal_id}/editions/{stored.value.number}/sign-offs/{made.id}"
    return reply(here.request, _sign_off(made), status=201, location=where)


@router.get(EDITIONS + "/{number}/sign-offs", response_model=paging.page_of(SignOffOut), summary="Its signatures")
async def list_sign_offs(
    here: Here, proposal_id: Id, number: int, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """All signatures of this version, also those that fell."""
    page, after = paging.part((await _edition(here)).value.sign_offs, limit, cursor, lambda one: one.id)
    return reply_list(here.request, [_sign_off(one) for one in page], after)


@router.get(EDITIONS + "/{number}/sign-offs/{sign_off_id}", response_model=SignOffOut, summary="One signature")
async def get_sign_off(here: Here, proposal_id: Id, number: int, sign_off_id: Id) -> Response:
    """Who signed, for whom, with which words and on what authority."""
    for one in (await _edition(here)).value.sign_offs:
        if one.id == here.path["sign_off_id"]:
            return reply(here.request, _sign_off(one))
    raise NotFound


@router.post(EDITIONS + "/{number}/refusals", status_code=201, response_model=RefusalOut, summary="Refuse to sign")
async def refuse_edition(here: Here, proposal_id: Id, number: int, body: ReasonIn) -> Response:
    """A partner that must sign says no, with its reason: the version is withdrawn and the bid is a draft again."""
    side = here.side(body.organisation_id, body.partner_id)
    stored = await _open_edition(here)
    made = await service.refuse(here.session, here.person, side, here.proposal_id, stored, here.person_id, body.reason)
    where = f"/v1/proposals/{here.proposal_id}/editions/{stored.value.number}/refusals/{made.id}"
    return reply(here.request, RefusalOut.model_validate(made), status=201, location=where)


@router.get(EDITIONS + "/{number}/refusals", response_model=paging.page_of(RefusalOut), summary="Its refusals")
async def list_refusals(
    here: Here, proposal_id: Id, number: int, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Who refused to sign this version, and why."""
    page, after = paging.part((await _edition(here)).value.refusals, limit, cursor, lambda one: one.id)
    return reply_list(here.request, [RefusalOut.model_validate(one) for one in page], after)


@router.get(EDITIONS + "/{number}/refusals/{refusal_id}", response_model=RefusalOut, summary="One refusal")
async def get_refusal(here: Here, proposal_id: Id, number: int, refusal_id: Id) -> Response:
    """Who refused to sign, and why."""
    for one in (await _edition(here)).value.refusals:
        if one.id == here.path["refusal_id"]:
            return reply(here.request, RefusalOut.model_validate(one))
    raise NotFound


@router.post(EDITIONS + "/{number}/withdraw", response_model=EditionOut, summary="Take the version back")
async def withdraw_edition(here: Here, proposal_id: Id, number: int, body: ReasonIn) -> Response:
    """Any partner that must sign may withdraw it with a reason. All signatures fall; the bid is a draft again.

    A submission that was made stands until a new one replaces it or it is withdrawn itself.
    """
    side = here.side(body.organisation_id, body.partner_id)
    stored = await _open_edition(here)
    await service.withdraw(here.session, here.person, side, stored, body.reason)
    return reply(here.request, await _out(here, await _edition(here)))


async def _edition(here: Context) -> Stored:
    return await service.load(here.session, *_which(here))


async def _open_edition(here: Context) -> Stored:
    """The edition in the path, while the proposal still lets anything happen to it."""
    if here.standing.status is not None:
        lifecycle.check_not_over(here.standing.status, here.standing.deadline_passed)
    return await _edition(here)


def _which(here: Context) -> tuple[Id, int]:
    """The path's edition; it was found there before, so it is a number."""
    return here.proposal_id, int(here.path["number"])


def _signed_only(here: Context) -> list[Id] | None:
    """The seats of a reader who sees only the editions that these signed; None for one who sees all."""
    if any(side.reads_versions for side in here.standing.sides):
        return None
    return [side.seat_id for side in here.standing.sides if side.seat_id]


async def _seen(here: Context) -> int:
    """The number in the path, for a reader who may see that edition."""
    text = here.path["edition"]
    if not (text.isascii() and text.isdigit() and len(text) < 8 and text == str(int(text))):
        raise NotFound
    signed_only = _signed_only(here)
    if signed_only is not None and not await stored.was_signed_by(
        here.db.reads, here.proposal_id, int(text), signed_only
    ):
        raise NotFound
    return int(text)


async def _bytes(here: Context, found: tuple[bytes, str] | None) -> Response:
    if found is None:
        raise NotFound
    content, sha256 = found
    return reply_bytes(here.request, content, tag=f'"{sha256}"')


async def _out(here: Context, stored: Stored) -> EditionOut:
    value = stored.value
    own = next((side.seat_id for side in here.standing.seats(Relation.PARTNER)), None)
    return EditionOut(
        number=value.number,
        sha256=value.sha256,
        status=value.status,
        created_at=stored.created_at,
        agreed_at=stored.agreed_at,
        withdrawn_at=stored.withdrawn_at,
        answers_amendment=value.answers_amendment,
        must_sign=[
            MustSignOut(
                partner_id=who.partner_id,
                organisation_id=who.organisation_id,
                name=who.name,
                signatures_required=who.required,
                signed=len(value.signed_by(who.partner_id)),
            )
            for who in value.must_sign
        ],
        waiting_for=signoff.waiting(value) if value.status is EditionStatus.OPEN else "",
        words=await service.words(here.session, here.proposal_id, own),
        sign_offs=[_sign_off(one) for one in value.sign_offs],
        refusals=[RefusalOut.model_validate(one) for one in value.refusals],
        withdrawn_because=value.withdrawn_because,
        fallen_partner_ids=list(value.fallen_partner_ids),
        version=stored.version,
    )


def _sign_off(one: signoff.SignOff) -> SignOffOut:
    return SignOffOut(
        id=one.id,
        partner_id=one.partner_id,
        organisation_id=one.organisation_id,
        full_name=one.full_name,
        role_title=one.role_title,
        authority_basis=BasisOut(
            kind=one.basis.kind,
            date=one.basis.dated,
            document_id=one.basis.document_id,
            detail=one.basis.detail,
        ),
        words=one.words,
        sha256=one.sha256,
        verification=one.verification,
        at=one.at,
        fell=one.fell,
    )
