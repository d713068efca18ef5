"""Hooks by which other rooms add what they hold on a person to that person's file, and take it out at an erasure."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts.tables import Person
from app.platform.capability import Hook

personal_data_asked: Hook[[Person, dict[str, Any]]] = Hook("personal data asked")
"""`(person, queries by kind)`: a follower adds the queries that find what its room holds on this person."""

person_erased: Hook[[AsyncSession, Person, dict[str, int]]] = Hook("person erased")
"""`(session, person, number of rows kept by kind)`: a follower removes what names the person and counts the rows that have
to stay. The person's row still holds the address."""
