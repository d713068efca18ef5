"""The blockers: everything that still prevents a draft from being locked for signing, each with who does what next.

Each blocker of the closed list is one small function of the proposal. The list is **per reader**: nobody learns from it
what rules 1, 5 and 6 of the domain keep from that reader. A partner freezes by the list that it may read itself, so a
`must` that fails only on its owner's private lines holds up the owner's signature and nobody else's list.

A `pointer` is a JSON Pointer from the proposal to the object, in which an item of a collection is named by its id.
Appended to the proposal's address, it is the object's address.
"""

from datetime import datetime

from app.bid.declarations.rules.reconciliation import reconcile, states
from app.bid.signoff.rules.readiness import call, content, people
from app.bid.signoff.rules.readiness.situation import Blocker, Rule, Situation, ids
from app.bid.value import Partner, Proposal
from app.bid.value.honesty import has_filed
from app.bid.value.reader import Reader
from app.platform.words.codes import BlockerCode

__all__ = ["RULES", "Blocker", "Rule", "Situation", "blockers", "judge"]


def judge(proposal: Proposal, reader: Reader, now: datetime) -> tuple[Blocker, ...]:
    """The blockers that this reader may know, judged by its own reconciliation."""
    bare = Situation(proposal, reader, now, {})
    if not _sees_declarations(bare):
        return blockers(bare)
    return blockers(Situation(proposal, reader, now, states(reconcile(proposal, reader))))


def blockers(situation: Situation) -> tuple[Blocker, ...]:
    """The complete list for this reader, in the order of the contract. Whoever does not see the others' declarations yet
    gets the round's own first, and of the rest what no declaration and no money can move."""
    if not _sees_declarations(situation):
        open_to_all = (blocker for rule in RULES if rule not in HIDDEN_UNTIL_SEEN for blocker in rule(situation))
        return (_round_open(situation), *open_to_all)
    return tuple(blocker for rule in RULES for blocker in rule(situation))


def _own(situation: Situation) -> tuple[Partner, ...]:
    """The reader's own partners: a person can belong to several organisations in the bid."""
    return tuple(p for p in situation.proposal.accepted if p.id in situation.reader.partner_ids)


def _sees_declarations(situation: Situation) -> bool:
    """False for everybody before the reveal, and after it for a partner that joined later and has not filed (rule 5)."""
    return situation.proposal.revealed and situation.reader.sees_others and all(map(has_filed, _own(situation)))


def _round_open(situation: Situation) -> Blocker:
    """Depends on how many partners have accepted and on what the reader's own filed, and on nothing of the others'."""
    proposal, own = situation.proposal, _own(situation)
    partner = next((p for p in own if p.filed_at is None), own[0] if own else None)
    if len(proposal.accepted) < 2:
        detail = (
            "Everyone says first, then everyone sees: that takes two. The lead invites at least one partner, "
            "and each files what it gives and expects once it has accepted."
        )
    elif partner is not None and partner.filed_at is None:
        detail = (
            f"{partner.name} has not filed yet. Write down what you give and what you expect, then an admin or a "
            "signatory files it. All partners' declarations open together when all "
            "have filed, or at the agreed cut-off."
        )
    else:
        detail = (
            "Not all partners have filed what they give and expect. Everything opens together when all have filed, "
            "or at the agreed cut-off; a partner that has not filed does so next."
        )
    return Blocker(
        BlockerCode.HONESTY_ROUND_OPEN,
        detail,
        "/honesty-round",
        partner.organisation_id if partner else None,
        ids(*(p for p in own if p.filed_at is None)) if len(proposal.accepted) > 1 else ids(proposal.lead),
    )


RULES: tuple[Rule, ...] = (
    people.no_lead,
    people.authority_missing,
    people.invitation_unanswered,
    people.joined_later_and_not_filed,
    content.must_unmet,
    people.acknowledgements,
    content.section_empty,
    content.section_over_limit,
    content.money,
    content.structure_incomplete,
    content.exit_plan_missing,
    people.statement_missing,
    people.difficulty_open,
    people.decision_open,
    call.call_amended,
    call.call_closed,
    call.consortium_rules,
    call.shares_of_money,
)

HIDDEN_UNTIL_SEEN: frozenset[Rule] = frozenset(
    {
        people.joined_later_and_not_filed,
        content.must_unmet,
        people.acknowledgements,
        content.money,
        people.difficulty_open,
        people.decision_open,
        call.shares_of_money,
    }
)
"""What rests on declarations, money, difficulties or decisions: silent for a reader to whom the declarations are closed (rule 5)."""
