"""Finding calls over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from app.calls.finding import fitting, pages
from app.calls.finding.filters import Filters, clean
from app.calls.finding.schemas import AmountQuery, OpportunityListOut, Sort
from app.platform.access.errors import Fault, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.access.money import parse_amount
from app.platform.access.rules import Actor
from app.platform.web import paging
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply_list_bytes
from app.platform.web.wire import IdIn, Instant
from app.platform.words.catalogue import catalogue
from app.platform.words.codes import Collaboration, OpportunityStatus, Regime

router = Router(tags=["opportunities"])
Words = Annotated[str | None, Query(max_length=200)]


@router.get("/opportunities", response_model=OpportunityListOut, summary="Find opportunities")
async def list_opportunities(
    here: Here,
    q: Words = None,
    area: Words = None,
    cpv: Annotated[str | None, Query(pattern=r"^[0-9]{1,8}(-[0-9])?$")] = None,
    status: OpportunityStatus | None = None,
    vcse: bool | None = None,
    closing_after: Instant | None = None,
    value_min: AmountQuery = None,
    value_max: AmountQuery = None,
    regime: Regime | None = None,
    collaboration: Collaboration | None = None,
    open: bool | None = None,
    organisation_id: Annotated[
        IdIn | None, Query(description="Only calls that this organisation owns; its drafts too, if it is yours.")
    ] = None,
    sort: Sort = Sort.ID,
    fit_for: IdIn | None = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """Those published or imported, and the drafts of one's own organisations.

    `q` searches titles, buyers and descriptions for words, their beginnings and what means the same in this sector, or is
    an ocid; `area` takes a region's code or name, a place or a postcode; `cpv` the first digits of a CPV code; the values
    are those of the call or of a lot; `status=published` gives what is open for bids now, as does `open=true`.

    `sort=closing` puts first what closes first, `newest` what was published last. `fit` gives the 200 calls at most that
    your organisation (`fit_for`) could join best, each with why, and with what speaks against it; what says only some of
    the words of `q` comes after what says all.
    """
    filters = Filters(
        q=clean(q),
        area=clean(area),
        cpv=cpv,
        status=status,
        vcse=vcse,
        closing_after=closing_after,
        value_min=None if value_min is None else parse_amount(value_min),
        value_max=None if value_max is None else parse_amount(value_max),
        regime=regime,
        collaboration=collaboration,
        open=open,
        organisation_id=organisation_id,
    )
    check_values(filters, "/query/value_max")
    own, further = [one.organisation_id for one in here.person.memberships], here.settings.synonyms
    if sort is not Sort.FIT:
        begin = pages.after(cursor, sort.value)
        found = await pages.page(here.db.reads, own, filters, further, limit + 1, sort.value, begin)
        return reply_list_bytes(here.request, found, limit)
    chosen = await fitting.organisation(here.db.reads, _fit_for(here.person, fit_for), further)
    words, after = catalogue(here.person.language), paging.after_id(cursor)
    fitting_ones = await fitting.page(here.db.reads, own, filters, further, chosen, words, limit + 1, after)
    return reply_list_bytes(here.request, fitting_ones, limit)


def check_values(filters: Filters, pointer: str) -> None:
    """Refuse (422) a range that holds nothing."""
    if filters.value_min is not None and filters.value_max is not None and filters.value_min > filters.value_max:
        raise Invalid.at(pointer, "values-turned-round", "The largest value is below the smallest one.")


def _fit_for(actor: Actor, wanted: Id | None) -> Id:
    """The organisation that calls are to fit: the one named, or the only one possible."""
    if wanted is not None:
        if actor.membership(wanted) is None:
            sentence = "This is not an organisation of yours. Name one that you belong to."
            raise Forbidden(sentence, [Fault("/query/fit_for", "not-yours", sentence)])
        return wanted
    if len(actor.memberships) > 1:
        sentence = "You belong to several organisations: say with fit_for which one the calls are to fit."
        raise Invalid.at("/query/fit_for", "fit-needs-organisation", sentence)
    if not actor.memberships:
        raise Forbidden("You do not belong to an organisation yet. Add yours first (POST /v1/organisations).")
    return actor.memberships[0].organisation_id
