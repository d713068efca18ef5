"""A structure is its facts: who contracts, who is paid, who is liable, how decisions are made, how one leaves.

A template only fills in facts (`templates`). What follows from the facts (`derived`), and what is missing among them or
contradicts them (`problems`), is read from the facts alone, never from the template's name.
"""

from app.bid.structure.rules.derived import COMMISSIONER, VEHICLE, Derived, Duty, LeadReplacement, derive
from app.bid.structure.rules.facts import facts_of
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
    "facts_of",
    "fill",
    "label",
    "problems",
]
