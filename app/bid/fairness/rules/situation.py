"""What several checks need of a proposal, summed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.bid.budget.rules.figures import shared_figures
from app.bid.fairness.rules.finding import DEFAULT_THRESHOLDS, Thresholds
from app.bid.value import Partner, Proposal
from app.platform.access.ids import Id


@dataclass(frozen=True, slots=True)
class Situation:
    """A proposal with its sums. `requested` is what each accepted partner asks for by year: shared figures, no lines."""

    proposal: Proposal
    partners: Mapping[Id, Partner]
    requested: Mapping[Id, Mapping[int, int]]
    asked: Mapping[Id, int]
    total: int
    thresholds: Thresholds = DEFAULT_THRESHOLDS

    def money_share(self, partner_id: Id) -> Fraction | None:
        """A partner's share of what is asked for; None while nothing is."""
        return Fraction(self.asked.get(partner_id, 0), self.total) if self.total else None


def situation_of(proposal: Proposal, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Situation:
    by_year: dict[Id, dict[int, int]] = {}
    for (partner_id, year), amounts in shared_figures(proposal).by_partner_year.items():
        if amounts.requested:
            by_year.setdefault(partner_id, {})[year] = amounts.requested
    asked = {partner_id: sum(years.values()) for partner_id, years in by_year.items()}
    return Situation(
        proposal=proposal,
        partners={partner.id: partner for partner in proposal.accepted},
        requested=by_year,
        asked=asked,
        total=sum(asked.values()),
        thresholds=thresholds,
    )
