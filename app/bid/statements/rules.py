"""What councils ask each member of a bid to state, who owes which, and what a partner asks to be kept confidential.

The set is the one that tender packs in the United Kingdom have in common. The opportunity says which of them a bid needs.
Who owes them is decided here: the lead, every accepted member, and whoever is relied on for a condition of participation.
"""

import re

from app.bid.value import ConfidentialityClaim, Partner, Proposal, Statement
from app.platform.access.errors import Fault
from app.platform.access.ids import Id
from app.platform.words.codes import StatementKey

DETAIL_WHEN = {
    StatementKey.NON_COLLUSION: "no",
    StatementKey.CONFLICTS_OF_INTEREST: "yes",
    StatementKey.EXCLUSION_GROUNDS: "yes",
    StatementKey.CONNECTED_PERSONS: "yes",
    StatementKey.INSURANCE: "no",
    StatementKey.MODERN_SLAVERY: "no",
    StatementKey.SUBSIDIES_RECEIVED: "yes",
}
"""The answer to each statement with which councils want to read more."""

ANSWER_MAX, DETAIL_MAX = 200, 10_000
REASON_MAX = 2_000

BASES = ("foia_s41", "foia_s43", "eir_12_5_e", "pa2023_s94", "other")
"""What a claim may rest on. Whether it holds is for the authority to decide."""


def owed_by(proposal: Proposal) -> tuple[Partner, ...]:
    """The partners that must state: the lead, accepted members, and any accepted partner that is relied on."""
    return tuple(partner for partner in proposal.accepted if partner.in_core or partner.relied_on_for)


def required(proposal: Proposal) -> tuple[StatementKey, ...]:
    """The statements that the call requires, in the order of the set, each once."""
    return tuple(key for key in StatementKey if key in proposal.opportunity.required_statements)


def given(proposal: Proposal) -> set[tuple[Id, StatementKey]]:
    return {(each.partner_id, each.key) for each in proposal.statements if each.answer.strip()}


def missing(proposal: Proposal) -> tuple[tuple[Partner, StatementKey], ...]:
    """Every statement that the call requires and a partner has not given, by partner, then in the order of the set."""
    have = given(proposal)
    return tuple(
        (partner, key) for partner in owed_by(proposal) for key in required(proposal) if (partner.id, key) not in have
    )


def wants_detail(statement: Statement) -> bool:
    """Whether a reader at the council would ask for more with this answer. It is a hint and blocks nothing."""
    wanted = DETAIL_WHEN[statement.key]
    return statement.answer.strip().casefold() == wanted and not statement.detail_markdown.strip()


def statement_faults(answer: str, detail: str) -> tuple[Fault, ...]:
    faults: list[Fault] = []
    if not answer.strip():
        faults.append(Fault("/answer", "missing", "Answer the question, such as 'yes' or 'no'."))
    if len(answer) > ANSWER_MAX:
        faults.append(Fault("/answer", "too-long", f"At most {ANSWER_MAX} characters; put the rest into the detail."))
    if len(detail) > DETAIL_MAX:
        faults.append(Fault("/detail_markdown", "too-long", f"Use at most {DETAIL_MAX} characters."))
    return tuple(faults)


_POINTER = re.compile(r"(/([^~/]|~[01])*)+")


def claim_faults(claim: ConfidentialityClaim) -> tuple[Fault, ...]:
    """What is wrong with a claim. `pointer` is a JSON Pointer (RFC 6901) into the bid document, but not to all of it."""
    faults: list[Fault] = []
    if not _POINTER.fullmatch(claim.pointer) or len(claim.pointer) > 500:
        faults.append(
            Fault(
                "/pointer",
                "not-a-pointer",
                "Point at the part of the bid document that is meant, such as /sections/3 or /budget. The whole bid "
                "cannot be confidential.",
            )
        )
    if not claim.reason.strip():
        faults.append(Fault("/reason", "missing", "Say what harm it would do if the authority published this."))
    if len(claim.reason) > REASON_MAX:
        faults.append(Fault("/reason", "too-long", f"Use at most {REASON_MAX} characters."))
    if not claim.basis.strip() or len(claim.basis) > ANSWER_MAX:
        faults.append(Fault("/basis", "missing", f"Name the ground: {', '.join(BASES)}."))
    return tuple(faults)


def statements_for_commissioner(proposal: Proposal) -> tuple[Statement, ...]:
    """The statements of accepted partners, by partner, then in the order of the set."""
    accepted = [partner.id for partner in proposal.accepted]
    order = list(StatementKey)
    return tuple(
        sorted(
            (each for each in proposal.statements if each.partner_id in accepted),
            key=lambda each: (accepted.index(each.partner_id), order.index(each.key)),
        )
    )


def claims_for_commissioner(proposal: Proposal) -> tuple[ConfidentialityClaim, ...]:
    """The claims of accepted partners, but for those on a section that is not in the bid."""
    accepted = {partner.id for partner in proposal.accepted}
    notes = {section.id for section in proposal.sections} - {section.id for section in proposal.asked_sections}
    return tuple(
        claim
        for claim in proposal.confidentiality_claims
        if claim.partner_id in accepted and not _points_into(claim.pointer, notes)
    )


def _points_into(pointer: str, section_ids: set[Id]) -> bool:
    steps = pointer.split("/")
    return steps[1:2] == ["sections"] and len(steps) > 2 and steps[2] in section_ids
