"""One person, two sides: somebody with roles in two organisations that are rivals over one lot.

Sides are rival bids for the lot, and the commissioner against every bid to it. A facilitator is on the side of the
bid that it serves. Such a person reads neither side until each of the two organisations has recorded how it handles
this. Whoever has a seat in a partner never has the sight of that bid's facilitator.

An organisation that itself takes part in two bids falls under other rules: as a partner it declares that to both; as a
facilitator it needs the yes of every partner of both; as both it is out of the question.

`standing.py` asks in SQL, at each request, whether somebody is on two sides.
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


class ServesARival(Forbidden):
    code = "facilitator-serves-a-rival"
    title = "Your organisation has a place in another bid for this lot"
    explanation = (
        "Only you see this. A facilitator serves two bids for a lot only while every partner of both agrees, also those "
        "that joined later, and never takes part in one itself. Ask the partners of each bid to agree to you (POST "
        "…/facilitators/{id}/agree), without telling either about the other, or end this facilitation."
    )


class FacilitatesARival(Conflict):
    code = "facilitates-a-rival"
    title = "Your organisation facilitates another bid for this lot"
    explanation = (
        "Only you see this. Whoever facilitates a bid never takes part in one for the same lot. End that facilitation "
        "first (POST …/facilitators/{id}/end), then try again."
    )
