"""Locking a bid for signing: the draft becomes an edition, whose bytes are made once and never change.

The caller holds the proposal's row FOR UPDATE, so nobody writes to anything that the edition contains: it is exactly
what was acknowledged to its writers before.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.document import contents, template
from app.bid.document.contents import Contents
from app.bid.document.rules import build_document, build_schedule, schedule_partner_ids
from app.bid.fairness.rules import Thresholds
from app.bid.files import queries as files
from app.bid.files.rules import FilesToAnonymise
from app.bid.records import whole_proposal
from app.bid.signoff.rules import readiness
from app.bid.signoff.rules.readiness import Blocker
from app.bid.signoff.rules.signing import describe, must_sign, words_for
from app.bid.signoff.tables import Edition, EditionSchedule
from app.bid.signoff.withdrawing import move
from app.bid.structure import rules as structure
from app.bid.text.catching_up import catch_up_all
from app.bid.value.honesty import reader_of
from app.documents.canonical import canonical, sha256
from app.platform.access.errors import Conflict, Fault
from app.platform.access.ids import Id
from app.platform.access.lifecycle import Step
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id


class NotReady(Conflict):
    code = "not-ready"
    title = "The bid cannot be locked for signing yet"
    explanation = (
        "Every entry under 'errors' names one thing that stands in the way, and who does what next. "
        "GET …/readiness shows the same list at any time."
    )


async def freeze(act: Act, thresholds: Thresholds) -> int:
    """The number of the new edition. NotReady names everything that this partner may know to be missing; FilesToAnonymise
    follows once nothing is."""
    session, proposal_id = act.session, act.stream_id
    now = await event_log.now(session)
    await catch_up_all(session, proposal_id)
    proposal = await whole_proposal.load(session, proposal_id)
    seats = frozenset({act.seat_id}) if act.seat_id else frozenset()
    _check_ready(readiness.judge(proposal, reader_of(proposal, seats), now))
    if asked := await to_anonymise(session, proposal_id, sorted(seats)):
        raise FilesToAnonymise(asked[0].detail, asked)
    number = await _next_number(session, proposal_id)
    made = await asyncio.to_thread(_bytes_of, await contents.load(session, proposal, thresholds), number, now)
    signers = must_sign(proposal)
    edition = Edition(
        id=new_id(),
        proposal_id=proposal_id,
        number=number,
        sha256=made.sha256,
        document=made.document,
        annex=made.annex,
        partners=made.partners,
        must_sign=[who.partner_id for who in signers],
        may_submit=list(structure.derive(proposal.structure, proposal.partners).may_submit),
        signatures_required={who.partner_id: who.required for who in signers},
        created_by_partner_id=act.seat_id,
        created_at=now,
        amendment=proposal.opportunity.amendment,
        template=(await template.applied_to(session, proposal_id)).as_data(),
    )
    session.add(edition)
    await session.flush()
    session.add_all(
        EditionSchedule(
            id=new_id(), edition_id=edition.id, partner_id=partner_id, document=content, sha256=sha256(content)
        )
        for partner_id, content in made.schedules.items()
    )
    await move(act, Step.FREEZE)
    await act.record(
        "edition_made",
        edition=number,
        sha256=made.sha256,
        must_sign=edition.must_sign,
        next=f"Now these sign: {describe(signers)}.",
    )
    return number


def _check_ready(blockers: Sequence[Blocker]) -> None:
    if not blockers:
        return
    many = f"{len(blockers)} things stand" if len(blockers) > 1 else "One thing stands"
    faults = [Fault(each.pointer or "", each.code, each.detail, each.organisation_id) for each in blockers]
    raise NotReady(f"{many} in the way. {blockers[0].detail}", faults)


async def to_anonymise(session: AsyncSession, proposal_id: Id, seats: Sequence[Id]) -> list[Fault]:
    """What a reader with these seats is told of files that may identify service users.

    Of a file that it may not read it gets neither name nor id, only whose turn it is.
    """
    asked = {}
    for file in await files.to_anonymise(session, proposal_id, seats):
        named = f"'{file.name}'" if file.readable else "A file that you may not read"
        why = "goes in the bid" if file.in_bid else "is evidence for the bid"
        detail = (
            f"{named} {why} and is said to hold personal data of people who use the services of {file.organisation}. An "
            f"editor of {file.organisation} confirms that it identifies nobody, or takes it out."
        )
        pointer = f"/documents/{file.id}" if file.readable else "/documents"
        asked[pointer, detail] = Fault(pointer, "file-to-anonymise", detail, file.organisation_id)
    return list(asked.values())


@dataclass(frozen=True, slots=True)
class _EditionBytes:
    """The document, whose hash is signed; the annex; by partner id each partner's schedule; and who the document names."""

    document: bytes
    sha256: str
    annex: bytes
    schedules: dict[Id, bytes]
    partners: list[dict[str, Any]]


def _bytes_of(found: Contents, number: int, now: datetime) -> _EditionBytes:
    proposal = found.proposal
    schedules = {
        partner_id: canonical(build_schedule(proposal, partner_id, secrets.token_hex(32)))
        for partner_id in schedule_partner_ids(proposal)
    }
    annex = canonical(found.annex)
    value = build_document(
        proposal,
        annex_sha256=sha256(annex),
        schedule_hashes={partner_id: sha256(content) for partner_id, content in schedules.items()},
        edition=number,
        frozen_at=now,
        attachments=found.attachments,
        opened_checks=found.opened_checks,
    )
    document = canonical(value)
    named = [
        {
            "partner_id": partner["id"],
            **{name: partner[name] for name in ("organisation_id", "name", "role")},
            "words": words_for(proposal.structure, partner["id"]),
        }
        for partner in value["partners"]
    ]
    return _EditionBytes(document, sha256(document), annex, schedules, named)


async def _next_number(session: AsyncSession, proposal_id: Id) -> int:
    query = select(func.coalesce(func.max(Edition.number), 0) + 1).where(Edition.proposal_id == proposal_id)
    return int((await session.execute(query)).scalar_one())
