"""Counts a motion by the rule that the partners agreed, with its arithmetic, so that anybody can count again.

| rule | passes when |
|---|---|
| consensus | everybody who may vote has voted, nobody voted against; standing aside (`abstain`) is allowed |
| consent | somebody is for it and nobody objects with a reason; silence is consent only after the notice |
| majority | more than half of the lead and members who may vote; who abstains or is silent counts in the whole |
| weighted | more than half of the agreed weights of those who may vote |
| lead_decides | the lead votes for it; a majority on removal, roles, the lead, dissolution, facilitators, a cut-off, another notice |
| none agreed yet | every partner who may vote says yes |

A tie changes nothing: nobody has a casting vote. On a reserved matter one vote against with a reason stops the motion,
whatever the rule. Where the rule changed while the motion was open, the motion must pass both by the rule that its voters
were shown and by the one now in force, so that neither a stock of old motions nor a new rule can be turned against those
who voted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.bid.decisions.rules.ballot import ABSTAIN, AGAINST, FOR, Ballot, ballot_of
from app.bid.value import Decision, Partner, Structure
from app.platform.access.ids import Id
from app.platform.access.money import format_quantity
from app.platform.words.codes import DecisionRule, Matter


class Why(StrEnum):
    """The one reason that decided the outcome."""

    CARRIED = "carried"
    NOBODY_MAY_VOTE = "nobody-may-vote"
    QUORUM = "quorum-not-reached"
    VETO = "vetoed"
    YES_MISSING = "yes-of-partner-concerned-missing"
    TIE = "tie"
    NOT_ENOUGH = "not-enough-votes"
    OBJECTION = "objection"
    SILENCE = "votes-missing"
    LEAD_UNDECIDED = "lead-has-not-decided"


@dataclass(frozen=True, slots=True)
class RuleCount:
    """One rule applied to the votes. `rule` is None where none is agreed and every yes is needed."""

    rule: DecisionRule | None
    chosen: str | None
    why: Why
    whole: Decimal
    """What the votes are measured against: the number of voters, or the sum of their weights."""
    reached: Decimal
    """What the strongest option has of `whole`."""
    sentence: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result with everything needed to count again. Ids are partner ids."""

    passed: bool
    chosen: str | None
    why: Why
    sentence: str
    counts: tuple[RuleCount, ...]
    voters: tuple[Id, ...]
    excluded: tuple[Id, ...]
    by_option: dict[str, tuple[Id, ...]]
    silent: tuple[Id, ...]
    weights: dict[Id, Decimal]
    quorum: int | None
    took_part: int
    reserved: tuple[Matter, ...]
    vetoes: tuple[Id, ...]
    yes_missing: tuple[Id, ...]
    uncounted: tuple[Id, ...]


def rule_in_force(rule: DecisionRule | None, ballot: Ballot, structure: Structure) -> DecisionRule | None:
    """The agreed rule, or the one that replaces it where it cannot or may not decide this motion.

    A majority replaces `lead_decides` on what a lead never decides alone, and where there is no lead or it has a conflict
    of interest. `weighted` counts as no agreed rule where nobody who may vote has a weight.
    """
    if rule is DecisionRule.LEAD_DECIDES and (ballot.beyond_the_lead or ballot.lead is None):
        return DecisionRule.MAJORITY
    if rule is DecisionRule.WEIGHTED and _weight_of(structure, [p.id for p in ballot.voters]) <= 0:
        return None
    return rule


def count(
    decision: Decision, structure: Structure, partners: Sequence[Partner], now: datetime | None = None
) -> Outcome:
    """The outcome if the motion were closed at `now` with this structure and these partners."""
    ballot = ballot_of(decision, partners, now)
    rules = [rule_in_force(structure.decision_rule, ballot, structure)]
    shown = rule_in_force(decision.rule, ballot, structure)
    if shown not in rules:
        rules.insert(0, shown)
    counts = tuple(_BY_RULE[rule](ballot, structure) for rule in rules)
    took_part = len(ballot.votes)
    quorum = _quorum(structure, ballot, rules)
    reserved = tuple(sorted(ballot.touches & set(structure.reserved_matters)))
    vetoes = _vetoes(ballot) if reserved else ()
    yes_missing = _yes_missing(decision, ballot)
    chosen, why = _settle(ballot, counts, took_part, quorum, vetoes, yes_missing)
    passed = chosen is not None and (chosen == FOR or not ballot.is_motion)
    return Outcome(
        passed=passed,
        chosen=chosen,
        why=why,
        sentence=_sentence(ballot, why, chosen, counts, took_part, quorum, vetoes, yes_missing),
        counts=counts,
        voters=tuple(partner.id for partner in ballot.voters),
        excluded=tuple(partner.id for partner in ballot.excluded),
        by_option={option: ballot.of(option) for option in ballot.options},
        silent=ballot.silent,
        weights={p.id: structure.weights.get(p.id, Decimal(0)) for p in ballot.voters}
        if DecisionRule.WEIGHTED in rules
        else {},
        quorum=quorum,
        took_part=took_part,
        reserved=reserved,
        vetoes=vetoes,
        yes_missing=yes_missing,
        uncounted=tuple(vote.partner_id for vote in ballot.uncounted if vote.partner_id not in ballot.yes_needed),
    )


def _settle(
    ballot: Ballot,
    counts: tuple[RuleCount, ...],
    took_part: int,
    quorum: int | None,
    vetoes: tuple[Id, ...],
    yes_missing: tuple[Id, ...],
) -> tuple[str | None, Why]:
    if not ballot.voters:
        return None, Why.NOBODY_MAY_VOTE
    if quorum is not None and took_part < quorum:
        return None, Why.QUORUM
    if vetoes:
        return None, Why.VETO
    failed = next((count for count in counts if count.chosen is None), None)
    if failed is not None:
        return None, failed.why
    if len({count.chosen for count in counts}) > 1:
        return None, Why.NOT_ENOUGH
    if yes_missing:
        return None, Why.YES_MISSING
    return counts[0].chosen, Why.CARRIED


def _quorum(structure: Structure, ballot: Ballot, rules: list[DecisionRule | None]) -> int | None:
    """The agreed quorum, but never more than may vote; None where the lead decides alone."""
    if structure.quorum is None or rules == [DecisionRule.LEAD_DECIDES]:
        return None
    return min(structure.quorum, len(ballot.voters))


def _vetoes(ballot: Ballot) -> tuple[Id, ...]:
    """The partners that vote against with a reason, without the present lead where it is to be replaced."""
    return tuple(
        partner_id
        for partner_id in ballot.of(AGAINST)
        if ballot.votes[partner_id].reason.strip() and partner_id != ballot.lead_without_veto
    )


def _yes_missing(decision: Decision, ballot: Ballot) -> tuple[Id, ...]:
    """Partners whose own yes is needed and missing. They may be outside the voters (a subcontractor to become a member)."""
    said = {vote.partner_id: vote.option for vote in decision.votes}
    return tuple(partner_id for partner_id in ballot.yes_needed if said.get(partner_id) != FOR)


def _weight_of(structure: Structure, partner_ids: Sequence[Id]) -> Decimal:
    return sum((max(structure.weights.get(p, Decimal(0)), Decimal(0)) for p in partner_ids), Decimal(0))


def _strongest(ballot: Ballot) -> tuple[str | None, int, int]:
    """The option with most votes (None on a tie or without votes), its votes, and all other votes without abstentions."""
    tallies = {option: len(ballot.of(option)) for option in ballot.options if option != ABSTAIN}
    most = max(tallies.values(), default=0)
    leaders = [option for option, votes in tallies.items() if votes == most]
    if most == 0 or len(leaders) > 1:
        return None, most, sum(tallies.values()) - most
    return leaders[0], most, sum(tallies.values()) - most


def _judged(
    ballot: Ballot, rule: DecisionRule | None, option: str | None, why: Why, whole: Decimal, reached: Decimal, text: str
) -> RuleCount:
    """The rule's count. A motion whose strongest option is `against` has not passed, however many said so."""
    if option is not None and ballot.is_motion and option != FOR:
        option, why = None, Why.NOT_ENOUGH
    return RuleCount(rule, option, why if option is None else Why.CARRIED, whole, reached, text)


def _tied_or_few(ballot: Ballot) -> Why:
    option, most, _ = _strongest(ballot)
    return Why.TIE if option is None and most > 0 else Why.NOT_ENOUGH


def _tally_text(ballot: Ballot) -> str:
    parts = [f"{len(ballot.of(option))} {option}" for option in ballot.options]
    return f"{len(ballot.voters)} may vote: " + ", ".join(parts) + f", {len(ballot.silent)} not voted."


def _unanimous(ballot: Ballot, rule: DecisionRule | None, may_stand_aside: bool) -> RuleCount:
    """Counts consensus, and the state before any rule: no partner that binds the others may be against or missing.

    Two do not bind: the present lead where it is to be replaced, and a partner that was silent for the whole notice. The
    lead's no still counts as one vote, so between two partners it is a tie.
    """
    option, most, others = _strongest(ballot)
    loose = {ballot.lead_without_veto, ballot.left_out} - {None}
    binding = [partner.id for partner in ballot.voters if partner.id not in loose]
    agreed = {option, ABSTAIN} if may_stand_aside else {option}
    missing = [p for p in binding if p not in ballot.votes]
    dissent = [p for p in binding if p in ballot.votes and ballot.votes[p].option not in agreed]
    silent_no = 1 if ballot.lead_without_veto in ballot.silent and ballot.subject_is_against else 0
    why, passes = Why.CARRIED, option is not None and not missing and not dissent
    if passes and most <= others + silent_no:
        passes, why = False, Why.TIE
    elif not passes:
        why = Why.SILENCE if missing and not dissent and option is not None else _tied_or_few(ballot)
    asked = "Everybody must agree; standing aside is allowed." if may_stand_aside else "Every partner's yes is needed."
    return _judged(
        ballot,
        rule,
        option if passes else None,
        why,
        Decimal(len(binding)),
        Decimal(sum(1 for p in binding if p in ballot.votes and ballot.votes[p].option == option)),
        f"{asked} {_tally_text(ballot)}",
    )


def _consensus(ballot: Ballot, structure: Structure) -> RuleCount:
    return _unanimous(ballot, DecisionRule.CONSENSUS, may_stand_aside=True)


def _no_rule_yet(ballot: Ballot, structure: Structure) -> RuleCount:
    return _unanimous(ballot, None, may_stand_aside=False)


def _consent(ballot: Ballot, structure: Structure) -> RuleCount:
    """Counts consent: it passes unless somebody objects, which is to vote for another option and say why."""
    option, most, _ = _strongest(ballot)
    if ballot.is_motion:
        option = FOR if ballot.of(FOR) else None
    objections = [p for p, vote in ballot.votes.items() if vote.option not in (option, ABSTAIN) and vote.reason.strip()]
    binding = [p for p in objections if p != ballot.lead_without_veto]
    subject_silent = ballot.subject_id in ballot.silent and ballot.subject_is_against
    missing = [] if ballot.notice_over else [p for p in ballot.silent if p != ballot.lead_without_veto]
    against = len(objections) + (1 if subject_silent else 0)
    why = Why.CARRIED
    if option is None:
        why = _tied_or_few(ballot) if not ballot.is_motion else Why.NOT_ENOUGH
    elif binding:
        why = Why.OBJECTION
    elif missing:
        why = Why.SILENCE
    elif against and len(ballot.of(option)) <= against:
        why = Why.TIE
    text = (
        f"It passes unless somebody objects with a reason. Objections with a reason: "
        f"{ballot.list_names(objections)}. {_tally_text(ballot)}"
    )
    reached = Decimal(len(ballot.of(option)) if option else most)
    return _judged(
        ballot,
        DecisionRule.CONSENT,
        option if why is Why.CARRIED else None,
        why,
        Decimal(len(ballot.voters)),
        reached,
        text,
    )


def _majority(ballot: Ballot, structure: Structure) -> RuleCount:
    option, most, _ = _strongest(ballot)
    whole = len(ballot.voters) - (1 if ballot.left_out is not None else 0)
    passes = option is not None and 2 * most > whole
    text = f"More than half of {whole} is needed, so at least {whole // 2 + 1}. {_tally_text(ballot)}"
    return _judged(
        ballot,
        DecisionRule.MAJORITY,
        option if passes else None,
        _tied_or_few(ballot),
        Decimal(whole),
        Decimal(most),
        text,
    )


def _weighted(ballot: Ballot, structure: Structure) -> RuleCount:
    counted = [partner.id for partner in ballot.voters if partner.id != ballot.left_out]
    whole = _weight_of(structure, counted)
    tallies = {option: _weight_of(structure, ballot.of(option)) for option in ballot.options if option != ABSTAIN}
    option, reached = max(tallies.items(), key=lambda item: item[1], default=(None, Decimal(0)))
    passes = option is not None and 2 * reached > whole
    tied = reached > 0 and sum(1 for weight in tallies.values() if weight == reached) > 1
    parts = [f"{format_quantity(weight)} {name}" for name, weight in tallies.items()]
    text = f"More than half of the weight {format_quantity(whole)} is needed. Weights: {', '.join(parts)}. " + (
        _tally_text(ballot)
    )
    return _judged(
        ballot,
        DecisionRule.WEIGHTED,
        option if passes else None,
        Why.TIE if tied else Why.NOT_ENOUGH,
        whole,
        reached,
        text,
    )


def _lead_decides(ballot: Ballot, structure: Structure) -> RuleCount:
    assert ballot.lead is not None
    vote = ballot.votes.get(ballot.lead.id)
    option = vote.option if vote is not None and vote.option != ABSTAIN else None
    said = vote.option if vote is not None else "not voted"
    text = f"{ballot.lead.name} decides, and said: {said}. The others' votes are advice. {_tally_text(ballot)}"
    return _judged(
        ballot,
        DecisionRule.LEAD_DECIDES,
        option,
        Why.LEAD_UNDECIDED,
        Decimal(1),
        Decimal(0 if option is None else 1),
        text,
    )


_BY_RULE = {
    DecisionRule.CONSENSUS: _consensus,
    DecisionRule.CONSENT: _consent,
    DecisionRule.MAJORITY: _majority,
    DecisionRule.WEIGHTED: _weighted,
    DecisionRule.LEAD_DECIDES: _lead_decides,
    None: _no_rule_yet,
}


def _sentence(
    ballot: Ballot,
    why: Why,
    chosen: str | None,
    counts: tuple[RuleCount, ...],
    took_part: int,
    quorum: int | None,
    vetoes: tuple[Id, ...],
    yes_missing: tuple[Id, ...],
) -> str:
    steps = " ".join(count.sentence for count in counts)
    if why is Why.CARRIED:
        head = "Passed." if ballot.is_motion else f"Decided: {chosen}."
    elif why is Why.NOBODY_MAY_VOTE:
        head, steps = "Not passed: nobody may vote on it.", ""
    elif why is Why.QUORUM:
        head = f"Not passed: {quorum} partners had to take part and {took_part} did."
    elif why is Why.VETO:
        head = f"Not passed: {ballot.list_names(vetoes)} used the veto on a reserved matter."
    elif why is Why.YES_MISSING:
        head = f"Not passed: it needs the yes of {ballot.list_names(yes_missing)}, which it is about."
    elif why is Why.TIE:
        head = "Not passed: a tie leaves things as they are."
    elif why is Why.OBJECTION:
        head = "Not passed: there is an objection with a reason."
    elif why is Why.SILENCE:
        head = f"Not passed: {ballot.list_names(ballot.silent)} did not vote."
    elif why is Why.LEAD_UNDECIDED:
        head = "Not passed: the lead has not decided."
    else:
        head = "Not passed: not enough votes."
    return f"{head} {steps}".strip()
