"""What other rooms hold on a person: asked of them for the person's own file, and taken out at an erasure."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts.tables import Person
from app.platform.capability import Hook

personal_data_asked: Hook[[Person, dict[str, Any]]] = Hook("personal data asked")
"""`(person, queries by kind)`: a follower adds the queries that find what its room holds on this person."""

person_erased: Hook[[AsyncSession, Person, dict[str, int]]] = Hook("person erased")
"""`(session, person, number of rows kept by kind)`: a follower removes what names the person, while the row still holds
the address, and counts what has to stay."""
