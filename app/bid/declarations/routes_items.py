"""Contributions and expectations over HTTP. Reads come as JSON from the database; writes are their owner's alone."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel

from app.bid.declarations import expectations, service
from app.bid.declarations import queries as declared
from app.bid.declarations.contributions import CONTRIBUTIONS
from app.bid.declarations.expectations import EXPECTATIONS
from app.bid.declarations.reading import contribution_out, expectation_out, seats
from app.bid.declarations.schemas import (
    AcceptIn,
    ContributionBatch,
    ContributionIn,
    ContributionOut,
    ContributionPatch,
    ExpectationBatch,
    ExpectationIn,
    ExpectationOut,
    ExpectationPatch,
    LinkIn,
    WaiveIn,
)
from app.bid.declarations.scope import DeclarationScope, scope_of
from app.bid.declarations.service import Change, Kind, Value
from app.bid.value import Contribution, Expectation
from app.platform.access.errors import Fault, Invalid, NotFound, StaleVersion
from app.platform.access.ids import Id
from app.platform.web import etag, paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import gone, reply, reply_bytes, reply_list_bytes
from app.platform.web.wire import IdIn

contribution_router = Router(tags=["contributions"])
expectation_router = Router(tags=["expectations"])

OfPartner = Annotated[IdIn | None, Query(description="Of this partner alone.")]
Items = "/proposals/{proposal_id}"
_FOR_US = AcceptIn()
OWN_CONTRIBUTION = Options(owned="contribution_id")
OWN_EXPECTATION = Options(owned="expectation_id")


class ContributionItems(BaseModel):
    items: list[ContributionOut]


class ExpectationItems(BaseModel):
    items: list[ExpectationOut]


async def _page(here: Context, table: str, limit: int, cursor: str | None, partner_id: Id | None) -> Response:
    after = paging.after_id(cursor)
    found = await declared.page(here.session, table, here.proposal_id, seats(here), limit + 1, after, partner_id)
    return reply_list_bytes(here.request, [(row.id, row.item) for row in found], limit)


async def _one(here: Context, table: str, id_: Id) -> Response:
    row = await declared.one(here.session, table, here.proposal_id, id_, seats(here))
    if row is None:
        raise NotFound
    return reply_bytes(here.request, row.item.encode(), tag=etag.tag(row.version))


def _out(one: Contribution | Expectation, currency: str) -> ContributionOut | ExpectationOut:
    """As its owner reads it."""
    if isinstance(one, Contribution):
        return contribution_out(one, currency, own=True)
    return expectation_out(one, currency, own=True, lines={link.id for link in one.met_by})


async def _scope(here: Context, partner_id: Id | None) -> DeclarationScope:
    side = here.side(partner_id=partner_id)
    here.check_state()
    return await scope_of(here.session, side.seat_id or "")


async def _own(here: Context, kind: Kind[Value], *, matched: bool = True) -> tuple[DeclarationScope, Value]:
    """The one in the path, of the actor's own partner; it is the version that If-Match names, and can be changed."""
    scope, before = await service.load(here.session, kind, here.proposal_id, here.path[f"{kind.name}_id"])
    here.side(partner_id=scope.partner_id)
    if matched:
        here.match(before.version)
    here.check_state()
    return scope, before


async def _create(here: Context, kind: Kind[Value], body: ContributionIn | ExpectationIn) -> Response:
    scope = await _scope(here, body.partner_id)
    given = {name: getattr(body, name) for name in body.model_fields_set}
    new: Change[Value] = Change(None, given)
    (made,) = await service.save(here.session, here.person, scope, kind, [new])
    location = f"{here.request.url.path}/{made.id}"
    return reply(here.request, _out(made, scope.currency), status=201, location=location)


async def _batch(here: Context, kind: Kind[Value], partner_id: Id | None, sent: Sequence[Any]) -> Response:
    scope = await _scope(here, partner_id)
    known = await service.find(here.session, kind, here.proposal_id, [row.id for row in sent if row.id])
    _check_rows(sent, known, scope.partner_id)
    changes = [
        Change(
            known[row.id] if row.id else None,
            {name: value for name, value in row.sent().items() if name not in ("id", "version")},
            f"/items/{index}",
        )
        for index, row in enumerate(sent)
    ]
    made = await service.save(here.session, here.person, scope, kind, changes)
    items = ",".join(_out(one, scope.currency).model_dump_json() for one in made)
    return reply_bytes(here.request, f'{{"items":[{items}]}}'.encode())


def _check_rows(sent: Sequence[Any], known: dict[Id, Any], partner_id: Id) -> None:
    """422 for rows that name something else than this partner's own, 412 for those that name another version."""
    faults, old = [], []
    for index, row in enumerate(sent):
        if row.id is not None and (row.id not in known or known[row.id].partner_id != partner_id):
            faults.append(Fault(f"/items/{index}/id", "not-found", "This partner has nothing with that id here."))
        elif (row.id is None) != (row.version is None):
            detail = "A change names both the id and the version that you read; something new names neither."
            faults.append(Fault(f"/items/{index}/version", "id-and-version", detail))
        elif row.id is not None and known[row.id].version != row.version:
            detail = "Somebody changed this row since you read it."
            old.append(Fault(f"/items/{index}/version", "stale-version", detail))
    if faults:
        raise Invalid(errors=faults)
    if old:
        raise StaleVersion(errors=old)


async def _change(here: Context, kind: Kind[Value], body: ContributionPatch | ExpectationPatch) -> Response:
    scope, before = await _own(here, kind)
    (made,) = await service.save(here.session, here.person, scope, kind, [Change(before, body.sent())])
    return reply(here.request, _out(made, scope.currency))


async def _take_back(here: Context, kind: Kind[Value]) -> Response:
    scope, before = await _own(here, kind)
    await service.take_back(here.session, here.person, scope, kind, before)
    return gone()


# Contributions


@contribution_router.get(
    Items + "/contributions", response_model=paging.page_of(ContributionOut), summary="What partners put in"
)
async def list_contributions(
    here: Here, proposal_id: Id, partner_id: OfPartner = None, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Your own; the others' too once everything is open. Of others' you see the value or the quantity, never both."""
    return await _page(here, "contributions", limit, cursor, partner_id)


@contribution_router.post(
    Items + "/contributions", status_code=201, response_model=ContributionOut, summary="Say what you put in"
)
async def create_contribution(here: Here, proposal_id: Id, body: ContributionIn) -> Response:
    """By an editor of the partner. What is in kind needs a valuation basis that names its source."""
    return await _create(here, CONTRIBUTIONS, body)


@contribution_router.post(
    Items + "/contributions:batch", response_model=ContributionItems, summary="Write many contributions at once"
)
async def batch_contributions(here: Here, proposal_id: Id, body: ContributionBatch) -> Response:
    """All or nothing. A row with `id` and `version` changes, one without adds; faults point at their rows."""
    return await _batch(here, CONTRIBUTIONS, body.partner_id, body.items)


@contribution_router.get(
    Items + "/contributions/{contribution_id}", response_model=ContributionOut, summary="One contribution"
)
async def get_contribution(here: Here, proposal_id: Id, contribution_id: Id) -> Response:
    return await _one(here, "contributions", here.path["contribution_id"])


@contribution_router.patch(
    Items + "/contributions/{contribution_id}",
    edge=OWN_CONTRIBUTION,
    response_model=ContributionOut,
    summary="Change a contribution",
)
async def update_contribution(here: Here, proposal_id: Id, contribution_id: Id, body: ContributionPatch) -> Response:
    """By its owner alone, with the ETag in If-Match. After the reveal every change shows to all as a difference."""
    return await _change(here, CONTRIBUTIONS, body)


@contribution_router.delete(
    Items + "/contributions/{contribution_id}",
    edge=OWN_CONTRIBUTION,
    status_code=204,
    summary="Take a contribution back",
)
async def delete_contribution(here: Here, proposal_id: Id, contribution_id: Id) -> Response:
    """By its owner alone, with the ETag in If-Match. What it met is met by it no longer."""
    return await _take_back(here, CONTRIBUTIONS)


# Expectations


@expectation_router.get(
    Items + "/expectations", response_model=paging.page_of(ExpectationOut), summary="What partners expect"
)
async def list_expectations(
    here: Here, proposal_id: Id, partner_id: OfPartner = None, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Your own; the others' too once everything is open."""
    return await _page(here, "expectations", limit, cursor, partner_id)


@expectation_router.post(
    Items + "/expectations", status_code=201, response_model=ExpectationOut, summary="Say what you expect"
)
async def create_expectation(here: Here, proposal_id: Id, body: ExpectationIn) -> Response:
    """By an editor of the partner. A must that is made after the reveal blocks once the others accept it."""
    return await _create(here, EXPECTATIONS, body)


@expectation_router.post(
    Items + "/expectations:batch", response_model=ExpectationItems, summary="Write many expectations at once"
)
async def batch_expectations(here: Here, proposal_id: Id, body: ExpectationBatch) -> Response:
    """All or nothing. A row with `id` and `version` changes, one without adds; faults point at their rows."""
    return await _batch(here, EXPECTATIONS, body.partner_id, body.items)


@expectation_router.get(
    Items + "/expectations/{expectation_id}", response_model=ExpectationOut, summary="One expectation"
)
async def get_expectation(here: Here, proposal_id: Id, expectation_id: Id) -> Response:
    return await _one(here, "expectations", here.path["expectation_id"])


@expectation_router.patch(
    Items + "/expectations/{expectation_id}",
    edge=OWN_EXPECTATION,
    response_model=ExpectationOut,
    summary="Change an expectation",
)
async def update_expectation(here: Here, proposal_id: Id, expectation_id: Id, body: ExpectationPatch) -> Response:
    """By its owner alone, with the ETag in If-Match. A must that changes after the reveal has to be accepted anew."""
    return await _change(here, EXPECTATIONS, body)


@expectation_router.delete(
    Items + "/expectations/{expectation_id}", edge=OWN_EXPECTATION, status_code=204, summary="Take an expectation back"
)
async def delete_expectation(here: Here, proposal_id: Id, expectation_id: Id) -> Response:
    """By its owner alone, with the ETag in If-Match."""
    return await _take_back(here, EXPECTATIONS)


@expectation_router.put(
    Items + "/expectations/{expectation_id}/met-by",
    edge=OWN_EXPECTATION,
    response_model=ExpectationOut,
    summary="Link what meets it",
)
async def put_met_by(here: Here, proposal_id: Id, expectation_id: Id, body: list[LinkIn]) -> Response:
    """The whole list, by its owner alone, with the expectation's ETag in If-Match.

    Types: contribution, budget_line, structure (the proposal's id), decision, outcome, section, all of this proposal.
    """
    scope, before = await _own(here, EXPECTATIONS)
    made = await expectations.link(here.session, here.person, scope, before, body)
    return reply(here.request, _out(made, scope.currency))


@expectation_router.post(
    Items + "/expectations/{expectation_id}/waive",
    edge=OWN_EXPECTATION,
    response_model=ExpectationOut,
    summary="Do without it",
)
async def waive_expectation(here: Here, proposal_id: Id, expectation_id: Id, body: WaiveIn) -> Response:
    """By a signatory of its owner alone, with a reason that the others read."""
    scope, before = await _own(here, EXPECTATIONS, matched=False)
    made = await expectations.waive(here.session, here.person, scope, before, body.reason)
    return reply(here.request, _out(made, scope.currency))


@expectation_router.post(
    Items + "/expectations/{expectation_id}/accept", response_model=ExpectationOut, summary="Accept another's must"
)
async def accept_expectation(here: Here, proposal_id: Id, expectation_id: Id, body: AcceptIn = _FOR_US) -> Response:
    """A must made after the reveal blocks the bid only once every other partner has accepted it."""
    owner, before = await service.load(here.session, EXPECTATIONS, here.proposal_id, here.path["expectation_id"])
    partner = await _scope(here, body.partner_id)
    made = await expectations.accept(here.session, here.person, owner, before, partner)
    return reply(here.request, expectation_out(made, owner.currency, own=False, lines=()))
