"""The bid that a rendering shows: the draft as the commissioner would get it, or an edition's stored bytes."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.document import contents, template
from app.bid.document.rules import build_document
from app.bid.document.rules.for_facilitator import annex_without_prices, without_prices
from app.bid.fairness.rules import Thresholds
from app.bid.handing_in.queries import STANDS
from app.bid.handing_in.tables import Submission
from app.bid.records import whole_proposal
from app.bid.signoff import queries as editions
from app.bid.signoff.queries import StoredEdition
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
    """A bid to render. `document` is its canonical value; `standing` holds what the hash does not cover, such as signatures."""

    document: Mapping[str, Any]
    standing: Standing
    annex: Mapping[str, Any] | None = None
    signed: bytes | None = None
    template: Template = DEFAULT
    """The template that it is printed with, without the bytes of its logo."""

    @property
    def frozen(self) -> bool:
        """Whether it is a version as its partners read it. Whatever is made of one is made once."""
        return self.standing.sha256 is not None

    @property
    def title(self) -> str:
        return str(self.document["proposal"]["title"])


async def live(session: AsyncSession, proposal_id: Id, partner_ids: frozenset[Id], thresholds: Thresholds) -> Source:
    """The draft, with its annex, as these partners may read it; without any partner, as the facilitator may.

    A partner that joined late and has not filed yet sees what all saw before the reveal.
    """
    proposal = await whole_proposal.load(session, proposal_id)
    reader = reader_of(proposal, partner_ids) if partner_ids else facilitator_of(proposal)
    found = await contents.load(session, proposal, thresholds, sees_others=reader.sees_others)
    document = await asyncio.to_thread(
        build_document,
        found.proposal,
        annex_sha256=None,
        schedule_hashes={},
        attachments=found.attachments,
        opened_checks=found.opened_checks,
    )
    source = Source(document, Standing(), found.annex, template=await template.applied_to(session, proposal_id))
    return source if partner_ids else for_facilitator(source)


def for_facilitator(source: Source) -> Source:
    """The same bid without its prices. So it is never the signed version itself, and is marked as a draft."""
    annex = source.annex and annex_without_prices(source.annex)
    return Source(without_prices(source.document), Standing(), annex, template=source.template)


async def edition(session: AsyncSession, proposal_id: Id, number: int, base_url: str) -> Source:
    """An edition, with its signatures as they are now."""
    stored = await editions.load(session, proposal_id, number)
    query = select(Edition.document, Edition.annex, Edition.template).where(Edition.id == stored.row.id)
    document, annex, template_data = (await session.execute(query)).one()
    return Source(
        json.loads(document),
        standing_of(stored, base_url, handed_in=await handed_in(session, proposal_id) == number),
        json.loads(annex),
        bytes(document),
        DEFAULT if template_data is None else Template.from_data(template_data),
    )


async def submission(session: AsyncSession, submission_id: Id, base_url: str) -> tuple[Id, Source]:
    """The proposal's id, and the edition that was submitted; NotFound for a submission that does not stand."""
    query = select(Edition.proposal_id, Edition.number).join(Submission, Submission.edition_id == Edition.id)
    found = (await session.execute(query.where(Submission.id == submission_id, STANDS))).first()
    if found is None:
        raise NotFound
    return found.proposal_id, await edition(session, found.proposal_id, found.number, base_url)


async def submitted_at(session: AsyncSession, submission_id: Id) -> str:
    """When it was handed in, by the database's clock."""
    at = (await session.execute(select(Submission.submitted_at).where(Submission.id == submission_id))).scalar_one()
    return _instant(at)


async def handed_in(session: AsyncSession, proposal_id: Id) -> int | None:
    """The number of the edition whose submission stands, if any."""
    query = select(Edition.number).join(Submission, Submission.edition_id == Edition.id)
    return (await session.execute(query.where(Edition.proposal_id == proposal_id, STANDS))).scalar_one_or_none()


def standing_of(stored: StoredEdition, base_url: str, *, handed_in: bool = False) -> Standing:
    """How far an edition got. While its submission stands it counts as agreed, though partners who write a new one
    withdrew it and its signatures fell: its document stays as it was handed in.
    """
    value = stored.value
    agreed = handed_in or value.status is EditionStatus.AGREED
    withdrawn = value.status is EditionStatus.WITHDRAWN and not agreed
    names = {who.partner_id: who.name for who in value.must_sign}
    signed = [s for s in value.sign_offs if agreed or s.stands]
    last = stored.row.withdrawn_at if withdrawn else max((s.at for s in signed), default=None)
    return Standing(
        status="withdrawn" if withdrawn else "agreed" if agreed else "open",
        edition=value.number,
        sha256=value.sha256,
        signatures=tuple(_signature(s, names) for s in signed),
        must_sign=tuple(who.partner_id for who in value.must_sign),
        verify_url=f"{base_url}/v1/verify/{value.sha256}",
        made_at=_instant(last or stored.row.created_at),
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
