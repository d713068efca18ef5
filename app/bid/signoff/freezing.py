"""Locking a bid for signing: the draft becomes an edition, whose bytes are made once and never change.

The proposal's row is held FOR UPDATE (the edge does that), so nothing that the edition contains is being written:
it is exactly what was acknowledged to its writers before.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.document import contents, template
from app.bid.document.contents import Contents
from app.bid.document.rules import build_document, build_schedule, schedule_partner_ids
from app.bid.fairness.rules import Thresholds
from app.bid.files import queries as attached
from app.bid.files.rules import FilesToAnonymise
from app.bid.records import whole_proposal as picture
from app.bid.signoff import editions
from app.bid.signoff.rules import readiness
from app.bid.signoff.rules.readiness import Blocker
from app.bid.signoff.rules.signing import describe, must_sign
from app.bid.signoff.tables import Edition, EditionSchedule
from app.bid.structure import rules as structure
from app.bid.text.settling import settle_all
from app.bid.value.honesty import reader_of
from app.documents.canonical import canonical, sha256
from app.platform.access.errors import Conflict, Fault
from app.platform.access.ids import Id
from app.platform.access.lifecycle import Step
from app.platform.access.rules import Actor, Side
from app.platform.db import event_log
from app.platform.db.base import new_id


class NotReady(Conflict):
    code = "not-ready"
    title = "The bid cannot be locked for signing yet"
    explanation = (
        "Every entry under 'errors' names one thing that stands in the way, and who does what next. "
        "GET …/readiness shows the same list at any time."
    )


def as_faults(blockers: tuple[Blocker, ...]) -> list[Fault]:
    return [Fault(b.pointer or "", b.code, b.detail, b.organisation_id) for b in blockers]


async def freeze(
    session: AsyncSession, actor: Actor, side: Side, proposal_id: Id, now: Any, thresholds: Thresholds
) -> int:
    """The number of the new edition; `NotReady` with the complete list of what this partner may know to be missing,
    and after that `FilesToAnonymise`.
    """
    await settle_all(session, proposal_id)
    proposal = await picture.load(session, proposal_id)
    seats = frozenset({side.seat_id}) if side.seat_id else frozenset()
    blockers = readiness.judge(proposal, reader_of(proposal, seats), now)
    if blockers:
        many = f"{len(blockers)} things stand" if len(blockers) > 1 else "One thing stands"
        raise NotReady(f"{many} in the way. {blockers[0].detail}", as_faults(blockers))
    if asked := await to_anonymise(session, proposal_id, sorted(seats)):
        raise FilesToAnonymise(asked[0].detail, asked)
    number = await _next_number(session, proposal_id)
    made = _write_down(await contents.load(session, proposal, thresholds), number, now)
    signing = must_sign(proposal)
    derived = structure.derive(proposal.structure, proposal.partners)
    edition_id = new_id()
    await session.execute(
        insert(Edition).values(
            id=edition_id,
            proposal_id=proposal_id,
            number=number,
            sha256=made.sha256,
            document=made.document,
            annex=made.annex,
            must_sign=[who.partner_id for who in signing],
            may_submit=list(derived.may_submit),
            signatures_required={who.partner_id: who.required for who in signing},
            created_by_partner_id=side.seat_id,
            created_at=now,
            amendment=proposal.opportunity.amendment,
            template=(await template.applied_to(session, proposal_id)).as_data(),
        )
    )
    for partner_id, content in made.schedules.items():
        await session.execute(
            insert(EditionSchedule).values(
                id=new_id(), edition_id=edition_id, partner_id=partner_id, document=content, sha256=sha256(content)
            )
        )
    await editions.move(session, proposal_id, Step.FREEZE)
    await event_log.record(
        session,
        "proposal",
        proposal_id,
        "edition_made",
        actor=actor,
        organisation_id=side.organisation_id,
        payload={
            "edition": number,
            "sha256": made.sha256,
            "must_sign": [who.partner_id for who in signing],
            "next": f"Now these sign: {describe(signing)}.",
        },
    )
    return number


@dataclass(frozen=True, slots=True)
class Made:
    """The bytes of an edition: the document (whose hash is signed), the annex, and each partner's schedule."""

    document: bytes
    sha256: str
    annex: bytes
    schedules: dict[Id, bytes]


async def to_anonymise(session: AsyncSession, proposal_id: Id, seats: Sequence[Id]) -> list[Fault]:
    """What is asked of files that may identify service users, in a reader's words: a file that it may not read has
    neither name nor id, only the partner whose turn it is.
    """
    asked = {}
    for file in await attached.to_anonymise(session, proposal_id, seats):
        named = f"'{file.name}'" if file.readable else "A file that you may not read"
        why = "goes in the bid" if file.in_bid else "is evidence for the bid"
        detail = (
            f"{named} {why} and is said to hold personal data of people who use the services of {file.organisation}. An "
            f"editor of {file.organisation} confirms that it identifies nobody, or takes it out."
        )
        pointer = f"/documents/{file.id}" if file.readable else "/documents"
        asked[pointer, detail] = Fault(pointer, "file-to-anonymise", detail, file.organisation_id)
    return list(asked.values())


def _write_down(found: Contents, number: int, now: Any) -> Made:
    proposal = found.proposal
    schedules = {
        partner_id: canonical(build_schedule(proposal, partner_id, secrets.token_hex(32)))
        for partner_id in schedule_partner_ids(proposal)
    }
    annex = canonical(found.annex)
    document = canonical(
        build_document(
            proposal,
            annex_sha256=sha256(annex),
            schedule_hashes={partner_id: sha256(content) for partner_id, content in schedules.items()},
            edition=number,
            frozen_at=now,
            attachments=found.attachments,
            opened_checks=found.opened_checks,
        )
    )
    return Made(document, sha256(document), annex, schedules)


async def _next_number(session: AsyncSession, proposal_id: Id) -> int:
    query = select(func.coalesce(func.max(Edition.number), 0) + 1).where(Edition.proposal_id == proposal_id)
    return int((await session.execute(query)).scalar_one())
