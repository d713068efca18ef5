"""One person, two sides: somebody with roles in two organisations that are rivals over one lot.

Sides are rival bids for the lot, and the commissioner against every bid to it. A facilitator is on the side of the
bid that it serves. Such a person reads neither side until each of the two organisations has recorded how it handles
this. An organisation that itself takes part in two bids falls under another rule: it declares that to both.
`standing.py` asks in SQL whether somebody is on two sides.
"""

from app.platform.access.errors import Conflict, Forbidden


class CommissionerCannotBid(Conflict):
    code = "commissioner-cannot-bid"
    title = "Whoever owns an opportunity cannot take part in a bid for it"
    explanation = "The organisation that asks for bids is never partner, facilitator or applicant in one of them."


class TwoSidesUnrecorded(Forbidden):
    code = "two-sides-unrecorded"
    title = "You stand on two sides here"
    explanation = (
        "Two of your organisations stand against each other over this opportunity: in rival bids, or one bids and the "
        "other asks for bids. You can read neither side until an admin of each has recorded it and how it is handled "
        "(POST /v1/organisations/{id}/two-sides)."
    )
