"""Proposals and partners over HTTP."""

from app.bid.proposal import pages
from app.bid.proposal.routes import events, invitations, other_bids, partners, proposals, tasks

routers = [
    proposals.router,
    partners.router,
    invitations.router,
    other_bids.router,
    events.router,
    tasks.router,
    pages.router,
]
