"""What was handed in of a bid, what was lodged elsewhere, and what of its call decides whether it can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.handing_in.rules import Call, stands
from app.bid.handing_in.tables import Lodgement, Submission
from app.bid.signoff.tables import Edition
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.lifecycle import STANDING
from app.platform.access.terms import AMENDMENT, DEADLINE, ROUTE, STATUS, TIME_ZONE
from app.platform.words.codes import OpportunityStatus, PartnerRole, RouteKind, SubmissionStatus

STANDS = Submission.status.in_([status.value for status in STANDING])
"""The condition that a submission is what the commissioner has."""


@dataclass(frozen=True, slots=True)
class SubmittedEdition:
    """A submission, with the number and the hash of the edition that was handed in."""

    submission: Submission
    edition: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LodgedEdition:
    """A lodgement, with the number and the hash of the edition that was lodged."""

    lodgement: Lodgement
    edition: int
    sha256: str


async def call_of(session: AsyncSession, proposal_id: Id) -> Call:
    """What handing in needs to know of the call that the bid is held to, as it is now."""
    await session.flush()
    row = (await session.execute(_CALL, {"proposal_id": proposal_id})).one()
    route = row.route or {}
    return Call(
        route=RouteKind(route.get("kind", RouteKind.UNKNOWN)),
        open_for_bids=row.status == OpportunityStatus.PUBLISHED.value,
        deadline=row.deadline,
        amendment=row.amendment,
        time_zone=row.time_zone,
        url=route.get("url"),
    )


_CALL = text(f"""
SELECT {ROUTE} AS route, {STATUS} AS status, {DEADLINE} AS deadline, {AMENDMENT} AS amendment, {TIME_ZONE} AS time_zone
FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id WHERE p.id = :proposal_id""")


async def submissions(session: AsyncSession, proposal_id: Id) -> list[SubmittedEdition]:
    """Every submission of the bid, the oldest first."""
    query = (
        select(Submission, Edition.number, Edition.sha256)
        .join(Edition, Edition.id == Submission.edition_id)
        .where(Submission.proposal_id == proposal_id)
        .order_by(Submission.id)
        .execution_options(populate_existing=True)
    )
    return [SubmittedEdition(*row) for row in await session.execute(query)]


async def submission(session: AsyncSession, proposal_id: Id, submission_id: Id) -> SubmittedEdition:
    """One submission of the bid; NotFound where there is none with this id."""
    for each in await submissions(session, proposal_id):
        if each.submission.id == submission_id:
            return each
    raise NotFound


async def standing(session: AsyncSession, proposal_id: Id) -> SubmittedEdition | None:
    """The submission that the commissioner has; there is never more than one."""
    found = await submissions(session, proposal_id)
    return next((each for each in found if stands(SubmissionStatus(each.submission.status))), None)


async def lodgements(session: AsyncSession, proposal_id: Id) -> list[LodgedEdition]:
    """Every lodgement of the bid, the oldest first."""
    query = (
        select(Lodgement, Edition.number, Edition.sha256)
        .join(Edition, Edition.id == Lodgement.edition_id)
        .where(Lodgement.proposal_id == proposal_id)
        .order_by(Lodgement.id)
    )
    return [LodgedEdition(*row) for row in await session.execute(query)]


async def lodgement(session: AsyncSession, proposal_id: Id, lodgement_id: Id) -> LodgedEdition:
    """One lodgement of the bid; NotFound where there is none with this id."""
    for each in await lodgements(session, proposal_id):
        if each.lodgement.id == lodgement_id:
            return each
    raise NotFound


def tenderers(edition: Edition) -> list[dict[str, Any]]:
    """The organisations that bid, lead and members, the lead first, as the edition names them: `tenderers` in the feed."""
    fields = ("partner_id", "organisation_id", "name", "role")
    return [
        {name: partner[name] for name in fields}
        for partner in edition.partners
        if partner["role"] in (PartnerRole.LEAD, PartnerRole.MEMBER)
    ]


def names_of(edition: Edition, partner_ids: Sequence[Id]) -> str:
    """The names of these partners, for a sentence."""
    return ", ".join(partner["name"] for partner in edition.partners if partner["partner_id"] in partner_ids)
