"""Document templates over HTTP: an organisation's look, and a call's rules, each with its logo."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Query, Response

from app.calls.opportunities import queries as calls
from app.calls.opportunities.service import acting_on
from app.calls.opportunities.tables import Opportunity
from app.calls.templates import queries as templates
from app.calls.templates import service
from app.calls.templates.schemas import (
    CallTemplateIn,
    CallTemplateOut,
    OrganisationTemplateIn,
    OrganisationTemplateOut,
    logo_out,
)
from app.documents.looks.rules import CallRules, Logo, Look, look_from, rules_from
from app.documents.looks.template import LOGO_MEDIA
from app.people.organisations import queries as organisations
from app.people.organisations.service import acting_in
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.db.files import files
from app.platform.web import body as reading
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.filenames import disposition
from app.platform.web.replies import gone, reply, reply_bytes
from app.platform.web.wire import Line

router = Router(tags=["document templates"])
ORGANISATION = "/organisations/{organisation_id}/document-template"
CALL = "/opportunities/{opportunity_id}/document-template"
_MEDIA = (*LOGO_MEDIA.values(), "application/octet-stream")
PICTURE = Options(body="stream", limit="logo_limit", media=_MEDIA)
PICTURE_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {media: {"schema": {"type": "string"}} for media in _MEDIA}}
}
PICTURE_OUT: dict[int | str, dict[str, Any]] = {200: {"content": {media: {} for media in LOGO_MEDIA.values()}}}
Alt = Annotated[Line, Query(description="What the logo is, in words, for people who cannot see it.")]


# An organisation's look --------------------------------------------------------------------------------------------
@router.get(ORGANISATION, response_model=OrganisationTemplateOut, summary="How your documents look")
async def get_document_template(here: Here, organisation_id: Id) -> Response:
    """Colours, font, logo and cover words of the bids that the organisation leads; the default while it has none."""
    look, version = await templates.look_of(here.session, here.path["organisation_id"])
    return _look_reply(here, look, version)


@router.put(ORGANISATION, response_model=OrganisationTemplateOut, summary="Choose how your documents look")
async def put_document_template(here: Here, organisation_id: Id, body: OrganisationTemplateIn) -> Response:
    """By an admin, with the ETag that was read (`"0"` the first time). Versions locked for signing stay as they are."""
    look = look_from(dict(body))
    before = await _own_look(here)
    look = replace(look, logo=before.logo if before else None)
    return await _keep_look(here, look)


@router.delete(ORGANISATION, status_code=204, summary="Back to the default look")
async def delete_document_template(here: Here, organisation_id: Id) -> Response:
    """With its logo. Versions locked for signing stay as they are."""
    if await _own_look(here) is None:
        raise NotFound
    await _store(here, None)
    return gone()


@router.get(f"{ORGANISATION}/logo", summary="Your logo", responses=PICTURE_OUT)
async def get_document_logo(here: Here, organisation_id: Id) -> Response:
    """As it is printed: rebuilt from what was sent, without anything that a picture does not need."""
    look, _ = await templates.look_of(here.session, here.path["organisation_id"])
    return await _picture(here, look.logo if look else None)


@router.put(
    f"{ORGANISATION}/logo",
    response_model=OrganisationTemplateOut,
    summary="Put your logo on your documents",
    edge=PICTURE,
    openapi_extra=PICTURE_BODY,
)
async def put_document_logo(here: Here, organisation_id: Id, alt: Alt) -> Response:
    """The picture as the body: SVG, PNG or JPEG, told from its content, at most 500 kB and 4,000 pixels a side.

    An SVG may hold shapes, colours and text, and nothing that runs or comes from elsewhere. Needs the template's ETag.
    """
    logo = await _received(here, alt)
    before = await _own_look(here)
    return await _keep_look(here, replace(before or Look(), logo=logo))


@router.delete(f"{ORGANISATION}/logo", status_code=204, summary="Take your logo off your documents")
async def delete_document_logo(here: Here, organisation_id: Id) -> Response:
    """Needs the template's ETag."""
    before = await _own_look(here)
    if before is None or before.logo is None:
        raise NotFound
    await _store(here, replace(before, logo=None))
    return gone()


async def _own_look(here: Context) -> Look | None:
    """The look that If-Match names, with the organisation's row locked."""
    organisation_id = here.path["organisation_id"]
    await organisations.lock(here.session, organisation_id)
    look, version = await templates.look_of(here.session, organisation_id)
    here.match(version)
    return look


async def _keep_look(here: Context, look: Look) -> Response:
    return _look_reply(here, look, await _store(here, look))


async def _store(here: Context, look: Look | None) -> int:
    return await service.keep_look(acting_in(here.session, here.person, here.path["organisation_id"]), look)


def _look_reply(here: Context, look: Look | None, version: int) -> Response:
    path = f"/v1/organisations/{here.path['organisation_id']}/document-template"
    return reply(here.request, OrganisationTemplateOut.of(look, version, logo_out(look.logo if look else None, path)))


# A call's rules ------------------------------------------------------------------------------------------------------
@router.get(CALL, response_model=CallTemplateOut, summary="What the call asks of documents")
async def get_call_document_template(here: Here, opportunity_id: Id) -> Response:
    """Smallest text, pages, paper, parts and their names, answers without names; and the call's own look, if any."""
    rules, version = await templates.rules_of(here.session, here.path["opportunity_id"])
    return _rules_reply(here, rules, version)


@router.put(CALL, response_model=CallTemplateOut, summary="Say what documents must look like")
async def put_call_document_template(here: Here, opportunity_id: Id, body: CallTemplateIn) -> Response:
    """By an editor of the commissioner, with the ETag that was read (`"0"` the first time).

    Freely while the call is a draft. Once it is published each change is a numbered amendment that every bid is told
    of; one of size, pages, paper, parts, names or anonymity makes a version void that is signed and not submitted.
    """
    rules = rules_from(dict(body))
    row, before = await _own_rules(here)
    return await _lay_down(here, row, before, replace(rules, logo=before.logo if before else None))


@router.delete(CALL, status_code=204, summary="Leave the look of bids to the bidders")
async def delete_call_document_template(here: Here, opportunity_id: Id) -> Response:
    """With the call's logo. Once the call is published this is an amendment as well."""
    row, before = await _own_rules(here)
    if before is None:
        raise NotFound
    await service.lay_down(acting_on(here.session, here.person, row), row, before, None)
    return gone()


@router.get(f"{CALL}/logo", summary="The call's logo", responses=PICTURE_OUT)
async def get_call_document_logo(here: Here, opportunity_id: Id) -> Response:
    """The commissioner's, where it asks that bids carry it."""
    rules, _ = await templates.rules_of(here.session, here.path["opportunity_id"])
    return await _picture(here, rules.logo if rules else None)


@router.put(
    f"{CALL}/logo",
    response_model=CallTemplateOut,
    summary="Put the commissioner's logo on every bid",
    edge=PICTURE,
    openapi_extra=PICTURE_BODY,
)
async def put_call_document_logo(here: Here, opportunity_id: Id, alt: Alt) -> Response:
    """As an organisation's own. Once the call is published this is an amendment that voids nothing."""
    logo = await _received(here, alt)
    row, before = await _own_rules(here)
    return await _lay_down(here, row, before, replace(before or CallRules(), logo=logo))


@router.delete(f"{CALL}/logo", status_code=204, summary="Leave the logo to the bidders")
async def delete_call_document_logo(here: Here, opportunity_id: Id) -> Response:
    """Needs the template's ETag."""
    row, before = await _own_rules(here)
    if before is None or before.logo is None:
        raise NotFound
    await service.lay_down(acting_on(here.session, here.person, row), row, before, replace(before, logo=None))
    return gone()


async def _own_rules(here: Context) -> tuple[Opportunity, CallRules | None]:
    """The rules that If-Match names, with the opportunity's row locked."""
    row = await calls.to_change(here.session, here.path["opportunity_id"])
    rules, version = await templates.rules_of(here.session, row.id)
    here.match(version)
    return row, rules


async def _lay_down(here: Context, row: Opportunity, before: CallRules | None, rules: CallRules) -> Response:
    version = await service.lay_down(acting_on(here.session, here.person, row), row, before, rules)
    return _rules_reply(here, rules, version)


def _rules_reply(here: Context, rules: CallRules | None, version: int) -> Response:
    path = f"/v1/opportunities/{here.path['opportunity_id']}/document-template"
    return reply(here.request, CallTemplateOut.of(rules, version, logo_out(rules.logo if rules else None, path)))


# Logos ---------------------------------------------------------------------------------------------------------------
async def _received(here: Context, alt: str) -> Logo:
    """The logo, tried out before anything is held: that takes a moment."""
    content = await reading.read(here.request, here.settings.logo_limit)
    logo = await service.accepted_logo(here.settings, content, alt)
    await here.begin()
    return logo


async def _picture(here: Context, logo: Logo | None) -> Response:
    data = await files(here.settings).read(templates.logo_key(logo.sha256)) if logo else None
    if logo is None or data is None:
        raise NotFound
    headers = {
        "Content_Disposition": disposition(f"logo.{logo.kind}"),
        "Content_Security_Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    }
    return reply_bytes(here.request, data, tag=f'"{logo.sha256[:32]}"', media=LOGO_MEDIA[logo.kind], **headers)
