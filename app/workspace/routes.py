"""The addresses of all pages, in the order in which they are tried."""

from dataclasses import dataclass

from starlette.routing import BaseRoute

from app.workspace.pages import (
    account,
    budget,
    checking,
    doors,
    home,
    invitations,
    organisations,
    overview,
    partners,
    say,
    standing,
    statements,
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
        *overview.ROUTES,
        *say.ROUTES,
        *together.ROUTES,
        *writing.ROUTES,
        *budget.ROUTES,
        *statements.ROUTES,
        *partners.ROUTES,
        *account.ROUTES,
        *checking.ROUTES,
        *standing.ROUTES,
    ]
)
