"""The seven fairness checks: the known ways in which partnerships harm small organisations. They block nothing.

Each check is a function from a `Situation` to findings. `run_checks` runs them all; `shown_to` is the only way from
there to a reader, and leaves out whatever belongs to another partner.
"""

from app.bid.fairness.rules.aims_and_voice import founding_aims, voice
from app.bid.fairness.rules.finding import (
    DEFAULT_THRESHOLDS,
    Audience,
    CheckReader,
    Evidence,
    Finding,
    Thresholds,
    is_small,
    shown_to,
    size_of,
)
from app.bid.fairness.rules.legacy import knowledge_and_assets, sustainability
from app.bid.fairness.rules.money import dependency, liability, payment
from app.bid.fairness.rules.situation import Situation, situation_of
from app.bid.value import Proposal

__all__ = [
    "CHECKS",
    "DEFAULT_THRESHOLDS",
    "Audience",
    "CheckReader",
    "Evidence",
    "Finding",
    "Situation",
    "Thresholds",
    "is_small",
    "run_checks",
    "shown_to",
    "situation_of",
    "size_of",
]

CHECKS = (founding_aims, dependency, voice, sustainability, knowledge_and_assets, payment, liability)


def run_checks(proposal: Proposal, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> tuple[Finding, ...]:
    """Every finding of every check, for no reader in particular: give them to one through `shown_to`."""
    situation = situation_of(proposal, thresholds)
    return tuple(finding for check in CHECKS for finding in check(situation))
