"""Where declarations are written: the proposal and the partner whose they are."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations.rules.items import Bounds
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id


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


COLUMNS = """
  p.id::text AS proposal_id, pa.id::text AS partner_id, pa.organisation_id::text AS organisation_id, p.currency,
  p.round_status <> 'open' AND (pa.filed_at IS NOT NULL OR NOT pa.must_file) AS open, o.submission_deadline,
  p.lot_ids::text[] AS lot_ids, ARRAY(SELECT id::text FROM partners WHERE proposal_id = p.id) AS partner_ids"""
TABLES = "partners pa JOIN proposals p ON p.id = pa.proposal_id JOIN opportunities o ON o.id = p.opportunity_id"
"""SQL: the columns of a scope, and where they come from (`pa` is the partner)."""
_SCOPE = text(f"SELECT {COLUMNS} FROM {TABLES} WHERE pa.id = :partner_id")


async def scope_of(session: AsyncSession, partner_id: Id) -> DeclarationScope:
    return read((await session.execute(_SCOPE, {"partner_id": partner_id})).one())


def read(row: Any) -> DeclarationScope:
    """From a row that has `COLUMNS`."""
    bounds = Bounds(frozenset(row.lot_ids), frozenset(row.partner_ids), row.submission_deadline)
    return DeclarationScope(row.proposal_id, row.partner_id, row.organisation_id, row.currency, row.open, bounds)
