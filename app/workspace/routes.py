"""The addresses of all pages, in the order in which they are tried."""

from dataclasses import dataclass

from starlette.routing import BaseRoute

from app.workspace.pages import (
    account,
    budget,
    calls,
    checking,
    decisions,
    doors,
    handing_in,
    history,
    home,
    invitations,
    organisations,
    overview,
    partners,
    received,
    say,
    signing,
    standing,
    statements,
    structure,
    together,
    writing,
)


@dataclass(frozen=True, slots=True)
class Pages:
    routes: list[BaseRoute]


router = Pages(
    [
        *doors.ROUTES,
        *invitations.ROUTES,
        *organisations.ROUTES,
        *home.ROUTES,
        *calls.ROUTES,
        *received.ROUTES,
        *overview.ROUTES,
        *say.ROUTES,
        *together.ROUTES,
        *writing.ROUTES,
        *history.ROUTES,
        *budget.ROUTES,
        *statements.ROUTES,
        *structure.ROUTES,
        *decisions.ROUTES,
        *signing.ROUTES,
        *handing_in.ROUTES,
        *partners.ROUTES,
        *account.ROUTES,
        *checking.ROUTES,
        *standing.ROUTES,
    ]
)
