"""Notifications that a person reads in the service, and which mails about them the person chose."""

import secrets
from collections.abc import Sequence

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.notifications.tables import Notification, NotificationChoice
from app.platform.access.ids import Id, is_id


async def choice_of(session: AsyncSession, person_id: Id, lock: bool = False) -> NotificationChoice:
    """The person's choice: a daily digest until they choose otherwise."""
    # Two may ask for it at the same moment: the conflict clause makes one row.
    made = upsert(NotificationChoice).values(person_id=person_id, unsubscribe_token=secrets.token_urlsafe(24))
    await session.execute(made.on_conflict_do_nothing(index_elements=["person_id"]))
    query = select(NotificationChoice).where(NotificationChoice.person_id == person_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one()


async def unsubscribe(session: AsyncSession, token: str) -> bool:
    """Stop this person's mails about what is new; what cannot wait still comes. It is idempotent.

    False for a token that is nobody's.
    """
    done = await session.execute(
        update(NotificationChoice)
        .where(NotificationChoice.unsubscribe_token == token)
        .values(mail="none", version=NotificationChoice.version + 1)
        .returning(NotificationChoice.person_id)
    )
    return done.first() is not None


async def one_of_person(session: AsyncSession, person_id: Id, notification_id: str) -> Notification | None:
    """None for what is not this person's, or no id at all."""
    row = await session.get(Notification, notification_id.lower()) if is_id(notification_id) else None
    return row if row is not None and row.person_id == person_id else None


def of_person(person_id: Id, unread: bool | None) -> Select[Notification]:
    """The query of a person's notifications: those not read, those read, or all."""
    query = select(Notification).where(Notification.person_id == person_id)
    if unread is None:
        return query
    return query.where(Notification.read_at.is_(None) if unread else Notification.read_at.is_not(None))


async def unread(session: AsyncSession, person_id: Id) -> int:
    """How many notifications the person has not read."""
    query = select(func.count()).where(Notification.person_id == person_id, Notification.read_at.is_(None))
    return (await session.execute(query)).scalar_one()


async def mark_read(session: AsyncSession, person_id: Id, ids: Sequence[Id] | None) -> int:
    """Mark those with these ids as read, or all; answers how many were not read before."""
    statement = update(Notification).where(Notification.person_id == person_id, Notification.read_at.is_(None))
    if ids is not None:
        statement = statement.where(Notification.id.in_(ids))
    read = statement.values(read_at=func.clock_timestamp())
    marked = await session.execute(read.returning(Notification.id))
    return len(marked.all())
