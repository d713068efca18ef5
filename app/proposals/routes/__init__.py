"""Proposals and partners over HTTP."""

from app.proposals import pages
from app.proposals.routes import events, invitations, other_bids, partners, proposals, tasks

routers = [
    proposals.router,
    partners.router,
    invitations.router,
    other_bids.router,
    events.router,
    tasks.router,
    pages.router,
]
