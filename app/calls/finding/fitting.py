"""The calls that fit an organisation best, in one statement: what it is told from is worked out by the database, what it
means by `rules.py`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.calls.areas import meeting
from app.calls.finding import synonyms
from app.calls.finding.filters import CLOSES, OPEN, Filters, Where, where
from app.calls.finding.rules import NOT_FOR_VCSE, SOON_DAYS, TIMES, WEIGHTS, Call, Point, fit, size_of
from app.calls.opportunities.queries import SHORT
from app.platform.access.ids import Id
from app.platform.access.terms import PUBLIC_OPENING
from app.platform.db.reads import Reads
from app.platform.words.catalogue import Catalogue, require
from app.platform.words.codes import FitAgainst, FitReason

MOST = 200
"""Calls that are shown in this order."""
_LOOKED_AT = 400
"""Calls of each kind that are weighed: those that close first, so that it takes as long whatever their number."""
_WORDS_WEIGH, _ALL_WORDS_WEIGH = 8, 12
_LETTERS = "{0.1, 0.2, 0.4, 1.0}"
"""What a word weighs in a description, in nothing, in the buyer's name, in the title."""
_AREAS, _SERVICES = 25, 25

require(f"fit_detail.{code}" for code in (*FitReason, *FitAgainst))
require(["fit_detail.turnover-demanded-sum"])

_ORGANISATION = """
SELECT annual_income, size_band, legal_form, areas, services, currency FROM organisations WHERE id = $1::uuid"""
_JOINT = "consortium | consortia | (joint <-> bid:*) | (joint <-> tender:*) | (partnership <-> bid:*)"
_LOT = "FROM lots t WHERE t.opportunity_id = o.id AND t.removed_at IS NULL AND t.ceiling > 0"
_OPEN_ROLE = f"""EXISTS (SELECT FROM openings x JOIN proposals p ON p.id = x.proposal_id
  WHERE x.opportunity_id = o.id AND {PUBLIC_OPENING} AND NOT EXISTS (
    SELECT FROM partners pa WHERE pa.proposal_id = p.id AND pa.organisation_id = {{organisation}}::uuid))"""


@dataclass(frozen=True, slots=True)
class Organisation:
    """What is known of it that calls are weighed by."""

    id: Id
    size: int | None
    for_vcse: bool
    area_keys: tuple[str, ...]
    services: str
    """A text search for any of its services."""


async def organisation(reads: Reads, organisation_id: Id, further: str) -> Organisation:
    row = await reads.first(_ORGANISATION, organisation_id)
    keys: set[str] = set()
    for area in row["areas"][:_AREAS]:
        keys |= await meeting.wanted(reads, area)
    known = synonyms.load(further)
    services = [synonyms.wanted(service, known).all for service in row["services"][:_SERVICES]]
    return Organisation(
        organisation_id,
        size_of(row["annual_income"], row["size_band"]),
        row["legal_form"] not in NOT_FOR_VCSE,
        tuple(sorted(keys)),
        " | ".join(f"({one})" for one in services if one),
    )


def _facts(given: Where, one: Organisation) -> dict[str, str]:
    """SQL of each reason, as far as a row can tell it."""
    facts = {
        FitReason.JOINT_BIDS_WELCOME: f"""(o.consortium_rules ->> 'collaboration' = 'required' OR
          o.consortium_rules ->> 'collaboration' = 'allowed' AND o.search @@ to_tsquery('english', '{_JOINT}'))""",
        FitReason.OPEN_ROLE: _OPEN_ROLE.format(organisation=given.give(one.id)),
        FitAgainst.JOINT_BIDS_FORBIDDEN: "o.consortium_rules ->> 'collaboration' = 'forbidden'",
        FitAgainst.TURNOVER_DEMANDED: "o.search @@ to_tsquery('english', 'turnover')",
        FitAgainst.CLOSING_SOON: f"{OPEN} AND {CLOSES} < now() + make_interval(days => {SOON_DAYS})",
    }
    if one.for_vcse:
        facts[FitReason.FOR_VCSE] = "o.vcse IS TRUE"
    if one.services:
        facts[FitReason.YOUR_SERVICES] = f"o.search @@ to_tsquery('english', {given.give(one.services)})"
    if one.area_keys:
        meets = f"o.area_keys && {given.give(list(one.area_keys))}::text[]"
        facts[FitReason.IN_YOUR_AREA] = meets
        facts[FitAgainst.OUTSIDE_YOUR_AREA] = f"cardinality(o.area_keys) > 0 AND NOT {meets}"
    if one.size is not None:
        size = f"{given.give(one.size)}::int8"
        whole, least = "o.budget_ceiling > 0", f"coalesce((SELECT min(t.ceiling) {_LOT}), nullif(o.budget_ceiling, 0))"
        facts[FitReason.WITHIN_YOUR_SIZE] = f"{whole} AND o.budget_ceiling <= {size}"
        facts[FitReason.LOT_WITHIN_YOUR_SIZE] = (
            f"coalesce(o.budget_ceiling > {size}, true) AND EXISTS (SELECT {_LOT} AND t.ceiling <= {size})"
        )
        facts[FitAgainst.TEN_TIMES_YOUR_INCOME] = f"{least} >= {TIMES}::int8 * {size}"
    return {code.value: sql for code, sql in facts.items()}


async def page(
    reads: Reads,
    own: list[Id],
    filters: Filters,
    further: str,
    one: Organisation,
    words: Catalogue,
    limit: int,
    begin: Id | None,
) -> Sequence[tuple[Id, str]]:
    """Up to `limit` of the best, after the call `begin`: what can be bid for now first, then what is planned, then the rest."""
    given = await where(reads, own, filters, further, some=True)
    facts = _facts(given, one)
    rank = _rank(given)
    weight = " + ".join(f"CASE WHEN {sql} THEN {WEIGHTS[code]} ELSE 0 END" for code, sql in facts.items())
    kinds = [facts[code] for code in (FitReason.IN_YOUR_AREA, FitReason.YOUR_SERVICES) if code in facts]
    looked_at = " UNION ".join(
        f"(SELECT o.id FROM opportunities o WHERE {given.sql} AND {kind} ORDER BY {CLOSES}, o.id LIMIT {_LOOKED_AT})"
        for kind in (*(f"{OPEN} AND {sql}" for sql in kinds), OPEN)
    )
    size, after = given.give(one.size), f"{given.give(begin)}::uuid"
    held = ", ".join(f"CASE WHEN {sql} THEN '{code}' END" for code, sql in facts.items())
    statement = f"""
WITH looked_at AS (
  {looked_at} UNION (SELECT o.id FROM opportunities o WHERE {given.sql} AND NOT {OPEN}
    ORDER BY coalesce(o.published_at, 'infinity') DESC, o.id DESC LIMIT {_LOOKED_AT})
), weighed AS MATERIALIZED (
  SELECT o.id, CASE WHEN {OPEN} THEN 0 WHEN o.status = 'planned' THEN 1 ELSE 2 END AS tier, {weight} + {rank} AS weight,
    {CLOSES} AS closes FROM looked_at JOIN opportunities o ON o.id = looked_at.id
), ranked AS (
  SELECT id, row_number() OVER (ORDER BY tier, weight DESC, closes, id) AS place FROM weighed
  ORDER BY tier, weight DESC, closes, id LIMIT {MOST}
), page AS (
  SELECT id, place FROM ranked
  WHERE place > coalesce((SELECT place FROM ranked WHERE id = {after}), CASE WHEN {after} IS NULL THEN 0 ELSE {MOST} END)
  ORDER BY place LIMIT {given.give(limit)}::int
)
SELECT o.id::text, {SHORT}::text, array_remove(ARRAY[{held}]::text[], NULL), o.currency, nullif(o.budget_ceiling, 0),
  (SELECT min(t.ceiling) {_LOT}), (SELECT count(*) {_LOT} AND t.ceiling <= {size}::int8), o.submission_deadline,
  CASE WHEN o.search @@ to_tsquery('english', 'turnover') THEN left(o.description_markdown, 200000) ELSE '' END
FROM page JOIN opportunities o ON o.id = page.id ORDER BY page.place"""
    rows = await reads.planned(statement, *given.parameters)
    return [(id_, _with_fit(item, _call(*rest), one.size, words)) for id_, item, *rest in rows]


def _rank(given: Where) -> str:
    """SQL of what the words weigh: all of them far more than some, and a title more than a description."""
    if given.words is None:
        return "0"
    rank = f"{_WORDS_WEIGH} * ts_rank('{_LETTERS}', o.search, {given.some or given.words}, 32)"
    return f"{rank} + CASE WHEN o.search @@ {given.words} THEN {_ALL_WORDS_WEIGH} ELSE 0 END" if given.some else rank


def _call(held: Sequence[str], currency: str, ceiling: Any, least: Any, within: int, closes: Any, text: str) -> Call:
    return Call(
        held=frozenset(held),
        currency=currency,
        ceiling=ceiling,
        least_lot=least,
        lots_within=within,
        closes=closes,
        text=text,
    )


def _with_fit(item: str, call: Call, size: int | None, words: Catalogue) -> str:
    reasons, against = fit(call, size)
    said = {"reasons": [_said(one, words) for one in reasons], "against": [_said(one, words) for one in against]}
    return f'{item.rstrip().removesuffix("}")},"fit":{json.dumps(said, ensure_ascii=False)}}}'


def _said(point: Point, words: Catalogue) -> dict[str, str]:
    with_sum = point.code == FitAgainst.TURNOVER_DEMANDED and point.figures.get("turnover")
    key = f"fit_detail.{point.code}{'-sum' if with_sum else ''}"
    return {"code": point.code, "detail": words(key, **point.figures)}
