"""What a rendering is made of: the live proposal as the commissioner would get it, or an edition's stored bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import editions, section_log
from app.db.models.fairness import FairnessShare
from app.db.models.signoff import Edition, Submission
from app.db.queries import attached, picture, templates
from app.documents.standing import Signature, Standing
from app.documents.template import DEFAULT, Template
from app.domain import fairness
from app.domain.bid_document import build_annex, build_document
from app.domain.codes import EditionStatus
from app.domain.errors import NotFound
from app.domain.ids import Id
from app.domain.proposal import Proposal
from app.domain.signoff import SignOff
from app.richtext import yjs


@dataclass(frozen=True, slots=True)
class Source:
    """A bid to render: its canonical value, what stands outside the hash, and the annex where it is at hand."""

    document: Mapping[str, Any]
    standing: Standing
    annex: Mapping[str, Any] | None = None
    signed: bytes | None = None
    template: Template = DEFAULT
    """What it is printed with; the bytes of its logo are fetched where it is."""


async def live(session: AsyncSession, proposal_id: Id, *, for_facilitator: bool) -> Source:
    """What the commissioner would get today. A facilitator sees the proposal's total price and no partner's."""
    proposal = await with_texts(session, await picture.load(session, proposal_id))
    document = build_document(
        proposal,
        annex_sha256=None,
        schedule_hashes={},
        attachments=await attached.in_bid(session, proposal_id),
        opened_checks=await opened_checks(session, proposal),
    )
    if for_facilitator:
        document["budget"] = _total_alone(document["budget"])
    template = await templates.applied_to(session, proposal_id)
    return Source(document, Standing(), build_annex(proposal), template=template)


def _total_alone(budget: dict[str, Any] | None) -> dict[str, Any] | None:
    if budget is None:
        return None
    return {"by_partner": [], "by_year": [], "by_lot": [], "lines": [], "total": budget["total"]}


async def edition(session: AsyncSession, proposal_id: Id, number: int, base_url: str) -> Source:
    """An edition with its signatures as they stand."""
    stored = await editions.load(session, proposal_id, number)
    if stored is None:
        raise NotFound
    query = select(Edition.document, Edition.annex, Edition.template).where(Edition.id == stored.id)
    document, annex, data = (await session.execute(query)).one()
    template = DEFAULT if data is None else Template.from_data(data)
    return Source(json.loads(document), standing_of(stored, base_url), json.loads(annex), bytes(document), template)


async def edition_of_submission(session: AsyncSession, submission_id: Id) -> tuple[Id, int]:
    query = select(Edition.proposal_id, Edition.number).join(Submission, Submission.edition_id == Edition.id)
    found = (await session.execute(query.where(Submission.id == submission_id))).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


def standing_of(stored: editions.Stored, base_url: str) -> Standing:
    value = stored.value
    withdrawn = value.status is EditionStatus.WITHDRAWN
    names = {who.partner_id: who.name for who in value.must_sign}
    signed = [] if withdrawn else [s for s in value.sign_offs if s.stands]
    last = stored.withdrawn_at if withdrawn else max((s.at for s in signed), default=None)
    return Standing(
        status="withdrawn" if withdrawn else "agreed" if value.status is EditionStatus.AGREED else "open",
        edition=value.number,
        sha256=value.sha256,
        signatures=tuple(_signature(s, names) for s in signed),
        must_sign=tuple(who.partner_id for who in value.must_sign),
        verify_url=f"{base_url}/v1/verify/{value.sha256}",
        made_at=_instant(last or stored.created_at),
    )


def _signature(signed: SignOff, names: Mapping[Id, str]) -> Signature:
    return Signature(
        partner_id=signed.partner_id,
        organisation=names.get(signed.partner_id, ""),
        full_name=signed.full_name,
        role_title=signed.role_title,
        signed_at=_instant(signed.at),
        verification_level=signed.verification.value,
        authority_basis=signed.basis.kind.value if signed.basis.kind else "",
        authority_date=signed.basis.dated.isoformat() if signed.basis.dated else None,
        authority_detail=signed.basis.detail,
        words=signed.words,
    )


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


async def with_texts(session: AsyncSession, proposal: Proposal) -> Proposal:
    """The proposal with the content of its sections, as ProseMirror JSON."""
    texts = await section_log.read_all(session, proposal.id)
    return replace(
        proposal,
        sections=tuple(
            replace(section, content=yjs.read(yjs.load(*texts[section.id].updates))) if section.id in texts else section
            for section in proposal.sections
        ),
    )


async def opened_checks(session: AsyncSession, proposal: Proposal) -> list[dict[str, Any]]:
    """The fairness checks that every partner agreed to show the commissioner, as everybody sees them."""
    query = select(FairnessShare.code, FairnessShare.agreed_by).where(FairnessShare.proposal_id == proposal.id)
    agreed = {code: set(by) for code, by in (await session.execute(query)).all()}
    if not agreed:
        return []
    everybody = {partner.id for partner in proposal.accepted}
    shown = fairness.shown_to(fairness.run_checks(proposal), fairness.CheckReader())
    return [
        {"code": f.code.value, "state": f.state.value, "detail": f.sentence, "partner_id": f.partner_id}
        for f in shown
        if everybody <= agreed.get(f.code.value, set())
    ]
