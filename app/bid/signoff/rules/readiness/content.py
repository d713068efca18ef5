"""Blockers about what the edition would contain: expectations, text, money, structure and exit."""

from collections.abc import Iterator, Mapping

from app.bid.budget.rules.blockers import budget_blockers
from app.bid.signoff.rules.readiness.situation import Blocker, Situation, ids
from app.bid.structure import rules as structure
from app.bid.value import Expectation, Partner, Proposal, Section
from app.platform.access.ids import Id
from app.platform.words.codes import BlockerCode, ExpectationState, LimitUnit, StandardSection, Strength


def must_unmet(situation: Situation) -> Iterator[Blocker]:
    """Yields every `must` in force that is not met."""
    proposal = situation.proposal
    accepted = {partner.id: partner for partner in proposal.accepted}
    for expectation in proposal.expectations:
        owner = accepted.get(expectation.partner_id)
        if owner is None or not must_in_force(expectation, accepted):
            continue
        state, why = situation.states.get(expectation.id, (ExpectationState.UNMET, ""))
        if state in (ExpectationState.MET, ExpectationState.WAIVED):
            continue
        of = accepted.get(expectation.of_partner_id) if expectation.of_partner_id else None
        who = of.name if of else "The other partners"
        gap = {
            ExpectationState.PARTLY_MET: "is only partly met",
            ExpectationState.CONTRADICTED: "is denied by what the partners wrote elsewhere",
        }.get(state, "is not met yet")
        yield Blocker(
            BlockerCode.MUST_UNMET,
            f"{owner.name} must have '{expectation.title}', and it {gap}. "
            f"{why or f'{who} and {owner.name} settle what meets it.'} Or {owner.name} waives it with a reason.",
            f"/expectations/{expectation.id}",
            owner.organisation_id,
            ids(owner, of) if of else ids(owner, *accepted.values()),
        )


def must_in_force(expectation: Expectation, accepted: Mapping[Id, Partner]) -> bool:
    """Whether this is a `must` that counts: one made or raised after the reveal counts once all others have accepted it."""
    if expectation.strength is not Strength.MUST or expectation.waived_reason is not None or not expectation.revealed:
        return False
    if not expectation.must_after_reveal:
        return True
    return accepted.keys() - {expectation.partner_id} <= set(expectation.accepted_by)


def sections_in_the_bid(proposal: Proposal) -> Iterator[tuple[Section, Partner | None]]:
    """The sections that the call asks for, each with the partner that writes it: its own, its assignee, or the lead."""
    accepted = {partner.id: partner for partner in proposal.accepted}
    by_organisation = {partner.organisation_id: partner for partner in proposal.accepted}
    for section in proposal.asked_sections:
        own = accepted.get(section.partner_id) if section.partner_id else None
        yield section, own or by_organisation.get(section.assignee_organisation_id) or proposal.lead


def is_empty(section: Section) -> bool:
    return section.counts.characters == 0 and section.counts.words == 0


def section_empty(situation: Situation) -> Iterator[Blocker]:
    for section, writer in sections_in_the_bid(situation.proposal):
        if section.required and is_empty(section):
            yield Blocker(
                BlockerCode.SECTION_EMPTY,
                f"'{section.title}' has no text yet, and the bid needs it. {_writer(writer)} writes it.",
                f"/sections/{section.id}",
                writer.organisation_id if writer else None,
                ids(writer),
            )


def section_over_limit(situation: Situation) -> Iterator[Blocker]:
    for section, writer in sections_in_the_bid(situation.proposal):
        if section.limit is None:
            continue
        count = {
            LimitUnit.WORDS: section.counts.words,
            LimitUnit.CHARACTERS: section.counts.characters,
            LimitUnit.PAGES: section.counts.pages,
        }[section.limit.unit]
        if count > section.limit.value:
            yield Blocker(
                BlockerCode.SECTION_OVER_LIMIT,
                f"'{section.title}' has {count:,} {section.limit.unit.value}, and {section.limit.value:,} are allowed. "
                f"{_writer(writer)} takes out {count - section.limit.value:,}; what is over the limit is not read.",
                f"/sections/{section.id}",
                writer.organisation_id if writer else None,
                ids(writer),
            )


def _writer(partner: Partner | None) -> str:
    return f"An editor of {partner.name}" if partner else "The lead, once there is one,"


def money(situation: Situation) -> Iterator[Blocker]:
    """Yields `over-ceiling`, `budget-not-adding-up` and `prices-not-final`, judged by the figures that this reader may know
    (rule 1)."""
    for fault in budget_blockers(situation.proposal, situation.reader):
        of_one = [p for p in situation.proposal.accepted if p.organisation_id == fault.organisation_id]
        may = ids(*of_one or situation.proposal.accepted)
        yield Blocker(fault.code, fault.detail, fault.pointer, fault.organisation_id, may)


def structure_incomplete(situation: Situation) -> Iterator[Blocker]:
    for fault in structure.problems(situation.proposal.structure, situation.proposal.partners):
        yield Blocker(fault.code, fault.detail, fault.pointer, fault.organisation_id, ids(*situation.proposal.core))


def exit_plan_missing(situation: Situation) -> Iterator[Blocker]:
    """Either the section on it or the exit plan has to say what remains when the money ends."""
    plan = situation.proposal.exit_plan
    if plan.plan_markdown.strip() or plan.what_remains_markdown.strip() or plan.funding_after_markdown.strip():
        return
    key = StandardSection.EXIT_AND_SUSTAINABILITY.value
    found = [(s, writer) for s, writer in sections_in_the_bid(situation.proposal) if s.key == key]
    if any(not is_empty(section) for section, _ in found):
        return
    section, writer = found[0] if found else (None, situation.proposal.lead)
    yield Blocker(
        BlockerCode.EXIT_PLAN_MISSING,
        "Nothing says yet what remains when the money ends, who takes it over and how it is paid for. "
        f"{_writer(writer)} writes it, after asking the partners.",
        f"/sections/{section.id}" if section else "/sections",
        writer.organisation_id if writer else None,
        ids(writer),
    )
