"""The minutes: every decision of a proposal as a text to file, with the count, so that anybody can count again."""

from datetime import UTC, datetime

from app.bid.decisions.present import decision_out
from app.bid.decisions.queries import Motions
from app.bid.decisions.schemas import CountOut, DecisionOut
from app.platform.access.ids import Id

_STATUS = {"open": "Open", "passed": "Passed", "failed": "Not passed", "closed": "Decided"}


def markdown(title: str, motions: Motions) -> str:
    """CommonMark. Titles and names are one line each; longer texts stand as quotations."""
    names = {partner.id: _plain(partner.name) for partner in motions.partners}
    decisions = [decision_out(motions, filed) for filed in motions.filed]
    head = [
        f"# Minutes of decisions: {_plain(title)}",
        "",
        f"{len(decisions)} decisions, in the order in which they were opened. Times are UTC.",
    ]
    return "\n".join([*head, *(line for decision in decisions for line in _decision(decision, names))]) + "\n"


def _decision(decision: DecisionOut, names: dict[Id, str]) -> list[str]:
    proposer = names.get(decision.proposer_partner_id or "", "a former partner")
    lines = [
        "",
        f"## {_plain(decision.title)}",
        "",
        f"- Matter: {decision.matter.value}; proposed by {proposer} on {_day(decision.opened_at)}",
        f"- Rule: {decision.rule.value if decision.rule else 'none agreed yet, so every partner says yes'}",
        f"- {_STATUS[decision.status.value]}{f' on {_day(decision.closed_at)}' if decision.closed_at else ''}",
    ]
    if decision.detail_markdown.strip():
        lines += ["", *(f"> {line}" for line in decision.detail_markdown.splitlines())]
    if decision.votes:
        lines += ["", "| Partner | Vote | Reason |", "|---|---|---|"]
    for vote in decision.votes:
        by = f" (cast by {names.get(vote.cast_by_partner_id, 'a former partner')})" if vote.cast_by_partner_id else ""
        voter = names.get(vote.partner_id, "a former partner")
        lines.append(f"| {voter}{by} | {_plain(vote.option)} | {_plain(vote.reason)} |")
    for conflict in decision.conflicts:
        who = names.get(conflict.partner_id, "a former partner")
        lines += ["", f"{who} declared a conflict of interest and has no vote: {_plain(conflict.detail)}"]
    return [*lines, "", *_count(decision.count), *_carried(decision)]


def _count(count: CountOut) -> list[str]:
    return [_plain(count.sentence)]


def _carried(decision: DecisionOut) -> list[str]:
    if decision.carried is None:
        return []
    if decision.carried.status == "done":
        return ["", "It was carried out at once."]
    problem = decision.carried.problem or {}
    return ["", f"It could not be carried out: {_plain(str(problem.get('detail', '')))}"]


def _plain(text: str) -> str:
    """One line in which nothing is markup."""
    line = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|!" else char for char in line)


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%-d %B %Y, %H:%M")
