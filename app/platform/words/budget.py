"""Words for the codes of the budget and of claims of confidentiality."""

from app.bid.statements.rules import BASES
from app.platform.words.book import Words
from app.platform.words.codes import CeilingState

CEILING_STATE: Words = {
    CeilingState.WITHIN: ("Within the ceiling", "What the bid asks for is not more than the call allows."),
    CeilingState.OVER: ("Over the ceiling", "What the bid asks for is more than the call allows. Lower it."),
    CeilingState.NOT_DISCLOSED: (
        "Cannot be told",
        "The lines that you may read do not settle it. Partners can open their lines of this lot to you.",
    ),
    CeilingState.BASIS_UNKNOWN: (
        "Not compared",
        "The call does not say whether its ceiling includes VAT. Ask the commissioner.",
    ),
}

OVERHEAD_METHOD: Words = {
    "percentage": ("A percentage", "Overheads are so many per cent of direct costs."),
    "per_head": ("An amount a post", "Overheads are an amount for each full-time post and year."),
    "full_cost_recovery": (
        "Full cost recovery",
        "The project carries the share of your central costs that it has in all your direct costs.",
    ),
}

CONFIDENTIALITY_BASIS: Words = {
    code: (words.partition(": ")[2].capitalize() or words, f"{words}. The authority decides whether it holds.")
    for code, words in BASES.items()
}

VOCABULARIES: dict[str, Words] = {
    "ceiling_state": CEILING_STATE,
    "overhead_method": OVERHEAD_METHOD,
    "confidentiality_basis": CONFIDENTIALITY_BASIS,
}
