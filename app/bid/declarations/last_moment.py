"""What the honesty round's last moment is counted from, kept with the round.

It is the deadline that was known when the second partner accepted. Nobody's later import, and no change by one partner,
moves it: only an agreed cut-off does, or an earlier deadline from a source that all trust. The caller holds the
proposal's row locked.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records import terms
from app.bid.records.tables import Partner, Proposal
from app.bid.value.honesty import FEWEST, LAST_CALL
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.words.codes import PartnerStatus, RoundStatus


async def partner_accepted(act: Act, proposal: Proposal, accepted_at: datetime) -> None:
    """With the second partner the round begins. Whoever joins has as long to file as anybody, whatever cut-off was set."""
    if proposal.round_status != RoundStatus.OPEN:
        return
    deadline = (await terms.load(act.session, proposal.id)).submission_deadline
    if await _accepted(act.session, proposal.id) == FEWEST:
        proposal.round_deadline, proposal.round_told_at = deadline, None
    before = proposal.round_cut_off
    if before is None or before >= accepted_at + LAST_CALL:
        return
    later = accepted_at + LAST_CALL
    proposal.round_cut_off = later if deadline is None or later < deadline else None
    proposal.version += 1
    after = proposal.round_cut_off
    await act.record("honesty_round_cut_off_set", before=said(before), after=after and said(after))


def said(instant: datetime) -> str:
    """An instant as events say it."""
    return instant.isoformat().replace("+00:00", "Z")


async def deadline_changed(session: AsyncSession, proposal: Proposal, deadline: datetime | None, trusted: bool) -> None:
    """The bid is held to another deadline. It counts where none was known yet, or where a trusted source makes it earlier."""
    if proposal.round_status != RoundStatus.OPEN or deadline is None:
        return
    known = proposal.round_deadline
    if known is None and await _accepted(session, proposal.id) < FEWEST:
        return
    if known is None or (trusted and deadline < known):
        proposal.round_deadline, proposal.round_told_at = deadline, await event_log.now(session)


async def _accepted(session: AsyncSession, proposal_id: Id) -> int:
    query = select(func.count()).where(
        Partner.proposal_id == proposal_id, Partner.status == PartnerStatus.ACCEPTED.value
    )
    return int((await session.execute(query)).scalar_one())
