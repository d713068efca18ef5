"""The honesty round: everyone says first, then everyone sees.

Each accepted partner files what it gives and expects without seeing what the others declare. When all have filed (and
they are at least two), or at the cut-off that they agreed, all declarations are revealed together, once. Skipping the
round needs every accepted partner. A partner that joins after the reveal or the skip files before it sees the others,
and they see its declarations only then.

Before the reveal nothing that a reader gets depends on what another partner did (rule 5 of the domain): each reader
sees its own declarations and whether it has filed, and no count, name or time of the others.
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
"""Without an agreed cut-off the reveal comes this long before the deadline that was known when the round began, and never
sooner than this long after the last partner joined: one partner that neither files nor agrees to a cut-off must not hold
up the round (rule 5). A cut-off that comes sooner needs every partner's yes.
`ROUND_DUE` in `app/platform/access/standing.py` is the same rule in SQL."""


TOLD_BEFORE = timedelta(hours=24)
"""A deadline that came, or became earlier, once the round had begun moves the reveal to this long after all were told."""


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


class RoundStillOpen(Conflict):
    code = "honesty-round-open"
    title = "Not everything is open yet"
    explanation = (
        "This can be done once the partners see each other's declarations: when all have filed, or at the agreed cut-off. "
        "File yours if you have not."
    )


def has_filed(partner: Partner) -> bool:
    """Whether the others may see its declarations: it filed, or the round ended while it was a partner."""
    return partner.filed_at is not None or not partner.must_file


def still_to_file(proposal: Proposal) -> tuple[Partner, ...]:
    """The accepted partners that have not filed. Before the reveal a reader learns from this only about itself."""
    return tuple(p for p in proposal.accepted if not has_filed(p))


def reveals(proposal: Proposal, now: datetime) -> bool:
    """Whether an open round ends now: at least two partners are accepted, and all have filed or the cut-off has come."""
    if proposal.honesty_round.status is not RoundStatus.OPEN or len(proposal.accepted) < FEWEST:
        return False
    latest = opens_at_latest(proposal)
    return not still_to_file(proposal) or (latest is not None and latest <= now)


def opens_at_latest(proposal: Proposal) -> datetime | None:
    """The agreed cut-off, or without one `LAST_CALL` before the deadline that the round is counted from.

    None without a deadline, or without enough time before the one that the bid is held to now.
    """
    current, deadline = proposal.honesty_round, proposal.opportunity.submission_deadline
    if current.cut_off is not None:
        return current.cut_off
    came = [p.accepted_at for p in proposal.accepted if p.accepted_at is not None]
    if current.deadline is None or len(came) < FEWEST:
        return None
    latest = max(current.deadline - LAST_CALL, max(came) + LAST_CALL)
    if current.told_at is not None:
        latest = max(latest, current.told_at + TOLD_BEFORE)
    return latest if deadline is None or latest < deadline else None


def skips(proposal: Proposal, agreed: frozenset[Id]) -> bool:
    """Whether the round is skipped: it is open, and all accepted partners, at least two, have agreed to skip it."""
    accepted = {p.id for p in proposal.accepted}
    return proposal.honesty_round.status is RoundStatus.OPEN and len(accepted) >= FEWEST and accepted <= agreed


def refuse_unless_open(proposal: Proposal) -> None:
    """Raises RoundIsOver after the reveal or skip, RoundNeedsTwo while there is one partner only."""
    if proposal.honesty_round.status is not RoundStatus.OPEN:
        raise RoundIsOver
    if len(proposal.accepted) < FEWEST:
        raise RoundNeedsTwo


def refuse_cut_off(proposal: Proposal, cut_off: datetime, now: datetime) -> None:
    """Raises CutOffIsOver unless the cut-off lies ahead and not after the call's deadline."""
    deadline = proposal.opportunity.submission_deadline
    if cut_off <= now:
        raise CutOffIsOver
    if deadline is not None and cut_off > deadline:
        raise CutOffIsOver("The cut-off lies after the deadline of the call. Name an earlier time.")


def sees_others(proposal: Proposal, partner: Partner) -> bool:
    """Whether this partner sees the others' declarations: they are revealed, and it has filed or did not have to."""
    return proposal.revealed and partner.accepted and has_filed(partner)


def reader_of(proposal: Proposal, partner_ids: frozenset[Id]) -> Reader:
    """The reader that a person of these partners is. With several seats, it sees the others once each seat may."""
    seats = [p for p in proposal.partners if p.id in partner_ids]
    accepted = [p for p in seats if p.accepted]
    if not accepted:
        return Reader(ReaderKind.FORMER, partner_ids, sees_others=False)
    seen = all(sees_others(proposal, p) for p in accepted)
    return Reader(ReaderKind.PARTNER, frozenset(p.id for p in accepted), sees_others=seen)


def facilitator_of(proposal: Proposal) -> Reader:
    """A facilitator as a reader, who sees the partners' declarations after the reveal."""
    return Reader(ReaderKind.FACILITATOR, frozenset(), sees_others=proposal.revealed)


def may_see(proposal: Proposal, reader: Reader, declaration: Contribution | Expectation) -> bool:
    """Whether this reader may see this declaration at all: its own always, another's once reader and owner have filed."""
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
    """The round as one reader sees it. `filed` holds all that filed; before the reveal, only the reader's own seats."""

    status: RoundStatus
    cut_off: datetime | None
    opens_at_latest: datetime | None
    revealed_at: datetime | None
    filed: tuple[Id, ...]


def round_seen(proposal: Proposal, reader: Reader) -> RoundSeen:
    """The round as `reader` may see it: until the reveal it learns of no other partner whether that has filed."""
    filed = tuple(
        p.id for p in proposal.accepted if p.filed_at is not None and (p.id in reader.partner_ids or reader.sees_others)
    )
    current = proposal.honesty_round
    latest = None if proposal.revealed else opens_at_latest(proposal)
    return RoundSeen(current.status, current.cut_off, latest, current.revealed_at, filed)
