"""Hooks for what happens in an organisation and bids must follow in the same transaction."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.capability import Hook

right_lost: Hook[[AsyncSession, Actor | None, Id, Id]] = Hook("right lost")
"""`(session, actor, organisation id, person id)`: the membership's row is already changed or deleted."""
