"""The minutes: all decisions of a proposal as a text to file, each with its count, so that anybody can count again."""

from datetime import UTC, datetime

from app.bid.decisions.queries import Decisions
from app.bid.decisions.schemas import DecisionOut
from app.platform.access.ids import Id
from app.platform.words.codes import DecisionStatus

_STATUS = {
    DecisionStatus.OPEN: "Open",
    DecisionStatus.PASSED: "Passed",
    DecisionStatus.FAILED: "Not passed",
    DecisionStatus.CLOSED: "Decided",
}


def markdown(title: str, decisions: Decisions) -> str:
    """The minutes in CommonMark. Titles and names take one line each; longer texts are quotations."""
    names = {partner.id: _plain(partner.name) for partner in decisions.partners}
    head = [
        f"# Minutes of decisions: {_plain(title)}",
        "",
        f"{len(decisions.recorded)} decisions, in the order in which they were opened. Times are UTC.",
    ]
    shown = (DecisionOut.of(recorded, decisions) for recorded in decisions.recorded)
    return "\n".join([*head, *(line for decision in shown for line in _decision(decision, names))]) + "\n"


def _decision(decision: DecisionOut, names: dict[Id, str]) -> list[str]:
    proposer = names.get(decision.proposer_partner_id or "", "a former partner")
    lines = [
        "",
        f"## {_plain(decision.title)}",
        "",
        f"- Matter: {decision.matter.value}; proposed by {proposer} on {_day(decision.opened_at)}",
        f"- Rule: {decision.rule.value if decision.rule else 'none agreed yet, so every partner says yes'}",
        f"- {_STATUS[decision.status]}{f' on {_day(decision.closed_at)}' if decision.closed_at else ''}",
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
    return [*lines, "", _plain(decision.count.sentence), *_carried(decision)]


def _carried(decision: DecisionOut) -> list[str]:
    if decision.carried is None:
        return []
    if decision.carried.status == "done":
        return ["", "It was carried out at once."]
    problem = decision.carried.problem or {}
    return ["", f"It could not be carried out: {_plain(str(problem.get('detail', '')))}"]


def _plain(text: str) -> str:
    """The text on one line, with every character of markup escaped."""
    line = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|!" else char for char in line)


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%-d %B %Y, %H:%M")
