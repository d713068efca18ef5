"""One visit to a page: who asks, what the API says to them, and the answer with its standing headers."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from app.workspace import addresses, problems
from app.workspace.api import Api, Json, Refused
from app.workspace.edge import Given, posted
from app.workspace.problems import Errors
from app.workspace.view import ENGLISH, TEMPLATES

log = structlog.get_logger("cobid.workspace")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    # Without a referrer a browser names no origin with a form, and the form would be taken for another site's.
    "Referrer-Policy": "same-origin",
}
SECRET = ("password", "version", "key")
"""Fields that are never carried over a sign-in: what is secret, and what the page fills by itself."""


class Visit:
    """One request to a page."""

    def __init__(self, request: Request, api: Api) -> None:
        self.request = request
        self.api = api
        self.given = Given()
        self.failing = False
        """Whether this is the page of a failure, which has to be shown whatever else fails."""
        self._me: Json | None = None
        self._asked = False

    def query(self, name: str) -> str:
        return self.request.query_params.get(name, "")

    @property
    def here(self) -> str:
        """The address that was asked for, to come back to."""
        url = self.request.url
        return url.path + (f"?{url.query}" if url.query else "")

    async def me(self) -> Json | None:
        """Who is signed in, if anybody is."""
        if not self._asked:
            self._asked = True
            try:
                self._me = (await self.api("get_me")).json
            except Refused as refused:
                if refused.status != 401 and not self.failing:
                    raise
        return self._me

    async def signed_in(self) -> Json:
        """Who is signed in. Nobody is 401, which leads to the sign-in and back."""
        me = await self.me()
        if me is None:
            raise Refused({"type": "/problems/unauthenticated", "status": 401, "title": "", "detail": "", "errors": []})
        return me

    async def came_in(self) -> None:
        """Who is signed in from now on: the API set a cookie that this request did not bring."""
        self.api.take_cookies()
        self._asked = False
        await self.me()

    async def all(self, operation: str, **path: str) -> list[Json]:
        """A list as far as a page shows one."""
        items: list[Json] = (await self.api(operation, query={"limit": MOST}, **path)).json["items"]
        return items

    def remember(self, name: str, value: str, *, hours: int) -> None:
        """Let this browser keep something for a while, where no script reads it."""
        self._keep(name, value, hours * 3600)

    def forget(self, name: str) -> None:
        if name in self.request.cookies:
            self._keep(name, "", 0)

    def _keep(self, name: str, value: str, seconds: int) -> None:
        secure = "; Secure" if self.request.app.state.settings.secure else ""
        self.api.cookies.append(f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")

    async def words_of(self, vocabulary: str) -> dict[str, Json]:
        """A vocabulary by code: the contract's words, for choices and states."""
        found = await self.api("get_vocabulary", name=vocabulary)
        return {entry["code"]: entry for entry in found.json["items"]}

    async def show(
        self, template: str, status: int = 200, /, *, errors: Errors | None = None, **values: Any
    ) -> Response:
        """A page from its template, with what every page needs."""
        done = self.query("done")
        made = TEMPLATES.get_template(template).render(
            me=await self.me(),
            here=self.here,
            path=self.request.url.path,
            said=ENGLISH(f"done.{done}") if done in ENGLISH.below("done") else "",
            errors=errors or Errors(),
            key=secrets.token_urlsafe(16),
            **values,
        )
        return self._with_cookies(HTMLResponse(made, status, HEADERS))

    def go(self, address: str, **query: str) -> Response:
        """303: after a form that did something, so that reloading does it no second time."""
        response = RedirectResponse(addresses.to(address, **query), 303, HEADERS)
        return self._with_cookies(response)

    def _with_cookies(self, response: Response) -> Response:
        for cookie in self.api.cookies:
            response.headers.append("set-cookie", cookie)
        return response


MOST = 200
"""The most rows of a list on one page."""
Page = Callable[[Visit], Awaitable[Response]]


class PageRoute(Route):
    """A page's address. What happens within bids is counted together, as the calls behind it are: see the middleware."""

    @property
    def within_bids(self) -> bool:
        return self.path.startswith("/bids/")


def route(path: str, page: Page, *, post: Page | None = None) -> Route:
    """The address of a page, and of the form on it."""

    async def endpoint(request: Request) -> Response:
        async with Api(request) as api:
            visit = Visit(request, api)
            try:
                if request.method != "POST" or post is None:
                    return await page(visit)
                visit.given = await posted(request)
                return await post(visit)
            except Refused as refused:
                return await _refused(visit, refused)
            except Exception as error:
                # A fault of ours is a page, too; the log has what it was, under the number that the page gives.
                log.error("page-fault", request_id=request.scope.get("request_id"), exc_info=error)
                fault = {"title": ENGLISH("fault.title"), "detail": ENGLISH("fault.text"), "status": 500}
                return await _refused(visit, Refused(fault))

    methods = ["GET", "POST"] if post else ["GET"]
    return PageRoute(path, endpoint, methods=methods, name=f"page:{path}", include_in_schema=False)


async def _refused(visit: Visit, refused: Refused) -> Response:
    """The page for what nobody expected: signing in and coming back, one page for hidden and missing, when to try again."""
    if refused.status == 401:
        if visit.request.method != "POST":
            return visit.go("/open/sign-in", next=visit.here)
        return await visit.show(
            "doors/sign-in.html",
            401,
            email="",
            next="",
            kept=[pair for pair in visit.given.pairs() if pair[0] not in SECRET],
            kept_for=visit.here,
            errors=problems.errors([("", ENGLISH("sign-in.ended"))]),
        )
    visit.failing = True
    title = refused.problem.get("title") or ""
    response = await visit.show(
        "refused.html",
        refused.status,
        title=ENGLISH("missing.title") if refused.status == 404 else title,
        sentence=ENGLISH("missing.text") if refused.status == 404 else problems.sentence(refused),
        retry_after=refused.retry_after,
        request_id=visit.request.scope.get("request_id", "") if refused.status >= 500 else "",
    )
    if refused.retry_after:
        response.headers["retry-after"] = refused.retry_after
    return response
