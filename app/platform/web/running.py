"""One request: judged, run in one transaction, committed, and only then answered.

The order of judgement is that of the contract: 401, 404, 403, then 415, 413, 400 (the body), 422 (its content),
428, 412, 409 (inside the route). Nothing but this module commits for a request.
"""

from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from app.platform.access.errors import Fault, Invalid, Refusal
from app.platform.access.rules import Rule, Standing
from app.platform.access.standing import Depth, Found
from app.platform.access.statements import Run
from app.platform.db.engine import Database, driver
from app.platform.web import body as reading
from app.platform.web import guard, idempotency
from app.platform.web.context import Context, Moved
from app.platform.web.hooks import round_due
from app.platform.web.problems import from_validation, problem
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What a route asks of the edge. `body`: json, stream (the route reads it itself), or none.

    `limit` names the setting that bounds the body; `secrets` are members that a replay leaves out;
    `retries` False: Idempotency-Key is ignored (sign-in, tokens). `owned` names the path parameter of a thing that
    only its own partner may write.
    """

    body: str = "json"
    limit: str = "body_limit"
    media: tuple[str, ...] = reading.JSON_TYPES
    secrets: tuple[str, ...] = ()
    retries: bool = True
    versioned: bool = True
    """A change needs If-Match; what has no version needs none."""
    limited: bool = False
    """So many tries, and then 429."""
    owned: str = ""
    direct: bool = False
    """A read that takes nothing but what stands in the path, and asks nothing of the proposal but who is tied to it:
    it is called as it is, without the framework's reading of parameters, which would take longer than the rest."""
    row: str = ""
    """A change of one row of the reader's own: the SQL that reads it (`standing.beside`); the route finds it in
    `here.row`."""
    at_once: bool = False
    """The change of `row` is one statement that is guarded by the log's head (`event_log.append`), by `here.run`. It is
    tried without a lock; where somebody was between, or anything is not plain, it is judged again under the lock, like
    every other change."""


@dataclass(slots=True)
class Running:
    """One request, from its judgement to its answer."""

    request: Request
    operation: str
    rule: Rule
    options: Options
    takes_body: bool
    queries: frozenset[str]
    inner: Callable[[Request], Coroutine[Any, Any, Response]]

    async def answer(self) -> Response:
        if self.options.direct:
            return await self._directly()
        if self.options.at_once and (answered := await self._at_once()) is not None:
            return answered
        writes = self.request.method not in guard.SAFE
        settings, db = self.request.app.state.settings, self.request.app.state.db
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(db.sessions()) if writes else None
            early = await self._peek(settings)
            run = _in(session) if session else db.reads.first
            found, path = await guard.judge(self.request, self.rule, settings, run, early, self.options.owned)
            if found.facts.get("round_due"):
                await _open_round(db, session, path["proposal_id"])
                found, path = await guard.judge(self.request, self.rule, settings, run, early, self.options.owned)
            content = await self._body(settings)
            self._check_queries()
            context = self._context(found, path, session, run)
            if self.options.row:
                context.row = await guard.row(self.request, settings, run, self.options.row, path)
            try:
                return await self._run(context, content)
            finally:
                if session is None and context._session is not None:
                    await context._session.close()

    async def _directly(self) -> Response:
        settings, run = self.request.app.state.settings, self.request.app.state.db.reads.first
        found, path = await guard.judge(self.request, self.rule, settings, run, depth=Depth.TIES)
        self._check_queries()
        self._context(found, path, None, run).without_session = True
        return await self.inner(self.request)

    async def _at_once(self) -> Response | None:
        """One statement judges and reads, one writes; None where this has to be done under the lock."""
        settings, db = self.request.app.state.settings, self.request.app.state.db
        seen = await guard.judge_row(self.request, self.rule, settings, db.reads.first, self.options.row)
        if seen is None:
            return None
        await self._body(settings)
        self._check_queries()
        context = self._context(*seen, None, db.reads.first)
        context.row, context.without_session = seen[0].row, True
        try:
            return await self.inner(self.request)
        except Moved:
            return None

    def _context(self, found: Found, path: dict[str, str], session: AsyncSession | None, run: Run) -> Context:
        app = self.request.app
        standing = found.standing or Standing()
        context = Context(
            self.request, self.operation, self.rule, app.state.settings, app.state.db, found.actor, standing, found.facts,
            path, session, run,
        )  # fmt: skip
        self.request.scope["cobid.context"] = context
        return context

    async def _run(self, context: Context, content: bytes) -> Response:
        key = self.request.headers.get("idempotency-key") if self.request.method == "POST" else None
        retry = None
        if key is not None and self.options.retries:
            scope = idempotency.scope_of(self.request, key, context.actor)
            context.retry = retry = idempotency.Retry(context.session, scope, context.actor)
            if self.options.body != "stream" and (kept := await retry.first_answer(content)):
                return kept
        try:
            response = await self.inner(self.request)
        except (Refusal, RequestValidationError) as error:
            if retry is None or retry.content is None:
                raise
            return await self._keep_refusal(retry, error if isinstance(error, Refusal) else from_validation(error))
        if self.request.method not in guard.SAFE and response.status_code < 400:
            if retry is not None and "idempotency-replayed" not in response.headers:
                await retry.keep(response, self.options.secrets, context.standing)
            await context.session.commit()
            for wake in context.after_commit:
                wake()
        return response

    async def _keep_refusal(self, retry: idempotency.Retry, refusal: Refusal) -> Response:
        await retry.session.rollback()
        answer = problem(self.request, refusal)
        if refusal.kind in ("conflict", "invalid", "stale", "precondition-required"):
            if kept := await retry.first_answer(retry.content or b""):
                return kept
            await retry.keep(answer)
            await retry.session.commit()
        return answer

    async def _peek(self, settings: Settings) -> str | None:
        """The invitation's token in the body, for the few routes where it stands in for an account."""
        if not self.rule.token:
            return None
        try:
            content = await reading.read(self.request, settings.body_limit)
            self.request._body = content
            token = reading.parse(content, settings.json_depth).get("token")
        except (Refusal, AttributeError):
            return None
        return token if isinstance(token, str) else None

    async def _body(self, settings: Settings) -> bytes:
        if self.options.body == "stream":
            reading.check_media_type(self.request, self.options.media)
            reading.check_declared_size(self.request, getattr(settings, self.options.limit))
            return b""
        if self.request.method in guard.SAFE:
            return b""
        declared = self.request.headers.get("content-length", "0") != "0" or "transfer-encoding" in self.request.headers
        if self.takes_body and declared:
            reading.check_media_type(self.request, self.options.media)
        held = getattr(self.request, "_body", None)
        content = held if held is not None else await reading.read(self.request, getattr(settings, self.options.limit))
        self.request._body = content
        if content and self.takes_body:
            self.request._json = reading.parse(content, settings.json_depth)
        return content

    def _check_queries(self) -> None:
        if not self.request.scope["query_string"]:
            return
        # Words to look for may come from anywhere; what no text can hold (NUL) is a gap between them. Not nothing: what
        # stood around it could make another.
        self.request.scope["query_string"] = self.request.scope["query_string"].replace(b"%00", b"+")
        unknown = [name for name in self.request.query_params if name not in self.queries]
        if unknown:
            raise Invalid(
                errors=[
                    Fault(f"/query/{name}", "unknown-parameter", "This query parameter is not known here.")
                    for name in unknown
                ]
            )


async def _open_round(db: Database, session: AsyncSession | None, proposal_id: str) -> None:
    """The agreed cut-off of the honesty round has come: whoever comes first afterwards finds everything open."""
    if session is not None:
        await round_due(session, proposal_id)
        return
    async with db.sessions() as own:
        await round_due(own, proposal_id)
        await own.commit()


def _in(session: AsyncSession) -> Run:
    """In the request's transaction: the first statement begins it, the rest go straight to the driver."""
    begun: list[Any] = []

    async def run(statement: str, *parameters: Any) -> Any:
        if begun:
            return await begun[0].fetchrow(statement, *parameters)
        connection = await session.connection()
        found = (await connection.exec_driver_sql(statement, parameters)).first()
        begun.append(await driver(session))
        return found

    return run
