"""A decision as its readers get it: with its votes, and its count so that anybody can count again."""

from typing import Any

from app.bid.decisions.queries import Filed, Motions
from app.bid.decisions.rules import Outcome, count, outstanding, voting_is_over
from app.bid.decisions.schemas import ConflictOut, CountOut, DecisionOut, RuleCountOut, VoteOut
from app.platform.access.money import format_quantity


def decision_out(motions: Motions, filed: Filed) -> DecisionOut:
    """`outcome` from the close on, as it was then; `count` as it stands now while it is open."""
    row, decision = filed.row, filed.decision
    kept = CountOut.model_validate(row["count"]) if row["count"] else None
    is_open = row["status"] == "open"
    now = kept or count_out(count(decision, motions.structure, motions.partners, motions.now))
    if is_open:
        now.sentence = f"If it were closed now: {now.sentence}"
    names: dict[str, Any] = {
        name: row[name]
        for name in (
            "id", "title", "detail_markdown", "matter", "touches", "options", "status", "proposer_partner_id",
            "closes_at", "closed_at", "concerned_partner_ids", "excluded_partner_ids", "chosen", "carries", "carried",
            "version",
        )
    }  # fmt: skip
    return DecisionOut(
        **names,
        rule=decision.rule,
        opened_at=row["created_at"],
        voting_over=voting_is_over(decision, motions.now),
        votes=[vote_out(motions, vote) for vote in row["votes"]],
        outstanding_partner_ids=[p.id for p in outstanding(decision, motions.partners)] if is_open else [],
        conflicts=[ConflictOut(**_only(ConflictOut, each)) for each in row["conflicts"]],
        outcome=kept,
        count=now,
    )


def vote_out(motions: Motions, row: dict[str, Any]) -> VoteOut:
    partner = motions.partner(row["partner_id"])
    given = _only(VoteOut, row) | {"organisation_id": partner.organisation_id if partner else None}
    return VoteOut(**given)


def _only(schema: type[Any], row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in schema.model_fields if name in row}


def count_out(outcome: Outcome) -> CountOut:
    return CountOut(
        passed=outcome.passed,
        chosen=outcome.chosen,
        why=outcome.why.value,
        sentence=outcome.sentence,
        counts=[
            RuleCountOut(
                rule=each.rule,
                chosen=each.chosen,
                why=each.why.value,
                whole=format_quantity(each.whole),
                reached=format_quantity(each.reached),
                sentence=each.sentence,
            )
            for each in outcome.counts
        ],
        voters=list(outcome.voters),
        excluded=list(outcome.excluded),
        by_option={option: list(ids) for option, ids in outcome.by_option.items()},
        silent=list(outcome.silent),
        weights={partner_id: format_quantity(weight) for partner_id, weight in outcome.weights.items()},
        quorum=outcome.quorum,
        took_part=outcome.took_part,
        reserved=list(outcome.reserved),
        vetoes=list(outcome.vetoes),
        yes_missing=list(outcome.yes_missing),
        uncounted=list(outcome.uncounted),
    )
