"""The verbs of openings and applications. The caller has locked what they change, in the order of `queries`."""

from typing import Any

from sqlalchemy import func, select

from app.bid.openings import queries
from app.bid.openings.rules import (
    OPEN_AT_ONCE,
    ApplicationAnswered,
    AppliedAlready,
    OpeningClosed,
    TooManyOpenings,
    check_takes_applications,
)
from app.bid.openings.schemas import AnswerIn, OpeningIn
from app.bid.openings.tables import Application, Opening
from app.bid.proposal import inviting
from app.bid.proposal.schemas import PartnerIn
from app.bid.records.tables import Proposal
from app.calls.opportunities.tables import Opportunity
from app.platform.access.errors import Invalid
from app.platform.access.lifecycle import APPLICATION, OPENING, Step, after
from app.platform.access.two_sides import CommissionerCannotBid
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import ApplicationStatus, OpeningStatus, PartnerRole
from app.settings import Settings

_STEPS = {
    ApplicationStatus.SHORTLISTED: Step.SHORTLIST,
    ApplicationStatus.ACCEPTED: Step.ACCEPT,
    ApplicationStatus.DECLINED: Step.DECLINE,
}


async def prepare(act: Act, given: OpeningIn) -> Opening:
    """The role as the partner that acts would open it. Raises Invalid for a lot that the bid is not for."""
    proposal = await act.session.get_one(Proposal, act.stream_id)
    if given.lot_id is not None and given.lot_id not in proposal.lot_ids:
        raise Invalid.at("/lot_id", "lot-not-in-the-bid", "This proposal does not bid for that lot.")
    fields = {name: value for name, value in dict(given).items() if name not in ("organisation_id", "role")}
    return Opening(
        id=new_id(),
        proposal_id=proposal.id,
        opportunity_id=proposal.opportunity_id,
        partner_id=act.seat_id,
        person_id=act.actor.person_id if act.actor else None,
        role=given.role.value,
        status=OpeningStatus.OPEN.value,
        **fields,
    )


async def open_role(act: Act, opening: Opening) -> None:
    """Open a role that was prepared."""
    query = select(func.count()).where(Opening.partner_id == act.seat_id, Opening.status == OpeningStatus.OPEN)
    if (await act.session.execute(query)).scalar_one() >= OPEN_AT_ONCE:
        raise TooManyOpenings
    act.session.add(opening)
    await act.record("opening_made", opening_id=opening.id, partner_id=act.seat_id)


def check_change(given: dict[str, Any]) -> None:
    """Raises Invalid where a field is cleared that an opening needs."""
    for name, value in given.items():
        if value is None and name != "apply_by":
            raise Invalid.at(f"/{name}", "needed", "This cannot be empty. Leave the field out to keep what it is.")


async def change(act: Act, opening: Opening, given: dict[str, Any]) -> None:
    for name, value in given.items():
        setattr(opening, name, value)
    opening.version += 1
    await act.record("opening_changed", opening_id=opening.id, partner_id=act.seat_id)


async def close(act: Act, opening: Opening) -> None:
    opening.status = after(OPENING, OpeningStatus(opening.status), Step.CLOSE, OpeningClosed).value
    opening.version += 1
    await act.record("opening_closed", opening_id=opening.id, partner_id=act.seat_id)


async def apply(act: Act, opening: Opening, message: str) -> Application:
    """Apply for the organisation that acts. It is outside the bid, and never the owner of the opportunity."""
    opportunity = await act.session.get_one(Opportunity, opening.opportunity_id)
    if opportunity.organisation_id == act.organisation_id:
        raise CommissionerCannotBid
    check_takes_applications(OpeningStatus(opening.status), opening.apply_by, await event_log.now(act.session))
    if await queries.is_taken(act.session, opening, act.organisation_id):
        raise AppliedAlready
    application = Application(
        id=new_id(),
        opening_id=opening.id,
        organisation_id=act.organisation_id,
        person_id=act.actor.person_id if act.actor else None,
        message_markdown=message,
        status=ApplicationStatus.RECEIVED.value,
    )
    act.session.add(application)
    await act.record(
        "application_received",
        opening_id=opening.id,
        application_id=application.id,
        applicant_organisation_id=act.organisation_id,
    )
    return application


def check_answer(given: AnswerIn) -> None:
    """Raises Invalid where an application is declined without a reason."""
    if given.decision is ApplicationStatus.DECLINED and not given.answer_markdown.strip():
        raise Invalid.at("/answer_markdown", "reason-needed", "Say why, in a sentence: somebody spent time on this.")


async def answer(act: Act, settings: Settings, application: Application, opening: Opening, given: AnswerIn) -> None:
    """Shortlist, accept or decline, by the partner that opened the role or the lead. Accepting invites."""
    status = ApplicationStatus(application.status)
    application.status = after(APPLICATION, status, _STEPS[given.decision], ApplicationAnswered).value
    application.answer_markdown = given.answer_markdown
    application.version += 1
    if given.decision is ApplicationStatus.ACCEPTED:
        await _invite(act, settings, application, opening)
    await act.record(
        "application_answered",
        opening_id=opening.id,
        application_id=application.id,
        decision=given.decision.value,
    )


async def _invite(act: Act, settings: Settings, application: Application, opening: Opening) -> None:
    proposal = await act.session.get_one(Proposal, act.stream_id)
    invited = PartnerIn(
        organisation_id=application.organisation_id,
        role=PartnerRole(opening.role),
        message_markdown=application.answer_markdown,
        proposed_work_markdown=opening.detail_markdown,
    )
    partner = await inviting.invite(act, settings, proposal, invited)
    application.invited_partner_id = partner.id


async def withdraw(act: Act, application: Application) -> None:
    """Withdraw an application that has no answer yet, by the organisation that applied."""
    status = ApplicationStatus(application.status)
    application.status = after(APPLICATION, status, Step.WITHDRAW_APPLICATION, ApplicationAnswered).value
    application.version += 1
    await act.record("application_withdrawn", opening_id=application.opening_id, application_id=application.id)
