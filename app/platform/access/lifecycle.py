"""The lives of everything that has a status: one table for each, and what refuses a step.

`TRANSITIONS` is the only place that says which status follows which. Callers name the step, never the status:
`after(PROPOSAL, status, Step.FREEZE)`. What is due by the clock alone (the deadline) is derived by `status_at` in
Python and by the same rule in the queries; no job has to run for it to be true. `docs/states.md` is generated from the
tables (`app/reference.py`), and a test fails where it differs.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from app.platform.access.errors import Conflict, Refusal
from app.platform.words.codes import (
    ApplicationStatus,
    DecisionStatus,
    EditionStatus,
    FacilitatorStatus,
    OpeningStatus,
    PartnerStatus,
    ProposalStatus,
    SubmissionStatus,
)

S = TypeVar("S", bound=StrEnum)


class Step(StrEnum):
    """What happens to something that has a status. Several tables may share a step."""

    FREEZE = "freeze"
    LAST_SIGNATURE = "last_signature"
    WITHDRAW_EDITION = "withdraw_edition"
    REFUSE = "refuse"
    LOSE_RIGHT = "lose_right"
    PARTNER_LEAVES = "partner_leaves"
    SUBMIT = "submit"
    WITHDRAW_SUBMISSION = "withdraw_submission"
    REPLACE = "replace"
    DEADLINE = "deadline"
    ACKNOWLEDGE = "acknowledge"
    OUTCOME = "outcome"
    DISSOLVE = "dissolve"
    ACCEPT = "accept"
    DECLINE = "decline"
    CANCEL = "cancel"
    COME = "come"
    CONFIRM = "confirm"
    RETURN = "return"
    EXPIRE = "expire"
    LEAVE = "leave"
    REMOVE = "remove"
    ADOPT = "adopt"
    REJECT = "reject"
    CHOOSE = "choose"
    OBJECT = "object"
    END = "end"
    CLOSE = "close"
    SHORTLIST = "shortlist"
    WITHDRAW_APPLICATION = "withdraw_application"


LABELS: Mapping[Step, str] = {
    Step.FREEZE: "locked for signing",
    Step.LAST_SIGNATURE: "last signature",
    Step.WITHDRAW_EDITION: "signed version withdrawn",
    Step.REFUSE: "a partner refuses to sign",
    Step.LOSE_RIGHT: "a signatory who signed loses the right",
    Step.PARTNER_LEAVES: "a partner leaves",
    Step.SUBMIT: "submitted",
    Step.WITHDRAW_SUBMISSION: "submission withdrawn",
    Step.REPLACE: "replaced by a newer one",
    Step.DEADLINE: "deadline",
    Step.ACKNOWLEDGE: "commissioner confirms receipt",
    Step.OUTCOME: "outcome",
    Step.DISSOLVE: "decision to dissolve",
    Step.ACCEPT: "accepts",
    Step.DECLINE: "declines",
    Step.CANCEL: "invitation cancelled",
    Step.COME: "another than was mailed accepts",
    Step.CONFIRM: "confirmed",
    Step.RETURN: "has to answer anew",
    Step.EXPIRE: "time to reply ran out",
    Step.LEAVE: "leaves",
    Step.REMOVE: "decision to remove",
    Step.ADOPT: "passed",
    Step.REJECT: "not passed",
    Step.CHOOSE: "one of several options is chosen",
    Step.OBJECT: "a partner objects",
    Step.END: "ended",
    Step.CLOSE: "closed",
    Step.SHORTLIST: "shortlisted",
    Step.WITHDRAW_APPLICATION: "application withdrawn",
}

# In each table, the first row is the status in which the thing begins.
PROPOSAL: Mapping[ProposalStatus, Mapping[Step, ProposalStatus]] = {
    # A draft may still have an earlier submission that stands: that one goes through at the deadline.
    ProposalStatus.DRAFT: {
        Step.FREEZE: ProposalStatus.IN_SIGN_OFF,
        Step.PARTNER_LEAVES: ProposalStatus.DRAFT,
        Step.WITHDRAW_SUBMISSION: ProposalStatus.DRAFT,
        Step.DEADLINE: ProposalStatus.CLOSED,
        Step.DISSOLVE: ProposalStatus.DISSOLVED,
    },
    ProposalStatus.IN_SIGN_OFF: {
        Step.LAST_SIGNATURE: ProposalStatus.AGREED,
        Step.WITHDRAW_EDITION: ProposalStatus.DRAFT,
        Step.REFUSE: ProposalStatus.DRAFT,
        Step.LOSE_RIGHT: ProposalStatus.DRAFT,
        Step.PARTNER_LEAVES: ProposalStatus.DRAFT,
        Step.WITHDRAW_SUBMISSION: ProposalStatus.IN_SIGN_OFF,
        Step.DEADLINE: ProposalStatus.CLOSED,
        Step.DISSOLVE: ProposalStatus.DISSOLVED,
    },
    ProposalStatus.AGREED: {
        Step.SUBMIT: ProposalStatus.SUBMITTED,
        Step.WITHDRAW_EDITION: ProposalStatus.DRAFT,
        Step.PARTNER_LEAVES: ProposalStatus.DRAFT,
        Step.WITHDRAW_SUBMISSION: ProposalStatus.AGREED,
        Step.DEADLINE: ProposalStatus.CLOSED,
        Step.DISSOLVE: ProposalStatus.DISSOLVED,
    },
    ProposalStatus.SUBMITTED: {
        Step.WITHDRAW_EDITION: ProposalStatus.DRAFT,
        Step.PARTNER_LEAVES: ProposalStatus.SUBMITTED,
        Step.WITHDRAW_SUBMISSION: ProposalStatus.AGREED,
        Step.DEADLINE: ProposalStatus.CLOSED,
    },
    ProposalStatus.CLOSED: {Step.PARTNER_LEAVES: ProposalStatus.CLOSED, Step.OUTCOME: ProposalStatus.DECIDED},
    # Lots are decided at different times, and an award can be ended later: further outcomes come in.
    ProposalStatus.DECIDED: {Step.PARTNER_LEAVES: ProposalStatus.DECIDED, Step.OUTCOME: ProposalStatus.DECIDED},
    ProposalStatus.DISSOLVED: {},
}

EDITION: Mapping[EditionStatus, Mapping[Step, EditionStatus]] = {
    EditionStatus.OPEN: {
        Step.LAST_SIGNATURE: EditionStatus.AGREED,
        Step.WITHDRAW_EDITION: EditionStatus.WITHDRAWN,
        Step.REFUSE: EditionStatus.WITHDRAWN,
        Step.LOSE_RIGHT: EditionStatus.WITHDRAWN,
        Step.PARTNER_LEAVES: EditionStatus.WITHDRAWN,
        Step.DISSOLVE: EditionStatus.WITHDRAWN,
    },
    EditionStatus.AGREED: {
        Step.WITHDRAW_EDITION: EditionStatus.WITHDRAWN,
        Step.PARTNER_LEAVES: EditionStatus.WITHDRAWN,
        Step.DISSOLVE: EditionStatus.WITHDRAWN,
    },
    EditionStatus.WITHDRAWN: {},
}

PARTNER: Mapping[PartnerStatus, Mapping[Step, PartnerStatus]] = {
    PartnerStatus.INVITED: {
        Step.ACCEPT: PartnerStatus.ACCEPTED,
        Step.COME: PartnerStatus.TO_CONFIRM,
        Step.DECLINE: PartnerStatus.DECLINED,
        Step.CANCEL: PartnerStatus.CANCELLED,
        Step.EXPIRE: PartnerStatus.EXPIRED,
    },
    PartnerStatus.TO_CONFIRM: {
        Step.CONFIRM: PartnerStatus.ACCEPTED,
        Step.RETURN: PartnerStatus.INVITED,
        Step.DECLINE: PartnerStatus.DECLINED,
        Step.CANCEL: PartnerStatus.CANCELLED,
        Step.EXPIRE: PartnerStatus.EXPIRED,
    },
    PartnerStatus.ACCEPTED: {Step.LEAVE: PartnerStatus.WITHDRAWN, Step.REMOVE: PartnerStatus.REMOVED},
    PartnerStatus.DECLINED: {},
    PartnerStatus.CANCELLED: {},
    PartnerStatus.EXPIRED: {},
    PartnerStatus.WITHDRAWN: {},
    PartnerStatus.REMOVED: {},
}

SUBMISSION: Mapping[SubmissionStatus, Mapping[Step, SubmissionStatus]] = {
    SubmissionStatus.SUBMITTED: {
        Step.REPLACE: SubmissionStatus.REPLACED,
        Step.WITHDRAW_SUBMISSION: SubmissionStatus.WITHDRAWN,
        Step.ACKNOWLEDGE: SubmissionStatus.ACKNOWLEDGED,
        Step.OUTCOME: SubmissionStatus.DECIDED,
    },
    # In an open call the commissioner may confirm receipt before the deadline; the partners can still replace it.
    SubmissionStatus.ACKNOWLEDGED: {
        Step.REPLACE: SubmissionStatus.REPLACED,
        Step.WITHDRAW_SUBMISSION: SubmissionStatus.WITHDRAWN,
        Step.OUTCOME: SubmissionStatus.DECIDED,
    },
    SubmissionStatus.DECIDED: {Step.OUTCOME: SubmissionStatus.DECIDED},
    SubmissionStatus.REPLACED: {},
    SubmissionStatus.WITHDRAWN: {},
}

DECISION: Mapping[DecisionStatus, Mapping[Step, DecisionStatus]] = {
    DecisionStatus.OPEN: {
        Step.ADOPT: DecisionStatus.PASSED,
        Step.REJECT: DecisionStatus.FAILED,
        Step.CHOOSE: DecisionStatus.CLOSED,
    },
    DecisionStatus.PASSED: {},
    DecisionStatus.FAILED: {},
    DecisionStatus.CLOSED: {},
}

FACILITATOR: Mapping[FacilitatorStatus, Mapping[Step, FacilitatorStatus]] = {
    FacilitatorStatus.INVITED: {
        Step.ACCEPT: FacilitatorStatus.ACTIVE,
        Step.OBJECT: FacilitatorStatus.OBJECTED,
        Step.END: FacilitatorStatus.ENDED,
    },
    FacilitatorStatus.ACTIVE: {Step.END: FacilitatorStatus.ENDED},
    FacilitatorStatus.OBJECTED: {},
    FacilitatorStatus.ENDED: {},
}

OPENING: Mapping[OpeningStatus, Mapping[Step, OpeningStatus]] = {
    OpeningStatus.OPEN: {Step.CLOSE: OpeningStatus.CLOSED},
    OpeningStatus.CLOSED: {},
}

_ANSWERS: Mapping[Step, ApplicationStatus] = {
    Step.SHORTLIST: ApplicationStatus.SHORTLISTED,
    Step.ACCEPT: ApplicationStatus.ACCEPTED,
    Step.DECLINE: ApplicationStatus.DECLINED,
    Step.WITHDRAW_APPLICATION: ApplicationStatus.WITHDRAWN,
}
APPLICATION: Mapping[ApplicationStatus, Mapping[Step, ApplicationStatus]] = {
    ApplicationStatus.RECEIVED: _ANSWERS,
    ApplicationStatus.SHORTLISTED: _ANSWERS,
    ApplicationStatus.ACCEPTED: {},
    ApplicationStatus.DECLINED: {},
    ApplicationStatus.WITHDRAWN: {},
}

TRANSITIONS: Mapping[str, Mapping[Any, Mapping[Step, StrEnum]]] = {
    "proposal": PROPOSAL,
    "edition": EDITION,
    "partner": PARTNER,
    "submission": SUBMISSION,
    "decision": DECISION,
    "facilitator": FACILITATOR,
    "opening": OPENING,
    "application": APPLICATION,
}
STANDING = (SubmissionStatus.SUBMITTED, SubmissionStatus.ACKNOWLEDGED, SubmissionStatus.DECIDED)
"""A submission in one of these is what the commissioner has: neither replaced nor withdrawn."""


class InSignOff(Conflict):
    code = "in-sign-off"
    title = "The bid is locked for signing"
    explanation = (
        "From the moment it is locked, nothing that the partners sign can change. To change it, a signatory of "
        "any partner that must sign withdraws the signed version with a reason (POST …/editions/{number}/withdraw). "
        "The bid is then a draft again, and all partners have to sign the new version."
    )


class CallClosed(Conflict):
    code = "call-closed"
    title = "This opportunity takes no bids"
    explanation = (
        "It is not open yet, its deadline has passed, or the commissioner has closed, cancelled or awarded it. Ask the "
        "commissioner if you think that this is wrong, or look for another one."
    )


class DeadlinePassed(Conflict):
    code = "deadline-passed"
    title = "The deadline has passed"
    explanation = (
        "The deadline for this opportunity has passed, by the server's own clock, and the bid can no longer be "
        "changed, signed, submitted or withdrawn. Ask the commissioner if you think that the deadline is wrong."
    )


class ProposalDissolved(Conflict):
    code = "proposal-dissolved"
    title = "The partners have dissolved this bid"
    explanation = (
        "The partners decided to end this bid. Its text stays readable to them, and each keeps what it wrote. "
        "To bid again, start a new proposal."
    )


class StepNotPossible(Conflict):
    code = "not-possible-now"
    title = "This cannot happen at this stage"
    explanation = "The proposal is at a stage at which this step has no meaning. Read its status and what comes next."


def after(
    table: Mapping[S, Mapping[Step, S]], status: S, step: Step, refusal: Refusal | type[Refusal] | None = None
) -> S:
    """The status that follows. Where the table has no such step, raises `refusal` or `StepNotPossible`."""
    following = table[status].get(step)
    if following is not None:
        return following
    if refusal is not None:
        raise refusal
    raise StepNotPossible(f"This is '{status.value}', so '{LABELS[step]}' cannot happen to it now. Read it again.")


def deadline_has_passed(deadline: datetime | None, now: datetime) -> bool:
    """The deadline's own instant is still in time. A call without a deadline has none to miss."""
    return deadline is not None and now > deadline


def status_at(stored: ProposalStatus, submission_stands: bool, deadline_passed: bool) -> ProposalStatus:
    """The status by the clock: the deadline closes a bid whose submission stands, without any job.

    A bid that was never submitted keeps its status after the deadline, but cannot be changed any more.
    """
    if deadline_passed and submission_stands and Step.DEADLINE in PROPOSAL[stored]:
        return PROPOSAL[stored][Step.DEADLINE]
    return stored


def check_not_over(status: ProposalStatus, deadline_passed: bool) -> None:
    """Refuse to change the bid, its signatures or its submission once it is dissolved or its deadline has passed."""
    if status is ProposalStatus.DISSOLVED:
        raise ProposalDissolved
    if deadline_passed or status in (ProposalStatus.CLOSED, ProposalStatus.DECIDED):
        raise DeadlinePassed


def check_writable(status: ProposalStatus, deadline_passed: bool, edition_number: int | None = None) -> None:
    """Refuse to change what an edition contains, unless the proposal is a draft before its deadline."""
    check_not_over(status, deadline_passed)
    if status is not ProposalStatus.DRAFT:
        which = f"version {edition_number}" if edition_number else "the signed version"
        way_out = f"editions/{edition_number}/withdraw" if edition_number else "editions/{number}/withdraw"
        raise InSignOff(
            f"The bid is locked for signing as {which}, so nothing that it contains can change. If this change is "
            f"needed, a signatory of any partner that must sign withdraws it with a reason (POST …/{way_out}); "
            "the bid is then a draft again and everyone signs anew."
        )


def check_attachable(
    status: ProposalStatus,
    deadline_passed: bool,
    edition_number: int | None = None,
    *,
    in_bid: bool,
    lodged_elsewhere: bool = False,
) -> None:
    """Refuse a write to an attached file.

    A file that is in the bid is treated like any other part of the bid. One that is not, such as the minutes that a
    signature rests on, may also come and go while the partners sign. Where the agreed bid goes in on the council's own
    portal, that portal's receipt may come after the deadline too.
    """
    if lodged_elsewhere and status is ProposalStatus.AGREED and not in_bid:
        return
    check_not_over(status, deadline_passed)
    if in_bid or status not in (ProposalStatus.IN_SIGN_OFF, ProposalStatus.AGREED):
        check_writable(status, deadline_passed, edition_number)
