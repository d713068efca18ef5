"""Opportunities as JSON that PostgreSQL builds, and the loads and locks of their verbs."""

import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.opportunities import claims, stored
from app.calls.opportunities.stored import AS_JSON, OPEN_FOR_BIDS
from app.calls.opportunities.tables import Lot, Opportunity
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.terms import KNOWN
from app.platform.db import event_log
from app.platform.db.reads import Reads
from app.platform.web.replies import digest_of
from app.platform.words.codes import OpportunityStatus


def _instant(column: str) -> str:
    pattern = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
    return f"replace(to_char({column} AT TIME ZONE 'UTC', '{pattern}'), '.000000Z', 'Z')"


def _local(column: str) -> str:
    """The instant in the commissioner's own zone, with its offset then."""
    off = f"extract(epoch FROM ({column} AT TIME ZONE o.time_zone) - ({column} AT TIME ZONE 'UTC'))"
    pattern = 'YYYY-MM-DD"T"HH24:MI:SS'
    return (
        f"to_char({column} AT TIME ZONE o.time_zone, '{pattern}') || CASE WHEN {off} < 0 THEN '-' ELSE '+' END"
        f" || to_char(make_interval(secs => abs({off})::float8), 'HH24:MI')"
    )


def _money(column: str) -> str:
    amount = f"({column} / 100.0)::numeric(20, 2)::text"
    return f"CASE WHEN {column} IS NOT NULL THEN json_build_object('amount', {amount}, 'currency', o.currency) END"


FOLLOWED = """(CASE WHEN o.brought_by = 'organisation' THEN r.organisation_id = o.imported_by_organisation_id
  ELSE r.organisation_id IS NULL OR r.organisation_id = o.organisation_id END)"""
"""SQL: whether the call `o` follows the release `r`."""
STATUS = (
    "CASE WHEN o.status = 'published' AND o.submission_deadline < clock_timestamp() THEN 'closed' ELSE o.status END"
)

_SHORT = {
    "id": "o.id",
    "version": "o.version",
    "organisation_id": "o.organisation_id",
    "buyer": """json_build_object('name', o.buyer_name,
      'identifiers', coalesce(o.source -> 'buyers' -> 0 -> 'identifiers', '[]'))""",
    "title": "o.title",
    "status": STATUS,
    "open_for_bids": OPEN_FOR_BIDS,
    "mode": "o.mode",
    "sealed_until": f"CASE WHEN o.mode = 'sealed' THEN {_instant('o.submission_deadline')} END",
    "regime": "o.regime",
    "currency": "o.currency",
    "budget_ceiling": _money("o.budget_ceiling"),
    "budget_ceiling_vat": "o.ceiling_vat",
    "lots": f"""(SELECT coalesce(json_agg(json_build_object('id', t.id, 'key', t.key, 'title', t.title,
      'ceiling', {_money("t.ceiling")}, 'vat', t.vat) ORDER BY t.position, t.id), '[]')
      FROM lots t WHERE t.opportunity_id = o.id AND t.removed_at IS NULL)""",
    "clarification_deadline": _instant("o.clarification_deadline"),
    "submission_deadline": _instant("o.submission_deadline"),
    "submission_deadline_local": _local("o.submission_deadline"),
    "time_zone": "o.time_zone",
    "submission_route": """json_build_object('kind', o.submission_route ->> 'kind', 'url', o.submission_route ->> 'url',
      'instructions', coalesce(o.submission_route ->> 'instructions', ''))""",
    "languages": "o.languages",
    "areas": "o.areas",
    "cpv": "o.cpv",
    "vcse": "o.vcse",
    "procurement_reference": "o.procurement_reference",
    "ocid": "o.ocid",
    "published_at": _instant("o.published_at"),
}
_MORE = {
    "description_markdown": "o.description_markdown",
    "questions": """(SELECT coalesce(json_agg(json_build_object('id', q.id, 'key', q.key,
      'prompt_markdown', q.prompt_markdown, 'guidance_markdown', q.guidance_markdown,
      'limit', CASE WHEN q.limit_unit IS NOT NULL
                    THEN json_build_object('unit', q.limit_unit, 'value', q.limit_value) END,
      'weight', trim_scale(q.weight)::text, 'lot_key', l.key, 'lot_id', q.lot_id,
      'required', q.required, 'per_member', q.per_member) ORDER BY q.position, q.id), '[]')
      FROM questions q LEFT JOIN lots l ON l.id = q.lot_id WHERE q.opportunity_id = o.id AND q.removed_at IS NULL)""",
    "price_detail": "o.price_detail",
    "required_sections": "o.required_sections",
    "required_statements": "o.required_statements",
    "consortium_rules": "o.consortium_rules",
    "facilitator_ids": "o.facilitator_ids",
    "cancelled_at": _instant("o.cancelled_at"),
    "amendment": "(SELECT coalesce(max(a.number), 0) FROM amendments a WHERE a.opportunity_id = o.id)",
    "amendments": f"""(SELECT coalesce(json_agg(json_build_object('number', a.number, 'at', {_instant("a.at")},
      'changes', a.changes, 'voids_editions', a.voids_editions) ORDER BY a.number), '[]')
      FROM amendments a WHERE a.opportunity_id = o.id)""",
    "brought_by": f"""json_build_object('kind', o.brought_by, 'at', {_instant("o.brought_at")}, 'claim_id', o.claim_id)""",
    "typed": "o.typed",
    "claims": "'[]'::json",
    "source": f"""CASE WHEN o.ocid IS NOT NULL THEN o.source::jsonb || jsonb_build_object('releases', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.release_id, 'date', {_instant("r.released_at")},
        'tags', r.facts -> 'tags', 'sha256', encode(r.sha256, 'hex'))
        ORDER BY r.released_at NULLS FIRST, r.id), '[]'::jsonb)
      FROM ocds_releases r WHERE r.opportunity_id = o.id AND {FOLLOWED})) END""",
}


def _object(fields: dict[str, str]) -> str:
    return "json_build_object(" + ", ".join(f"'{name}', {value}" for name, value in fields.items()) + ")"


SHORT = _object(_SHORT)
ONE = f"""SELECT {_object({**_SHORT, **_MORE, "viewer": "json_build_object('can', $3::text[])"})}::text, o.version, {STATUS}, o.status, {claims.AS_JSON}::text,
  CASE WHEN {claims.ANY} THEN ({AS_JSON})::text END FROM opportunities o WHERE o.id = $1"""


async def read(reads: Reads, opportunity_id: Id, own: Sequence[Id], could: Sequence[str]) -> tuple[bytes, int, str]:
    """The whole opportunity as JSON for people of these organisations, who can do so much with it, its version, and its
    ETag's variant."""
    row = await reads.first(ONE, opportunity_id, list(own), list(could))
    if row is None:
        raise NotFound
    return _with_claims(could, *row)


async def one(
    session: AsyncSession, opportunity_id: Id, own: Sequence[Id] = (), could: Sequence[str] = ()
) -> tuple[bytes, int, str]:
    """The same within a transaction."""
    connection = await session.connection()
    row: Any = (await connection.exec_driver_sql(ONE, (opportunity_id, list(own), list(could)))).first()
    if row is None:
        raise NotFound
    return _with_claims(could, *row)


def _with_claims(
    could: Sequence[str],
    content: str,
    version: int,
    now: str,
    status: str,
    found: str | None,
    call: str | None,
) -> tuple[bytes, int, str]:
    """The answer's bytes and ETag. Its status changes by the clock too, and claims come without a new version: whoever
    brings one must not make the owner's own change stale."""
    now = f"{now}-{digest_of(could)}"
    if found is None or call is None:
        return content.encode(), version, now
    whole = json.loads(content)
    value = stored.read(json.loads(call, parse_float=Decimal))
    whole["claims"] = claims.shown(value, status, json.loads(found))
    variant = f"{now}-{hashlib.sha256(found.encode()).hexdigest()[:12]}"
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode(), version, variant


async def to_change(session: AsyncSession, opportunity_id: Id) -> Opportunity:
    """The row, locked against other changes, but not against foreign keys: submissions need not wait for it."""
    query = select(Opportunity).where(Opportunity.id == opportunity_id).with_for_update(key_share=True)
    row = (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


async def bids_were_opened(session: AsyncSession, row: Opportunity) -> bool:
    """Whether there was a submission here when the deadline passed, so that the commissioner can have read it."""
    if row.opened_at is not None:
        return True
    if row.submission_deadline is None or row.submission_deadline >= await event_log.now(session):
        return False
    return bool((await session.execute(_HAS_SUBMISSIONS, {"id": row.id})).scalar_one())


_HAS_SUBMISSIONS = text("""
SELECT EXISTS (SELECT FROM submissions s
  WHERE s.opportunity_id = :id AND s.status IN ('submitted', 'acknowledged', 'decided'))""")


async def knows_zone(session: AsyncSession, time_zone: str) -> bool:
    """Whether the database has this time zone too (its list can be older than Python's)."""
    if time_zone in ("Europe/London", "UTC"):
        return True
    query = text("SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = :name)")
    return bool((await session.execute(query, {"name": time_zone})).scalar_one())


async def is_open(session: AsyncSession, opportunity_id: Id) -> bool:
    """Published, and not past its deadline by the database's clock."""
    deadline = Opportunity.submission_deadline
    query = select(Opportunity.id).where(
        Opportunity.id == opportunity_id,
        Opportunity.status == OpportunityStatus.PUBLISHED,
        or_(deadline.is_(None), deadline >= func.clock_timestamp()),
    )
    return (await session.execute(query)).first() is not None


async def lots_of(session: AsyncSession, opportunity_id: Id) -> list[Lot]:
    query = (
        select(Lot).where(Lot.opportunity_id == opportunity_id, Lot.removed_at.is_(None)).order_by(Lot.position, Lot.id)
    )
    return list((await session.execute(query)).scalars())


async def opportunity(session: AsyncSession, opportunity_id: Id, own: Sequence[Id]) -> Opportunity | None:
    """The opportunity, if this reader may see it: published (or later) and not somebody else's typed one, or its own draft."""
    published = Opportunity.status != OpportunityStatus.DRAFT
    query = select(Opportunity).where(
        Opportunity.id == opportunity_id, or_(published, Opportunity.organisation_id.in_(own))
    )
    known = await session.execute(_KNOWN, {"id": opportunity_id, "own": list(own)})
    return (await session.execute(query)).scalar_one_or_none() if known.scalar_one_or_none() else None


_KNOWN = text(f"SELECT {KNOWN.format(own='CAST(:own AS uuid[])')} FROM opportunities o WHERE o.id = :id")
