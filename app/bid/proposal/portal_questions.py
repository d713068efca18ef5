"""The questions of a portal, typed into a bid by its own partners: most calls say there, and nowhere else, what they ask.

They stand beside the call's own questions while bids for it are made elsewhere. What a partner typed is offered to the next
bid that the same partner makes for the call, and to nobody else: it would tell a rival who bids.
"""

import uuid
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.proposal.call_changes import count_on, void
from app.bid.records import terms
from app.bid.records.tables import Partner, Proposal
from app.calls.opportunities.schemas import Key, LimitIO
from app.calls.opportunities.tables import Opportunity
from app.calls.opportunities.value import Opportunity as Call
from app.people.organisations.tables import Organisation
from app.platform import csv_rows
from app.platform.access.errors import Conflict, Fault, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.web.wire import Flag, IdIn, In, Instant, Line, Markdown, Out, Quantity, Whole
from app.platform.words.codes import PartnerStatus, RouteKind

MOST = 200
OFFERS = 10
COLUMNS = ("number", "question", "limit", "unit", "weight", "lot", "per_member")
YES, NO = ("yes", "true", "1", "y"), ("", "no", "false", "0", "n")


class AskedHere(Conflict):
    code = "asked-here"
    title = "This call asks its own questions"
    explanation = "Bids for it are made here, so its commissioner asks the questions. Nothing has to be typed."


class PortalQuestion(In):
    """One box of the portal's form. `per_member`: the lead and each member answer it for themselves."""

    number: Annotated[Line, StringConstraints(max_length=20)] = Field(
        description="What the portal calls the box, such as 2.1.", examples=["2.1"]
    )
    prompt_markdown: Annotated[Markdown, StringConstraints(min_length=1)] = Field(examples=["How will you reach them?"])
    limit: LimitIO | None = None
    weight: Quantity | None = None
    lot_key: Key | None = None
    per_member: Flag = False


class PortalQuestionsIn(In):
    """All that the portal asks, in its order. What is left out is asked no longer; its text stays with the partners."""

    items: list[PortalQuestion] = Field(max_length=MOST)
    organisation_id: IdIn | None = None


class TypedBy(Out):
    organisation_id: Id
    name: str = Field(examples=["Harbour Youth"])


class Offered(Out):
    """What your own organisation typed, or read, in another bid of its own for the same call."""

    proposal_id: Id
    typed_by: TypedBy
    typed_at: Instant
    items: list[PortalQuestion]


class PortalQuestionsOut(Out):
    """`version` is 0 until somebody has typed them."""

    version: Whole
    typed_by: TypedBy | None
    typed_at: Instant | None
    items: list[PortalQuestion]
    offered: list[Offered]


def from_table(data: bytes) -> dict[str, Any]:
    """What the JSON would say, from a header row of `COLUMNS` (`question` is needed) and a row for each box.

    `unit` is words unless it says otherwise; where there is no `number`, the row's place is it.
    """
    made: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for place, (row_number, row) in enumerate(csv_rows.rows(data, COLUMNS, "question"), 1):
        limit, said = row.get("limit", ""), row.get("per_member", "").casefold()
        if limit and not limit.isdecimal():
            faults.append(
                Fault(f"/rows/{row_number}/limit", "not-a-number", f"Row {row_number}: the limit is a number.")
            )
        if said not in (*YES, *NO):
            faults.append(Fault(f"/rows/{row_number}/per_member", "yes-or-no", f"Row {row_number}: write yes or no."))
        made.append(
            {
                "number": row.get("number") or str(place),
                "prompt_markdown": row["question"],
                "limit": {"unit": (row.get("unit") or "words").casefold(), "value": int(limit)}
                if limit.isdecimal()
                else None,
                "weight": row.get("weight") or None,
                "lot_key": row.get("lot") or None,
                "per_member": said in YES,
            }
        )
    if faults:
        raise Invalid("The table could not be read. Each entry names the row.", faults)
    return {"items": made}


async def read(session: AsyncSession, proposal: Proposal, organisations: Sequence[Id]) -> PortalQuestionsOut:
    """What was typed into this bid, and what the reader's own organisations may take over from others of theirs."""
    typed = await _typed(session, proposal.id)
    return PortalQuestionsOut(
        version=typed["version"] if typed else 0,
        typed_by=await _typed_by(session, typed) if typed else None,
        typed_at=typed["at"] if typed else None,
        items=[_shown(item) for item in typed["items"]] if typed else [],
        offered=await _offered(session, proposal, organisations),
    )


async def version(session: AsyncSession, proposal_id: Id) -> int:
    """How often they were typed: 0 until somebody has."""
    typed = await _typed(session, proposal_id)
    return typed["version"] if typed else 0


async def _typed(session: AsyncSession, proposal_id: Id) -> dict[str, Any] | None:
    query = select(Proposal.portal_questions).where(Proposal.id == proposal_id)
    found: dict[str, Any] | None = (await session.execute(query)).scalar_one()
    return found


async def _typed_by(session: AsyncSession, typed: dict[str, Any]) -> TypedBy:
    organisation = await session.get_one(Organisation, typed["organisation_id"])
    return TypedBy(organisation_id=organisation.id, name=organisation.name)


async def _offered(session: AsyncSession, proposal: Proposal, organisations: Sequence[Id]) -> list[Offered]:
    """From the newest: those of other bids for the call in which an organisation takes part that does so here too."""
    theirs, here = Partner.__table__.alias(), Partner.__table__.alias()
    query = (
        select(Proposal.id, Proposal.portal_questions)
        .join(theirs, theirs.c.proposal_id == Proposal.id)
        .join(here, here.c.organisation_id == theirs.c.organisation_id)
        .where(
            Proposal.opportunity_id == proposal.opportunity_id,
            Proposal.id != proposal.id,
            Proposal.portal_questions.is_not(None),
            here.c.proposal_id == proposal.id,
            here.c.organisation_id.in_(organisations),
            *(seat.c.status == PartnerStatus.ACCEPTED.value for seat in (theirs, here)),
            ~theirs.c.waiting,
        )
        .distinct()
        .order_by(Proposal.id.desc())
        .limit(OFFERS)
    )
    return [
        Offered(
            proposal_id=id_,
            typed_by=await _typed_by(session, typed),
            typed_at=typed["at"],
            items=[_shown(item) for item in typed["items"]],
        )
        for id_, typed in (await session.execute(query)).all()
    ]


def _shown(item: dict[str, Any]) -> PortalQuestion:
    limit = {"unit": item["limit_unit"], "value": item["limit_value"]} if item["limit_unit"] else None
    named = ("number", "prompt_markdown", "weight", "lot_key", "per_member")
    return PortalQuestion.model_validate({**{name: item[name] for name in named}, "limit": limit})


async def check(session: AsyncSession, proposal: Proposal, given: PortalQuestionsIn) -> Call:
    """The call as the bid is held to it; 409 where bids are made here, 422 for a box named twice or a lot not asked for."""
    call = await terms.load(session, proposal.id, typed=False)
    if call.route.kind is RouteKind.HERE:
        raise AskedHere
    lots, taken = {lot.key for lot in call.lots}, {question.key for question in call.questions}
    faults: list[Fault] = []
    for index, item in enumerate(given.items):
        if (key := _key(item.number)) in taken:
            faults.append(Fault(f"/items/{index}/number", "number-twice", "Another question has this number already."))
        if item.lot_key is not None and item.lot_key not in lots:
            faults.append(Fault(f"/items/{index}/lot_key", "unknown-lot", "This is not a lot of the opportunity."))
        taken.add(key)
    if faults:
        raise Invalid(errors=faults)
    return call


async def put(act: Act, given: PortalQuestionsIn) -> None:
    """Ask these questions in the bid from now on: parts are made, changed and no longer asked as by an amendment."""
    session, organisation_id = act.session, given.organisation_id
    proposal = await session.get_one(Proposal, act.stream_id, populate_existing=True)
    call = await check(session, proposal, given)
    before = await _typed(session, proposal.id)
    lots = {lot.key: lot.id for lot in call.lots}
    items = [_stored(proposal.id, item, lots) for item in given.items]
    if items == (before["items"] if before else []):
        return
    proposal.portal_questions = {
        "version": (before["version"] if before else 0) + 1,
        "organisation_id": organisation_id,
        "at": (await event_log.now(session)).isoformat(),
        "items": items,
    }
    amended = (await session.get_one(Opportunity, proposal.opportunity_id)).amendment
    number = count_on(proposal, amended, call, voids=True)
    proposal.version += 1
    await session.flush()
    sections = await void(session, proposal, number)
    await act.record("portal_questions_typed", organisation_id=organisation_id, questions=len(items), **sections)


def _key(number: str) -> str:
    return f"portal-{number.casefold()}"


def _stored(proposal_id: Id, item: PortalQuestion, lots: dict[str, Id]) -> dict[str, Any]:
    """As the columns of a question. A number that comes back has its old id, and so the text that was written for it."""
    key = _key(item.number)
    made = item.model_dump(mode="json", exclude={"limit"})
    return {
        **made,
        "id": str(uuid.uuid5(uuid.UUID(proposal_id), key)),
        "key": key,
        "required": True,
        "lot_id": lots.get(item.lot_key or ""),
        "limit_unit": item.limit.unit.value if item.limit else None,
        "limit_value": item.limit.value if item.limit else None,
    }


async def carry(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    await put(Act(session, actor, "proposal", proposal_id), PortalQuestionsIn.model_validate(body))
