"""Refusals of starting, joining and leaving a bid."""

from app.platform.access.errors import Conflict, Invalid
from app.platform.access.two_sides import CommissionerCannotBid as CommissionerCannotBid

UNDERTAKING = (
    "You may read and take part. You keep what you read confidential and use it for this bid only. It commits you to "
    "no work and no money; you can leave until you sign."
)
"""The words agreed to on accepting an invitation; stored with the acceptance."""


class CallClosed(Conflict):
    code = "call-closed"
    title = "This opportunity takes no bids"
    explanation = (
        "It is not published yet, it is closed or cancelled, or its deadline has passed. Look for another one."
    )


class CollaborationForbidden(Conflict):
    code = "collaboration-forbidden"
    title = "This opportunity does not allow joint bids"
    explanation = "Its commissioner takes bids of single organisations only. Ask the commissioner if you are not sure."


class OtherBidUndeclared(Conflict):
    code = "other-bid-undeclared"
    title = "Your organisation is in another bid for the same lot"
    explanation = (
        "Only you see this. Declare it to the partners of both bids first (POST …/other-bids in each, with a statement "
        "that names no bidder), then try again."
    )


class SeveralBidsForbidden(Conflict):
    code = "several-bids-forbidden"
    title = "This opportunity allows one bid for each organisation"
    explanation = "Only you see this. Your organisation is in another bid for the same lot; leave that one first."


class AlreadyPartner(Conflict):
    code = "already-partner"
    title = "This organisation has a place in the bid already"
    explanation = "It is a partner or has an invitation that is not answered yet. Look at the list of partners."


class InvitationAnswered(Conflict):
    code = "invitation-answered"
    title = "This invitation has been answered already"
    explanation = "Read the proposal to see how things stand. A partner that declined has to be invited again."


class StructureChanged(Conflict):
    code = "structure-changed"
    title = "The structure changed since you were invited"
    explanation = (
        "Read the invitation again and send the 'structure_version' that it shows, so that you accept what is true now."
    )


class NotInvited(Invalid):
    code = "name-one-to-invite"
    title = "Say whom to invite"
    explanation = "Send either 'organisation_id' or 'email', and not both."


class LeadStays(Conflict):
    code = "already-lead"
    title = "This partner is the lead already"
    explanation = "Name an accepted member to become the lead."


class NotAMember(Conflict):
    code = "not-a-member"
    title = "Only an accepted member can become the lead"
    explanation = "It must be a partner that has accepted, in the role of a member."


class AloneInTheBid(Conflict):
    code = "alone-in-the-bid"
    title = "There is nobody else in this bid"
    explanation = "Invite a partner first, or dissolve the proposal if it is not needed any more."
