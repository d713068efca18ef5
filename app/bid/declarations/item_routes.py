"""Contributions and expectations over HTTP. Reads come as JSON from the database; writes are their owner's alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel

from app.bid.declarations import contributions, expectations, rows
from app.bid.declarations import queries as declared
from app.bid.declarations.common import Setting, setting, stale
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
from app.platform.access.errors import Fault, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.web import etag, paging
from app.platform.web.context import Context, Here, Moved
from app.platform.web.edge import Options, Router
from app.platform.web.replies import gone, reply, reply_bytes
from app.platform.web.wire import IdIn

contribution_router = Router(tags=["contributions"])
expectation_router = Router(tags=["expectations"])

OfPartner = Annotated[IdIn | None, Query(description="Of this partner alone.")]
Items = "/proposals/{proposal_id}"
_FOR_US = AcceptIn()
OWN_CONTRIBUTION = Options(owned="contribution_id", row=contributions.OWN)
CHANGED_CONTRIBUTION = Options(owned="contribution_id", row=contributions.OWN, at_once=True)
OWN_EXPECTATION = Options(owned="expectation_id", row=expectations.OWN)
CHANGED_EXPECTATION = Options(owned="expectation_id", row=expectations.OWN, at_once=True)


class ContributionItems(BaseModel):
    items: list[ContributionOut]


class ExpectationItems(BaseModel):
    items: list[ExpectationOut]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is alike in both: the table, the verbs (a module each), and how its owner reads one."""

    table: str
    verbs: Any
    out: Callable[[Any, Setting], BaseModel]


async def _page(here: Context, kind: Kind, limit: int, cursor: str | None, partner_id: Id | None) -> Response:
    key = paging.decode(cursor, 1)
    after = str(key[0]) if key else None
    found = await declared.page(here.session, kind.table, here.proposal_id, seats(here), limit + 1, after, partner_id)
    page, next_cursor = paging.cut(found, limit, lambda row: (row.id,))
    end = f'"{next_cursor}"' if next_cursor else "null"
    content = '{"items":[' + ",".join(row.item for row in page) + '],"next_cursor":' + end + "}"
    return reply_bytes(here.request, content.encode(), **paging.link(here.request, next_cursor))


async def _one(here: Context, kind: Kind, id_: Id) -> Response:
    row = await declared.one(here.session, kind.table, here.proposal_id, id_, seats(here))
    if row is None:
        raise NotFound
    return reply_bytes(here.request, row.item.encode(), tag=etag.tag(row.version))


def _contribution(kept: contributions.Kept, at: Setting) -> ContributionOut:
    return contribution_out(replace(kept.value, version=kept.version), at.currency, own=True)


def _expected(kept: expectations.Kept, at: Setting, own: bool = True) -> ExpectationOut:
    """As its owner reads it; to somebody else, links to budget lines have no id."""
    lines = {link.id for link in kept.value.met_by} if own else set()
    one = replace(kept.value, version=kept.version, hidden_changes=kept.hidden_changes)
    return expectation_out(one, at.currency, own=own, lines=lines)


async def _at(here: Context, partner_id: Id | None) -> Setting:
    side = here.side(partner_id=partner_id)
    here.check_state()
    return await setting(here.session, here.proposal_id, side.seat_id or "")


def _unknown_rows(sent: Any, kept: Any, partner_id: Id) -> None:
    """Rows that name something else than this partner's own are not found, each at its place."""
    faults = []
    for index, row in enumerate(sent):
        if row.id is not None and (row.id not in kept or kept[row.id].value.partner_id != partner_id):
            faults.append(Fault(f"/items/{index}/id", "not-found", "This partner has nothing with that id here."))
        elif (row.id is None) != (row.version is None):
            detail = "A change names both the id and the version that you read; something new names neither."
            faults.append(Fault(f"/items/{index}/version", "id-and-version", detail))
    if faults:
        raise Invalid(errors=faults)


CONTRIBUTIONS = Kind("contributions", contributions, _contribution)
EXPECTATIONS = Kind("expectations", expectations, _expected)


async def _create(here: Context, kind: Kind, body: ContributionIn | ExpectationIn) -> Response:
    at = await _at(here, body.partner_id)
    given = {name: getattr(body, name) for name in body.model_fields_set}
    (made,) = await kind.verbs.save(here.session, here.person, at, [rows.Change(None, given)])
    return reply(here.request, kind.out(made, at), status=201, location=f"{here.request.url.path}/{made.value.id}")


async def _batch(here: Context, kind: Kind, partner_id: Id | None, sent: Sequence[Any]) -> Response:
    at = await _at(here, partner_id)
    kept = await kind.verbs.find(here.session, here.proposal_id, [row.id for row in sent if row.id])
    _unknown_rows(sent, kept, at.partner_id)
    stale(kept, sent)
    changes = [
        rows.Change(
            kept[row.id] if row.id else None,
            {name: value for name, value in row.sent().items() if name not in ("id", "version")},
            f"/items/{index}",
        )
        for index, row in enumerate(sent)
    ]
    made = await kind.verbs.save(here.session, here.person, at, changes)
    items = ",".join(kind.out(one, at).model_dump_json() for one in made)
    return reply_bytes(here.request, f'{{"items":[{items}]}}'.encode())


async def _change(here: Context, kind: Kind, body: ContributionPatch | ExpectationPatch) -> Response:
    before, at, head = kind.verbs.read(here.row, here.proposal_id)
    _check(here, before, at)
    made = await kind.verbs.change(here.run, here.person, at, head, before, body.sent())
    if made is None:
        raise Moved
    return reply(here.request, kind.out(made, at))


def _check(here: Context, kept: contributions.Kept | expectations.Kept, at: Setting, *, matched: bool = True) -> None:
    """The one in the path is the actor's own partner's; this is the version that If-Match names, and can be changed."""
    here.side(partner_id=at.partner_id)
    if matched:
        here.match(kept.version)
    here.check_state()


# Contributions


@contribution_router.get(
    Items + "/contributions", response_model=paging.page_of(ContributionOut), summary="What partners put in"
)
async def list_contributions(
    here: Here, proposal_id: Id, partner_id: OfPartner = None, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Your own; the others' too once everything is open. Of others' you see the value or the quantity, never both."""
    return await _page(here, CONTRIBUTIONS, limit, cursor, partner_id)


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
    return await _one(here, CONTRIBUTIONS, here.path["contribution_id"])


@contribution_router.patch(
    Items + "/contributions/{contribution_id}",
    edge=CHANGED_CONTRIBUTION,
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
    before, at, _ = contributions.read(here.row, here.proposal_id)
    _check(here, before, at)
    await contributions.withdraw(here.session, here.person, at, before)
    return gone()


# Expectations


@expectation_router.get(
    Items + "/expectations", response_model=paging.page_of(ExpectationOut), summary="What partners expect"
)
async def list_expectations(
    here: Here, proposal_id: Id, partner_id: OfPartner = None, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Your own; the others' too once everything is open."""
    return await _page(here, EXPECTATIONS, limit, cursor, partner_id)


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
    return await _one(here, EXPECTATIONS, here.path["expectation_id"])


async def _expectation(here: Context) -> expectations.Kept:
    id_ = here.path["expectation_id"]
    kept = (await expectations.find(here.session, here.proposal_id, [id_])).get(id_)
    if kept is None:
        raise NotFound
    return kept


@expectation_router.patch(
    Items + "/expectations/{expectation_id}",
    edge=CHANGED_EXPECTATION,
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
    before, at, _ = expectations.read(here.row, here.proposal_id)
    _check(here, before, at)
    await expectations.take_back(here.session, here.person, at, before)
    return gone()


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
    before, at, _ = expectations.read(here.row, here.proposal_id)
    _check(here, before, at)
    own = [side.seat_id for side in here.standing.sides if side.seat_id == at.partner_id]
    made = await expectations.link(here.session, here.person, at, before, body, [i for i in own if i])
    return reply(here.request, _expected(made, at))


@expectation_router.post(
    Items + "/expectations/{expectation_id}/waive",
    edge=OWN_EXPECTATION,
    response_model=ExpectationOut,
    summary="Do without it",
)
async def waive_expectation(here: Here, proposal_id: Id, expectation_id: Id, body: WaiveIn) -> Response:
    """By a signatory of its owner alone, with a reason that the others read."""
    before, at, _ = expectations.read(here.row, here.proposal_id)
    _check(here, before, at, matched=False)
    made = await expectations.waive(here.session, here.person, at, before, body.reason)
    return reply(here.request, _expected(made, at))


@expectation_router.post(
    Items + "/expectations/{expectation_id}/accept", response_model=ExpectationOut, summary="Accept another's must"
)
async def accept_expectation(here: Here, proposal_id: Id, expectation_id: Id, body: AcceptIn = _FOR_US) -> Response:
    """A must made after the reveal blocks the bid only once every other partner has accepted it."""
    before = await _expectation(here)
    side = here.side(partner_id=body.partner_id)
    here.check_state()
    owner = await setting(here.session, here.proposal_id, before.value.partner_id)
    partner = await setting(here.session, here.proposal_id, side.seat_id or "")
    made = await expectations.accept(here.session, here.person, owner, before, partner)
    return reply(here.request, _expected(made, owner, own=False))
