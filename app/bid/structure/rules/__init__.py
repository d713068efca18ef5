"""A structure is its facts: who contracts, who is paid, who is liable, how decisions are made, how one leaves.

A template only fills the facts in (`templates`); everything that follows from them (`derived`) and everything
that is missing or at odds (`problems`) is read from the facts alone, never from the label.
"""

from app.bid.structure.rules.derived import COMMISSIONER, VEHICLE, Derived, Duty, LeadReplacement, derive
from app.bid.structure.rules.problems import problems
from app.bid.structure.rules.templates import TEMPLATES, Template, fill, label

__all__ = [
    "COMMISSIONER",
    "TEMPLATES",
    "VEHICLE",
    "Derived",
    "Duty",
    "LeadReplacement",
    "Template",
    "derive",
    "fill",
    "label",
    "problems",
]
