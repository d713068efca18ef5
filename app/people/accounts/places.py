"""Where somebody has signed in before: networks and browsers whose tries nobody else's failures can use up.

Stored as hashes, and only once the password was right there, or the mailbox was proved.
"""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts.tables import Person, SignInPlace
from app.platform.access.ids import Id

FORM = 43
"""Characters of a browser's token."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request comes from: its network, and the token that this browser was given when somebody signed in."""

    network: str
    browser: str = ""

    def key(self, email: str, of_browser: bool) -> bytes:
        where = f"browser:{self.browser}" if of_browser else f"network:{self.network}"
        return hashlib.sha256(f"{email} {where}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a place for one account."""

    network: bool
    browser: bool

    @property
    def any(self) -> bool:
        return self.network or self.browser


def browser_token(given: str | None, is_browser: bool) -> str:
    """The browser's own token; a new one where it brought none. A program gets none, since it would not keep it."""
    if given and len(given) == FORM and given.isascii():
        return given
    return secrets.token_urlsafe(32) if is_browser else ""


async def known(session: AsyncSession, email: str, place: Place) -> Known:
    """Whether this account has signed in from there. One statement, the same for an address that has no account."""
    network, browser = (place.key(email, of_browser) for of_browser in (False, True))
    query = (
        select(SignInPlace.place)
        .join(Person, Person.id == SignInPlace.person_id)
        .where(Person.email == email, SignInPlace.place.in_((network, browser)))
    )
    found = set((await session.execute(query)).scalars())
    return Known(network in found, bool(place.browser) and browser in found)


async def remember(session: AsyncSession, person_id: Id, email: str, place: Place) -> None:
    """From now on nobody else's failures count there against this account."""
    kinds = (False, True) if place.browser else (False,)
    rows = [{"person_id": person_id, "place": key} for key in sorted(place.key(email, kind) for kind in kinds)]
    statement = insert(SignInPlace).values(rows)
    now = {"seen_at": func.clock_timestamp()}
    await session.execute(statement.on_conflict_do_update(index_elements=["person_id", "place"], set_=now))
