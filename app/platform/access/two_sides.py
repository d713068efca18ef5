"""One person, two sides: somebody with roles in organisations that stand against each other over one lot.

Sides are rival bids for the lot, and the commissioner against every bid to it. A facilitator stands on the
side of the bid that it serves. Such a person reads neither side until each of the two organisations has
recorded it and said how it is handled. An organisation that itself takes part in two bids is another rule
(it declares that to both); here it is on no side against itself. It is asked in SQL, with what is read
(`db/queries/standing.py`).
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
