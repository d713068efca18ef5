"""Webhooks over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from app.commissioning.webhooks import schemas, service
from app.commissioning.webhooks.rules import MessageType
from app.commissioning.webhooks.tables import Webhook, WebhookDelivery
from app.people.organisations.service import acting_in
from app.platform.access.errors import Fault, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import ADMIN
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import gone, reply, reply_list
from app.platform.web.wire import IdIn

router = Router(tags=["webhooks"])
KNOWN = frozenset(each.value for each in MessageType)


@router.post(
    "/webhooks",
    status_code=201,
    response_model=schemas.WebhookMadeOut,
    summary="Have messages sent to a system of your own",
    edge=Options(secrets=("secret",)),
)
async def create_webhook(here: Here, body: schemas.WebhookIn) -> Response:
    """Messages go to `url` for what happens from now on, signed with the secret that this answer shows once."""
    if body.organisation_id not in _organisations(here):
        detail = "Name an organisation of which you are an admin."
        raise Forbidden(detail, [Fault("/organisation_id", "not-yours", detail)])
    _check_types(body.event_types)
    service.check_url(body.url, here.settings)
    act = acting_in(here.session, here.person, body.organisation_id)
    given = {"url": body.url, "event_types": body.event_types, "description": body.description}
    row, secret = await service.subscribe(act, given)
    made = schemas.WebhookMadeOut(**_fields(row), secret=secret)
    return reply(here.request, made, status=201, location=f"/v1/webhooks/{row.id}", secret=True)


@router.get("/webhooks", response_model=paging.page_of(schemas.WebhookOut), summary="Your webhooks")
async def list_webhooks(
    here: Here,
    organisation_id: Annotated[IdIn | None, Query()] = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """Those of the organisations of which you are an admin; a program sees its organisation's."""
    own = [each for each in _organisations(here) if organisation_id in (None, each)]
    page, next_cursor = await paging.rows(here.session, service.webhooks_of(own), Webhook.id, limit, cursor)
    return reply_list(here.request, [schemas.WebhookOut(**_fields(row)) for row in page], next_cursor)


@router.get("/webhooks/{webhook_id}", response_model=schemas.WebhookOut, summary="One webhook")
async def get_webhook(here: Here, webhook_id: Id) -> Response:
    """Where messages go, about what, and whether they do. Its secret is never shown again."""
    return _reply(here, await _webhook(here))


@router.patch("/webhooks/{webhook_id}", response_model=schemas.WebhookOut, summary="Change a webhook")
async def update_webhook(here: Here, webhook_id: Id, body: schemas.WebhookPatch) -> Response:
    """Change where messages go, or about what. Those that wait go to the new address, too."""
    sent = body.sent()
    if "event_types" in sent:
        _check_types(body.event_types)
    if "url" in sent:
        service.check_url(body.url, here.settings)
    act, row = await _lock(here)
    here.match(row.version)
    await service.change(act, row, sent)
    return _reply(here, row)


@router.delete("/webhooks/{webhook_id}", status_code=204, summary="Remove a webhook")
async def delete_webhook(here: Here, webhook_id: Id) -> Response:
    """Nothing more is sent, and what was sent is forgotten."""
    act, row = await _lock(here)
    here.match(row.version)
    await service.remove(act, row)
    return gone()


@router.post(
    "/webhooks/{webhook_id}/rotate",
    response_model=schemas.WebhookMadeOut,
    summary="A new secret",
    edge=Options(secrets=("secret",)),
)
async def rotate_webhook(here: Here, webhook_id: Id) -> Response:
    """The new secret, shown once. For 24 hours each message is signed with both."""
    act, row = await _lock(here)
    secret = await service.rotate(act, row)
    return reply(here.request, schemas.WebhookMadeOut(**_fields(row), secret=secret), secret=True)


@router.post("/webhooks/{webhook_id}/enable", response_model=schemas.WebhookOut, summary="Enable a webhook again")
async def enable_webhook(here: Here, webhook_id: Id) -> Response:
    """Messages go out again, first those that waited. What was given up is sent again only by `redeliver`."""
    act, row = await _lock(here)
    await service.enable(act, row)
    return _reply(here, row)


@router.post(
    "/webhooks/{webhook_id}/ping", status_code=202, response_model=schemas.DeliveryOut, summary="Try the receiver"
)
async def ping_webhook(here: Here, webhook_id: Id) -> Response:
    """Send a message of the type `ping`. Look at the delivery to see what came back."""
    _, row = await _lock(here)
    delivery_id = await service.ping(here.session, row)
    made = await here.session.get_one(WebhookDelivery, delivery_id)
    return reply(here.request, _delivery(made), status=202)


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    response_model=paging.page_of(schemas.DeliveryOut),
    summary="The messages of a webhook",
)
async def list_deliveries(
    here: Here,
    webhook_id: Id,
    status: schemas.DeliveryStatus | None = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """What was sent, what came back and what waits, the newest first. They are kept for 90 days."""
    query = service.deliveries_of(here.path["webhook_id"], status.value if status else None)
    page, next_cursor = await paging.rows(here.session, query, WebhookDelivery.id, limit, cursor, newest_first=True)
    return reply_list(here.request, [_delivery(row) for row in page], next_cursor)


@router.get(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}", response_model=schemas.DeliveryOut, summary="One message"
)
async def get_delivery(here: Here, webhook_id: Id, delivery_id: Id) -> Response:
    """Each try of a message, and what came back."""
    return reply(here.request, _delivery(await here.session.get_one(WebhookDelivery, here.path["delivery_id"])))


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
    status_code=202,
    response_model=schemas.DeliveryOut,
    summary="Send a message again",
)
async def redeliver(here: Here, webhook_id: Id, delivery_id: Id) -> Response:
    """Send it again, with the same `webhook-id`, before what waits of the same bid."""
    _, row = await _lock(here)
    await service.send_again(here.session, row, delivery_id=here.path["delivery_id"])
    made = await here.session.get_one(WebhookDelivery, here.path["delivery_id"], populate_existing=True)
    return reply(here.request, _delivery(made), status=202)


@router.post(
    "/webhooks/{webhook_id}/redeliver",
    status_code=202,
    response_model=schemas.RedeliveredOut,
    summary="Send all messages again since an instant",
)
async def redeliver_since(here: Here, webhook_id: Id, body: schemas.RedeliverIn) -> Response:
    """For a receiver that lost what it had: each message again, with the same `webhook-id`, in the same order."""
    _, row = await _lock(here)
    number = await service.send_again(here.session, row, since=body.since)
    return reply(here.request, schemas.RedeliveredOut(deliveries=number), status=202)


def _organisations(here: Context) -> list[Id]:
    """Those for which the actor may keep webhooks: an admin's, and a program's."""
    return [
        each.organisation_id
        for each in here.person.memberships
        if ADMIN in each.roles or here.person.client_id is not None
    ]


def _check_types(types: list[str]) -> None:
    faults = [
        Fault(f"/event_types/{place}", "unknown-event-type", "No message is of this type.")
        for place, type_ in enumerate(types)
        if type_ not in KNOWN
    ]
    if faults:
        raise Invalid(f"Name types of this list: {', '.join(sorted(KNOWN))}.", faults)


async def _webhook(here: Context) -> Webhook:
    return await here.session.get_one(Webhook, here.path["webhook_id"])


async def _lock(here: Context) -> tuple[Act, Webhook]:
    row = await here.session.get_one(Webhook, here.path["webhook_id"], with_for_update={"key_share": True})
    return acting_in(here.session, here.person, row.organisation_id), row


def _reply(here: Context, row: Webhook) -> Response:
    return reply(here.request, schemas.WebhookOut(**_fields(row)))


def _fields(row: Webhook) -> dict[str, object]:
    return {name: getattr(row, name) for name in schemas.WebhookOut.model_fields}


def _delivery(row: WebhookDelivery) -> schemas.DeliveryOut:
    return schemas.DeliveryOut.model_validate(row)
