"""The annex (what the partners share and keep among themselves) and the private schedules."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.bid.document.rules.budget import opened_to_all
from app.bid.document.rules.declarations import declared, expectation, in_order, line
from app.bid.document.rules.values import Json, money, quantity
from app.bid.value import Expectation, Proposal
from app.platform.access.ids import Id
from app.platform.words.codes import MetByType

ANNEX_SCHEMA = "cobid.bid-annex/1"
SCHEDULE_SCHEMA = "cobid.private-schedule/1"


def build_annex(
    proposal: Proposal,
    *,
    reconciliation: Mapping[Id, Mapping[str, Any]] | None = None,
    findings: Sequence[Mapping[str, Any]] = (),
    difficulties: Sequence[Mapping[str, Any]] = (),
) -> Json:
    """What all partners share and the commissioner does not get.

    `reconciliation` gives `{state, detail}` by an expectation's id, as every partner may see it. `findings` are the
    fairness checks as everybody sees them, with their answers. `difficulties` are the outcomes of those raised to all.

        {"schema", "proposal_id", "expectations": [{as in the document, "audience", "met_by": [{"type", "id" | null}],
         "waived_reason", "accepted_by", "state", "detail"}], "decisions": [{"id", "title", "matter", "rule", "options",
         "status", "chosen", "votes": [{"partner_id", "option", "reason"}], "excluded_partner_ids"}],
         "acknowledgements": [{"partner_id", "as_of_revision"}], "fairness_checks": [...], "difficulties": [...]}
    """
    states = reconciliation or {}
    opened = frozenset(line.id for line in opened_to_all(proposal))
    return {
        "schema": ANNEX_SCHEMA,
        "proposal_id": proposal.id,
        "expectations": [
            expectation(e, proposal.currency)
            | {
                "audience": e.audience.value,
                "met_by": _links(e, opened),
                "waived_reason": e.waived_reason,
                "accepted_by": list(e.accepted_by),
                "state": states.get(e.id, {}).get("state"),
                "detail": states.get(e.id, {}).get("detail"),
            }
            for e in declared(proposal, proposal.expectations)
        ],
        "decisions": [
            {
                "id": d.id,
                "title": d.title,
                "matter": d.matter.value,
                "rule": d.rule.value if d.rule else None,
                "options": list(d.options),
                "status": d.status.value,
                "chosen": d.chosen,
                "votes": [{"partner_id": v.partner_id, "option": v.option, "reason": v.reason} for v in d.votes],
                "excluded_partner_ids": list(d.excluded_partner_ids),
            }
            for d in proposal.decisions
        ],
        "acknowledgements": [
            {"partner_id": a.partner_id, "as_of_revision": a.as_of_revision} for a in proposal.acknowledgements
        ],
        "fairness_checks": [dict(finding) for finding in findings],
        "difficulties": [dict(difficulty) for difficulty in difficulties],
    }


def _links(expectation: Expectation, opened: frozenset[Id]) -> list[Json]:
    """What meets the expectation. All budget lines that not everybody may read give one link without an id (rule 1)."""
    seen = {
        (link.type.value, link.id if link.type is not MetByType.BUDGET_LINE or link.id in opened else None)
        for link in expectation.met_by
    }
    return [{"type": type_, "id": id_} for type_, id_ in sorted(seen, key=lambda link: (link[0], link[1] or ""))]


def build_schedule(proposal: Proposal, partner_id: Id, salt: str) -> Json:
    """One partner's private lines: its unit values and every budget line, for itself and those whom it names.

    `salt` has at least 32 random hexadecimal digits, made for this edition and stored with it.
    """
    if len(salt) < 32:
        raise ValueError("the salt of a private schedule has at least 32 hexadecimal digits")
    currency = proposal.currency
    return {
        "schema": SCHEDULE_SCHEMA,
        "proposal_id": proposal.id,
        "partner_id": partner_id,
        "salt": salt,
        "contributions": [
            {
                "id": c.id,
                "kind": c.kind.value,
                "title": c.title,
                "quantity": quantity(c.quantity),
                "unit": c.unit.value if c.unit else None,
                "unit_value": money(c.unit_value, currency),
                "value": money(c.value, currency),
            }
            for c in proposal.contributions
            if c.partner_id == partner_id
        ],
        "budget_lines": [line(item, currency) for item in proposal.budget_lines if item.partner_id == partner_id],
    }


def schedule_partner_ids(proposal: Proposal) -> list[Id]:
    """Every accepted partner, including one without lines, so that nobody learns whether it has any."""
    return [partner.id for partner in in_order(proposal.accepted)]
