"""Hooks for what happens to a call and the bids for it must follow in the same transaction."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.opportunities.rules import Change
from app.calls.opportunities.tables import Opportunity
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.capability import Hook

call_amended: Hook[[AsyncSession, Actor | None, Opportunity, int, Change]] = Hook("call amended")
"""`(session, actor, call, number of the amendment, change)`: the call's row is locked and holds the new terms."""

call_taken_over: Hook[[AsyncSession, Opportunity]] = Hook("call taken over")
"""`(session, call)`: a source that all trust speaks for a call that only organisations had brought, so bids follow the
call from now on. Its row is locked and holds what that source says."""

call_over: Hook[[AsyncSession, Id, str, dict[str, Any]]] = Hook("call over")
"""`(session, opportunity id, type of event, payload)`: no bid for it can be made any more; bids record that event."""
