"""What is held on a person, as one file; and their erasure, but for what legal claims rest on (UK GDPR Art. 17(3)(e))."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import FromClause, LargeBinary, Select, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts.tables import MailToken, Person, Session
from app.people.me.hooks import person_erased, personal_data_asked
from app.people.notifications.tables import Notification, NotificationChoice
from app.people.organisations.hooks import right_lost
from app.people.organisations.tables import MemberInvitation, Membership
from app.platform.access.errors import Conflict
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db.base import Base
from app.platform.db.tables import Event

ERASED = "Erased person"
KEPT = (
    "Your name, role and time stay in the signatures that you gave, and in the signed versions, until the retention of "
    "those has run: legal claims rest on them (UK GDPR Article 17(3)(e)). Everything else that names you is removed."
)


class StillOnlyAdmin(Conflict):
    code = "still-only-admin"
    title = "You are the only admin of an organisation"
    explanation = "Make somebody else admin first, so that your colleagues are not locked out. Then erase your account."


async def held(session: AsyncSession, person: Person) -> dict[str, Any]:
    """Everything that is held on this person, by kind: chosen columns where others stand beside, else whole rows."""
    by_kind: dict[str, Any] = {
        "sessions": select(Session.id, Session.created_at, Session.expires_at, Session.user_agent).where(
            Session.person_id == person.id
        ),
        "memberships": select(Membership.organisation_id, Membership.roles, Membership.created_at).where(
            Membership.person_id == person.id
        ),
        "events": select(Event.stream, Event.stream_id, Event.type, Event.at, Event.organisation_id)
        .where(Event.person_id == person.id)
        .order_by(Event.id),
        "member_invitations": _own_columns(MemberInvitation.__table__).where(MemberInvitation.email == person.email),
    }
    await personal_data_asked(person, by_kind)
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name.endswith("person_id") and table.name not in _TOLD_ABOVE:
                by_kind[table.name] = _own_columns(table).where(column == person.id)
    found: dict[str, Any] = {
        "person": {
            "id": person.id,
            "email": person.email,
            "name": person.name,
            "language": person.language,
            "preferences": person.preferences,
            "registered_at": person.created_at,
            "verified_at": person.verified_at,
        }
    }
    for kind, query in by_kind.items():
        found[kind] = [dict(row._mapping) for row in await session.execute(query)]
    return found


_TOLD_ABOVE = {"sessions", "memberships", "sign_offs", "events", "section_updates", "mail_tokens", "live_tokens"}
"""Typing is in the log by bursts, and in the kept versions; tokens are secrets."""


_OF_OTHERS = {
    "applications.answer_markdown",
    "decisions.count",
    "difficulties.outcome_note_markdown",
    "section_versions.authors",
    "section_versions.runs",
    "submissions.notices",
    "submissions.outcome",
    "submissions.tenderers",
}
"""What others add to a row that a person made: whoever has left the organisation since may not read it."""


def _own_columns(table: FromClause) -> Select[Any]:
    """The columns that can be read and are the person's own doing: no hashes, no bytes, no tokens."""
    own = [c for c in table.columns if not isinstance(c.type, LargeBinary) and str(c) not in _OF_OTHERS]
    return select(*(column for column in own if "token" not in column.name))


async def erase(session: AsyncSession, actor: Actor, person: Person) -> int:
    """Remove the person from everything but their signatures; answers how many of these stay."""
    await _leave_organisations(session, actor, person.id)
    kept: dict[str, int] = {}
    await person_erased(session, person, kept)
    await _redact(session, person)
    await session.execute(delete(Session).where(Session.person_id == person.id))
    for rows in (MailToken, Notification, NotificationChoice):
        await session.execute(delete(rows).where(rows.person_id == person.id))
    await session.execute(delete(MemberInvitation).where(MemberInvitation.email == person.email))
    person.email, person.name, person.password_hash, person.preferences = None, ERASED, None, {}
    person.erased_at = datetime.now(UTC)
    person.version += 1
    await session.flush()
    return sum(kept.values())


async def _leave_organisations(session: AsyncSession, actor: Actor, person_id: Id) -> None:
    mine = (await session.execute(select(Membership).where(Membership.person_id == person_id))).scalars().all()
    for membership in sorted(mine, key=lambda each: each.organisation_id):
        lock = text("SELECT id FROM organisations WHERE id = :id FOR UPDATE")
        await session.execute(lock, {"id": membership.organisation_id})
        others = select(Membership.person_id, Membership.roles).where(
            Membership.organisation_id == membership.organisation_id, Membership.person_id != person_id
        )
        rows = (await session.execute(others)).all()
        if rows and "admin" in membership.roles and not any("admin" in row.roles for row in rows):
            raise StillOnlyAdmin
        await session.delete(membership)
        await session.flush()
        await right_lost(session, actor, membership.organisation_id, person_id)


async def _redact(session: AsyncSession, person: Person) -> None:
    """Take out of the log what names the person; its chain covers digests, and still verifies."""
    named = text("(events.payload::text || coalesce(events.shared::text, '')) LIKE :email").bindparams(
        email=f"%{_escaped(person.email or ERASED)}%"
    )
    await session.execute(
        update(Event)
        .where(Event.redacted_at.is_(None), named)
        .values(payload=None, shared=None, redacted_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
