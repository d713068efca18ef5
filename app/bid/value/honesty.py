"""The honesty round: everyone says first, then everyone sees.

Each accepted partner files what it gives and expects without seeing the others'. When all have filed (and they are
two at least), or at the cut-off that they agreed, everything opens together, once. Skipping the round needs every
accepted partner. Whoever joins after the reveal or the skip files before it sees, and is not seen before.

What anybody may be told before the reveal depends on nothing that another did (rule 5 of the domain): each
reader has its own declarations and whether it filed itself, and no count, name or time of the others.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.bid.value import Contribution, Expectation, Partner, Proposal
from app.bid.value.reader import Reader, ReaderKind
from app.platform.access.errors import Conflict
from app.platform.access.ids import Id
from app.platform.words.codes import RoundStatus

FEWEST = 2
LAST_CALL = timedelta(hours=72)
"""Without an agreed cut-off, everything opens this long before the call's deadline, and never sooner after the last
partner came in: one partner that neither files nor agrees to a cut-off must not hold the round (rule 5). `db` repeats
this rule where it looks for rounds that are due."""


class RoundNeedsTwo(Conflict):
    code = "round-needs-two"
    title = "Saying first and seeing together takes two"
    explanation = (
        "There is only one partner so far, so there is nobody to be honest with. Invite another; when it has accepted, "
        "both file what they give and expect."
    )


class RoundIsOver(Conflict):
    code = "round-is-over"
    title = "Everything is open already"
    explanation = (
        "The partners have already seen each other's declarations, so the round can be neither skipped nor moved. "
        "Changes from here on show to everybody as differences."
    )


class CutOffIsOver(Conflict):
    code = "cut-off-in-the-past"
    title = "That time has passed"
    explanation = "Name a time that lies ahead and before the deadline of the call, so that everybody can still file."


def has_filed(partner: Partner) -> bool:
    """Whether its declarations may be on the table: it filed, or was there when the partners opened without it."""
    return partner.filed_at is not None or not partner.must_file


def still_to_file(proposal: Proposal) -> tuple[Partner, ...]:
    """The accepted partners who have not filed. Never shown to anybody before the reveal but each its own row."""
    return tuple(p for p in proposal.accepted if not has_filed(p))


def reveals(proposal: Proposal, now: datetime) -> bool:
    """Whether an open round ends now: two or more accepted, and all have filed or the cut-off has come."""
    if proposal.honesty_round.status is not RoundStatus.OPEN or len(proposal.accepted) < FEWEST:
        return False
    latest = opens_at_latest(proposal)
    return not still_to_file(proposal) or (latest is not None and latest <= now)


def opens_at_latest(proposal: Proposal) -> datetime | None:
    """The agreed cut-off; without one the last call. None where there is no deadline, or no time for a last call."""
    if proposal.honesty_round.cut_off is not None:
        return proposal.honesty_round.cut_off
    deadline = proposal.opportunity.submission_deadline
    came = [p.accepted_at for p in proposal.accepted if p.accepted_at is not None]
    if deadline is None or len(came) < FEWEST:
        return None
    latest = max(deadline - LAST_CALL, max(came) + LAST_CALL)
    return latest if latest < deadline else None


def skips(proposal: Proposal, agreed: frozenset[Id]) -> bool:
    """Whether the round is skipped: open, two or more accepted, and every one of them has agreed to do without."""
    accepted = {p.id for p in proposal.accepted}
    return proposal.honesty_round.status is RoundStatus.OPEN and len(accepted) >= FEWEST and accepted <= agreed


def refuse_unless_open(proposal: Proposal) -> None:
    """RoundIsOver after the reveal or skip, RoundNeedsTwo while a partner is alone."""
    if proposal.honesty_round.status is not RoundStatus.OPEN:
        raise RoundIsOver
    if len(proposal.accepted) < FEWEST:
        raise RoundNeedsTwo


def refuse_cut_off(proposal: Proposal, cut_off: datetime, now: datetime) -> None:
    """CutOffIsOver unless the cut-off lies ahead and not after the call's deadline."""
    deadline = proposal.opportunity.submission_deadline
    if cut_off <= now:
        raise CutOffIsOver
    if deadline is not None and cut_off > deadline:
        raise CutOffIsOver("The cut-off lies after the deadline of the call. Name an earlier time.")


def sees_others(proposal: Proposal, partner: Partner) -> bool:
    """After the reveal, an accepted partner who has itself filed (or did not have to)."""
    return proposal.revealed and partner.accepted and has_filed(partner)


def reader_of(proposal: Proposal, partner_ids: frozenset[Id]) -> Reader:
    """The reader that somebody of these partners is: with several seats, it sees others once all of them may."""
    seats = [p for p in proposal.partners if p.id in partner_ids]
    accepted = [p for p in seats if p.accepted]
    if not accepted:
        return Reader(ReaderKind.FORMER, partner_ids, sees_others=False)
    seen = all(sees_others(proposal, p) for p in accepted)
    return Reader(ReaderKind.PARTNER, frozenset(p.id for p in accepted), sees_others=seen)


def facilitator_of(proposal: Proposal) -> Reader:
    """A facilitator: sees the partners' declarations after the reveal."""
    return Reader(ReaderKind.FACILITATOR, frozenset(), sees_others=proposal.revealed)


def may_see(proposal: Proposal, reader: Reader, declaration: Contribution | Expectation) -> bool:
    """Whether this reader may see this declaration at all: one's own always, others' once both sides are open."""
    if declaration.partner_id in reader.partner_ids:
        return True
    if reader.kind not in (ReaderKind.PARTNER, ReaderKind.FACILITATOR):
        return False
    if not (reader.sees_others and proposal.revealed and declaration.revealed):
        return False
    owner = proposal.partner(declaration.partner_id)
    return owner is not None and owner.accepted and has_filed(owner)


@dataclass(frozen=True, slots=True)
class RoundSeen:
    """The round as one reader sees it. `filed`: before the reveal the reader's own seats that filed, after it all."""

    status: RoundStatus
    cut_off: datetime | None
    opens_at_latest: datetime | None
    revealed_at: datetime | None
    filed: tuple[Id, ...]


def round_seen(proposal: Proposal, reader: Reader) -> RoundSeen:
    """What may be told of the round: who filed is known of oneself alone until everything is open."""
    filed = tuple(
        p.id for p in proposal.accepted if p.filed_at is not None and (p.id in reader.partner_ids or reader.sees_others)
    )
    current = proposal.honesty_round
    latest = None if proposal.revealed else opens_at_latest(proposal)
    return RoundSeen(current.status, current.cut_off, latest, current.revealed_at, filed)
