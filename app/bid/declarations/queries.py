"""Contributions and expectations as JSON, straight from the database, as each reader may see them.

Every statement knows a `reader` of one row: `seats` (the reader's partner and facilitator ids as uuid[]) and `sees`
(whether it sees others' declarations). The expressions take the aliases `c`, `e`, `p` (the proposal) and `reader`,
so that the whole proposal, the lists and the items answer the very same JSON. The rules that they repeat stand in
`value/honesty.py` (who sees) and `declarations/rules/rate_privacy.py` (which figures).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.sight import sees, visible
from app.platform.access.ids import Id


def money(column: str) -> str:
    """SQL: minor units as Money, null as null."""
    return f"""CASE WHEN {column} IS NOT NULL THEN jsonb_build_object('amount',
      ({column} / 100)::text || '.' || lpad(({column} % 100)::text, 2, '0'), 'currency', p.currency) END"""


_OWN = "(c.partner_id = ANY(reader.seats))"

CONTRIBUTION = f"""jsonb_build_object(
  'id', c.id, 'partner_id', c.partner_id, 'kind', c.kind, 'title', c.title,
  'quantity', CASE WHEN {_OWN} OR c.shown_as = 'quantity' THEN trim_scale(c.quantity)::text END,
  'unit', c.unit,
  'unit_value', CASE WHEN {_OWN} THEN {money("c.unit_value")} END,
  'value', CASE WHEN {_OWN} OR c.shown_as = 'value' THEN {money("c.value")} END,
  'period', CASE WHEN c.starts IS NOT NULL OR c.ends IS NOT NULL
            THEN jsonb_build_object('start', c.starts, 'end', c.ends) END,
  'certainty', c.certainty, 'condition', c.condition,
  'valuation_basis', CASE WHEN {_OWN} OR c.shown_as = 'value' THEN c.valuation_basis ELSE '' END,
  'lot_id', c.lot_id, 'document_ids', to_jsonb(c.document_ids), 'funded_by', c.funded_by,
  'shown_as', CASE WHEN {_OWN} THEN c.shown_as END,
  'version', CASE WHEN {_OWN} THEN c.version ELSE c.version - c.hidden_changes END)"""
"""JSON of one contribution. Others get `version` without the changes that they cannot see."""

_LINKS = """(SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('type', l ->> 'type', 'id', CASE
      WHEN l ->> 'type' <> 'budget_line' OR EXISTS (SELECT FROM budget_lines b WHERE b.id::text = l ->> 'id'
        AND (b.partner_id = ANY(reader.seats) OR b.visible_to && reader.seats)) THEN l ->> 'id' END)), '[]')
    FROM jsonb_array_elements(e.met_by) l)"""

EXPECTATION = f"""jsonb_build_object(
  'id', e.id, 'partner_id', e.partner_id, 'kind', e.kind, 'title', e.title, 'strength', e.strength,
  'of_partner_id', e.of_partner_id, 'target', e.target, 'audience', e.audience, 'met_by', {_LINKS},
  'waived_reason', e.waived_reason, 'accepted_by', to_jsonb(e.accepted_by),
  'must_after_reveal', e.must_after_reveal,
  'version', e.version - CASE WHEN e.partner_id = ANY(reader.seats) THEN 0 ELSE e.hidden_changes END)"""
"""JSON of one expectation. A link to budget lines that the reader may not read has no id, however many they are."""

ITEMS = {"contributions": ("c", CONTRIBUTION), "expectations": ("e", EXPECTATION)}


def _statement(table: str, where: str, tail: str = "") -> str:
    alias, item = ITEMS[table]
    return f"""WITH reader AS (
      SELECT s.seats, {sees("pr", "s.seats")} AS sees FROM (SELECT CAST(:seats AS uuid[]) AS seats) s, proposals pr
      WHERE pr.id = :proposal_id)
    SELECT {alias}.id::text AS id, {item}::text AS item, ({item} ->> 'version')::int AS version
    FROM {table} {alias} JOIN proposals p ON p.id = {alias}.proposal_id, reader
    WHERE {alias}.proposal_id = :proposal_id AND {visible(alias, "reader.seats", "reader.sees")} {where} {tail}"""


ONE = {table: text(_statement(table, f"AND {alias}.id = :id")) for table, (alias, _) in ITEMS.items()}
PAGE = {
    table: text(
        _statement(
            table,
            f"AND (CAST(:after AS uuid) IS NULL OR {alias}.id > :after) "
            f"AND (CAST(:partner_id AS uuid) IS NULL OR {alias}.partner_id = :partner_id)",
            f"ORDER BY {alias}.id LIMIT :limit",
        )
    )
    for table, (alias, _) in ITEMS.items()
}


def child_statement(table: str) -> str:
    """For the guard: the owner of what the path names, where it is there for the reader (`given`: value, scope_id, seats)."""
    return f"""SELECT d.partner_id::text FROM {table} d JOIN proposals pr ON pr.id = d.proposal_id, given
      WHERE d.id = given.value::uuid AND d.proposal_id = given.scope_id
        AND {visible("d", "given.seats", sees("pr", "given.seats"))}"""


async def one(session: AsyncSession, table: str, proposal_id: Id, id_: Id, seats: Sequence[Id]) -> Any:
    """The item as this reader sees it: a row `(id, item, version)`, or None."""
    found = await session.execute(ONE[table], {"proposal_id": proposal_id, "id": id_, "seats": list(seats)})
    return found.one_or_none()


async def page(
    session: AsyncSession,
    table: str,
    proposal_id: Id,
    seats: Sequence[Id],
    limit: int,
    after: Id | None,
    partner_id: Id | None,
) -> list[Any]:
    given = {"proposal_id": proposal_id, "seats": list(seats), "limit": limit, "after": after, "partner_id": partner_id}
    return list(await session.execute(PAGE[table], given))
