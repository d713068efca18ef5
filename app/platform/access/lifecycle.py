"""The lives of a proposal, an edition, a partner, a submission and a decision: one table each, and what refuses a step.

`TRANSITIONS` is the only place that says which status follows which. Callers name the step, never the
status: `after(PROPOSAL, status, Step.FREEZE)`. What is due by the clock alone (the deadline) is derived by
`status_at` in Python and by the same rule in the queries; no job has to run for it to be true.
`docs/states.md` is generated from here (`docs`), and a test fails where it differs.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from app.platform.access.errors import Conflict
from app.platform.words.codes import DecisionStatus, EditionStatus, PartnerStatus, ProposalStatus, SubmissionStatus

S = TypeVar("S", bound=StrEnum)


class Step(StrEnum):
    """What happens to a proposal, an edition, a partner, a submission or a decision."""

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
    EXPIRE = "expire"
    LEAVE = "leave"
    REMOVE = "remove"
    ADOPT = "adopt"
    REJECT = "reject"
    CHOOSE = "choose"


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
    Step.EXPIRE: "time to reply ran out",
    Step.LEAVE: "leaves",
    Step.REMOVE: "decision to remove",
    Step.ADOPT: "passed",
    Step.REJECT: "not passed",
    Step.CHOOSE: "one of several options is chosen",
}

P, E, A, B = ProposalStatus, EditionStatus, PartnerStatus, SubmissionStatus
D = DecisionStatus

PROPOSAL: Mapping[ProposalStatus, Mapping[Step, ProposalStatus]] = {
    # A draft may still have an earlier submission that stands: that one goes through at the deadline.
    P.DRAFT: {
        Step.FREEZE: P.IN_SIGN_OFF,
        Step.PARTNER_LEAVES: P.DRAFT,
        Step.WITHDRAW_SUBMISSION: P.DRAFT,
        Step.DEADLINE: P.CLOSED,
        Step.DISSOLVE: P.DISSOLVED,
    },
    P.IN_SIGN_OFF: {
        Step.LAST_SIGNATURE: P.AGREED,
        Step.WITHDRAW_EDITION: P.DRAFT,
        Step.REFUSE: P.DRAFT,
        Step.LOSE_RIGHT: P.DRAFT,
        Step.PARTNER_LEAVES: P.DRAFT,
        Step.WITHDRAW_SUBMISSION: P.IN_SIGN_OFF,
        Step.DEADLINE: P.CLOSED,
        Step.DISSOLVE: P.DISSOLVED,
    },
    P.AGREED: {
        Step.SUBMIT: P.SUBMITTED,
        Step.WITHDRAW_EDITION: P.DRAFT,
        Step.PARTNER_LEAVES: P.DRAFT,
        Step.WITHDRAW_SUBMISSION: P.AGREED,
        Step.DEADLINE: P.CLOSED,
        Step.DISSOLVE: P.DISSOLVED,
    },
    P.SUBMITTED: {
        Step.WITHDRAW_EDITION: P.DRAFT,
        Step.PARTNER_LEAVES: P.SUBMITTED,
        Step.WITHDRAW_SUBMISSION: P.AGREED,
        Step.DEADLINE: P.CLOSED,
    },
    P.CLOSED: {Step.PARTNER_LEAVES: P.CLOSED, Step.OUTCOME: P.DECIDED},
    # Lots are decided at different times, and an award can be ended later: further outcomes come in.
    P.DECIDED: {Step.PARTNER_LEAVES: P.DECIDED, Step.OUTCOME: P.DECIDED},
    P.DISSOLVED: {},
}

EDITION: Mapping[EditionStatus, Mapping[Step, EditionStatus]] = {
    E.OPEN: {
        Step.LAST_SIGNATURE: E.AGREED,
        Step.WITHDRAW_EDITION: E.WITHDRAWN,
        Step.REFUSE: E.WITHDRAWN,
        Step.LOSE_RIGHT: E.WITHDRAWN,
        Step.PARTNER_LEAVES: E.WITHDRAWN,
        Step.DISSOLVE: E.WITHDRAWN,
    },
    E.AGREED: {
        Step.WITHDRAW_EDITION: E.WITHDRAWN,
        Step.PARTNER_LEAVES: E.WITHDRAWN,
        Step.DISSOLVE: E.WITHDRAWN,
    },
    E.WITHDRAWN: {},
}

PARTNER: Mapping[PartnerStatus, Mapping[Step, PartnerStatus]] = {
    A.INVITED: {
        Step.ACCEPT: A.ACCEPTED,
        Step.DECLINE: A.DECLINED,
        Step.CANCEL: A.CANCELLED,
        Step.EXPIRE: A.EXPIRED,
    },
    A.ACCEPTED: {Step.LEAVE: A.WITHDRAWN, Step.REMOVE: A.REMOVED},
    A.DECLINED: {},
    A.CANCELLED: {},
    A.EXPIRED: {},
    A.WITHDRAWN: {},
    A.REMOVED: {},
}

SUBMISSION: Mapping[SubmissionStatus, Mapping[Step, SubmissionStatus]] = {
    B.SUBMITTED: {
        Step.REPLACE: B.REPLACED,
        Step.WITHDRAW_SUBMISSION: B.WITHDRAWN,
        Step.ACKNOWLEDGE: B.ACKNOWLEDGED,
        Step.OUTCOME: B.DECIDED,
    },
    # In an open call the commissioner may confirm receipt before the deadline; the partners can still replace it.
    B.ACKNOWLEDGED: {
        Step.REPLACE: B.REPLACED,
        Step.WITHDRAW_SUBMISSION: B.WITHDRAWN,
        Step.OUTCOME: B.DECIDED,
    },
    B.DECIDED: {Step.OUTCOME: B.DECIDED},
    B.REPLACED: {},
    B.WITHDRAWN: {},
}

DECISION: Mapping[DecisionStatus, Mapping[Step, DecisionStatus]] = {
    D.OPEN: {Step.ADOPT: D.PASSED, Step.REJECT: D.FAILED, Step.CHOOSE: D.CLOSED},
    D.PASSED: {},
    D.FAILED: {},
    D.CLOSED: {},
}

TRANSITIONS: Mapping[str, Mapping[StrEnum, Mapping[Step, StrEnum]]] = {
    "proposal": {status: dict(steps) for status, steps in PROPOSAL.items()},
    "edition": {status: dict(steps) for status, steps in EDITION.items()},
    "partner": {status: dict(steps) for status, steps in PARTNER.items()},
    "submission": {status: dict(steps) for status, steps in SUBMISSION.items()},
    "decision": {status: dict(steps) for status, steps in DECISION.items()},
}
STARTS: Mapping[str, StrEnum] = {
    "proposal": P.DRAFT,
    "edition": E.OPEN,
    "partner": A.INVITED,
    "submission": B.SUBMITTED,
    "decision": D.OPEN,
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


def after(table: Mapping[S, Mapping[Step, S]], status: S, step: Step) -> S:
    """The status that follows; `StepNotPossible` where the table has no such step."""
    following = table[status].get(step)
    if following is None:
        raise StepNotPossible(f"This is '{status.value}', so '{LABELS[step]}' cannot happen to it now. Read it again.")
    return following


def deadline_has_passed(deadline: datetime | None, now: datetime) -> bool:
    """Up to and including the deadline's instant is in time; a call without a deadline has none to miss."""
    return deadline is not None and now > deadline


def status_at(stored: ProposalStatus, submission_stands: bool, deadline_passed: bool) -> ProposalStatus:
    """What the status is now: a bid with a submission that stands is closed by the deadline, without any job.

    A bid that was never submitted keeps its status after the deadline; it just cannot be written any more.
    """
    if deadline_passed and submission_stands and Step.DEADLINE in PROPOSAL[stored]:
        return PROPOSAL[stored][Step.DEADLINE]
    return stored


def check_not_over(status: ProposalStatus, deadline_passed: bool) -> None:
    """Refuse whatever would change the bid, its signatures or its submission once it is too late for it."""
    if status is ProposalStatus.DISSOLVED:
        raise ProposalDissolved
    if deadline_passed or status in (ProposalStatus.CLOSED, ProposalStatus.DECIDED):
        raise DeadlinePassed


def check_writable(status: ProposalStatus, deadline_passed: bool, edition_number: int | None = None) -> None:
    """Refuse a write to anything that an edition contains, unless the proposal is a draft before its deadline."""
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
    """Refuse a write to an attached file: one that is in the bid as any other part of it; one that is not, such as the
    minutes that a signature rests on, can also come and go while the partners sign.

    Where the agreed bid goes in on the council's own portal, that portal's receipt may come after the deadline too.
    """
    if lodged_elsewhere and status is ProposalStatus.AGREED and not in_bid:
        return
    check_not_over(status, deadline_passed)
    if in_bid or status not in (ProposalStatus.IN_SIGN_OFF, ProposalStatus.AGREED):
        check_writable(status, deadline_passed, edition_number)


def docs() -> str:
    """`docs/states.md`: a Mermaid state diagram for each table."""
    parts = [
        "# States\n\nGenerated from `app/platform/access/lifecycle.py`; do not edit.\n\n"
        "The deadline is judged by the database's clock when something is read or written; no job has to run for it. "
        "A bid without a submission that stands keeps its status at the deadline and can no longer be changed."
    ]
    for name, table in TRANSITIONS.items():
        lines = [f"## {name.capitalize()}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {STARTS[name].value}"]
        for status, steps in table.items():
            arrows: dict[str, list[str]] = {}
            for step, following in steps.items():
                arrows.setdefault(following.value, []).append(LABELS[step])
            lines += [f"    {status.value} --> {target}: {', '.join(words)}" for target, words in arrows.items()]
            if not steps:
                lines.append(f"    {status.value} --> [*]")
        parts.append("\n".join([*lines, "```"]))
    return "\n\n".join(parts) + "\n"
