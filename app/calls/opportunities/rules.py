"""Rules of an opportunity (a call): what it must hold, when it takes bids, and what may change once it is published.

`now` is the database's clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from zoneinfo import ZoneInfo

from app.calls.opportunities.value import Opportunity
from app.platform.access.errors import Conflict, Fault, Forbidden, Invalid
from app.platform.access.lifecycle import deadline_has_passed
from app.platform.words.codes import (
    Collaboration,
    OpportunityStatus,
    OrganisationKind,
    RouteKind,
    StandardSection,
)

ALWAYS_REQUIRED = (StandardSection.EXIT_AND_SUSTAINABILITY,)
MAX_LOTS = 500


class OpportunityOver(Conflict):
    code = "opportunity-over"
    title = "This opportunity has ended"
    explanation = (
        "It was cancelled, withdrawn or awarded, or is only an early notice. It can be read, not changed; "
        "write a new one instead."
    )


class AlreadyPublished(Conflict):
    code = "already-published"
    title = "It is published already"
    explanation = "It was published before. To change it, amend it (PATCH); everybody who is bidding is told."


class NotReadyToPublish(Conflict):
    code = "not-ready-to-publish"
    title = "Something is missing before it can be published"
    explanation = "Fill in what 'errors' lists (PATCH), then publish again."


class DeadlineNotLater(Conflict):
    code = "deadline-not-later"
    title = "A published deadline can only be moved to later"
    explanation = "Bidders have planned for the published deadline. Keep it, or choose a later one."


class BidsOpened(Conflict):
    code = "bids-opened"
    title = "The bids have been opened"
    explanation = (
        "The deadline has passed and the bids are open to the commissioner, so the deadline cannot move and the call "
        "cannot change any more. To ask for new bids, write a new opportunity."
    )


class ClosedForChanges(Conflict):
    code = "closed-for-changes"
    title = "The call is closed"
    explanation = "Its deadline has passed. To change it, give it a later deadline in the same request."


class FixedWhenPublished(Conflict):
    code = "fixed-when-published"
    title = "This part of a published call cannot change"
    explanation = (
        "Bidders have relied on it: whether bids are sealed, how much detail of prices is asked for, the currency, "
        "and the lots there are. To change it, cancel this opportunity and publish a new one."
    )


class NotACommissioner(Forbidden):
    code = "not-a-commissioner"
    title = "Only a commissioner can do this"
    explanation = (
        "Your organisation's 'kinds' do not include 'commissioner'. Ask whoever runs this service to grant it (cobid "
        "grant-kind). On a service that only its own machine can reach, an admin of the organisation can add it."
    )


class CommissionerUnverified(Forbidden):
    code = "commissioner-unverified"
    title = "Your organisation has to be verified first"
    explanation = (
        "Anybody could claim to be a council, and a change of name, legal form, register numbers or kinds has to be checked "
        "anew. Ask whoever runs this service to verify your organisation (cobid verify-organisation); then try again. What "
        "you own already you read, acknowledge and decide as before."
    )


def check_commissioner(kinds: Sequence[str], verified: bool, on_loopback: bool) -> None:
    """Refuse (403) to act as commissioner for what is none by its kinds, or, where others reach the server, unverified."""
    if OrganisationKind.COMMISSIONER not in kinds:
        raise NotACommissioner
    if not verified and not on_loopback:
        raise CommissionerUnverified


def required_sections(named: Sequence[StandardSection]) -> tuple[StandardSection, ...]:
    """The standard parts that every bid needs, in the contract's order: those named, and the exit plan always."""
    wanted = {*named, *ALWAYS_REQUIRED}
    return tuple(section for section in StandardSection if section in wanted)


def check_consistent(call: Opportunity) -> None:
    """Refuse (422) a call that contradicts itself, with a pointer to each contradiction."""
    faults = [
        *_twice([lot.key for lot in call.lots], "lots"),
        *_question_faults(call),
        *_rule_faults(call),
        *_time_faults(call),
    ]
    if call.route.kind is RouteKind.ELSEWHERE and not call.route.url and not call.route.instructions.strip():
        sentence = "Say where bids are made: give the address of the portal, or instructions."
        faults.append(Fault("/submission_route", "route-incomplete", sentence))
    if faults:
        raise Invalid(errors=faults)


def _question_faults(call: Opportunity) -> Iterator[Fault]:
    yield from _twice([question.key for question in call.questions], "questions")
    lots = {lot.key for lot in call.lots}
    for index, question in enumerate(call.questions):
        if question.lot_key is not None and question.lot_key not in lots:
            sentence = f"There is no lot with the key “{question.lot_key}” in this opportunity."
            yield Fault(f"/questions/{index}/lot_key", "unknown-lot", sentence)


def _twice(keys: Sequence[str], name: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key in seen:
            yield Fault(f"/{name}/{index}/key", "key-twice", f"The key “{key}” is used twice. Give each its own.")
        seen.add(key)


def _rule_faults(call: Opportunity) -> Iterator[Fault]:
    rules, pointer = call.consortium_rules, "/consortium_rules"
    least, most = rules.min_partners, rules.max_partners
    if least is not None and most is not None and least > most:
        yield Fault(f"{pointer}/max_partners", "less-than-min", "At most cannot be less than at least.")
    if rules.collaboration is Collaboration.FORBIDDEN and least is not None and least > 1:
        yield Fault(f"{pointer}/min_partners", "contradiction", "A call without joint bids has one partner in each.")
    if rules.collaboration is Collaboration.REQUIRED and most is not None and most < 2:
        yield Fault(f"{pointer}/max_partners", "contradiction", "A call for joint bids needs room for two partners.")


def _time_faults(call: Opportunity) -> Iterator[Fault]:
    if not _known_zone(call.time_zone):
        sentence = "This is not a time zone of the IANA database. Use one such as Europe/London."
        yield Fault("/time_zone", "unknown-time-zone", sentence)
    first, last = call.clarification_deadline, call.submission_deadline
    if first is not None and last is not None and first > last:
        sentence = "Questions must close before bids are due, or at the same time."
        yield Fault("/clarification_deadline", "after-submission", sentence)


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


def check_publishable(status: OpportunityStatus, call: Opportunity, now: datetime) -> None:
    """Refuse (409) to publish what is no draft, or has no deadline ahead of it."""
    if status is OpportunityStatus.PUBLISHED:
        raise AlreadyPublished
    if status is not OpportunityStatus.DRAFT:
        raise OpportunityOver
    faults = []
    if call.submission_deadline is None:
        faults.append(Fault("/submission_deadline", "missing", "Say until when bids can be made."))
    elif deadline_has_passed(call.submission_deadline, now):
        faults.append(Fault("/submission_deadline", "in-the-past", "Choose a deadline that is still ahead."))
    if faults:
        raise NotReadyToPublish(errors=faults)


def check_cancellable(status: OpportunityStatus) -> None:
    """Refuse (409) to cancel what has ended."""
    if status not in (OpportunityStatus.DRAFT, OpportunityStatus.PUBLISHED, OpportunityStatus.PLANNED):
        raise OpportunityOver


TIMES = frozenset({"submission_deadline", "clarification_deadline", "time_zone"})
"""Fields that say until when bidders answer, not what they answer: changing them voids nothing."""
FINDING = frozenset({"areas", "cpv", "vcse", "languages", "procurement_reference"})
"""Fields that help to find the call or name it, and are no part of what is bid for: changing them voids nothing either."""
FIXED = frozenset({"mode", "price_detail", "currency"})
"""Fields that bidders rely on from the publication on."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of a published call amounts to.

    `fields`: the names that changed, in order. `voids_editions`: a signed version that is not submitted no longer
    answers the call. `reopens`: a call that was closed takes bids again.
    """

    fields: tuple[str, ...]
    voids_editions: bool
    reopens: bool


def amendment(
    before: Opportunity, after: Opportunity, status: OpportunityStatus, now: datetime, bids_opened: bool
) -> Change | None:
    """The change of a published call, or None where nothing changed. Refuses (409) what may not change any more.

    `bids_opened`: there were bids here when the deadline passed, so the commissioner can have read them.
    """
    change = difference(before, after, now)
    if change is None:
        return None
    if status is not OpportunityStatus.PUBLISHED:
        raise OpportunityOver
    if bids_opened:
        raise BidsOpened
    _check_fixed(before, after, change.fields)
    _check_deadline(before, after, now)
    closed = deadline_has_passed(before.submission_deadline, now)
    if closed and not change.reopens and not set(change.fields) <= FINDING:
        raise ClosedForChanges
    return change


def check_amendable(status: OpportunityStatus, deadline: datetime | None, now: datetime, bids_opened: bool) -> None:
    """Refuse (409) to change what bids have to look like once they are due, or where the call was never published."""
    if status is not OpportunityStatus.PUBLISHED:
        raise OpportunityOver
    if bids_opened:
        raise BidsOpened
    if deadline_has_passed(deadline, now):
        raise ClosedForChanges("The deadline has passed. Give the call a later one first (PATCH), then change this.")


def difference(before: Opportunity, after: Opportunity, now: datetime) -> Change | None:
    """What changed between two states of a call, allowed or not; None where nothing did."""
    changed = tuple(
        f.name for f in fields(Opportunity) if f.compare and getattr(before, f.name) != getattr(after, f.name)
    )
    if not changed:
        return None
    return Change(
        fields=changed,
        voids_editions=not set(changed) <= TIMES | FINDING,
        reopens=deadline_has_passed(before.submission_deadline, now)
        and not deadline_has_passed(after.submission_deadline, now),
    )


def _check_fixed(before: Opportunity, after: Opportunity, changed: Sequence[str]) -> None:
    faults = [
        Fault(f"/{name}", "fixed-when-published", "This cannot change once the call is published.")
        for name in changed
        if name in FIXED
    ]
    gone = {lot.key for lot in before.lots} - {lot.key for lot in after.lots}
    if gone:
        sentence = f"Published lots stay: put {', '.join(sorted(gone))} back. You can change them or add others."
        faults.append(Fault("/lots", "fixed-when-published", sentence))
    if faults:
        raise FixedWhenPublished(errors=faults)


def _check_deadline(before: Opportunity, after: Opportunity, now: datetime) -> None:
    was, will = before.submission_deadline, after.submission_deadline
    if was == will:
        return
    if will is None or (was is not None and will < was) or deadline_has_passed(will, now):
        sentence = "Choose a deadline later than the published one, and still ahead."
        raise DeadlineNotLater(sentence, [Fault("/submission_deadline", "deadline-not-later", sentence)])
