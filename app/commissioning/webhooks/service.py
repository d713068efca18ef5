"""The verbs of subscriptions: make, change, remove, rotate the secret, enable, ping, and send again."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.commissioning.webhooks import making
from app.commissioning.webhooks.rules import MessageType, Side, secret_of
from app.commissioning.webhooks.tables import Webhook, WebhookDelivery
from app.people.organisations.service import acting_in
from app.platform.access.errors import Conflict, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log, outbox
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.http_out.client import REASONS, judge
from app.settings import Settings

BOTH_SIGN = timedelta(hours=24)
SECRETS_AT_ONCE = 4
MOST = 50
"""Subscriptions of one organisation."""


class DisabledBecause(StrEnum):
    GONE = "gone"
    FAILING = "failing"
    CLIENT_REVOKED = "client-revoked"


class TooManyWebhooks(Conflict):
    code = "too-many-webhooks"
    title = "The organisation has as many webhooks as it can have"
    explanation = f"An organisation has at most {MOST}. Remove one that you no longer need, or change one."


class AlreadyEnabled(Conflict):
    code = "already-enabled"
    title = "The webhook is enabled"
    explanation = "Messages are sent to it. There is nothing to do."


_DISABLE = text("""
UPDATE webhooks SET status = 'disabled', disabled_because = :because, version = version + 1
WHERE id = :id AND status = 'enabled' RETURNING organisation_id::text, url""")
_ADMINS = text("""
SELECT pe.email, pe.language FROM memberships m JOIN people pe ON pe.id = m.person_id
WHERE m.organisation_id = :organisation_id AND 'admin' = ANY(m.roles) AND pe.erased_at IS NULL ORDER BY pe.id""")
_NAME = text("SELECT name FROM organisations WHERE id = :organisation_id")
_LANES_OF = text("""
SELECT lane_id::text FROM webhook_lanes WHERE webhook_id = :webhook_id AND lane_id IN (
  SELECT d.lane_id FROM webhook_deliveries d WHERE d.webhook_id = :webhook_id AND (
    d.id = CAST(:delivery_id AS uuid) OR d.happened_at >= CAST(:since AS timestamptz)))
ORDER BY lane_id FOR UPDATE""")
_AGAIN = text("""
UPDATE webhook_deliveries SET status = 'pending', next_attempt_at = NULL, tries = 0
WHERE webhook_id = :webhook_id AND (
  id = CAST(:delivery_id AS uuid) OR happened_at >= CAST(:since AS timestamptz))
RETURNING id""")
_DUE = text("""
UPDATE webhook_lanes SET next_at = clock_timestamp() WHERE webhook_id = :webhook_id AND lane_id = ANY(CAST(:lanes AS uuid[]))""")


def check_url(url: str, settings: Settings) -> None:
    """422 for an address that can be seen to be none that is called. What its name leads to is judged when it is called."""
    if code := judge(url, settings.outbound_allowed):
        raise Invalid.at("/url", code, REASONS[code])


def acting(session: AsyncSession, actor: Actor | None, webhook: Webhook) -> Act:
    return acting_in(session, actor, webhook.organisation_id)


async def subscribe(act: Act, given: dict[str, Any]) -> tuple[Webhook, str]:
    """The new subscription, and its secret, which is stored hidden and not shown again."""
    session, id_ = act.session, new_id()
    # The event locks the organisation's row, so that of two at the same moment the second counts the first.
    await act.record("webhook_added", webhook_id=id_, event_types=given["event_types"])
    held = await session.execute(select(Webhook.id).where(Webhook.organisation_id == act.stream_id).limit(MOST))
    if len(held.all()) >= MOST:
        raise TooManyWebhooks
    secret, kept = await _new_secret(session)
    row = Webhook(
        id=id_,
        organisation_id=act.stream_id,
        client_id=act.actor.client_id if act.actor else None,
        secrets=[kept],
        disabled_because=None,
        **given,
    )
    session.add(row)
    await session.flush()
    return row, secret


async def change(act: Act, webhook: Webhook, sent: dict[str, Any]) -> None:
    for name, value in sent.items():
        setattr(webhook, name, value)
    webhook.version += 1
    await act.record("webhook_changed", webhook_id=webhook.id, fields=sorted(sent))


async def remove(act: Act, webhook: Webhook) -> None:
    """Its messages go with it, those too that wait."""
    await act.session.execute(delete(Webhook).where(Webhook.id == webhook.id))
    await act.record("webhook_removed", webhook_id=webhook.id)


async def rotate(act: Act, webhook: Webhook) -> str:
    """A new secret. The one before signs beside it for a day, so that a receiver can change over at its leisure."""
    now = await event_log.now(act.session)
    secret, kept = await _new_secret(act.session)
    newest, *older = webhook.secrets
    ending = {**newest, "until": (now + BOTH_SIGN).isoformat()}
    holding = [each for each in older if datetime.fromisoformat(each["until"]) > now]
    webhook.secrets = [kept, ending, *holding][:SECRETS_AT_ONCE]
    webhook.version += 1
    await act.record("webhook_changed", webhook_id=webhook.id, fields=["secret"])
    return secret


async def enable(act: Act, webhook: Webhook) -> None:
    """Messages go out again, those first that waited meanwhile."""
    if webhook.status == "enabled":
        raise AlreadyEnabled
    webhook.status, webhook.disabled_because = "enabled", None
    # Whoever enables what a revoked program made answers for it from then on.
    webhook.client_id = act.actor.client_id if act.actor else None
    webhook.version += 1
    await act.record("webhook_changed", webhook_id=webhook.id, fields=["status"])


async def disable(session: AsyncSession, webhook_id: Id, because: DisabledBecause) -> None:
    """Send nothing more, and write to the organisation's admins, once."""
    row = (await session.execute(_DISABLE, {"id": webhook_id, "because": because.value})).one_or_none()
    if row is None:
        return
    act = acting_in(session, None, row.organisation_id)
    await act.record("webhook_disabled", webhook_id=webhook_id, because=because.value)
    of = {"organisation_id": row.organisation_id}
    organisation = (await session.execute(_NAME, of)).scalar_one()
    for email, language in (await session.execute(_ADMINS, of)).all():
        await outbox.mail(
            session,
            email,
            f"webhook-{because.value}",
            language,
            organisation=organisation,
            host=urlsplit(row.url).hostname,
            path=f"/v1/webhooks/{webhook_id}/deliveries",
        )


async def ping(session: AsyncSession, webhook: Webhook) -> Id:
    """A message that says nothing, to try the receiver; its id."""
    now = await event_log.now(session)
    told = {"webhook_id": webhook.id}
    message: dict[str, Any] = {"type": MessageType.PING.value, "side": Side.SELF.value, "happened_at": now}
    return await making.make(
        session, webhook.id, webhook.organisation_id, told, cause=new_id(), lane_id=webhook.id, **message
    )


async def send_again(
    session: AsyncSession, webhook: Webhook, *, delivery_id: Id | None = None, since: datetime | None = None
) -> int:
    """Have one message sent again, or all of what happened since then, with their ids as they were; answers how many."""
    which = {"webhook_id": webhook.id, "delivery_id": delivery_id, "since": since}
    lanes = list((await session.execute(_LANES_OF, which)).scalars())
    made = (await session.execute(_AGAIN, which)).all()
    await session.execute(_DUE, {"webhook_id": webhook.id, "lanes": lanes})
    return len(made)


def webhooks_of(organisation_ids: list[Id]) -> Select[Webhook]:
    return select(Webhook).where(Webhook.organisation_id.in_(organisation_ids))


def deliveries_of(webhook_id: Id, status: str | None) -> Select[WebhookDelivery]:
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    return query if status is None else query.where(WebhookDelivery.status == status)


def in_force(kept: list[dict[str, Any]], key: bytes, now: datetime) -> tuple[str, ...]:
    """The secrets that sign now, the newest first."""
    holding = (each for each in kept if each["until"] is None or datetime.fromisoformat(each["until"]) > now)
    return tuple(outbox.show(key, each["hidden"]) for each in holding)


async def _new_secret(session: AsyncSession) -> tuple[str, dict[str, Any]]:
    secret = secret_of(secrets.token_bytes(32))
    return secret, {"hidden": outbox.hide(await outbox.token_key(session), secret), "until": None}
