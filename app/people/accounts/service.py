"""What people do: register, confirm their address, sign in and out, reset a password."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts import attempts, mail_bounds, passwords, places, tokens
from app.people.accounts.places import Place
from app.people.accounts.tables import Person, Session, SignInPlace
from app.platform.access.errors import Invalid, Refusal
from app.platform.access.ids import Id
from app.platform.access.standing import PERSON_PREFIX, token_hash
from app.platform.db import event_log, outbox
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
class Process:
    """What the verbs need of the process, next to a session.

    Tries are counted in a transaction of their own, so they count whatever becomes of the request. No connection is
    held while a password is hashed: `session` is first used after that.
    """

    settings: Settings
    db: Database
    passwords: passwords.Passwords


@dataclass(frozen=True, slots=True)
class Registration:
    email: str
    name: str
    password: str
    language: str


async def register(session: AsyncSession, process: Process, given: Registration, network: str) -> None:
    """Make an account and mail its link; mail only a hint where the address has one, so that the answer tells nobody."""
    passwords.check(given.password, given.email)
    async with process.db.sessions.begin() as counting:
        await attempts.count(counting, "register", network, process.settings.registrations_per_address, HOUR)
        await mail_bounds.count_account_mail(counting, process.settings, given.email)
    hashed = await process.passwords.hash(given.password)
    registered = {"password_hash": hashed, "name": given.name, "language": given.language}
    # Two may register one address at the same moment: the second finds the row of the first.
    statement = (
        insert(Person)
        .values(id=new_id(), email=given.email, **registered)
        .on_conflict_do_nothing(index_elements=[Person.email])
        .returning(Person.id)
    )
    is_new = (await session.execute(statement)).scalar_one_or_none() is not None
    person = (await session.execute(select(Person).where(Person.email == given.email))).scalar_one()
    if person.verified_at is not None:
        await outbox.mail(session, given.email, "already-registered", person.language, name=person.name)
        return
    # Nobody has proved the mailbox yet, and anybody may have registered it: each mail confirms its own registration.
    if not is_new:
        _take(person, registered)
    lasts = timedelta(hours=process.settings.verify_hours)
    token = await tokens.issue(session, "verify", lasts, person.id, **registered)
    await outbox.mail(session, given.email, "verify", given.language, name=given.name, token=token)


async def verify(session: AsyncSession, token: str) -> None:
    """Confirm the address, with the name and password of the registration that this mail was sent for."""
    row = await tokens.spend(session, "verify", token)
    person = await session.get_one(Person, row.person_id, with_for_update=True)
    if person.verified_at is None:
        _take(person, row.payload)
        person.verified_at = await event_log.now(session)
    await tokens.forget(session, "verify", person.id)


async def request_reset(session: AsyncSession, process: Process, email: str, place: Place) -> None:
    """Have a link mailed, if there is such an account; the answer and the work are the same if not.

    Where the account has signed in before, others' requests do not count: they would keep its owner from a new password.
    """
    settings = process.settings
    async with process.db.sessions.begin() as counting:
        known = await places.known(counting, email, place)
        where = f"{email} {place.browser if known.browser else place.network}"
        await attempts.count(counting, "reset-account", where, settings.sign_in_tries, HOUR)
        if not known.any:
            await attempts.count(counting, "reset", place.network, settings.registrations_per_address, HOUR)
            await mail_bounds.count_account_mail(counting, settings, email)
    await outbox.put(session, "password_reset_asked", {"email": email})


async def reset(session: AsyncSession, process: Process, token: str, password: str, place: Place | None = None) -> None:
    """Set a new password. This proves the mailbox too, and ends every sign-in and every older link.

    Whoever proved it can sign in from that `place`, however often others have tried meanwhile.
    """
    async with process.db.sessions() as reading:
        row = await tokens.find(reading, "reset", token)
        passwords.check(password, (await reading.get_one(Person, row.person_id)).email or "")
    hashed = await process.passwords.hash(password)
    row = await tokens.spend(session, "reset", token)
    person = await session.get_one(Person, row.person_id, with_for_update=True)
    person.password_hash = hashed
    person.verified_at = person.verified_at or await event_log.now(session)
    await session.execute(delete(Session).where(Session.person_id == person.id))
    await session.execute(delete(SignInPlace).where(SignInPlace.person_id == person.id))
    if place is not None and person.email:
        await places.remember(session, person.id, person.email, place)
    for purpose in ("reset", "verify"):
        await tokens.forget(session, purpose, person.id)


async def sign_in(
    session: AsyncSession, process: Process, email: str, password: str, *, place: Place, agent: str
) -> tuple[str, Session]:
    """A new sign-in: its token (shown once) and its row."""
    async with process.db.sessions.begin() as counting:
        tries = await _count_sign_in(counting, process.settings, email, place)
        person = (await counting.execute(select(Person).where(Person.email == email))).scalar_one_or_none()
    if not await process.passwords.verify(password, person.password_hash if person else None) or person is None:
        raise WrongCredentials
    if person.verified_at is None:
        raise EmailUnverified
    await attempts.forgive(session, *tries)
    await places.remember(session, person.id, email, place)
    token = PERSON_PREFIX + secrets.token_urlsafe(32)
    row = Session(
        person_id=person.id,
        token_hash=token_hash(token),
        user_agent=agent[:300],
        expires_at=await event_log.now(session) + timedelta(hours=process.settings.session_hours),
    )
    session.add(row)
    await session.flush()
    return token, row


async def confirm(process: Process, person_id: Id, password: str) -> None:
    """Whoever is signed in shows that they are this person still. Raises `Invalid`; tries are counted as at signing in.

    No connection is held meanwhile.
    """
    async with process.db.sessions.begin() as counting:
        most = process.settings.sign_in_tries
        tried = await attempts.count(counting, "confirmed", person_id, most, QUARTER_HOUR)
        stored = (await counting.get_one(Person, person_id)).password_hash
    if not await process.passwords.verify(password, stored):
        raise Invalid.at("/password", "wrong-password", "This is not your password. Nothing was done.")
    async with process.db.sessions.begin() as counting:
        await attempts.forgive(counting, tried)


async def _count_sign_in(session: AsyncSession, settings: Settings, email: str, place: Place) -> list[Id]:
    """Count a try for what it could be a guess from, always in this order, so that two never wait for each other.

    A browser that has signed in to the account is counted by itself, and a network that has is not counted with the
    others: so nobody can lock the account's owner out by guessing. The same for an address without an account.
    """
    known = await places.known(session, email, place)
    if known.browser:
        who = f"{email} {place.browser}"
        return [await attempts.count(session, "sign-in-browser", who, settings.sign_in_tries, QUARTER_HOUR)]
    bounds = [("sign-in", f"{email} {place.network}", settings.sign_in_tries)]
    if not known.network:
        bounds.append(("sign-in-account", email, settings.sign_in_tries_of_account))
        bounds.append(("sign-in-address", place.network, settings.sign_in_tries_per_address))
    return [await attempts.count(session, what, who, most, QUARTER_HOUR) for what, who, most in bounds]


def _take(person: Person, registered: dict[str, Any]) -> None:
    for name, value in registered.items():
        setattr(person, name, value)


async def sign_ins(session: AsyncSession, person_id: Id) -> Sequence[Session]:
    """The person's sign-ins that still work."""
    rows = await session.execute(
        select(Session)
        .where(Session.person_id == person_id, Session.expires_at > func.clock_timestamp())
        .order_by(Session.id)
    )
    return rows.scalars().all()
