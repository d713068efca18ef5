"""Saved searches over HTTP, and the feeds of what they find."""

import hashlib
from dataclasses import asdict
from email.utils import format_datetime

from fastapi import Response
from sqlalchemy import select

from app.calls.opportunities.service import acting_for
from app.calls.saved import alerts, feeds, found, service
from app.calls.saved.schemas import SavedSearchIn, SavedSearchOut, SavedSearchPatch, SearchFaultOut
from app.calls.saved.tables import SavedSearch
from app.people.organisations.tables import Organisation
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.web import etag, paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import gone, reply, reply_list
from app.platform.words.catalogue import catalogue
from app.platform.words.codes import Alert

router = Router(tags=["saved searches"])
FEED_CALLS, CALENDAR_CALLS = 50, 200


def _out(here: Context, row: SavedSearch) -> SavedSearchOut:
    start = f"{here.settings.base_url}/v1/feeds/{row.feed_token}"
    return SavedSearchOut(
        id=row.id,
        version=row.version,
        organisation_id=row.organisation_id,
        name=row.name,
        query=row.query,
        alert=Alert(row.alert),
        faults=[SearchFaultOut(**asdict(one)) for one in service.read(row.query)[1]],
        links={"atom": f"{start}.atom", "json": f"{start}.json", "ical": f"{start}.ics"},
        created_at=row.created_at,
    )


async def _own(here: Context, *, to_change: bool = False) -> SavedSearch:
    """The row of the path, of an organisation of the reader's own, which the edge has judged."""
    query = select(SavedSearch).where(SavedSearch.id == here.path["saved_search_id"])
    row = (await here.session.execute(query.with_for_update() if to_change else query)).scalar_one_or_none()
    if row is None:
        raise NotFound
    if to_change:
        acting_for(here.person, row.organisation_id)
    return row


@router.post("/saved-searches", status_code=201, response_model=SavedSearchOut, summary="Save a search")
async def create_saved_search(here: Here, body: SavedSearchIn) -> Response:
    """For one's organisation. `links` are addresses for a feed reader and a calendar; with `alert`, what is new comes by mail
    to whoever saved it, `at_once` or once a day. What there is already is not told as new."""
    own = acting_for(here.person, body.organisation_id)
    filters = service.filters_of(body.query)
    query = body.query.model_dump(mode="json", exclude_none=True)
    row = await service.save(here.session, own, here.person.person_id, body.name, query, body.alert)
    await alerts.know(here.session, here.db.reads, row, filters, here.settings.synonyms)
    return reply(here.request, _out(here, row), status=201, location=f"/v1/saved-searches/{row.id}")


@router.get("/saved-searches", response_model=paging.page_of(SavedSearchOut), summary="Saved searches")
async def list_saved_searches(here: Here, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Those of one's own organisations, by id."""
    own = [membership.organisation_id for membership in here.person.memberships]
    query = select(SavedSearch).where(SavedSearch.organisation_id.in_(own))
    rows, following = await paging.rows(here.session, query, SavedSearch.id, limit, cursor)
    return reply_list(here.request, [_out(here, row) for row in rows], following)


@router.get("/saved-searches/{saved_search_id}", response_model=SavedSearchOut, summary="One saved search")
async def get_saved_search(here: Here, saved_search_id: Id) -> Response:
    """`faults` says why it finds nothing, where it asks for something that the service does not know any more."""
    return reply(here.request, _out(here, await _own(here)))


@router.patch("/saved-searches/{saved_search_id}", response_model=SavedSearchOut, summary="Change a saved search")
async def update_saved_search(here: Here, saved_search_id: Id, body: SavedSearchPatch) -> Response:
    """A merge patch; `query` is replaced as a whole. What it finds from the start is not told as new."""
    row, sent = await _own(here, to_change=True), body.sent()
    filters = service.filters_of(body.query) if "query" in sent else None
    here.match(row.version)
    if "name" in sent:
        row.name = body.name
    if "alert" in sent:
        row.alert = body.alert.value
    if filters is not None:
        row.query, row.fault_told_at = body.query.model_dump(mode="json", exclude_none=True), None
        await alerts.know(here.session, here.db.reads, row, filters, here.settings.synonyms)
    row.version += 1
    await here.session.flush()
    return reply(here.request, _out(here, row))


@router.delete("/saved-searches/{saved_search_id}", status_code=204, summary="Delete a saved search")
async def delete_saved_search(here: Here, saved_search_id: Id) -> Response:
    """Its mails stop, and its feeds are gone."""
    row = await _own(here, to_change=True)
    here.match(row.version)
    await here.session.delete(row)
    await here.session.flush()
    return gone()


@router.post("/saved-searches/{saved_search_id}/new-links", response_model=SavedSearchOut, summary="Make new links")
async def renew_feed_links(here: Here, saved_search_id: Id) -> Response:
    """The addresses of the feeds that were handed on too far are gone at once, and there are others."""
    row = await _own(here, to_change=True)
    row.feed_token = service.new_token()
    row.version += 1
    await here.session.flush()
    return reply(here.request, _out(here, row))


@router.get("/feeds/{feed_file}", summary="What a saved search finds, as a feed")
async def get_feed(here: Here, feed_file: str) -> Response:
    """Atom, JSON Feed or a calendar of deadlines, by the ending: `.atom`, `.json`, `.ics`. Whoever has the address reads it:
    published calls only, and nothing of who looks for them but the search's name."""
    key, _, kind = here.path["feed_file"].rpartition(".")
    query = select(SavedSearch, Organisation.language).join(
        Organisation, Organisation.id == SavedSearch.organisation_id
    )
    known = (await here.session.execute(query.where(SavedSearch.feed_token == key))).one_or_none()
    if known is None or kind not in feeds.MEDIA:
        raise NotFound
    row, filters = known.SavedSearch, service.read(known.SavedSearch.query)
    calls: list[found.Found] = []
    if filters[0] is not None:
        how, limit = (found.closing, CALENDAR_CALLS) if kind == "ics" else (found.newest, FEED_CALLS)
        calls = await how(here.db.reads, filters[0], here.settings.synonyms, limit)
    own = f"{here.settings.base_url}/v1/feeds/{row.feed_token}.{kind}"
    feed = feeds.Feed(row.id, row.name, own, row.created_at, calls, filters[1], catalogue(known.language))
    content = feeds.write(kind, feed)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    changed = feed.updated.replace(microsecond=0)
    headers = {
        "Cache-Control": "private, no-cache",
        "ETag": tag,
        "Last-Modified": format_datetime(changed, usegmt=True),
    }
    return (
        Response(status_code=304, headers=headers)
        if etag.not_modified(here.request, tag)
        else Response(content, 200, headers, feeds.MEDIA[kind])
    )
