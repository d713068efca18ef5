"""Rules of an opportunity (a call): what it must hold, when it takes bids, and what may change once it is published.

All instants are aware UTC datetimes; `now` is the database's clock. Ceilings are minor units of `currency`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.calls.opportunities.value import Limit
from app.platform.access.errors import Conflict, Fault, Forbidden, Invalid
from app.platform.access.lifecycle import deadline_has_passed
from app.platform.words.codes import (
    Collaboration,
    OpportunityMode,
    OpportunityStatus,
    OrganisationKind,
    PriceDetail,
    Regime,
    RouteKind,
    SeveralBids,
    StandardSection,
    StatementKey,
    VatBasis,
)

ALWAYS_REQUIRED = (StandardSection.EXIT_AND_SUSTAINABILITY,)
MAX_LOTS = 500
MAX_QUESTIONS = 500


@dataclass(frozen=True, slots=True)
class LotTerms:
    key: str
    title: str
    ceiling: int | None = None
    vat: VatBasis = VatBasis.UNKNOWN


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    key: str
    prompt_markdown: str
    guidance_markdown: str = ""
    limit: Limit | None = None
    weight: Decimal | None = None
    lot_key: str | None = None
    required: bool = True
    per_member: bool = False


@dataclass(frozen=True, slots=True)
class ConsortiumTerms:
    """`min_partners` counts lead and members. `extra` holds further rules by name."""

    collaboration: Collaboration = Collaboration.ALLOWED
    min_partners: int | None = None
    max_partners: int | None = None
    several_bids: SeveralBids = SeveralBids.DECLARED
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    kind: RouteKind = RouteKind.HERE
    url: str | None = None
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a call says. The defaults are those of a call written here: sealed, submitted here, no extra rules."""

    title: str
    description_markdown: str = ""
    lots: tuple[LotTerms, ...] = ()
    questions: tuple[QuestionTerms, ...] = ()
    budget_ceiling: int | None = None
    ceiling_vat: VatBasis = VatBasis.UNKNOWN
    currency: str = "GBP"
    mode: OpportunityMode = OpportunityMode.SEALED
    regime: Regime = Regime.OTHER
    price_detail: PriceDetail = PriceDetail.TOTALS
    required_sections: tuple[StandardSection, ...] = ()
    required_statements: tuple[StatementKey, ...] = ()
    clarification_deadline: datetime | None = None
    submission_deadline: datetime | None = None
    time_zone: str = "Europe/London"
    consortium_rules: ConsortiumTerms = ConsortiumTerms()
    route: Route = Route()
    languages: tuple[str, ...] = ("en",)
    areas: tuple[str, ...] = ()
    cpv: tuple[str, ...] = ()
    vcse: bool | None = None


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
    explanation = "Your organisation's 'kinds' do not include 'commissioner'. An admin of it can add that."


class CommissionerUnverified(Forbidden):
    code = "commissioner-unverified"
    title = "Your organisation has to be verified first"
    explanation = (
        "Anybody could claim to be a council. Ask whoever runs this service to verify your organisation "
        "(cobid verify-organisation); then try again."
    )


def check_commissioner(kinds: Sequence[str], verified: bool, on_loopback: bool) -> None:
    """Who may act as commissioner: one by its kinds, and verified unless nobody else can reach the server."""
    if OrganisationKind.COMMISSIONER not in kinds:
        raise NotACommissioner
    if not verified and not on_loopback:
        raise CommissionerUnverified


def status_at(stored: OpportunityStatus, deadline: datetime | None, now: datetime) -> OpportunityStatus:
    """The status to show: what is published closes by the clock, with no job that has to run."""
    if stored is OpportunityStatus.PUBLISHED and deadline_has_passed(deadline, now):
        return OpportunityStatus.CLOSED
    return stored


def open_for_bids(stored: OpportunityStatus, deadline: datetime | None, now: datetime) -> bool:
    """Whether a bid can be made: awards and early notices never take any."""
    return status_at(stored, deadline, now) is OpportunityStatus.PUBLISHED


def required_sections(named: Sequence[StandardSection]) -> tuple[StandardSection, ...]:
    """The standard parts that every bid needs, in the contract's order: those named, and the exit plan always."""
    wanted = {*named, *ALWAYS_REQUIRED}
    return tuple(section for section in StandardSection if section in wanted)


def check_terms(terms: Terms) -> None:
    """Refuse (422) terms that contradict themselves, with a pointer to each."""
    faults = [*_lot_faults(terms), *_question_faults(terms), *_rule_faults(terms), *_time_faults(terms)]
    if terms.route.kind is RouteKind.ELSEWHERE and not terms.route.url and not terms.route.instructions.strip():
        sentence = "Say where bids are made: give the address of the portal, or instructions."
        faults.append(Fault("/submission_route", "route-incomplete", sentence))
    if faults:
        raise Invalid(errors=faults)


def _lot_faults(terms: Terms) -> Iterator[Fault]:
    yield from _twice([lot.key for lot in terms.lots], "lots")
    if len(terms.lots) > MAX_LOTS:
        yield Fault("/lots", "too-many", f"An opportunity has at most {MAX_LOTS} lots.")


def _question_faults(terms: Terms) -> Iterator[Fault]:
    yield from _twice([question.key for question in terms.questions], "questions")
    if len(terms.questions) > MAX_QUESTIONS:
        yield Fault("/questions", "too-many", f"An opportunity has at most {MAX_QUESTIONS} questions.")
    lots = {lot.key for lot in terms.lots}
    for index, question in enumerate(terms.questions):
        if question.lot_key is not None and question.lot_key not in lots:
            sentence = f"There is no lot with the key “{question.lot_key}” in this opportunity."
            yield Fault(f"/questions/{index}/lot_key", "unknown-lot", sentence)


def _twice(keys: Sequence[str], name: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key in seen:
            yield Fault(f"/{name}/{index}/key", "key-twice", f"The key “{key}” is used twice. Give each its own.")
        seen.add(key)


def _rule_faults(terms: Terms) -> Iterator[Fault]:
    rules, pointer = terms.consortium_rules, "/consortium_rules"
    least, most = rules.min_partners, rules.max_partners
    if least is not None and most is not None and least > most:
        yield Fault(f"{pointer}/max_partners", "less-than-min", "At most cannot be less than at least.")
    if rules.collaboration is Collaboration.FORBIDDEN and least is not None and least > 1:
        yield Fault(f"{pointer}/min_partners", "contradiction", "A call without joint bids has one partner in each.")
    if rules.collaboration is Collaboration.REQUIRED and most is not None and most < 2:
        yield Fault(f"{pointer}/max_partners", "contradiction", "A call for joint bids needs room for two partners.")


def _time_faults(terms: Terms) -> Iterator[Fault]:
    if not _known_zone(terms.time_zone):
        sentence = "This is not a time zone of the IANA database. Use one such as Europe/London."
        yield Fault("/time_zone", "unknown-time-zone", sentence)
    first, last = terms.clarification_deadline, terms.submission_deadline
    if first is not None and last is not None and first > last:
        sentence = "Questions must close before bids are due, or at the same time."
        yield Fault("/clarification_deadline", "after-submission", sentence)


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


def check_publishable(status: OpportunityStatus, terms: Terms, now: datetime) -> None:
    """Refuse publishing what is no draft, or has no deadline ahead of it."""
    if status is OpportunityStatus.PUBLISHED:
        raise AlreadyPublished
    if status is not OpportunityStatus.DRAFT:
        raise OpportunityOver
    faults = []
    if terms.submission_deadline is None:
        faults.append(Fault("/submission_deadline", "missing", "Say until when bids can be made."))
    elif deadline_has_passed(terms.submission_deadline, now):
        faults.append(Fault("/submission_deadline", "in-the-past", "Choose a deadline that is still ahead."))
    if faults:
        raise NotReadyToPublish(errors=faults)


def check_cancellable(status: OpportunityStatus) -> None:
    if status not in (OpportunityStatus.DRAFT, OpportunityStatus.PUBLISHED, OpportunityStatus.PLANNED):
        raise OpportunityOver


TIMES = frozenset({"submission_deadline", "clarification_deadline", "time_zone"})
"""What bidders answer by, not what they answer: a change here voids nothing."""
FINDING = frozenset({"areas", "cpv", "vcse", "languages"})
"""What helps to find the call: no part of what is bid for."""
FIXED = frozenset({"mode", "price_detail", "currency"})


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of a published call amounts to.

    `fields`: the names that changed, in order. `voids_editions`: a signed version that is not submitted no longer
    answers the call. `questions` and `lots`: keys of those added, changed and removed.
    """

    fields: tuple[str, ...]
    voids_editions: bool
    reopens: bool
    questions_changed: frozenset[str] = frozenset()
    questions_removed: frozenset[str] = frozenset()
    lots_changed: frozenset[str] = frozenset()


def amendment(
    before: Terms, after: Terms, status: OpportunityStatus, now: datetime, bids_opened: bool
) -> Change | None:
    """The change of a published call, or None where nothing changed. Refuses (409) what may not change any more.

    `bids_opened`: bids made here stood when the deadline passed, so the commissioner can have read them.
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
    """Refuse (409) where a published call takes no more changes of what bids have to look like."""
    if status is not OpportunityStatus.PUBLISHED:
        raise OpportunityOver
    if bids_opened:
        raise BidsOpened
    if deadline_has_passed(deadline, now):
        raise ClosedForChanges("The deadline has passed. Give the call a later one first (PATCH), then change this.")


def difference(before: Terms, after: Terms, now: datetime) -> Change | None:
    """What changed between two states of a call, allowed or not; None where nothing did."""
    changed = tuple(f.name for f in fields(Terms) if getattr(before, f.name) != getattr(after, f.name))
    if not changed:
        return None
    questions = {question.key: question for question in before.questions}
    asked = {question.key: question for question in after.questions}
    lots = {lot.key: lot for lot in before.lots}
    return Change(
        fields=changed,
        voids_editions=not set(changed) <= TIMES | FINDING,
        reopens=deadline_has_passed(before.submission_deadline, now)
        and not deadline_has_passed(after.submission_deadline, now),
        questions_changed=frozenset(key for key, question in asked.items() if questions.get(key) != question),
        questions_removed=frozenset(questions) - frozenset(asked),
        lots_changed=frozenset(lot.key for lot in after.lots if lots.get(lot.key) != lot),
    )


def _check_fixed(before: Terms, after: Terms, changed: Sequence[str]) -> None:
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


def _check_deadline(before: Terms, after: Terms, now: datetime) -> None:
    was, will = before.submission_deadline, after.submission_deadline
    if was == will:
        return
    if will is None or (was is not None and will < was) or deadline_has_passed(will, now):
        sentence = "Choose a deadline later than the published one, and still ahead."
        raise DeadlineNotLater(sentence, [Fault("/submission_deadline", "deadline-not-later", sentence)])
