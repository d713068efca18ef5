"""Reads decisions with what counting them needs (structure and partners), in one statement."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid import value as bid
from app.bid.records import whole_proposal
from app.platform.access.ids import Id
from app.platform.db.rows import value
from app.platform.words.codes import DecisionStatus, Matter

_STATEMENT = """
SELECT jsonb_build_object(
  'now', clock_timestamp(),
  'structure', (SELECT t.facts || jsonb_build_object('version', t.version) FROM structures t
                WHERE t.proposal_id = p.id),
  'partners', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'organisation_id', t.organisation_id, 'role', t.role,
      'status', t.status, 'waiting', t.waiting, 'name', g.name) ORDER BY t.id), '[]')
    FROM partners t LEFT JOIN organisations g ON g.id = t.organisation_id WHERE t.proposal_id = p.id),
  'decisions', (
    SELECT coalesce(jsonb_agg(to_jsonb(t) || jsonb_build_object(
      'votes', (SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v.id), '[]') FROM votes v WHERE v.decision_id = t.id),
      'conflicts', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.id), '[]') FROM conflict_declarations c
                    WHERE c.decision_id = t.id)) ORDER BY t.id), '[]')
    FROM (
      SELECT * FROM decisions x WHERE x.proposal_id = p.id
        AND (CAST(:decision_id AS uuid) IS NULL OR x.id = CAST(:decision_id AS uuid))
        AND (CAST(:status AS text) IS NULL OR x.status = CAST(:status AS text))
        AND (CAST(:matter AS text) IS NULL OR x.matter = CAST(:matter AS text))
        AND (CAST(:after AS uuid) IS NULL OR x.id > CAST(:after AS uuid))
      ORDER BY x.id LIMIT :limit) t)
)::text FROM proposals p WHERE p.id = :proposal_id"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One decision: its row with its votes and conflicts, as JSON, and the value that the rules read."""

    row: dict[str, Any]
    decision: bid.Decision


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions of one proposal. `now` is the database's clock when they were read."""

    now: datetime
    structure: bid.Structure
    partners: tuple[bid.Partner, ...]
    recorded: tuple[Recorded, ...]

    @property
    def only(self) -> Recorded:
        """The one decision that was asked for by its id, which the guard has found already."""
        return self.recorded[0]

    def partner(self, partner_id: Id | None) -> bid.Partner | None:
        return next((partner for partner in self.partners if partner.id == partner_id), None)


async def load(
    session: AsyncSession,
    proposal_id: Id,
    *,
    decision_id: Id | None = None,
    status: DecisionStatus | None = None,
    matter: Matter | None = None,
    after: Id | None = None,
    limit: int = 10_000,
) -> Decisions:
    """The proposal's decisions in the order in which they were opened, filtered."""
    found = await session.execute(
        text(_STATEMENT),
        {
            "proposal_id": proposal_id,
            "decision_id": decision_id,
            "status": status.value if status else None,
            "matter": matter.value if matter else None,
            "after": after,
            "limit": limit,
        },
    )
    whole = json.loads(found.scalar_one(), parse_float=Decimal)
    return Decisions(
        now=datetime.fromisoformat(whole["now"]),
        structure=whole_proposal.structure(whole["structure"] or {}),
        partners=tuple(
            value(bid.Partner, row, name=row["name"] or "An organisation invited by mail") for row in whole["partners"]
        ),
        recorded=tuple(
            Recorded(row, value(bid.Decision, row, opened_at=datetime.fromisoformat(row["created_at"])))
            for row in whole["decisions"]
        ),
    )
