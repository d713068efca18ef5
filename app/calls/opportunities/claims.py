"""What organisations have brought of a call that follows somebody else: shown with the differences, and followed by nobody
until a bid's partners decide to.

Who brought a claim is named to nobody: it would tell rivals who bids.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.opportunities import stored
from app.calls.opportunities.tables import Lot, NoticeClaim
from app.calls.opportunities.value import WIRE_NAMES, Opportunity
from app.platform.access.ids import Id
from app.platform.access.money import format_amount
from app.platform.db import event_log
from app.platform.db.base import new_id

MOST = 50
"""Claims of others that one answer shows, the newest."""

AS_JSON = f"""(SELECT json_agg(json_build_object('id', c.id, 'received_at', to_char(c.received_at AT TIME ZONE 'UTC',
    CASE WHEN c.organisation_id = ANY($2::uuid[]) THEN 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"' ELSE 'YYYY-MM-DD' END),
    'own', c.organisation_id = ANY($2::uuid[]), 'status', c.status, 'terms', c.terms) ORDER BY c.id)
  FROM (SELECT * FROM (
      SELECT DISTINCT ON (n.organisation_id) n.* FROM notice_claims n WHERE n.opportunity_id = o.id
      ORDER BY n.organisation_id, n.id DESC) newest
    WHERE newest.id IS DISTINCT FROM o.claim_id
    ORDER BY newest.organisation_id = ANY($2::uuid[]) DESC, newest.id DESC LIMIT {MOST}) c)"""
"""SQL: the newest claim of each organisation on the call `o`, without the one that the call shows; $2 are the reader's
organisations. Of another's claim only the day is told."""

ANY = "EXISTS (SELECT FROM notice_claims n WHERE n.opportunity_id = o.id AND n.id IS DISTINCT FROM o.claim_id)"
"""SQL: whether anybody brought more of the call `o` than it shows."""

_FIELDS = (
    "title",
    "description_markdown",
    "regime",
    "ceiling_vat",
    "clarification_deadline",
    "submission_deadline",
    "time_zone",
    "languages",
    "areas",
    "cpv",
    "vcse",
)


def differences(now: dict[str, Any], theirs: dict[str, Any]) -> list[dict[str, Any]]:
    """Each member in which the two differ, by its JSON Pointer into the call."""
    return [
        {"pointer": pointer, "now": now[pointer], "theirs": theirs[pointer]}
        for pointer in now
        if now[pointer] != theirs[pointer]
    ]


def seen(call: Opportunity, status: str) -> dict[str, Any]:
    """What a claim can say of a call, by the pointers that a reader of the call knows."""
    said = {f"/{WIRE_NAMES.get(name, name)}": getattr(call, name) for name in _FIELDS}
    said |= {
        "/budget_ceiling": _money(call.budget_ceiling, call.currency),
        "/lots": [
            {"key": lot.key, "title": lot.title, "ceiling": _money(lot.ceiling, call.currency), "vat": lot.vat}
            for lot in call.lots
        ],
        "/status": status,
        "/buyer/name": call.buyer_name,
        "/submission_route/kind": call.route.kind,
        "/submission_route/url": call.route.url,
        "/submission_route/instructions": call.route.instructions,
    }
    made: dict[str, Any] = to_jsonable_python(said)
    return made


def _money(minor: int | None, currency: str) -> dict[str, str] | None:
    return None if minor is None else {"amount": format_amount(minor), "currency": currency}


def shown(call: Opportunity, status: str, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The claims as a reader of the call sees them: those that differ, and of others' each content once."""
    now, items = seen(call, status), []
    contents: set[bytes] = set()
    for claim in found:
        theirs = seen(stored.read(claim["terms"]), claim["status"])
        differ = differences(now, theirs)
        content = hashlib.sha256(json.dumps(theirs, sort_keys=True).encode()).digest()
        if not differ or (not claim["own"] and content in contents):
            continue
        contents.add(content)
        items.append(
            {"id": claim["id"], "received_at": claim["received_at"], "own": claim["own"], "differences": differ}
        )
    return items


def differs(call: Opportunity, status: str, claim: NoticeClaim) -> bool:
    return bool(differences(seen(call, status), seen(stored.read(claim.terms), claim.status)))


async def newest_of(session: AsyncSession, opportunity_id: Id, organisation_id: Id) -> NoticeClaim | None:
    """What this organisation has brought of the call last."""
    query = (
        select(NoticeClaim)
        .where(NoticeClaim.opportunity_id == opportunity_id, NoticeClaim.organisation_id == organisation_id)
        .order_by(NoticeClaim.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def terms_of(session: AsyncSession, claim: NoticeClaim, call: Opportunity) -> Opportunity:
    """What the claim says of the call, with the ids of its lots. One that the call has not gets an id, and is not shown."""
    said = stored.read(claim.terms)
    ids = await _lot_ids(session, claim.opportunity_id, said)
    lots = tuple(replace(lot, id=ids[lot.key]) for lot in said.lots)
    return replace(said, id=call.id, organisation_id=call.organisation_id, lots=lots, amendment=call.amendment)


async def _lot_ids(session: AsyncSession, opportunity_id: Id, said: Opportunity) -> dict[str, Id]:
    if not said.lots:
        return {}
    now = await event_log.now(session)
    rows = [
        {
            "id": new_id(),
            "opportunity_id": opportunity_id,
            "key": lot.key,
            "title": lot.title,
            "position": position,
            "ceiling": lot.ceiling,
            "vat": lot.vat.value,
            "removed_at": now,
        }
        for position, lot in enumerate(said.lots)
    ]
    await session.execute(insert(Lot).values(rows).on_conflict_do_nothing(index_elements=["opportunity_id", "key"]))
    query = select(Lot.key, Lot.id).where(Lot.opportunity_id == opportunity_id)
    return {key: id_ for key, id_ in await session.execute(query)}
