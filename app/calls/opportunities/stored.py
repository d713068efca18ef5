"""A call's value, made from its rows and written back into them. Lots and questions keep their ids by their keys."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.areas.rules import keys
from app.calls.opportunities import tables
from app.calls.opportunities.value import ConsortiumRules, Limit, Lot, Opportunity, Question, Route
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.db.rows import value
from app.platform.words.codes import LimitUnit, RouteKind

_FOR_FINDING = ("area_keys", "cpv_keys", "amounts", "link_keys")
"""Columns that say again what others say, for searches."""
_RULES = ("collaboration", "min_partners", "max_partners", "several_bids")
"""What of `consortium_rules` has a field of its own; the rest is `extra`."""


def _in_order(table: str) -> str:
    return f"""(SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.position, t.id), '[]') FROM {table} t
    WHERE t.opportunity_id = o.id AND t.removed_at IS NULL)"""


OPEN_FOR_BIDS = "o.status = 'published' AND coalesce(o.submission_deadline >= clock_timestamp(), true)"
"""SQL: whether a bid to the opportunity `o` can be made now. Awards and early notices never take any."""


def _as_json(questions: str, *left_out: str) -> str:
    columns = ", ".join(f"'{column}'" for column in ("search", "source", *_FOR_FINDING, *left_out))
    return f"""jsonb_build_object('row', to_jsonb(o) - ARRAY[{columns}], 'lots', {_in_order("lots")},
  'questions', {questions}, 'open_for_bids', {OPEN_FOR_BIDS})"""


AS_JSON = _as_json(_in_order("questions"))
"""SQL: what `read` needs of the opportunity `o`."""
LIMITS_AS_JSON = _as_json("'[]'::jsonb", "description_markdown")
"""SQL: the same without questions and description, for whoever needs the call's limits alone."""
_ONE = text(f"SELECT ({AS_JSON})::text FROM opportunities o WHERE o.id = :id")


async def load(session: AsyncSession, opportunity_id: Id) -> Opportunity:
    """The call, with its lots and questions that were not removed, in their order."""
    await session.flush()
    found = await session.execute(_ONE, {"id": opportunity_id})
    return read(json.loads(found.scalar_one(), parse_float=Decimal))


def read(whole: Mapping[str, Any]) -> Opportunity:
    """The value, from what the SQL above answered. `portal_questions` are those that a bid's partners typed: they count where
    bids are not made here."""
    row, lot_keys = whole["row"], {lot["id"]: lot["key"] for lot in whole["lots"]}
    rules, route = row["consortium_rules"] or {}, row["submission_route"] or {}
    typed = whole.get("portal_questions") or [] if route.get("kind") != RouteKind.HERE else []
    return value(
        Opportunity,
        row,
        lots=tuple(value(Lot, lot) for lot in whole["lots"]),
        questions=tuple(
            value(Question, each, limit=_limit(each), lot_key=lot_keys.get(each["lot_id"]))
            for each in (*whole["questions"], *typed)
        ),
        consortium_rules=value(
            ConsortiumRules,
            {name: rule for name, rule in rules.items() if name in _RULES},
            extra={name: rule for name, rule in rules.items() if name not in _RULES},
        ),
        route=value(Route, {"kind": RouteKind.UNKNOWN, **route}),
        amendment=row.get("amendment", 0) + whole.get("shift", 0),
        open_for_bids=whole.get("open_for_bids", False),
    )


def as_stored(call: Opportunity) -> dict[str, Any]:
    """The whole value as JSON that `read` takes, for what is kept of it beside its rows."""
    row = {
        "id": call.id,
        "ocid": call.ocid,
        "buyer_name": call.buyer_name,
        "amendment": call.amendment,
        **columns(call),
    }
    for column in _FOR_FINDING:
        row.pop(column, None)
    made: dict[str, Any] = to_jsonable_python(
        {
            "row": row,
            "lots": [asdict(lot) for lot in call.lots],
            "questions": [
                {
                    **asdict(question),
                    "limit_unit": question.limit and question.limit.unit,
                    "limit_value": question.limit and question.limit.value,
                }
                for question in call.questions
            ],
        }
    )
    return made


def _limit(row: Mapping[str, Any]) -> Limit | None:
    return Limit(LimitUnit(row["limit_unit"]), row["limit_value"]) if row["limit_unit"] else None


def columns(call: Opportunity) -> dict[str, Any]:
    """The opportunity's own columns, as far as the call's words fill them."""
    rules = call.consortium_rules
    codes = list(call.cpv)
    return {
        "title": call.title,
        "description_markdown": call.description_markdown,
        "budget_ceiling": call.budget_ceiling,
        "ceiling_vat": call.ceiling_vat.value,
        "currency": call.currency,
        "mode": call.mode.value,
        "regime": call.regime.value,
        "price_detail": call.price_detail.value,
        "required_sections": [section.value for section in call.required_sections],
        "required_statements": [statement.value for statement in call.required_statements],
        "clarification_deadline": call.clarification_deadline,
        "submission_deadline": call.submission_deadline,
        "time_zone": call.time_zone,
        "consortium_rules": {
            "collaboration": rules.collaboration.value,
            "min_partners": rules.min_partners,
            "max_partners": rules.max_partners,
            "several_bids": rules.several_bids.value,
            **rules.extra,
        },
        "submission_route": {
            "kind": call.route.kind.value,
            "url": call.route.url,
            "instructions": call.route.instructions,
        },
        "languages": list(call.languages),
        "areas": list(call.areas),
        "area_keys": sorted({key for area in call.areas for key in keys(area)}),
        "cpv": codes,
        "cpv_keys": sorted({code[:length] for code in codes for length in range(1, len(code) + 1)}),
        "vcse": call.vcse,
        "amounts": MultiRange(Range(sum_, sum_, bounds="[]") for sum_ in sorted(ceilings(call))),
        "procurement_reference": call.procurement_reference,
    }


def ceilings(call: Opportunity) -> set[int]:
    """The sums that the call or a lot of it is worth at most; a notice that says 0 says nothing."""
    return {sum_ for sum_ in (call.budget_ceiling, *(lot.ceiling for lot in call.lots)) if sum_}


async def store(
    session: AsyncSession, row: tables.Opportunity, call: Opportunity, before: Opportunity | None = None
) -> None:
    """Write the call into its row, its lots and its questions.

    `before` is what the rows hold, where that is known: lots and questions that stay as they were cost nothing.
    """
    for name, column in columns(call).items():
        setattr(row, name, column)
    await session.flush()
    if before is None or (call.lots, call.questions) != (before.lots, before.questions):
        removed_at = await event_log.now(session)
        lot_ids = await _store_lots(session, row.id, call.lots, removed_at)
        await _store_questions(session, row.id, call.questions, lot_ids, removed_at)
        await session.flush()


async def _store_lots(
    session: AsyncSession, opportunity_id: Id, lots: Sequence[Lot], removed_at: datetime
) -> dict[str, Id]:
    """The ids by key. A lot that was removed before comes back under its old id."""
    query = select(tables.Lot).where(tables.Lot.opportunity_id == opportunity_id)
    known = {row.key: row for row in (await session.execute(query)).scalars()}
    for position, lot in enumerate(lots):
        row = known.get(lot.key)
        if row is None:
            row = known[lot.key] = tables.Lot(id=new_id(), opportunity_id=opportunity_id, key=lot.key)
            session.add(row)
        row.title, row.ceiling, row.vat, row.position = lot.title, lot.ceiling, lot.vat.value, position
        row.removed_at = None
    _remove_others(known, {lot.key for lot in lots}, removed_at)
    await session.flush()
    return {key: row.id for key, row in known.items()}


async def _store_questions(
    session: AsyncSession,
    opportunity_id: Id,
    questions: Sequence[Question],
    lot_ids: Mapping[str, Id],
    removed_at: datetime,
) -> None:
    query = select(tables.Question).where(tables.Question.opportunity_id == opportunity_id)
    known = {row.key: row for row in (await session.execute(query)).scalars()}
    for position, question in enumerate(questions):
        row = known.get(question.key)
        if row is None:
            row = known[question.key] = tables.Question(id=new_id(), opportunity_id=opportunity_id, key=question.key)
            session.add(row)
        row.prompt_markdown, row.guidance_markdown = question.prompt_markdown, question.guidance_markdown
        row.limit_unit = question.limit.unit.value if question.limit else None
        row.limit_value = question.limit.value if question.limit else None
        row.weight, row.position = question.weight, position
        row.lot_id = lot_ids[question.lot_key] if question.lot_key is not None else None
        row.required, row.per_member, row.removed_at = question.required, question.per_member, None
    _remove_others(known, {question.key for question in questions}, removed_at)


def _remove_others(known: Mapping[str, tables.Lot | tables.Question], named: set[str], removed_at: datetime) -> None:
    for key, row in known.items():
        if key not in named and row.removed_at is None:
            row.removed_at = removed_at
