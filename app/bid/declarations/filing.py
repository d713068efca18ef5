"""The verbs of the honesty round and of what follows it: file, skip, set the cut-off; acknowledge; compare."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid import value as d
from app.bid.declarations import reveal
from app.bid.declarations.last_moment import said
from app.bid.declarations.rules.reconciliation import Elsewhere
from app.bid.declarations.tables import Acknowledgement
from app.bid.records import whole_proposal as picture
from app.bid.records.tables import Partner, Proposal
from app.bid.value import honesty
from app.bid.value.reader import Reader
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.db.rows import value
from app.platform.words.codes import RoundStatus


async def file(session: AsyncSession, actor: Actor, proposal: d.Proposal, side: Side) -> None:
    """This partner's declarations are complete. The last to file opens everything; who joined later opens its own."""
    partner = proposal.partner(side.seat_id or "")
    assert partner is not None
    if proposal.honesty_round.status is RoundStatus.OPEN:
        honesty.refuse_unless_open(proposal)
    if partner.filed_at is not None:
        return
    now = await event_log.now(session)
    # The partner's version stays: others read it, and would learn from it that somebody filed (rule 5).
    await session.execute(
        update(Partner)
        .where(Partner.id == partner.id)
        .values(filed_at=now)
        .execution_options(synchronize_session=False)
    )
    late = proposal.revealed
    if late and not honesty.has_filed(partner):
        await reveal.open_one(session, proposal.id, partner.id, now)
    await event_log.record(
        session,
        "proposal",
        proposal.id,
        "declarations_filed",
        actor=actor,
        organisation_id=partner.organisation_id,
        payload={"partner_id": partner.id},
        readers=event_log.EVERYONE if late else event_log.only(partner.id),
    )
    if not late:
        await reveal.settle(session, proposal.id, actor)


async def skip(session: AsyncSession, actor: Actor, proposal: d.Proposal, side: Side) -> None:
    """This partner would do without the round. When every accepted partner would, everything opens."""
    honesty.refuse_unless_open(proposal)
    now = await event_log.now(session)
    agreed = [p.id for p in proposal.accepted if p.skip_agreed_at is not None]
    if side.seat_id in agreed:
        return
    await session.execute(
        update(Partner)
        .where(Partner.id == side.seat_id)
        .values(skip_agreed_at=now)
        .execution_options(synchronize_session=False)
    )
    agreed = [*agreed, side.seat_id or ""]
    if not honesty.skips(proposal, frozenset(agreed)):
        await _record(session, actor, proposal, side, "honesty_round_skip_proposed", {"partner_id": side.seat_id})
        return
    await reveal.open_all(session, proposal.id, RoundStatus.SKIPPED, now)
    await _record(session, actor, proposal, side, "honesty_round_skipped", {"agreed_by": sorted(agreed)})


async def set_cut_off(
    session: AsyncSession,
    actor: Actor | None,
    proposal: d.Proposal,
    cut_off: datetime | None,
    organisation_id: Id | None,
) -> None:
    """When everything opens, whoever has filed by then."""
    if proposal.honesty_round.status is not RoundStatus.OPEN:
        raise honesty.RoundIsOver
    if cut_off is not None:
        honesty.refuse_cut_off(proposal, cut_off, await event_log.now(session))
    before = proposal.honesty_round.cut_off
    await session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id)
        .values(round_cut_off=cut_off, version=Proposal.version + 1)
        .execution_options(synchronize_session=False)
    )
    await event_log.record(
        session,
        "proposal",
        proposal.id,
        "honesty_round_cut_off_set",
        actor=actor,
        organisation_id=organisation_id,
        payload={"before": before and said(before), "after": cut_off and said(cut_off)},
    )


async def _record(
    session: AsyncSession, actor: Actor, proposal: d.Proposal, side: Side, type_: str, payload: dict[str, Any]
) -> None:
    await event_log.record(
        session, "proposal", proposal.id, type_, actor=actor, organisation_id=side.organisation_id, payload=payload
    )


async def acknowledge(
    session: AsyncSession, actor: Actor, proposal: d.Proposal, side: Side, as_of_revision: int | None
) -> Acknowledgement:
    """'We have read what the others expect and contribute', as of a revision that this partner could read."""
    partner = proposal.partner(side.seat_id or "")
    assert partner is not None
    if not honesty.sees_others(proposal, partner):
        raise honesty.RoundStillOpen(
            "You can say that you have read what the others expect and contribute once you can see it: when all have "
            "filed, or at the agreed cut-off. File yours if you have not."
        )
    revision = proposal.revision if as_of_revision is None else as_of_revision
    if revision > proposal.revision:
        raise Invalid.at(
            "/as_of_revision",
            "in-the-future",
            f"The newest revision is {proposal.revision}. Name the one that you read.",
        )
    made = Acknowledgement(
        id=new_id(),
        proposal_id=proposal.id,
        partner_id=partner.id,
        organisation_id=side.organisation_id,
        person_id=actor.person_id,
        as_of_revision=revision,
    )
    session.add(made)
    await session.flush()
    await session.refresh(made)
    payload = {"partner_id": partner.id, "acknowledgement_id": made.id, "as_of_revision": revision}
    await _record(session, actor, proposal, side, "declarations_acknowledged", payload)
    return made


_OUTDATED = text("""
SELECT a.id::text AS id, a.partner_id::text AS partner_id, a.organisation_id::text AS organisation_id,
       a.as_of_revision, a.at,
       ARRAY(SELECT DISTINCT ev.payload ->> 'partner_id' FROM events ev
             WHERE ev.stream_id = a.proposal_id AND ev.revision > a.as_of_revision AND ev.type = ANY(:declaring)
               AND ev.payload ->> 'partner_id' <> a.partner_id::text ORDER BY 1) AS outdated_by
FROM acknowledgements a JOIN partners pa ON pa.id = a.partner_id AND pa.status = 'accepted'
WHERE a.proposal_id = :proposal_id AND (CAST(:id AS uuid) IS NULL OR a.id = :id)
  AND (CAST(:after AS uuid) IS NULL OR a.id > :after)
  AND (CAST(:seats AS uuid[]) = '{}' OR EXISTS (
    SELECT FROM partners r WHERE r.id = ANY(CAST(:seats AS uuid[])) AND (NOT r.must_file OR r.filed_at IS NOT NULL)))
ORDER BY a.id LIMIT :limit""")


async def acknowledgements(
    session: AsyncSession,
    proposal_id: Id,
    seats: Sequence[Id],
    *,
    id_: Id | None = None,
    after: Id | None = None,
    limit: int = 1,
) -> Sequence[Any]:
    """Those of accepted partners, each with the partners whose declarations changed since the revision it read.

    `seats` are the reader's: who has yet to file its own sees none, since they tell what changed.
    """
    given = {
        "proposal_id": proposal_id,
        "id": id_,
        "after": after,
        "limit": limit,
        "seats": list(seats),
        "declaring": picture.declaring(),
    }
    return (await session.execute(_OUTDATED, given)).all()


_ELSEWHERE = text("""
SELECT here.id::text AS seat_id, p.title AS proposal_title, to_jsonb(c) AS contribution
FROM partners here
JOIN partners there ON there.organisation_id = here.organisation_id AND there.proposal_id <> here.proposal_id
  AND there.status = 'accepted'
JOIN proposals p ON p.id = there.proposal_id AND p.status <> 'dissolved'
JOIN contributions c ON c.partner_id = there.id
WHERE here.id = ANY(CAST(:seats AS uuid[])) AND here.status = 'accepted'
ORDER BY c.id LIMIT 5000""")


async def elsewhere(session: AsyncSession, reader: Reader) -> list[Elsewhere]:
    """What the reader's own organisations promise in their other bids."""
    if not reader.partner_ids:
        return []
    rows = await session.execute(_ELSEWHERE, {"seats": sorted(reader.partner_ids)})
    return [Elsewhere(row.seat_id, row.proposal_title, value(d.Contribution, row.contribution)) for row in rows]
