"""The contradictions that a reconciliation can find: each code with its title and the text of the page behind it.

Codes are public and never renamed. `denies` says whether it denies one expectation (whose state is then
`contradicted`) or is a clash between declarations, which leaves every state as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contradiction:
    title: str
    explanation: str
    denies: bool = False


CONTRADICTIONS: Mapping[str, Contradiction] = {
    "funding-shares-over-whole": Contradiction(
        "Shares add up to more than the whole",
        "Together the partners expect more of the money than there is: more than 100 per cent, or more than the call "
        "gives. Talk about who does which part of the work, and lower the shares to what that work costs.",
    ),
    "expected-over-own-lines": Contradiction(
        "Expects more than it budgets",
        "A partner expects more money than its own budget lines ask for. Either lines are missing from the budget, or "
        "the expectation is out of date. The partner that expects it corrects one or the other.",
    ),
    "two-data-holders": Contradiction(
        "Two hold the same data",
        "More than one partner expects to be the one that holds the data. Agree who decides about which data, who only "
        "uses it, and write it into the data protection part: people must know who holds what is known about them.",
    ),
    "two-owners": Contradiction(
        "Two owners",
        "More than one partner expects to own what is made or what is left at the end. If it is not the same thing, "
        "say so in the titles; if it is, agree one owner and a licence for the others, or joint ownership in writing.",
    ),
    "two-leads": Contradiction(
        "Two leads",
        "More than one partner expects to lead the same work. Agree who leads what, or change the titles if they speak "
        "of different parts of the work.",
    ),
    "two-exclusives": Contradiction(
        "Two who want to be the only one",
        "More than one partner expects that it alone does something in this bid. Agree the areas, groups or services "
        "for which each is the only one.",
    ),
    "exclusivity-against-independence": Contradiction(
        "One wants to bind what another wants free",
        "One partner expects the others to work with nobody else, and another expects to stay free. Agree for which "
        "service and how long anybody is bound.",
    ),
    "delivery-over-whole": Contradiction(
        "More than all of the work",
        "Together the partners expect to deliver more than 100 per cent of the work. Agree the split.",
    ),
    "voice-over-whole": Contradiction(
        "More than all of the votes",
        "Together the partners expect more than 100 per cent of the say. Agree a decision rule that all can live with.",
    ),
    "promised-twice": Contradiction(
        "Promised twice",
        "The same hours, rooms, money or things are counted for more than they can cover: two expectations rest on one "
        "contribution, one contribution is written down twice, or it is promised in another bid for the same time. "
        "Whoever gives it says for which it is. What concerns another bid is told to the organisation itself alone.",
    ),
    "over-ceiling": Contradiction(
        "Over the ceiling",
        "What the partners ask for together is more than the call allows. Such a bid may be turned away unread.",
    ),
    "expected-of-absent-partner": Contradiction(
        "Expected of somebody who is not here",
        "A partner expects something of an organisation that declined, left or was removed. It asks somebody else, "
        "changes the expectation or waives it.",
    ),
    "payment-terms-denied": Contradiction(
        "Payment terms denied",
        "A partner expects to be paid sooner than the agreed terms pay, or in advance where they pay afterwards, or is "
        "not paid at all as the structure stands. Small organisations cannot wait: change the terms, or offer cover "
        "for cash flow.",
        denies=True,
    ),
    "voice-denied": Contradiction(
        "Voice denied",
        "The way of deciding does not give a partner the say that it expects. Change the decision rule or the "
        "weights, put the matter among the reserved ones, or change the expectation.",
        denies=True,
    ),
    "cost-recovery-short": Contradiction(
        "Costs not covered",
        "A partner expects its full costs, and one of its own lines asks for less than it truly costs. Only that "
        "partner is told, since its costs are its own. It raises the line, says who pays the rest, or waives.",
        denies=True,
    ),
    "risk-cap-denied": Contradiction(
        "Risk not limited",
        "A partner expects its risk to be limited, and the structure makes it liable for the whole contract. Agree "
        "another form of liability, or that it does not contract itself.",
        denies=True,
    ),
    "data-holder-denied": Contradiction(
        "Somebody else holds the data",
        "A partner expects to hold the data, and the structure names another as its holder. Change one of the two.",
        denies=True,
    ),
    "decided-against": Contradiction(
        "Decided against",
        "The decision that was to meet the expectation was voted down. Bring a new motion, find another way to meet "
        "it, or change the expectation.",
        denies=True,
    ),
}
