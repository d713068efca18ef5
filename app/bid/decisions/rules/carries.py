"""Which requests a decision may carry out, and to which matter each belongs.

`carries` is a request (method, path, body) on the decision's own proposal, for the structure, roles, removal, the lead,
dissolution, budget lines, the cut-off of the honesty round, the exit plan, who facilitates, or another notice. It is read here when the decision is
opened, and run when the decision is closed, in the state at that moment.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum

from app.bid.value import Decision, Structure
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.access.lifecycle import DeadlinePassed
from app.platform.words.codes import Matter, PartnerRole

EDITION_MATTERS = frozenset(
    {
        Matter.STRUCTURE,
        Matter.DECISION_RULE,
        Matter.BUDGET_SHARES,
        Matter.PARTNER_ROLE,
        Matter.PARTNER_REMOVAL,
        Matter.LEAD,
        Matter.EXIT_PLAN,
    }
)
"""Matters that an edition contains: while a decision on one of them is open, the bid cannot be locked for signing."""

ID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class CarriesNothingKnown(Invalid):
    code = "carries-unknown"
    title = "A decision cannot carry out this request"
    explanation = (
        "A decision can carry a request on this proposal for its structure, a partner's role or removal, the lead, "
        "dissolution, budget lines, the cut-off of the round, the exit plan, who facilitates, or another notice of the "
        "call. Do anything else directly."
    )


class CarriesElsewhere(Invalid):
    code = "carries-elsewhere"
    title = "The request is for another proposal"
    explanation = "What a decision carries out happens in the proposal that it was taken in. Correct the path."


class CarriesBeyondMatter(Invalid):
    code = "carries-beyond-matter"
    title = "The request does more than the matter says"
    explanation = (
        "Name the matter that the request belongs to, so that everybody sees what they vote on and who has a veto."
    )


class Verb(StrEnum):
    """The domain's verbs that a decision can carry out."""

    AGREE_STRUCTURE = "agree-structure"
    CHANGE_ROLE = "change-role"
    REMOVE_PARTNER = "remove-partner"
    REPLACE_LEAD = "replace-lead"
    DISSOLVE = "dissolve"
    ADD_BUDGET_LINE = "add-budget-line"
    CHANGE_BUDGET_LINE = "change-budget-line"
    DELETE_BUDGET_LINE = "delete-budget-line"
    SET_CUT_OFF = "set-cut-off"
    AGREE_EXIT_PLAN = "agree-exit-plan"
    ASK_FACILITATOR = "ask-facilitator"
    END_FACILITATION = "end-facilitation"
    FOLLOW_NOTICE = "follow-notice"
    TYPE_QUESTIONS = "type-questions"


@dataclass(frozen=True, slots=True)
class Carried:
    """A request once it is read. `target_id` is the partner or budget line in its path, or the future lead in its body."""

    verb: Verb
    matter: Matter
    method: str
    path: str
    """Below the proposal, such as `/structure`."""
    target_id: Id | None
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Carriable:
    method: str
    path: re.Pattern[str]
    verb: Verb
    matters: tuple[Matter, ...]
    fields: frozenset[str] | None = None
    """The only fields that its body may have; None where the room that runs it judges them."""


def _carriable(method: str, path: str, verb: Verb, *matters: Matter, fields: set[str] | None = None) -> _Carriable:
    pattern = re.compile(path.replace("{id}", f"(?P<id>{ID})") + r"/?", re.ASCII)
    return _Carriable(method, pattern, verb, matters, frozenset(fields) if fields is not None else None)


CARRIABLE = (
    _carriable(
        "PUT",
        "/structure",
        Verb.AGREE_STRUCTURE,
        Matter.STRUCTURE,
        Matter.DECISION_RULE,
        Matter.EXIT_PLAN,
        Matter.SUBMISSION,
    ),
    _carriable("PATCH", "/partners/{id}", Verb.CHANGE_ROLE, Matter.PARTNER_ROLE, fields={"role", "main_contractor_id"}),
    _carriable("POST", "/partners/{id}/remove", Verb.REMOVE_PARTNER, Matter.PARTNER_REMOVAL, fields={"reason"}),
    _carriable("POST", "/lead", Verb.REPLACE_LEAD, Matter.LEAD, fields={"partner_id"}),
    _carriable("POST", "/dissolve", Verb.DISSOLVE, Matter.DISSOLUTION, fields={"reason"}),
    _carriable("POST", "/budget-lines", Verb.ADD_BUDGET_LINE, Matter.BUDGET_SHARES),
    _carriable("PATCH", "/budget-lines/{id}", Verb.CHANGE_BUDGET_LINE, Matter.BUDGET_SHARES),
    _carriable("DELETE", "/budget-lines/{id}", Verb.DELETE_BUDGET_LINE, Matter.BUDGET_SHARES, fields=set()),
    _carriable("PUT", "/honesty-round", Verb.SET_CUT_OFF, Matter.OTHER, fields={"cut_off"}),
    _carriable("PUT", "/exit-plan", Verb.AGREE_EXIT_PLAN, Matter.EXIT_PLAN),
    _carriable("POST", "/facilitators", Verb.ASK_FACILITATOR, Matter.OTHER),
    _carriable("POST", "/facilitators/{id}/end", Verb.END_FACILITATION, Matter.OTHER, fields={"reason"}),
    _carriable("POST", "/follow-notice", Verb.FOLLOW_NOTICE, Matter.OTHER, fields={"claim_id"}),
    _carriable("PUT", "/portal-questions", Verb.TYPE_QUESTIONS, Matter.OTHER, fields={"items", "organisation_id"}),
)
"""Every request that can be carried. It belongs to its first matter; a motion may name one of the narrower others instead."""

OPERATIONS: Mapping[Verb, str] = {
    Verb.AGREE_STRUCTURE: "put_structure",
    Verb.CHANGE_ROLE: "update_partner",
    Verb.REMOVE_PARTNER: "remove_partner",
    Verb.REPLACE_LEAD: "change_lead",
    Verb.DISSOLVE: "dissolve_proposal",
    Verb.ADD_BUDGET_LINE: "create_budget_line",
    Verb.CHANGE_BUDGET_LINE: "update_budget_line",
    Verb.DELETE_BUDGET_LINE: "delete_budget_line",
    Verb.SET_CUT_OFF: "put_honesty_round",
    Verb.AGREE_EXIT_PLAN: "put_exit_plan",
    Verb.ASK_FACILITATOR: "ask_facilitator",
    Verb.END_FACILITATION: "end_facilitation",
    Verb.FOLLOW_NOTICE: "follow_notice",
    Verb.TYPE_QUESTIONS: "put_portal_questions",
}
"""The operation of each verb: its row of the permission table says in which states of the proposal it is possible."""


def check_in_time(carries: Mapping[str, object] | None, deadline_passed: bool) -> None:
    """Raises DeadlinePassed after the deadline for every motion but the one that would hold the bid to another notice."""
    if deadline_passed and (carries is None or carries["path"] != "/follow-notice"):
        raise DeadlinePassed


def cut_off_of(decision: Decision) -> datetime | None:
    """The cut-off of the honesty round that it would set, if it would set one. What cannot be read counts as at once."""
    body = decision.carries["body"] if decision.carries and _path(decision) == "/honesty-round" else None
    said = body.get("cut_off") if isinstance(body, Mapping) else None
    if said is None:
        return None
    try:
        return datetime.fromisoformat(str(said)).astimezone(UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def binds_beyond_the_lead(decision: Decision) -> bool:
    """Whether it carries what no lead decides alone, though its matter does not say so: a cut-off, another notice, what
    the portal asks, who facilitates."""
    return _path(decision).startswith(("/honesty-round", "/follow-notice", "/portal-questions", "/facilitators"))


def _path(decision: Decision) -> str:
    return str(decision.carries["path"]) if decision.carries else ""


_FIELD_MATTERS: dict[str, Matter] = {
    **dict.fromkeys(("decision_rule", "weights", "quorum", "reserved_matters"), Matter.DECISION_RULE),
    "exit_terms_markdown": Matter.EXIT_PLAN,
    "submitting": Matter.SUBMISSION,
}


def read_carries(
    proposal_id: Id,
    method: str,
    path: str,
    body: Mapping[str, object] | None,
    matter: Matter | None = None,
    pointer: str = "/carries",
) -> Carried:
    """The request in the domain's words. Without `matter` it is the one that the request belongs to.

    The path may be whole (`/v1/proposals/<id>/structure`) or below the proposal (`/structure`). Raises Invalid for
    another proposal, a request that no decision can carry, the opening of a partner's private lines, and a matter that
    the request does not belong to.
    """
    below = _below(proposal_id, path, pointer)
    body = dict(body or {})
    for known in CARRIABLE:
        found = known.path.fullmatch(below)
        if found is None or known.method != method.upper():
            continue
        _check_fields(known, body, pointer)
        target = found.groupdict().get("id")
        if known.verb is Verb.REPLACE_LEAD:
            target = _lead_to_be(body, pointer)
        if matter is not None and matter not in known.matters:
            raise CarriesBeyondMatter.at(
                "/matter",
                CarriesBeyondMatter.code,
                f"This request belongs to the matter '{known.matters[0]}'. Name that.",
            )
        return Carried(
            known.verb, matter or known.matters[0], known.method, below.rstrip("/"), target and target.lower(), body
        )
    raise CarriesNothingKnown.at(f"{pointer}/path", CarriesNothingKnown.code, CarriesNothingKnown.explanation)


def _below(proposal_id: Id, path: str, pointer: str) -> str:
    whole = re.fullmatch(rf"(?:/v1)?/proposals/({ID})(/.*)", path, re.ASCII)
    if whole is None:
        return path if path.startswith("/") else f"/{path}"
    if whole[1].lower() != proposal_id:
        raise CarriesElsewhere.at(f"{pointer}/path", CarriesElsewhere.code, CarriesElsewhere.explanation)
    return whole[2]


def _check_fields(known: _Carriable, body: Mapping[str, object], pointer: str) -> None:
    if "visible_to" in body:
        raise CarriesNothingKnown.at(
            f"{pointer}/body/visible_to",
            CarriesNothingKnown.code,
            "Only the partner that owns a budget line can open it to others; no decision can. Leave this field out.",
        )
    beyond = sorted(set(body) - known.fields) if known.fields is not None else []
    if beyond:
        raise CarriesBeyondMatter.at(
            f"{pointer}/body/{beyond[0]}",
            CarriesBeyondMatter.code,
            f"A decision on this matter cannot change '{beyond[0]}'. Leave it out.",
        )
    if known.verb is Verb.CHANGE_ROLE and body.get("role") not in list(PartnerRole):
        roles = ", ".join(role.value for role in PartnerRole if role is not PartnerRole.LEAD)
        raise Invalid.at(f"{pointer}/body/role", "unknown-role", f"Say which role the partner is to have: {roles}.")
    for name, value in body.items():
        given = value if isinstance(value, list) else [value]
        if name.endswith(("_id", "_ids")) and not all(one is None or _is_id(one) for one in given):
            raise Invalid.at(f"{pointer}/body/{name}", "not-an-id", "This must be an id, as the service gave it.")
        if name == "reason" and not isinstance(value, str):
            raise Invalid.at(f"{pointer}/body/reason", "string-type", "The reason is text.")


def _is_id(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(ID, value, re.ASCII) is not None


def _lead_to_be(body: Mapping[str, object], pointer: str) -> Id:
    partner_id = body.get("partner_id")
    if not isinstance(partner_id, str) or not _is_id(partner_id):
        raise CarriesNothingKnown.at(
            f"{pointer}/body/partner_id", CarriesNothingKnown.code, "Say which partner is to become the lead."
        )
    return partner_id.lower()


def matters_touched_by_structure(
    current: Structure, wanted: Structure, matter: Matter = Matter.STRUCTURE
) -> tuple[Matter, ...]:
    """The matters besides `matter` that a new structure reaches, by what differs from the one in force.

    A matter that is taken off the reserved list counts as reached, so that nobody's veto is voted away without a veto on
    that. With a narrower `matter` (the rule, the exit terms) any other change is refused: a motion on the rule cannot
    bring in a new liability.
    """
    touched: set[Matter] = set()
    for field in fields(Structure):
        if field.name == "version" or _same(getattr(current, field.name), getattr(wanted, field.name)):
            continue
        touches = _FIELD_MATTERS.get(field.name, Matter.STRUCTURE)
        if matter is not Matter.STRUCTURE and touches is not matter:
            raise CarriesBeyondMatter.at(
                f"/carries/body/{field.name}",
                CarriesBeyondMatter.code,
                f"This motion is on '{matter}' and would also change '{field.name}': open it on 'structure'.",
            )
        touched.add(touches)
    touched |= set(current.reserved_matters) - set(wanted.reserved_matters)
    return tuple(sorted(touched - {matter}))


def _same(held: object, wanted: object) -> bool:
    """Whether the two are equal, where the order of a list of partners or matters does not count."""
    if isinstance(held, tuple) and isinstance(wanted, tuple):
        return set(held) == set(wanted)
    return held == wanted
