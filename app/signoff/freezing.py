"""Locking a bid for signing: the draft becomes an edition, whose bytes are made once and never change.

The proposal's row is held FOR UPDATE (the edge does that), so nothing that the edition contains is being written:
it is exactly what was acknowledged to its writers before.
"""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import editions, event_log, section_log
from app.db.base import new_id
from app.db.models import fairness as answers
from app.db.models.facilitation import Difficulty
from app.db.models.signoff import Edition, EditionSchedule
from app.db.queries import attached, picture, templates
from app.documents.canonical import canonical, sha256
from app.domain import fairness, readiness, structure
from app.domain.access import Actor, Side
from app.domain.bid_document import build_annex, build_document, build_schedule, schedule_partner_ids
from app.domain.budget_views import Reader, ReaderKind
from app.domain.codes import AddressedTo
from app.domain.errors import Conflict, Fault
from app.domain.honesty import reader_of
from app.domain.ids import Id
from app.domain.lifecycle import Step
from app.domain.proposal import Proposal
from app.domain.readiness import Blocker
from app.domain.reconciliation import reconcile, states
from app.domain.signoff import describe, must_sign
from app.richtext import yjs
from app.texts.settling import settle_all


class NotReady(Conflict):
    code = "not-ready"
    title = "The bid cannot be locked for signing yet"
    explanation = (
        "Every entry under 'errors' names one thing that stands in the way, and who does what next. "
        "GET …/readiness shows the same list at any time."
    )


def as_faults(blockers: tuple[Blocker, ...]) -> list[Fault]:
    return [Fault(b.pointer or "", b.code, b.detail, b.organisation_id) for b in blockers]


async def freeze(session: AsyncSession, actor: Actor, side: Side, proposal_id: Id, now: Any) -> int:
    """The number of the new edition; `NotReady` with the complete list of what this partner may know to be missing."""
    await settle_all(session, proposal_id)
    proposal = await picture.load(session, proposal_id)
    seats = frozenset({side.seat_id}) if side.seat_id else frozenset()
    blockers = readiness.judge(proposal, reader_of(proposal, seats), now)
    if blockers:
        many = f"{len(blockers)} things stand" if len(blockers) > 1 else "One thing stands"
        raise NotReady(f"{many} in the way. {blockers[0].detail}", as_faults(blockers))
    proposal = await with_texts(session, proposal)
    number = await _next_number(session, proposal_id)
    made = await _write_down(session, proposal, number, now)
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
            template=(await templates.applied_to(session, proposal_id)).as_data(),
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


async def _write_down(session: AsyncSession, proposal: Proposal, number: int, now: Any) -> Made:
    schedules = {
        partner_id: canonical(build_schedule(proposal, partner_id, secrets.token_hex(32)))
        for partner_id in schedule_partner_ids(proposal)
    }
    findings, opened = await _checks(session, proposal)
    annex = canonical(
        build_annex(
            proposal,
            reconciliation=_as_all_see(proposal),
            findings=findings,
            difficulties=await _settled(session, proposal.id),
        )
    )
    document = canonical(
        build_document(
            proposal,
            annex_sha256=sha256(annex),
            schedule_hashes={partner_id: sha256(content) for partner_id, content in schedules.items()},
            edition=number,
            frozen_at=now,
            attachments=await attached.in_bid(session, proposal.id),
            opened_checks=opened,
        )
    )
    return Made(document, sha256(document), annex, schedules)


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


def _as_all_see(proposal: Proposal) -> dict[Id, dict[str, Any]]:
    """Each expectation's state as every partner may know it: from no private line, since the annex is for all."""
    seen = states(reconcile(proposal, Reader(ReaderKind.PARTNER, frozenset(), sees_others=True)))
    return {
        expectation_id: {"state": state.value, "detail": detail} for expectation_id, (state, detail) in seen.items()
    }


async def _checks(session: AsyncSession, proposal: Proposal) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The fairness checks as everybody sees them with their answers; and those that every partner opened."""
    query = select(answers.FairnessAnswer).where(answers.FairnessAnswer.proposal_id == proposal.id)
    given = list((await session.execute(query.order_by(answers.FairnessAnswer.id))).scalars())
    shared = select(answers.FairnessShare.code, answers.FairnessShare.agreed_by).where(
        answers.FairnessShare.proposal_id == proposal.id
    )
    agreed = {code: set(by) for code, by in (await session.execute(shared)).all()}
    everybody = {partner.id for partner in proposal.accepted}
    findings: list[dict[str, Any]] = [
        {
            "code": finding.code.value,
            "state": finding.state.value,
            "detail": finding.sentence,
            "partner_id": finding.partner_id,
            "answers": [
                {"partner_id": answer.partner_id, "answer_markdown": answer.answer_markdown}
                for answer in given
                if answer.code == finding.code.value
            ],
        }
        for finding in fairness.shown_to(fairness.run_checks(proposal), fairness.CheckReader(sees_others=True))
    ]
    return findings, [f for f in findings if everybody <= agreed.get(f["code"], set())]


async def _settled(session: AsyncSession, proposal_id: Id) -> list[dict[str, Any]]:
    """How the difficulties that were raised to all came out; those for the facilitator alone are in no edition."""
    query = select(Difficulty).where(
        Difficulty.proposal_id == proposal_id,
        Difficulty.addressed_to == AddressedTo.ALL.value,
        Difficulty.outcome.is_not(None),
    )
    found = (await session.execute(query.order_by(Difficulty.id))).scalars()
    return [{"id": row.id, "title": row.title, "outcome": row.outcome} for row in found]


async def _next_number(session: AsyncSession, proposal_id: Id) -> int:
    query = select(func.coalesce(func.max(Edition.number), 0) + 1).where(Edition.proposal_id == proposal_id)
    return int((await session.execute(query)).scalar_one())
