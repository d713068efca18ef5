"""What people do: register, confirm their address, sign in and out, reset a password."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts import attempts, passwords, tokens
from app.people.accounts.schemas import PersonIn, SignInIn
from app.people.accounts.tables import Person, Session
from app.platform.access.errors import Refusal
from app.platform.access.ids import Id
from app.platform.access.standing import PERSON_PREFIX, token_hash
from app.platform.db import outbox
from app.platform.db.base import new_id
from app.platform.db.engine import Database
from app.settings import Settings

QUARTER_HOUR = timedelta(minutes=15)
HOUR = timedelta(hours=1)


class WrongCredentials(Refusal):
    kind = "unauthenticated"
    code = "wrong-credentials"
    title = "The address or the password is not right"
    explanation = "Check both. If you forgot the password, ask for a new one (POST /v1/people/password-reset)."


class EmailUnverified(Refusal):
    kind = "forbidden"
    code = "email-unverified"
    title = "Your address is not confirmed yet"
    explanation = "Open the link in the mail that we sent you. If it is gone, register again and a new one comes."


@dataclass(frozen=True, slots=True)
class People:
    """The verbs, with what they need from the process: settings, database and the password hasher.

    Tries are counted in a transaction of their own: they count whatever becomes of the request, and no connection
    is held while a password is hashed.
    """

    settings: Settings
    db: Database
    passwords: passwords.Passwords

    async def register(self, session: AsyncSession, given: PersonIn, address: str, spoken: str) -> None:
        """A new account and its mail; for a known address only a mail, so that the answer tells nobody.

        `spoken` is the language of whoever names none.
        """
        passwords.check(given.password, given.email)
        language = given.language or spoken
        async with self.db.sessions.begin() as counting:
            await attempts.count(counting, "register", address, self.settings.registrations_per_address, HOUR)
        hashed = await self.passwords.hash(given.password)
        made = (
            await session.execute(
                insert(Person)
                .values(id=new_id(), email=given.email, name=given.name, password_hash=hashed, language=language)
                .on_conflict_do_nothing(index_elements=[Person.email])
                .returning(Person.id)
            )
        ).scalar_one_or_none()
        person = (await session.execute(select(Person).where(Person.email == given.email))).scalar_one()
        if made is None and person.verified_at is not None:
            await outbox.mail(session, given.email, "already-registered", person.language, name=person.name)
            return
        # Nobody has proved the mailbox yet, and anybody may have registered it: each mail confirms its own registration.
        registered = {"password_hash": hashed, "name": given.name, "language": language}
        if made is None:
            _take(person, registered)
        lasts = timedelta(hours=self.settings.verify_hours)
        token = await tokens.issue(session, "verify", lasts, person.id, **registered)
        await outbox.mail(session, given.email, "verify", language, name=given.name, token=token)

    async def verify(self, session: AsyncSession, token: str) -> None:
        """Confirm the address, with the name and password of the registration that this mail was sent for."""
        row = await tokens.spend(session, "verify", token)
        person = await session.get_one(Person, row.person_id, with_for_update=True)
        if person.verified_at is None:
            _take(person, row.payload)
            person.verified_at = datetime.now(UTC)
        await tokens.forget(session, "verify", person.id)

    async def request_reset(self, session: AsyncSession, email: str, address: str) -> None:
        """A mail with a link, if there is such an account; the answer and the work are the same if not."""
        async with self.db.sessions.begin() as counting:
            await attempts.count(counting, "reset", address, self.settings.registrations_per_address, HOUR)
            await attempts.count(counting, "reset-account", email, self.settings.sign_in_tries, HOUR)
        await outbox.put(session, "password_reset_asked", {"email": email})

    async def reset(self, session: AsyncSession, token: str, password: str) -> None:
        """A new password. It proves the mailbox too, and ends every sign-in and every older link there was."""
        row = await tokens.spend(session, "reset", token)
        person = await session.get_one(Person, row.person_id, with_for_update=True)
        passwords.check(password, person.email or "")
        person.password_hash = await self.passwords.hash(password)
        person.verified_at = person.verified_at or datetime.now(UTC)
        await session.execute(delete(Session).where(Session.person_id == person.id))
        for purpose in ("reset", "verify"):
            await tokens.forget(session, purpose, person.id)

    async def sign_in(self, session: AsyncSession, given: SignInIn, address: str, agent: str) -> tuple[str, Session]:
        """A new sign-in: its token (shown once) and its row."""
        async with self.db.sessions.begin() as counting:
            tries, most = self.settings.sign_in_tries, self.settings.sign_in_tries_per_address
            of_account = await attempts.count(counting, "sign-in", given.email, tries, QUARTER_HOUR)
            of_address = await attempts.count(counting, "sign-in-address", address, most, QUARTER_HOUR)
            person = (await counting.execute(select(Person).where(Person.email == given.email))).scalar_one_or_none()
        if not await self.passwords.verify(given.password, person.password_hash if person else None) or person is None:
            raise WrongCredentials
        if person.verified_at is None:
            raise EmailUnverified
        await attempts.forgive(session, of_account, of_address)
        token = PERSON_PREFIX + secrets.token_urlsafe(32)
        row = Session(
            person_id=person.id,
            token_hash=token_hash(token),
            user_agent=agent[:300],
            expires_at=datetime.now(UTC) + timedelta(hours=self.settings.session_hours),
        )
        session.add(row)
        await session.flush()
        return token, row


def _take(person: Person, registered: dict[str, Any]) -> None:
    for name, value in registered.items():
        setattr(person, name, value)


async def living_sessions(session: AsyncSession, person_id: Id) -> list[Session]:
    rows = await session.execute(
        select(Session)
        .where(Session.person_id == person_id, Session.expires_at > func.clock_timestamp())
        .order_by(Session.id)
    )
    return list(rows.scalars())
