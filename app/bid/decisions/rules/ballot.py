"""Who may vote on a motion, and which votes count: what every rule works on.

Voters are the lead and the accepted members, one organisation one vote, without those who declared a conflict of
interest in the motion. Votes of anybody else (a partner removed since, a subcontractor) stay on record and do not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.bid.decisions.rules.carries import binds_beyond_the_lead, cut_off_of
from app.bid.value import Decision, Partner, Vote
from app.bid.value.honesty import LAST_CALL
from app.platform.access.ids import Id
from app.platform.words.codes import Matter, PartnerRole

FOR = "for"
AGAINST = "against"
ABSTAIN = "abstain"
MOTION = (FOR, AGAINST)
"""The options of a motion. A decision that carries something out, or is on a reserved matter, is always a motion."""

SILENCE_NOTICE = timedelta(days=5)
"""How long a motion must have been open before a partner's silence counts as anything but a no.

A blocking difficulty lapses after the same five days. Without this notice, a motion that closes within a minute could
replace or remove a partner that had no time to see it.
"""

NEVER_BY_THE_LEAD_ALONE = frozenset({Matter.PARTNER_REMOVAL, Matter.PARTNER_ROLE, Matter.LEAD, Matter.DISSOLUTION})
"""Matters that `lead_decides` never covers: a majority of the lead and the members decides them instead."""

SILENCE_MATTERS = frozenset({Matter.LEAD, Matter.PARTNER_REMOVAL})
"""Matters in which the partner concerned (the present lead, the partner to be removed) cannot stop the motion by silence."""

YES_NEEDED = frozenset({Matter.PARTNER_ROLE, Matter.LEAD, Matter.BUDGET_SHARES})
"""Matters that need the yes of the partner concerned: its role, becoming the lead, its own budget lines."""


def may_vote(partner: Partner) -> bool:
    """Whether this partner votes in decisions at all: it is the lead or an accepted member, and takes part already.

    A partner whose other bid is not answered yet reads nothing of this one, so nobody waits for its vote.
    """
    return partner.in_core and not partner.waiting


@dataclass(frozen=True, slots=True)
class Ballot:
    """One motion's voters and votes at one moment. `touches` holds its matter and every other one that it reaches."""

    options: tuple[str, ...]
    touches: frozenset[Matter]
    voters: tuple[Partner, ...]
    excluded: tuple[Partner, ...]
    votes: dict[Id, Vote]
    """The votes that count, by the partner whose vote it is."""
    uncounted: tuple[Vote, ...]
    lead: Partner | None
    subject_id: Id | None
    """The present lead where the lead is to be replaced, the partner to be removed in a removal, otherwise None."""
    notice_over: bool
    yes_needed: tuple[Id, ...]
    beyond_the_lead: bool = False
    """Whether it is never the lead's alone, whatever its matter."""
    names: dict[Id, str] = field(default_factory=dict)

    @property
    def is_motion(self) -> bool:
        return set(self.options) - {ABSTAIN} == set(MOTION)

    def of(self, option: str) -> tuple[Id, ...]:
        """Voters who chose this option, in the order of the partners."""
        return tuple(p.id for p in self.voters if p.id in self.votes and self.votes[p.id].option == option)

    @property
    def silent(self) -> tuple[Id, ...]:
        return tuple(p.id for p in self.voters if p.id not in self.votes)

    @property
    def left_out(self) -> Id | None:
        """The partner concerned, where it kept silent for the whole notice, so that its silence no longer counts as a no."""
        if self.notice_over and self.subject_id in self.silent:
            return self.subject_id
        return None

    @property
    def subject_is_against(self) -> bool:
        """Whether the partner concerned said no, or said nothing so far and still has time to."""
        if self.subject_id is None or self.left_out is not None:
            return False
        if self.subject_id in self.silent:
            return True
        vote = self.votes.get(self.subject_id)
        return vote is not None and vote.option not in (FOR, ABSTAIN)

    @property
    def lead_without_veto(self) -> Id | None:
        """The present lead where the motion is to replace it: it votes, but cannot stop the motion alone."""
        return self.subject_id if Matter.LEAD in self.touches else None

    def name(self, partner_id: Id) -> str:
        return self.names.get(partner_id, "a former partner")

    def list_names(self, partner_ids: Sequence[Id]) -> str:
        return ", ".join(self.name(partner_id) for partner_id in partner_ids) or "nobody"


def ballot_of(decision: Decision, partners: Sequence[Partner], now: datetime | None = None) -> Ballot:
    """The ballot at `now`. Without `now`, or without the moment of opening, the notice does not count as over.

    Of several votes of one partner the last counts, since a vote can be changed until the close.
    """
    core = tuple(partner for partner in partners if may_vote(partner))
    excluded_ids = set(decision.excluded_partner_ids)
    voters = tuple(partner for partner in core if partner.id not in excluded_ids)
    entitled = {partner.id for partner in voters}
    touches = frozenset({decision.matter, *decision.touches})
    lead = next((partner for partner in core if partner.role is PartnerRole.LEAD), None)
    options = decision.options if ABSTAIN in decision.options else (*decision.options, ABSTAIN)
    return Ballot(
        options=options,
        touches=touches,
        voters=voters,
        excluded=tuple(partner for partner in core if partner.id in excluded_ids),
        votes={vote.partner_id: vote for vote in decision.votes if vote.partner_id in entitled},
        uncounted=tuple(vote for vote in decision.votes if vote.partner_id not in entitled),
        lead=lead if lead is not None and lead.id in entitled else None,
        subject_id=_subject(decision, touches, lead, entitled),
        notice_over=bool(now and decision.opened_at and now - decision.opened_at >= SILENCE_NOTICE),
        yes_needed=_yes_needed(decision, touches, partners, now),
        beyond_the_lead=bool(touches & NEVER_BY_THE_LEAD_ALONE) or binds_beyond_the_lead(decision),
        names={partner.id: partner.name for partner in partners},
    )


def _yes_needed(
    decision: Decision, touches: frozenset[Matter], partners: Sequence[Partner], now: datetime | None
) -> tuple[Id, ...]:
    """The partners concerned; every accepted one where all would see before they had the usual time to file."""
    accepted = [partner.id for partner in partners if partner.accepted]
    cut_off, at = cut_off_of(decision), now or decision.opened_at
    if cut_off is not None and at is not None and cut_off < at + LAST_CALL:
        return tuple(accepted)
    return tuple(p for p in decision.concerned_partner_ids if p in accepted) if touches & YES_NEEDED else ()


def _subject(decision: Decision, touches: frozenset[Matter], lead: Partner | None, entitled: set[Id]) -> Id | None:
    if not touches & SILENCE_MATTERS:
        return None
    if Matter.LEAD in touches:
        return lead.id if lead is not None and lead.id in entitled else None
    return next((partner_id for partner_id in decision.concerned_partner_ids if partner_id in entitled), None)
