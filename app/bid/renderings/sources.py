"""What a rendering is made of: the live proposal as the commissioner would get it, or an edition's stored bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.document import contents, template
from app.bid.document.rules import build_document
from app.bid.fairness.rules import Thresholds
from app.bid.handing_in.tables import Submission
from app.bid.records import whole_proposal as picture
from app.bid.signoff import editions
from app.bid.signoff.rules.signing import SignOff
from app.bid.signoff.tables import Edition
from app.bid.value.honesty import facilitator_of, reader_of
from app.documents.looks.template import DEFAULT, Template
from app.documents.standing import Signature, Standing
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.words.codes import EditionStatus


@dataclass(frozen=True, slots=True)
class Source:
    """A bid to render: its canonical value, what stands outside the hash, and the annex where it is at hand."""

    document: Mapping[str, Any]
    standing: Standing
    annex: Mapping[str, Any] | None = None
    signed: bytes | None = None
    template: Template = DEFAULT
    """What it is printed with; the bytes of its logo are fetched where it is."""


async def live(session: AsyncSession, proposal_id: Id, partner_ids: frozenset[Id], thresholds: Thresholds) -> Source:
    """What the commissioner would get today, and the annex beside it, for somebody of these partners.

    Without one it is the facilitator, who sees the proposal's total price and no partner's. A partner that joined late
    and has not filed yet sees what all saw before the reveal.
    """
    proposal = await picture.load(session, proposal_id)
    reader = reader_of(proposal, partner_ids) if partner_ids else facilitator_of(proposal)
    found = await contents.load(session, proposal, thresholds, sees_others=reader.sees_others)
    document = build_document(
        found.proposal,
        annex_sha256=None,
        schedule_hashes={},
        attachments=found.attachments,
        opened_checks=found.opened_checks,
    )
    if not partner_ids:
        document["budget"] = _total_alone(document["budget"])
    return Source(document, Standing(), found.annex, template=await template.applied_to(session, proposal_id))


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
    stands = await handed_in(session, proposal_id) == number
    standing = standing_of(stored, base_url, handed_in=stands)
    return Source(json.loads(document), standing, json.loads(annex), bytes(document), template)


async def edition_of_submission(session: AsyncSession, submission_id: Id) -> tuple[Id, int]:
    query = select(Edition.proposal_id, Edition.number).join(Submission, Submission.edition_id == Edition.id)
    query = query.where(Submission.id == submission_id, Submission.status.in_(editions.standing_statuses()))
    found = (await session.execute(query)).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


async def handed_in(session: AsyncSession, proposal_id: Id) -> int | None:
    """The number of the edition whose submission stands, where there is one."""
    query = select(Edition.number).join(Submission, Submission.edition_id == Edition.id)
    return (
        await session.execute(
            query.where(Edition.proposal_id == proposal_id, Submission.status.in_(editions.standing_statuses()))
        )
    ).scalar_one_or_none()


def standing_of(stored: editions.Stored, base_url: str, *, handed_in: bool = False) -> Standing:
    """Partners who write anew take their version back, and its signatures fall; for the submission of it that still
    stands they count on, so that document is as it was handed in.
    """
    value = stored.value
    agreed = handed_in or value.status is EditionStatus.AGREED
    withdrawn = value.status is EditionStatus.WITHDRAWN and not agreed
    names = {who.partner_id: who.name for who in value.must_sign}
    signed = [s for s in value.sign_offs if agreed or s.stands]
    last = stored.withdrawn_at if withdrawn else max((s.at for s in signed), default=None)
    return Standing(
        status="withdrawn" if withdrawn else "agreed" if agreed else "open",
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
