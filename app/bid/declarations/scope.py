"""Where declarations are written: the proposal and the partner whose they are."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations.rules.items import Bounds
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.access.terms import DEADLINE
from app.platform.db.engine import within


@dataclass(frozen=True, slots=True)
class DeclarationScope:
    """The proposal and the partner whose declarations are written. `open`: whether the others see them."""

    proposal_id: Id
    partner_id: Id
    organisation_id: Id
    currency: str
    open: bool
    bounds: Bounds

    def minor(self, given: Any, pointer: str) -> int:
        """Minor units of a MoneyIn, which must be in the proposal's one currency."""
        if given.currency != self.currency:
            detail = f"This proposal is in {self.currency}. Use that."
            raise Invalid.at(f"{pointer}/currency", "another-currency", detail)
        minor: int = given.minor
        return minor


SCOPE = f"""jsonb_build_object(
  'proposal_id', p.id, 'partner_id', pa.id, 'organisation_id', pa.organisation_id, 'currency', p.currency,
  'open', p.round_status <> 'open' AND (pa.filed_at IS NOT NULL OR NOT pa.must_file),
  'lot_ids', p.lot_ids, 'partner_ids', ARRAY(SELECT id FROM partners WHERE proposal_id = p.id),
  'deadline', {DEADLINE})"""
TABLES = "partners pa JOIN proposals p ON p.id = pa.proposal_id JOIN opportunities o ON o.id = p.opportunity_id"
"""SQL: a scope as JSON, and where it comes from (`pa` is the partner)."""
_ONE = f"SELECT {SCOPE}::text FROM {TABLES} WHERE pa.id = $1::text::uuid"


async def scope_of(session: AsyncSession, partner_id: Id) -> DeclarationScope:
    (found,) = await within(session)(_ONE, partner_id)
    return read(json.loads(found))


def read(found: dict[str, Any]) -> DeclarationScope:
    """From the JSON of `SCOPE`."""
    deadline = datetime.fromisoformat(found["deadline"]) if found["deadline"] else None
    bounds = Bounds(frozenset(found["lot_ids"]), frozenset(found["partner_ids"]), deadline)
    return DeclarationScope(
        found["proposal_id"], found["partner_id"], found["organisation_id"], found["currency"], found["open"], bounds
    )
