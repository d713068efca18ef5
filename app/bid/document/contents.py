"""Loads what goes into a bid's document and annex. The draft that partners preview and the edition that they sign use
the same function, so the edition will be what the draft shows.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations.rules.reconciliation import reconcile, states
from app.bid.document.rules import Json, build_annex
from app.bid.facilitation.tables import Difficulty
from app.bid.fairness import rules as fairness
from app.bid.fairness.tables import FairnessAnswer, FairnessShare
from app.bid.files import queries as attached
from app.bid.text import section_log
from app.bid.text.section_log import SectionText
from app.bid.text.threads import beside
from app.bid.value import HonestyRound, Proposal
from app.bid.value.reader import Reader, ReaderKind
from app.calls.areas.tables import Area
from app.platform.access.ids import Id
from app.platform.richtext import yjs
from app.platform.words.codes import AddressedTo, RoundStatus


@dataclass(frozen=True, slots=True)
class Contents:
    """`proposal` holds the texts of its sections. The rest is in the form of `document.json`, and `annex` of `annex.json`."""

    proposal: Proposal
    attachments: list[Json]
    opened_checks: list[Json]
    annex: Json


async def load(
    session: AsyncSession, proposal: Proposal, thresholds: fairness.Thresholds, *, sees_others: bool = True
) -> Contents:
    """The contents as all partners may read them.

    `sees_others` is False for a partner from which the honesty round still hides the others: it gets them as before the
    reveal, without any declaration or file, or a finding that rests on one.
    """
    if not sees_others:
        proposal = replace(proposal, honesty_round=HonestyRound(RoundStatus.OPEN))
    proposal = await _with_texts(session, await _with_named_areas(session, proposal))
    findings = await _findings(session, proposal, thresholds)
    annex = build_annex(
        proposal,
        reconciliation=await asyncio.to_thread(_as_all_see, proposal),
        findings=findings,
        difficulties=await _settled(session, proposal.id),
    )
    return Contents(
        proposal,
        attachments=await attached.in_bid(session, proposal.id) if proposal.revealed else [],
        opened_checks=await _opened(session, proposal, findings),
        annex=annex,
    )


async def _with_named_areas(session: AsyncSession, proposal: Proposal) -> Proposal:
    """The proposal with its partners' areas in words, where they named some by code."""
    named = {area.upper() for partner in proposal.accepted for area in partner.areas}
    if not named:
        return proposal
    names = {
        code: name for code, name in await session.execute(select(Area.code, Area.name).where(Area.code.in_(named)))
    }
    partners = (
        replace(partner, areas=tuple(names.get(area.upper(), area) for area in partner.areas))
        for partner in proposal.partners
    )
    return replace(proposal, partners=tuple(partners))


async def _with_texts(session: AsyncSession, proposal: Proposal) -> Proposal:
    """The proposal with the text of each section as ProseMirror JSON."""
    texts = await section_log.read_all(session, proposal.id)
    return await beside(sum(text.size for text in texts.values()), _read_into, proposal, texts)


def _read_into(proposal: Proposal, texts: Mapping[Id, SectionText]) -> Proposal:
    return replace(
        proposal,
        sections=tuple(
            replace(section, content=yjs.read(yjs.load(*texts[section.id].updates))) if section.id in texts else section
            for section in proposal.sections
        ),
    )


def _as_all_see(proposal: Proposal) -> dict[Id, dict[str, Any]]:
    """Each expectation's state, judged without any private line, since all partners read the annex."""
    seen = states(reconcile(proposal, Reader(ReaderKind.PARTNER, frozenset(), sees_others=proposal.revealed)))
    return {
        expectation_id: {"state": state.value, "detail": detail} for expectation_id, (state, detail) in seen.items()
    }


async def _findings(session: AsyncSession, proposal: Proposal, thresholds: fairness.Thresholds) -> list[Json]:
    """The fairness checks as everybody sees them, each with the answers of the partners that it is about."""
    query = select(FairnessAnswer).where(FairnessAnswer.proposal_id == proposal.id).order_by(FairnessAnswer.id)
    given = [answer for answer in (await session.execute(query)).scalars() if answer.answer_markdown.strip()]
    run = await asyncio.to_thread(fairness.run_checks, proposal, thresholds)
    shown = fairness.shown_to(run, fairness.CheckReader(sees_others=proposal.revealed))
    return [
        {
            "code": finding.code.value,
            "state": finding.state.value,
            "detail": finding.sentence,
            "partner_id": finding.partner_id,
            "answers": [
                {"partner_id": answer.partner_id, "answer_markdown": answer.answer_markdown}
                for answer in given
                if answer.code == finding.code.value and finding.partner_id in (None, answer.partner_id)
            ],
        }
        for finding in shown
    ]


async def _opened(session: AsyncSession, proposal: Proposal, findings: list[Json]) -> list[Json]:
    """The findings that every partner agreed to show the commissioner, without their answers, which are for the partners."""
    query = select(FairnessShare.code, FairnessShare.agreed_by).where(FairnessShare.proposal_id == proposal.id)
    agreed = {code: set(by) for code, by in (await session.execute(query)).all()}
    everybody = {partner.id for partner in proposal.accepted}
    return [
        {name: value for name, value in finding.items() if name != "answers"}
        for finding in findings
        if everybody <= agreed.get(finding["code"], set())
    ]


async def _settled(session: AsyncSession, proposal_id: Id) -> list[Json]:
    """The outcomes of the difficulties that were raised to all, without who raised them. Difficulties that were raised to
    the facilitator alone are in no document."""
    query = select(Difficulty.id, Difficulty.title, Difficulty.outcome, Difficulty.outcome_note_markdown).where(
        Difficulty.proposal_id == proposal_id,
        Difficulty.addressed_to == AddressedTo.ALL.value,
        Difficulty.outcome.is_not(None),
    )
    return [
        {"id": row.id, "title": row.title, "outcome": row.outcome, "note_markdown": row.outcome_note_markdown}
        for row in await session.execute(query.order_by(Difficulty.id))
    ]
