"""Everything that is held on a person, as one file (UK GDPR Articles 15 and 20)."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, LargeBinary, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts.tables import Person, Session
from app.people.me.hooks import personal_data_asked
from app.people.organisations.tables import MemberInvitation, Membership
from app.platform.db.base import NOT_IN_PERSONAL_FILE, Base
from app.platform.db.tables import Event


async def of(session: AsyncSession, person: Person) -> dict[str, Any]:
    """The person's data by kind: chosen columns where a row also says things of others, otherwise the whole rows."""
    by_kind: dict[str, Any] = {
        "sessions": select(Session.id, Session.created_at, Session.expires_at, Session.user_agent)
        .where(Session.person_id == person.id)
        .order_by(Session.id),
        "memberships": select(Membership.organisation_id, Membership.roles, Membership.created_at)
        .where(Membership.person_id == person.id)
        .order_by(Membership.organisation_id),
        "events": select(Event.stream, Event.stream_id, Event.type, Event.at, Event.organisation_id)
        .where(Event.person_id == person.id)
        .order_by(Event.id),
        "member_invitations": _own_columns(MemberInvitation.__table__)
        .where(MemberInvitation.email == person.email)
        .order_by(MemberInvitation.id),
    }
    await personal_data_asked(person, by_kind)
    for table in Base.metadata.sorted_tables:
        naming = [column for column in table.columns if column.name.endswith("person_id") and _in_file(column)]
        if naming and table.name not in by_kind:
            own = or_(*(column == person.id for column in naming))
            by_kind[table.name] = _own_columns(table).where(own).order_by(*table.primary_key)
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


def _in_file(column: ColumnElement[Any]) -> bool:
    return not NOT_IN_PERSONAL_FILE.items() <= column.info.items()


def _own_columns(table: FromClause) -> Select[Any]:
    """The columns that a person can read and filled: no hashes, no bytes, no tokens, nothing that others wrote."""
    readable = [column for column in table.columns if not isinstance(column.type, LargeBinary)]
    return select(*(column for column in readable if _in_file(column) and "token" not in column.name))
