"""The honesty round in the database: opening everything at once, whoever or whatever brings it about.

The last to file, the agreed cut-off, a partner that leaves, the last to agree to skip: all end here. Callers hold
the proposal's row locked, or let `settle` lock it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.budget import showing
from app.bid.budget.tables import BudgetLine
from app.bid.declarations.tables import Contribution, Expectation
from app.bid.records import whole_proposal as picture
from app.bid.records.tables import Partner, Proposal
from app.bid.value import honesty
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.access.standing import ROUND_DUE
from app.platform.db import event_log
from app.platform.words.codes import PartnerStatus, RoundStatus

DECLARED = (Contribution, Expectation, BudgetLine)


async def settle(session: AsyncSession, proposal_id: Id, actor: Actor | None = None) -> bool:
    """Open the round if it is due: all accepted partners have filed, or the cut-off has come. Whether it opened."""
    await session.execute(select(Proposal.id).where(Proposal.id == proposal_id).with_for_update(key_share=True))
    await session.flush()
    whole = await picture.load(session, proposal_id)
    now = await event_log.now(session)
    if not honesty.reveals(whole, now):
        return False
    late = [partner.id for partner in honesty.still_to_file(whole)]
    why = "cut_off" if late else "all_filed"
    await open_all(session, proposal_id, RoundStatus.REVEALED, now)
    await event_log.record(
        session,
        "proposal",
        proposal_id,
        "declarations_revealed",
        actor=actor,
        payload={"because": why, "not_filed": late, "partner_ids": [p.id for p in whole.accepted]},
    )
    return True


async def open_if_due(session: AsyncSession, proposal_id: Id) -> None:
    """`settle`, for whoever needs no answer."""
    await settle(session, proposal_id)


async def open_all(session: AsyncSession, proposal_id: Id, status: RoundStatus, at: datetime) -> None:
    """Everything of the accepted partners becomes visible, in one transaction; nobody here has to file any more."""
    accepted = select(Partner.id).where(
        Partner.proposal_id == proposal_id, Partner.status == PartnerStatus.ACCEPTED.value
    )
    for table in DECLARED:
        await session.execute(
            update(table)
            .where(table.proposal_id == proposal_id, table.partner_id.in_(accepted))
            .values(revealed=True)
            .execution_options(synchronize_session=False)
        )
    await session.execute(
        update(Partner)
        .where(Partner.id.in_(accepted), Partner.filed_at.is_(None))
        .values(must_file=False)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Proposal)
        .where(Proposal.id == proposal_id)
        .values(round_status=status.value, revealed_at=at, version=Proposal.version + 1)
        .execution_options(synchronize_session=False)
    )
    await showing.reveal(session, proposal_id, at)


async def open_one(session: AsyncSession, proposal_id: Id, partner_id: Id, at: datetime) -> None:
    """Who joined after the reveal has filed: its declarations join the others'."""
    for table in DECLARED:
        await session.execute(
            update(table)
            .where(table.proposal_id == proposal_id, table.partner_id == partner_id)
            .values(revealed=True)
            .execution_options(synchronize_session=False)
        )
    await showing.reveal_one(session, proposal_id, partner_id, at)


async def due(session: AsyncSession, put_off: Sequence[Id] = (), limit: int = 100) -> list[Id]:
    """Proposals whose round is still open and should be no longer, for whoever opens them in time; none that is put off."""
    return list((await session.execute(_DUE, {"put_off": list(put_off), "limit": limit})).scalars())


_DUE = text(f"""
SELECT p.id::text FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id
WHERE p.round_status = 'open' AND {ROUND_DUE} AND NOT p.id = ANY(CAST(:put_off AS uuid[])) ORDER BY p.id LIMIT :limit""")
