"""The rules of handing an agreed edition to the commissioner: who may, until when, and what becomes of it.

The deadline is inclusive, and the database's clock judges it within the write itself
(`… WHERE deadline >= clock_timestamp()`); the same comparison here only words the refusal. A bid for a
portal elsewhere gets no receipt: a person records that it was lodged there.
"""

from dataclasses import dataclass
from datetime import datetime

from app.bid.signoff.rules.signing import Edition, check_not_amended
from app.platform.access.errors import Conflict, Fault, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.access.lifecycle import STANDING, CallClosed, DeadlinePassed, check_not_over, deadline_has_passed
from app.platform.words.codes import ProposalStatus, RouteKind, SubmissionStatus
from app.platform.words.instants import in_words


class SubmitElsewhere(Conflict):
    code = "submit-elsewhere"
    title = "This bid has to go in on the council's own portal"
    explanation = (
        "The commissioner takes bids for this opportunity on its own portal, not here, so nothing was submitted. "
        "Download the documents, put the bid in on that portal, and then record it here "
        "(POST …/lodgements) so that all partners know."
    )


class SubmitHere(Conflict):
    code = "submit-here"
    title = "This bid is submitted here"
    explanation = (
        "The commissioner takes bids for this opportunity through this service. Submit it (POST …/submissions): "
        "that gives a receipt, which a note about another portal could not replace."
    )


class NotAgreed(Conflict):
    code = "not-agreed"
    title = "Not everybody has signed yet"
    explanation = (
        "Only a version that every partner who must sign has signed can go to the commissioner. Lock the bid for "
        "signing, and ask those who are still to sign."
    )


class AlreadySubmitted(Conflict):
    code = "already-submitted"
    title = "This version has been submitted"
    explanation = (
        "The commissioner has it, and its receipt is on record. To change the bid before the deadline, withdraw the "
        "signed version, change and sign it again, and submit the new one: it replaces this."
    )


class NotStanding(Conflict):
    code = "submission-not-standing"
    title = "This submission no longer stands"
    explanation = "It was replaced by a newer one or withdrawn, and stays on record only."


class SubmissionStands(Conflict):
    code = "submission-stands"
    title = "The commissioner has this bid"
    explanation = (
        "A bid that was submitted cannot be dissolved while its submission stands. A signatory of a partner that may "
        "submit takes it back first, before the deadline (POST …/submissions/{id}/withdraw)."
    )


class MayNotSubmit(Forbidden):
    code = "may-not-submit"
    title = "Your organisation may not submit this bid"
    explanation = "The structure that the partners agreed names who may submit. One of their signatories can do it."


class DeadlineNotPassed(Conflict):
    code = "deadline-not-passed"
    title = "The deadline has not passed yet"
    explanation = "Bids are decided after their deadline. Until then, the partners may still replace their bid."


class OutcomeDoesNotFit(Invalid):
    code = "outcome-does-not-fit"
    title = "This outcome does not fit the bid"
    explanation = "An outcome names lots that this bid is for, each once, and questions that the call asked."


@dataclass(frozen=True, slots=True)
class Call:
    """What a submission needs to know of the opportunity."""

    route: RouteKind
    open_for_bids: bool
    deadline: datetime | None
    amendment: int = 0
    time_zone: str = "Europe/London"
    url: str | None = None


def stands(status: SubmissionStatus) -> bool:
    return status in STANDING


def deadline_passed_refusal(call: Call) -> DeadlinePassed:
    """The refusal that names the deadline, once the database has found that it has passed."""
    if call.deadline is None:
        return DeadlinePassed()
    return DeadlinePassed(
        f"The deadline was {in_words(call.deadline, call.time_zone)}, by the server's own clock, and nothing can be "
        "changed, signed, submitted or withdrawn any more. What was submitted before it stands. Ask the commissioner "
        "if you think that the deadline is wrong."
    )


def check_may_submit(partner_id: Id, may_submit: tuple[Id, ...], names: str) -> None:
    if partner_id not in may_submit:
        raise MayNotSubmit(f"The structure names who may submit: {names}. Ask a signatory of one of them.")


def check_call(call: Call, now: datetime) -> None:
    """Refuses where the call takes no bids at `now`, or takes them elsewhere."""
    where = f" ({call.url})" if call.url else ""
    if call.route is RouteKind.UNKNOWN:
        raise SubmitElsewhere(
            f"The notice{where} does not say where bids go, and nothing was submitted. Read the notice and ask the "
            "commissioner, put the documents of the signed version in there, and record it with POST …/lodgements."
        )
    if call.route is not RouteKind.HERE:
        raise SubmitElsewhere(
            f"Bids for this opportunity go in on the council's own portal{where}, not here; nothing was submitted. "
            "Download the documents of the signed version, put the bid in there, and record it with POST …/lodgements."
        )
    if deadline_has_passed(call.deadline, now):
        raise deadline_passed_refusal(call)
    if not call.open_for_bids:
        raise CallClosed


def check_submission(
    status: ProposalStatus, edition: Edition | None, call: Call, now: datetime, submitted_edition: int | None
) -> Edition:
    """The edition that may be submitted now, or the refusal that says what is missing.

    `edition` is the one in force; `submitted_edition` is the number of the edition whose submission stands, if any.
    """
    if status is ProposalStatus.DISSOLVED:
        check_not_over(status, deadline_passed=False)
    check_call(call, now)
    check_not_over(status, deadline_passed=False)
    if edition is not None and submitted_edition == edition.number and status is ProposalStatus.SUBMITTED:
        raise AlreadySubmitted(
            f"Version {edition.number} was submitted before; its receipt stands. Nothing more to do."
        )
    if status is not ProposalStatus.AGREED or edition is None:
        raise NotAgreed
    check_not_amended(edition, call.amendment)
    return edition


def check_lodgement(status: ProposalStatus, edition: Edition | None, call: Call) -> Edition:
    """The edition that a person may record as lodged on the council's own portal.

    It may be recorded after the deadline too: the record notes what was done and changes nothing of the bid.
    """
    if status is ProposalStatus.DISSOLVED:
        check_not_over(status, deadline_passed=False)
    if call.route is RouteKind.HERE:
        raise SubmitHere
    if edition is None or status in (ProposalStatus.DRAFT, ProposalStatus.IN_SIGN_OFF):
        raise NotAgreed
    return edition


def check_withdrawal(submission: SubmissionStatus, call: Call, now: datetime) -> None:
    """Refuses to withdraw a submission that does not stand, or after the deadline."""
    if deadline_has_passed(call.deadline, now):
        raise deadline_passed_refusal(call)
    if not stands(submission):
        raise NotStanding


def check_lots(proposal_lot_ids: tuple[Id, ...], result_lot_ids: tuple[Id, ...]) -> None:
    """Refuses an outcome that does not name lots of this bid, each once."""
    for index, lot_id in enumerate(result_lot_ids):
        at = f"/results/{index}/lot_id"
        if lot_id in result_lot_ids[:index]:
            detail = "This lot is named twice. Give one result for each lot."
            raise OutcomeDoesNotFit(detail, [Fault(at, "named-twice", detail)])
        if lot_id not in proposal_lot_ids:
            detail = "This bid is not for that lot. Name only lots that the bid is for."
            raise OutcomeDoesNotFit(detail, [Fault(at, "lot-not-in-the-bid", detail)])


def check_decidable(deadline: datetime | None, time_zone: str, now: datetime) -> None:
    """Refuses an outcome before the deadline. A call without one can be decided at any time."""
    if deadline is not None and not deadline_has_passed(deadline, now):
        raise DeadlineNotPassed(f"The deadline is {in_words(deadline, time_zone)}. Send the outcome after it.")
