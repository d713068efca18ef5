"""A call's terms between the wire, the domain and the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.areas.rules import keys
from app.calls.opportunities import queries
from app.calls.opportunities.rules import ConsortiumTerms, LotTerms, QuestionTerms, Route, Terms, required_sections
from app.calls.opportunities.schemas import ConsortiumRulesPatch, LotIn, OpportunityIn, QuestionIn, RoutePatch
from app.calls.opportunities.tables import Lot, Opportunity, Question
from app.calls.opportunities.value import Limit
from app.platform.access.errors import Fault, Invalid
from app.platform.db.base import new_id
from app.platform.web.wire import MoneyIn, Patch
from app.platform.words.codes import (
    Collaboration,
    LimitUnit,
    OpportunityMode,
    PriceDetail,
    Regime,
    RouteKind,
    SeveralBids,
    StandardSection,
    StatementKey,
    VatBasis,
)

RENAMED = {"budget_ceiling_vat": "ceiling_vat", "submission_route": "route"}
"""Names on the wire that the domain calls otherwise."""
DEFAULTS = Terms(title="")
RULES = ("collaboration", "min_partners", "max_partners", "several_bids")
EXTRA = ("min_small_partners", "max_subcontractors", "lead_legal_forms")


def from_body(body: OpportunityIn) -> Terms:
    """The terms of a new call."""
    given = {name: getattr(body, name) for name in type(body).model_fields}
    return _with(DEFAULTS, given)


def patched(terms: Terms, sent: Mapping[str, Any]) -> Terms:
    """The terms after a merge patch: null gives a field its default; only the title has none."""
    if "title" in sent and sent["title"] is None:
        raise Invalid.at("/title", "missing", "An opportunity needs a title.")
    return _with(terms, sent)


def _with(terms: Terms, given: Mapping[str, Any]) -> Terms:
    changes: dict[str, Any] = {}
    for name, value in given.items():
        field = RENAMED.get(name, name)
        if not hasattr(DEFAULTS, field):
            continue
        if value is None:
            changes[field] = getattr(DEFAULTS, field)
        elif name == "budget_ceiling":
            changes[field] = value.minor
        elif name == "lots":
            changes[field] = tuple(_lot(lot) for lot in value)
        elif name == "questions":
            changes[field] = tuple(_question(question) for question in value)
        elif name == "consortium_rules":
            changes[field] = _rules(terms.consortium_rules, value)
        elif name == "submission_route":
            changes[field] = _route(terms.route, value)
        elif name == "required_sections":
            changes[field] = required_sections(value)
        elif name == "cpv":
            changes[field] = tuple(dict.fromkeys(code.partition("-")[0] for code in value))
        else:
            changes[field] = tuple(dict.fromkeys(value)) if isinstance(value, list) else value
    changes["currency"] = _currency(terms, given)
    made = replace(terms, **changes)
    return replace(made, required_sections=required_sections(made.required_sections))


def _lot(lot: LotIn) -> LotTerms:
    return LotTerms(lot.key, lot.title, lot.ceiling.minor if lot.ceiling else None, lot.vat)


def _question(question: QuestionIn) -> QuestionTerms:
    return QuestionTerms(
        key=question.key,
        prompt_markdown=question.prompt_markdown,
        guidance_markdown=question.guidance_markdown,
        limit=Limit(question.limit.unit, question.limit.value) if question.limit else None,
        weight=question.weight,
        lot_key=question.lot_key,
        required=question.required,
        per_member=question.per_member,
    )


def _sent(value: Any) -> dict[str, Any]:
    """What of a nested object was said: all of a whole one, only what was sent of a patch."""
    return (
        value.sent() if isinstance(value, Patch) else {name: getattr(value, name) for name in type(value).model_fields}
    )


def _rules(before: ConsortiumTerms, value: ConsortiumRulesPatch | Any) -> ConsortiumTerms:
    sent = _sent(value)
    plain = {
        name: sent[name] if sent[name] is not None else getattr(ConsortiumTerms(), name)
        for name in RULES
        if name in sent
    }
    extra = {**before.extra, **{name: sent[name] for name in EXTRA if name in sent}}
    return replace(before, **plain, extra={name: rule for name, rule in extra.items() if rule is not None})


def _route(before: Route, value: RoutePatch | Any) -> Route:
    sent = _sent(value)
    if "instructions" in sent and sent["instructions"] is None:
        sent["instructions"] = ""
    if "kind" in sent and sent["kind"] is None:
        sent["kind"] = RouteKind.UNKNOWN
    return replace(before, **sent)


def _currency(terms: Terms, given: Mapping[str, Any]) -> str:
    """One call has one currency: that of the sums given, or the one it had."""
    money: list[tuple[str, MoneyIn]] = []
    if given.get("budget_ceiling"):
        money.append(("/budget_ceiling/currency", given["budget_ceiling"]))
    for index, lot in enumerate(given.get("lots") or ()):
        if lot.ceiling:
            money.append((f"/lots/{index}/ceiling/currency", lot.ceiling))
    if not money:
        return terms.currency
    kept = ("budget_ceiling" not in given and terms.budget_ceiling is not None) or (
        "lots" not in given and any(lot.ceiling is not None for lot in terms.lots)
    )
    wanted = terms.currency if kept else money[0][1].currency
    faults = [
        Fault(pointer, "one-currency", f"This opportunity is in {wanted}: give all its sums in that currency.")
        for pointer, one in money
        if one.currency != wanted
    ]
    if faults:
        raise Invalid(errors=faults)
    return wanted


async def load(session: AsyncSession, row: Opportunity) -> Terms:
    """The terms that the rows hold."""
    lots = await queries.lots(session, row.id)
    by_id = {lot.id: lot.key for lot in lots}
    questions = await queries.questions(session, row.id)
    rules = dict(row.consortium_rules)
    return Terms(
        title=row.title,
        description_markdown=row.description_markdown,
        lots=tuple(LotTerms(lot.key, lot.title, lot.ceiling, VatBasis(lot.vat)) for lot in lots),
        questions=tuple(_question_of(question, by_id) for question in questions),
        budget_ceiling=row.budget_ceiling,
        ceiling_vat=VatBasis(row.ceiling_vat),
        currency=row.currency,
        mode=OpportunityMode(row.mode),
        regime=Regime(row.regime),
        price_detail=PriceDetail(row.price_detail),
        required_sections=tuple(StandardSection(name) for name in row.required_sections),
        required_statements=tuple(StatementKey(name) for name in row.required_statements),
        clarification_deadline=row.clarification_deadline,
        submission_deadline=row.submission_deadline,
        time_zone=row.time_zone,
        consortium_rules=ConsortiumTerms(
            Collaboration(rules.pop("collaboration", Collaboration.ALLOWED)),
            rules.pop("min_partners", None),
            rules.pop("max_partners", None),
            SeveralBids(rules.pop("several_bids", SeveralBids.DECLARED)),
            extra=rules,
        ),
        route=Route(
            RouteKind(row.submission_route.get("kind", RouteKind.UNKNOWN)),
            row.submission_route.get("url"),
            row.submission_route.get("instructions") or "",
        ),
        languages=tuple(row.languages),
        areas=tuple(row.areas),
        cpv=tuple(row.cpv),
        vcse=row.vcse,
    )


def _question_of(question: Question, lot_keys: Mapping[str, str]) -> QuestionTerms:
    limit = None
    if question.limit_unit is not None and question.limit_value is not None:
        limit = Limit(LimitUnit(question.limit_unit), question.limit_value)
    return QuestionTerms(
        key=question.key,
        prompt_markdown=question.prompt_markdown,
        guidance_markdown=question.guidance_markdown,
        limit=limit,
        weight=question.weight,
        lot_key=lot_keys.get(question.lot_id) if question.lot_id else None,
        required=question.required,
        per_member=question.per_member,
    )


def columns(terms: Terms) -> dict[str, Any]:
    """The opportunity's own columns."""
    rules = terms.consortium_rules
    codes = list(terms.cpv)
    return {
        "title": terms.title,
        "description_markdown": terms.description_markdown,
        "budget_ceiling": terms.budget_ceiling,
        "ceiling_vat": terms.ceiling_vat.value,
        "currency": terms.currency,
        "mode": terms.mode.value,
        "regime": terms.regime.value,
        "price_detail": terms.price_detail.value,
        "required_sections": [section.value for section in terms.required_sections],
        "required_statements": [statement.value for statement in terms.required_statements],
        "clarification_deadline": terms.clarification_deadline,
        "submission_deadline": terms.submission_deadline,
        "time_zone": terms.time_zone,
        "consortium_rules": {
            "collaboration": rules.collaboration.value,
            "min_partners": rules.min_partners,
            "max_partners": rules.max_partners,
            "several_bids": rules.several_bids.value,
            **rules.extra,
        },
        "submission_route": {
            "kind": terms.route.kind.value,
            "url": terms.route.url,
            "instructions": terms.route.instructions,
        },
        "languages": list(terms.languages),
        "areas": list(terms.areas),
        "area_keys": sorted({key for area in terms.areas for key in keys(area)}),
        "cpv": codes,
        "cpv_keys": sorted({code[:length] for code in codes for length in range(1, len(code) + 1)}),
        "vcse": terms.vcse,
    }


async def store(session: AsyncSession, row: Opportunity, terms: Terms, before: Terms = DEFAULTS) -> None:
    """Write the terms into the row, its lots and its questions; those keep their ids by their keys.

    `before` is what the rows hold, where that is known: lots and questions that stay as they were cost nothing.
    """
    for name, value in columns(terms).items():
        setattr(row, name, value)
    if (terms.lots, terms.questions) != (before.lots, before.questions):
        lot_ids = await _store_lots(session, row.id, terms.lots)
        await _store_questions(session, row.id, terms.questions, lot_ids)
    await session.flush()


async def _store_lots(session: AsyncSession, opportunity_id: str, lots: Sequence[LotTerms]) -> dict[str, str]:
    known = {lot.key: lot for lot in await queries.lots(session, opportunity_id, removed=True)}
    for position, terms in enumerate(lots):
        lot = known.get(terms.key)
        if lot is None:
            lot = known[terms.key] = Lot(id=new_id(), opportunity_id=opportunity_id, key=terms.key)
            session.add(lot)
        lot.title, lot.ceiling, lot.vat, lot.position = terms.title, terms.ceiling, terms.vat.value, position
        lot.removed_at = None
    named = {terms.key for terms in lots}
    for key, lot in known.items():
        if key not in named and lot.removed_at is None:
            lot.removed_at = datetime.now(UTC)
    await session.flush()
    return {key: lot.id for key, lot in known.items()}


async def _store_questions(
    session: AsyncSession, opportunity_id: str, questions: Sequence[QuestionTerms], lot_ids: Mapping[str, str]
) -> None:
    known = {question.key: question for question in await queries.questions(session, opportunity_id, removed=True)}
    for position, terms in enumerate(questions):
        question = known.get(terms.key)
        if question is None:
            question = known[terms.key] = Question(id=new_id(), opportunity_id=opportunity_id, key=terms.key)
            session.add(question)
        question.prompt_markdown, question.guidance_markdown = terms.prompt_markdown, terms.guidance_markdown
        question.limit_unit = terms.limit.unit.value if terms.limit else None
        question.limit_value = terms.limit.value if terms.limit else None
        question.weight, question.position = terms.weight, position
        question.lot_id = lot_ids[terms.lot_key] if terms.lot_key is not None else None
        question.required, question.per_member, question.removed_at = terms.required, terms.per_member, None
    named = {terms.key for terms in questions}
    for key, question in known.items():
        if key not in named and question.removed_at is None:
            question.removed_at = datetime.now(UTC)
    await session.flush()
