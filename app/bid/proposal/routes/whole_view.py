"""The whole proposal as one reader sees it: rendered once for each state of it, and then answered as stored bytes.

The ETag is `"<version>.<variant>"`. The variant is made of what can change this reader's answer: the revision as it
counts it (for everything that those inside see) or what others are shown, the reader's own counters, its roles, and the deadline.
Nothing hidden from the reader changes it, and a 304 costs no rendering.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from app.bid import value as d
from app.bid.proposal import queries
from app.bid.proposal.schemas import AuthorityOut, LookAlikeOut, PartnerOut
from app.bid.records import revision, whole_proposal
from app.bid.records.tables import OPEN_SEATS
from app.bid.records.tables import Proposal as Row
from app.platform.access.ids import Id
from app.platform.access.permissions import can
from app.platform.access.rules import ASKED_IN, Relation, Standing
from app.platform.byte_cache import ByteCache
from app.platform.capability import Part, joined
from app.platform.web import etag
from app.platform.web.context import Context
from app.platform.web.replies import PRIVATE
from app.platform.web.wire import VerificationOut
from app.platform.words.names import look_alikes

_renderings: ByteCache[bytes] = ByteCache(len)


def inside(standing: Standing) -> bool:
    return bool(standing.seats(Relation.PARTNER, Relation.FACILITATOR))


def version(here: Context) -> int:
    """The bid's own; 0 for who is not inside, since it counts what is not shown to them (the round's end, say)."""
    return int(here.facts["version"]) if inside(here.standing) else 0


async def variant(here: Context) -> str:
    """A digest of everything that this reader's answer depends on."""
    standing, facts = here.standing, here.facts
    sides = [
        [side.relation, side.seat_id, sorted(side.roles), side.role, side.must_sign, side.may_submit]
        for side in standing.sides
    ]
    counters = [side.get("counter") for side in facts.get("sides") or ()]
    if inside(standing):
        counts = await revision.counted(here.run, here.proposal_id, standing, facts["revision"])
        own = acting(standing)
        seen = [counts, facts["version"], *await queries.seen_from_inside(here.run, here.proposal_id, own)]
    else:
        seats = [side.seat_id for side in standing.sides if side.seat_id]
        title, partners, structure = await queries.seen_from_outside(here.run, here.proposal_id, seats)
        seen = [title, partners, structure if standing.seats(*ASKED_IN) else None]
    clock = [standing.status, standing.deadline_passed]
    made = json.dumps([seen, counters, sides, clock, facts["call_version"]])
    return hashlib.sha256(made.encode()).hexdigest()[:16]


async def whole(here: Context) -> Response:
    """The answer of `GET /v1/proposals/{proposal_id}`."""
    made = await variant(here)
    tag = etag.tag(version(here), made)
    headers = {**PRIVATE, "ETag": tag}
    if etag.not_modified(here.request, tag):
        return Response(status_code=304, headers=headers)
    key = (here.proposal_id, made, tag)
    content = _renderings.get(key)
    if content is None:
        content = await _render(here)
        _renderings.put(key, content)
    return Response(content, headers=headers, media_type="application/json")


async def _render(here: Context) -> bytes:
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    row = await here.session.get_one(Row, here.proposal_id)
    content: dict[str, Any] = {
        "id": proposal.id,
        "opportunity_id": proposal.opportunity.id,
        "lot_ids": list(proposal.lot_ids),
        "title": proposal.title,
        "language": proposal.language,
        "currency": proposal.currency,
        "status": proposal.status.value,
        "version": proposal.version if inside(here.standing) else 0,
        "opportunity": _call(proposal),
        "follows": follows(proposal),
        "viewer": viewer(here.standing),
    }
    if inside(here.standing):
        content |= {
            "revision": await revision.counted(here.run, proposal.id, here.standing, proposal.revision),
            "timetable": {
                name: _instant(getattr(row, name)) for name in ("declare_by", "text_by", "sign_by", "submit_by")
            },
            "contact": row.contact,
            "offer_valid_until": row.offer_valid_until.isoformat() if row.offer_valid_until else None,
            "partners": [_plain(partner) for partner in partners_out(proposal.partners, await addresses(here))],
        }
        parts = joined().parts
    else:
        shown = shown_from_outside(proposal, row, here.standing)
        content["partners"] = [_plain(partner) for partner in partners_out(shown, {})]
        parts = _outside(here.standing)
    for name, part in parts.items():
        content[name] = _plain(part.render(proposal, here.standing))
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _outside(standing: Standing) -> dict[str, Part]:
    """The parts for a reader who is not inside: the structure in force while it is invited, its own declarations once it
    has left."""
    names = ("structure",) if standing.seats(*ASKED_IN) else ("contributions", "expectations", "budget_lines")
    return {name: joined().parts[name] for name in names}


def shown_from_outside(proposal: d.Proposal, row: Row, standing: Standing) -> list[d.Partner]:
    """The lead, the reader's own partners, and partners who agreed that invited organisations see them."""
    mine = {side.seat_id for side in standing.sides}
    return [
        partner
        for partner in proposal.partners
        if partner.id in mine or (partner.accepted and (partner is proposal.lead or partner.show_to_invited))
    ]


def _call(proposal: d.Proposal) -> dict[str, Any]:
    call = proposal.opportunity
    return {
        "id": call.id,
        "title": call.title,
        "buyer_name": call.buyer_name,
        "mode": call.mode.value,
        "submission_deadline": _instant(call.submission_deadline),
        "time_zone": call.time_zone,
        "submission_route": call.route.kind.value,
    }


def follows(proposal: d.Proposal) -> dict[str, Any] | None:
    """The notice that the bid keeps, and since when; None where it follows its call."""
    if proposal.own_since is None:
        return None
    return {"claim_id": proposal.own_claim_id, "since": _instant(proposal.own_since)}


def viewer(standing: Standing) -> dict[str, Any]:
    """The reader. `partner_id` is that of its first seat; a person of several partners finds them all in `seats`."""
    seats = [side for side in standing.sides if side.relation in (Relation.PARTNER, *ASKED_IN)]
    return {
        "partner_id": seats[0].seat_id if seats else None,
        "roles": sorted({role.value for side in standing.sides for role in side.roles}),
        "seats": [
            {
                "relation": side.relation.value,
                "organisation_id": side.organisation_id,
                "partner_id": side.seat_id if side in seats else None,
                "roles": sorted(role.value for role in side.roles),
            }
            for side in standing.sides
        ],
        "can": can(standing),
    }


LOOKS_ALIKE = (
    "Its name looks like that of another partner in this bid. Compare their register numbers and how far each is verified, "
    "so that you know which is which."
)


def acting(standing: Standing) -> list[Id]:
    """The organisations for which the reader takes part."""
    return [side.organisation_id for side in standing.seats(Relation.PARTNER) if side.organisation_id]


async def addresses(here: Context) -> dict[Id, str]:
    return await queries.addresses(here.run, here.proposal_id, acting(here.standing))


def partners_out(shown: Sequence[d.Partner], emails: Mapping[Id, str]) -> list[PartnerOut]:
    """The partners that a reader sees. A name that looks like another's is warned about, where the reader sees both."""
    here = [p for p in shown if p.organisation_id and p.status in OPEN_SEATS]
    alike = look_alikes((partner.id, name) for partner in here for name in (partner.name, partner.short_name) if name)
    return [_partner_out(partner, alike.get(partner.id), emails.get(partner.id)) for partner in shown]


def _partner_out(partner: d.Partner, alike: list[Id] | None, email: str | None) -> PartnerOut:
    authority = partner.authority
    return PartnerOut(
        id=partner.id,
        organisation_id=partner.organisation_id,
        name=partner.name,
        short_name=partner.short_name,
        email=email,
        role=partner.role,
        status=partner.status,
        version=partner.version,
        main_contractor_id=partner.main_contractor_id,
        relied_on_for=partner.relied_on_for,
        proposed_work_markdown=partner.proposed_work_markdown,
        lot_ids=list(partner.lot_ids),
        areas=list(partner.areas),
        people_reached=partner.people_reached,
        aims_statement_markdown=partner.aims_statement_markdown,
        serves_aims=partner.serves_aims,
        authority=AuthorityOut.model_validate(authority, from_attributes=True) if authority else None,
        verification=VerificationOut.model_validate(partner.verification, from_attributes=True),
        reply_by=partner.reply_by,
        accepted_at=partner.accepted_at,
        ended_reason=partner.ended_reason,
        named_when_verified=partner.named_when_verified,
        look_alike=LookAlikeOut(partner_ids=alike, detail=LOOKS_ALIKE) if alike else None,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _instant(value: Any) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value is not None else None
