"""What a request says of a call, as the call's value: a new one from its body, a known one after a merge patch."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.calls.opportunities.rules import required_sections
from app.calls.opportunities.schemas import ConsortiumRulesPatch, LotIn, OpportunityIn, QuestionIn, RoutePatch
from app.calls.opportunities.value import WIRE_NAMES, ConsortiumRules, Limit, Lot, Opportunity, Question, Route
from app.platform.access.errors import Fault, Invalid
from app.platform.web.wire import In, MoneyIn, Patch
from app.platform.words.codes import RouteKind

_FIELDS = {wire: name for name, wire in WIRE_NAMES.items()}
_NOT_OF_THE_CALL = ("organisation_id", "facilitator_ids")
_EMPTY = Opportunity(title="")
_FURTHER_RULES = (
    "min_small_partners", "max_subcontractors", "lead_legal_forms", "min_small_share", "max_lead_share",
)  # fmt: skip


def new(body: OpportunityIn) -> Opportunity:
    """The call that a body describes."""
    return _with(_EMPTY, _said(body))


def patched(call: Opportunity, sent: Mapping[str, Any]) -> Opportunity:
    """The call after a merge patch: null gives a field its default; only the title has none."""
    if "title" in sent and sent["title"] is None:
        raise Invalid.at("/title", "missing", "An opportunity needs a title.")
    return _with(call, sent)


def _with(call: Opportunity, given: Mapping[str, Any]) -> Opportunity:
    changes: dict[str, Any] = {}
    for name, value in given.items():
        if name in _NOT_OF_THE_CALL:
            continue
        field = _FIELDS.get(name, name)
        if value is None:
            changes[field] = getattr(_EMPTY, field)
        elif name == "budget_ceiling":
            changes[field] = value.minor
        elif name == "lots":
            changes[field] = tuple(_lot(lot) for lot in value)
        elif name == "questions":
            changes[field] = tuple(_question(question) for question in value)
        elif name == "consortium_rules":
            changes[field] = _rules(call.consortium_rules, value)
        elif name == "submission_route":
            changes[field] = _route(call.route, value)
        elif name == "cpv":
            changes[field] = tuple(dict.fromkeys(code.partition("-")[0] for code in value))
        else:
            changes[field] = tuple(dict.fromkeys(value)) if isinstance(value, list) else value
    changes["currency"] = _currency(call, given)
    changes["required_sections"] = required_sections(changes.get("required_sections", call.required_sections))
    return replace(call, **changes)


def _lot(lot: LotIn) -> Lot:
    return Lot("", lot.key, lot.title, lot.ceiling.minor if lot.ceiling else None, lot.vat)


def _question(question: QuestionIn) -> Question:
    return Question(
        id="",
        key=question.key,
        prompt_markdown=question.prompt_markdown,
        guidance_markdown=question.guidance_markdown,
        limit=Limit(question.limit.unit, question.limit.value) if question.limit else None,
        weight=question.weight,
        required=question.required,
        per_member=question.per_member,
        lot_key=question.lot_key,
    )


def _said(value: In) -> dict[str, Any]:
    """What was said: the sent fields of a patch, all fields of a whole object."""
    if isinstance(value, Patch):
        return value.sent()
    return {name: getattr(value, name) for name in type(value).model_fields}


def _rules(before: ConsortiumRules, given: ConsortiumRulesPatch | Any) -> ConsortiumRules:
    plain: dict[str, Any] = {}
    extra = dict(before.extra)
    for name, rule in _said(given).items():
        if name in _FURTHER_RULES:
            extra[name] = rule
        else:
            plain[name] = getattr(_EMPTY.consortium_rules, name) if rule is None else rule
    return replace(before, **plain, extra={name: rule for name, rule in extra.items() if rule is not None})


def _route(before: Route, given: RoutePatch | Any) -> Route:
    silent: dict[str, Any] = {"kind": RouteKind.UNKNOWN, "url": None, "instructions": ""}
    return replace(before, **{name: silent[name] if said is None else said for name, said in _said(given).items()})


def _currency(call: Opportunity, given: Mapping[str, Any]) -> str:
    """One call has one currency: that of the sums given, or the one it had."""
    money: list[tuple[str, MoneyIn]] = []
    if given.get("budget_ceiling"):
        money.append(("/budget_ceiling/currency", given["budget_ceiling"]))
    for index, lot in enumerate(given.get("lots") or ()):
        if lot.ceiling:
            money.append((f"/lots/{index}/ceiling/currency", lot.ceiling))
    if not money:
        return call.currency
    keeps_a_sum = ("budget_ceiling" not in given and call.budget_ceiling is not None) or (
        "lots" not in given and any(lot.ceiling is not None for lot in call.lots)
    )
    wanted = call.currency if keeps_a_sum else money[0][1].currency
    faults = [
        Fault(pointer, "one-currency", f"This opportunity is in {wanted}: give all its sums in that currency.")
        for pointer, one in money
        if one.currency != wanted
    ]
    if faults:
        raise Invalid(errors=faults)
    return wanted
