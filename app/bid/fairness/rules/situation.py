"""What several checks need of a proposal, summed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.bid.budget.rules.figures import figures
from app.bid.budget.rules.lines import counted_lines
from app.bid.fairness.rules.finding import DEFAULT_THRESHOLDS, Thresholds
from app.bid.value import Partner, Proposal
from app.platform.access.ids import Id
from app.platform.words.codes import BudgetSource


@dataclass(frozen=True, slots=True)
class Situation:
    """A proposal with its sums. `requested` is what each accepted partner asks for by year, as it last showed that to the
    others, so that a finding which several read is one truth. `live` is the same by the lines as they are now, for
    findings that their owner alone reads."""

    proposal: Proposal
    partners: Mapping[Id, Partner]
    requested: Mapping[Id, Mapping[int, int]]
    asked: Mapping[Id, int]
    total: int
    live: Mapping[Id, Mapping[int, int]]
    thresholds: Thresholds = DEFAULT_THRESHOLDS

    def money_share(self, partner_id: Id) -> Fraction | None:
        """A partner's share of what is asked for; None while nothing is."""
        return Fraction(self.asked.get(partner_id, 0), self.total) if self.total else None

    def total_as_seen_by(self, partner_id: Id) -> int:
        """What the whole bid asks for, with this partner's lines as they are now."""
        return self.total - self.asked.get(partner_id, 0) + sum(self.live.get(partner_id, {}).values())


def situation_of(proposal: Proposal, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Situation:
    shown: dict[Id, dict[int, int]] = {}
    for (partner_id, year), amounts in figures(proposal).by_partner_year.items():
        if amounts.requested:
            shown.setdefault(partner_id, {})[year] = amounts.requested
    live: dict[Id, dict[int, int]] = {}
    for line in counted_lines(proposal):
        if line.source is BudgetSource.REQUESTED:
            years = live.setdefault(line.partner_id, {})
            years[line.year] = years.get(line.year, 0) + line.amount
    asked = {partner_id: sum(years.values()) for partner_id, years in shown.items()}
    return Situation(
        proposal=proposal,
        partners={partner.id: partner for partner in proposal.accepted},
        requested=shown,
        asked=asked,
        total=sum(asked.values()),
        live=live,
        thresholds=thresholds,
    )
