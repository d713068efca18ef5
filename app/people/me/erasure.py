"""The erasure of a person, but for what legal claims rest on (UK GDPR Article 17(3)(e))."""

from sqlalchemy import Text, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts.tables import MailToken, Person, Session, SignInPlace
from app.people.me.hooks import person_erased
from app.people.notifications.tables import Notification, NotificationChoice
from app.people.organisations.hooks import right_lost
from app.people.organisations.tables import MemberInvitation, Membership
from app.platform.access.errors import Conflict
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.tables import Event
from app.platform.words.codes import MemberRole

ERASED = "Erased person"
KEPT = (
    "Your name, role and time stay in the signatures, authorities and proxies that you gave, and in the signed versions, until "
    "the retention of those has run: legal claims rest on them (UK GDPR Article 17(3)(e)). They stay too where you or others "
    "wrote them into a bid's text. Your account, address, sign-ins and news are removed."
)


class StillOnlyAdmin(Conflict):
    code = "still-only-admin"
    title = "You are the only admin of an organisation"
    explanation = "Make somebody else admin first, so that your colleagues are not locked out. Then erase your account."


async def erase(session: AsyncSession, actor: Actor, person: Person) -> int:
    """Remove the person from everything but their signatures; answers how many of these stay.

    The caller holds the locks of the person, of their organisations, and of the bids that name them.
    """
    await _leave_organisations(session, actor, person.id)
    kept: dict[str, int] = {}
    await person_erased(session, person, kept)
    await _redact(session, person)
    for rows in (Session, SignInPlace, MailToken, Notification, NotificationChoice):
        await session.execute(delete(rows).where(rows.person_id == person.id))
    await session.execute(delete(MemberInvitation).where(MemberInvitation.email == person.email))
    person.email, person.name, person.password_hash, person.preferences = None, ERASED, None, {}
    person.erased_at = await event_log.now(session)
    person.version += 1
    await session.flush()
    return sum(kept.values())


async def _leave_organisations(session: AsyncSession, actor: Actor, person_id: Id) -> None:
    mine = select(Membership).where(Membership.person_id == person_id).order_by(Membership.organisation_id)
    for membership in (await session.execute(mine)).scalars().all():
        others = select(Membership.roles).where(
            Membership.organisation_id == membership.organisation_id, Membership.person_id != person_id
        )
        roles = (await session.execute(others)).scalars().all()
        admin = MemberRole.ADMIN.value
        if roles and admin in membership.roles and not any(admin in each for each in roles):
            raise StillOnlyAdmin
        await session.delete(membership)
        await session.flush()
        await right_lost(session, actor, membership.organisation_id, person_id)


async def _redact(session: AsyncSession, person: Person) -> None:
    """Take out of the log what holds the person's address. Its chain covers digests, so it still verifies."""
    content = func.concat(Event.payload.cast(Text), Event.shared.cast(Text))
    await session.execute(
        update(Event)
        .where(Event.redacted_at.is_(None), content.contains(person.email or ERASED, autoescape=True))
        .values(payload=None, shared=None, redacted_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )
