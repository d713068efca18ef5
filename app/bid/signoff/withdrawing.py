"""What the withdrawal of an edition changes, whoever brings it about, and how the proposal's status follows its editions.

A signatory withdraws or refuses an edition, a right to sign is lost, a partner leaves, the bid is dissolved: each of
these decides by the rules, with the proposal's row locked, and stores the withdrawn edition here.
"""

from sqlalchemy import update

from app.bid.records.tables import Proposal
from app.bid.signoff import queries
from app.bid.signoff.queries import StoredEdition
from app.bid.signoff.rules.signing import Edition
from app.bid.signoff.tables import SignOff
from app.platform.access.ids import Id
from app.platform.access.lifecycle import PROPOSAL, Step, after
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.words.codes import ProposalStatus


async def store_withdrawal(
    act: Act, stored: StoredEdition, withdrawn: Edition, step: Step, by_partner_id: Id | None = None
) -> None:
    """Store an edition that the rules withdrew by `step`. Its signatures fall, and the proposal's status follows."""
    at = await event_log.now(act.session)
    row = stored.row
    row.status = withdrawn.status.value
    row.withdrawn_at = at
    row.withdrawn_because = withdrawn.withdrawn_because
    row.withdrawn_by_partner_id = by_partner_id
    row.fallen_partner_ids = list(withdrawn.fallen_partner_ids)
    row.version += 1
    # One statement for the edition's many signatures.
    fall = update(SignOff).where(SignOff.edition_id == row.id, SignOff.fell_at.is_(None)).values(fell_at=at)
    await act.session.execute(fall)
    proposal = await move(act, step)
    proposal.answers_amendment = await queries.amendment_to_answer(act.session, proposal.id)
    await act.record(
        "edition_withdrawn",
        edition=withdrawn.number,
        sha256=withdrawn.sha256,
        step=step.value,
        because=withdrawn.withdrawn_because,
        fallen_partner_ids=list(withdrawn.fallen_partner_ids),
    )


async def move(act: Act, step: Step) -> Proposal:
    """The proposal with the status that follows `step`. The caller holds its row locked."""
    proposal = await act.session.get_one(Proposal, act.stream_id, populate_existing=True)
    proposal.status = after(PROPOSAL, ProposalStatus(proposal.status), step).value
    proposal.version += 1
    return proposal
