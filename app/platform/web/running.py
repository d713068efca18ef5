"""One request: judged, its body read, judged again in its one transaction, run, committed, and only then answered.

The order of judgement is that of the contract: 401, 404, 403, then 415, 413, 408, 400 (the body), 422 (its content),
428, 412, 409 (inside the route). Nothing but this module commits for a request.

Whoever sends a body may take its time over it, so nothing is held meanwhile: neither a lock nor a connection.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi.exceptions import RequestValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from app.platform.access import locks
from app.platform.access.errors import Fault, Invalid, Refusal
from app.platform.access.rules import Rule, Scope, Standing
from app.platform.access.standing import Found
from app.platform.access.statements import Run
from app.platform.db.engine import Database, within
from app.platform.web import body as reading
from app.platform.web import guard, idempotency
from app.platform.web.arguments import MISSING, Arguments
from app.platform.web.context import Context
from app.platform.web.half_sent import sent_by
from app.platform.web.hooks import round_due
from app.platform.web.problems import from_validation, problem
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What a route asks of the edge.

    `body`: json; raw (the route gets the bytes as `here.content`); or stream (the route reads it by `body.chunks`).

    `late`: the route has something to do that takes a while before it needs the lock, and calls `here.begin()` when it is
    ready to write, before it uses `here.session` or relies on how the reader stands. A stream always does.

    `limit` names the setting that bounds the body; `secrets` are members that a replay leaves out;
    `retries` False: Idempotency-Key is ignored (sign-in, tokens). `owned` names the path parameter of a thing that
    only its own partner may write.
    """

    body: str = "json"
    limit: str = "body_limit"
    media: tuple[str, ...] = reading.JSON_TYPES
    tables: Mapping[str, Callable[[bytes], Any]] = field(default_factory=dict)
    """By media type: how a body of another kind is read into what the JSON would say."""
    secrets: tuple[str, ...] = ()
    retries: bool = True
    versioned: bool = True
    """A change needs If-Match; what has no version needs none."""
    limited: bool = False
    """So many tries, and then 429."""
    owned: str = ""
    late: bool = False

    @property
    def begins_itself(self) -> bool:
        return self.late or self.body == "stream"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API: its row of the permission table, what it asks of the edge, and the function that runs it."""

    name: str
    rule: Rule
    options: Options
    arguments: Arguments
    run: Callable[..., Awaitable[Response]]


@dataclass(slots=True)
class Running:
    """One request, from its judgement to its answer."""

    request: Request
    operation: Operation
    settings: Settings = field(init=False)
    db: Database = field(init=False)
    token: str | None = None
    """The invitation's token in the body, for the few operations where it stands in for an account."""
    content: bytes | None = None

    def __post_init__(self) -> None:
        state = self.request.app.state
        self.settings, self.db = state.settings, state.db

    @property
    def writes(self) -> bool:
        return self.request.method not in guard.SAFE

    async def answer(self) -> Response:
        if self.operation.rule.token:
            await self._look_for_token()
        found, path = await self._judge(self.db.reads.first)
        sent_by(self.request, found.actor)
        body = await self._body()
        self._check_queries()
        context = self._context(found, path)
        try:
            return await self._answer(context, body)
        finally:
            await context.close()

    async def _judge(self, run: Run, session: AsyncSession | None = None) -> tuple[Found, dict[str, str]]:
        """What the reader may do, and the path with its ids as they are stored."""
        asked = (self.request, self.operation.rule, self.settings, run, self.token, self.operation.options.owned)
        found, path = await guard.judge(*asked)
        if found.facts.get("round_due"):
            await _open_round(self.db, session, path["proposal_id"])
            found, path = await guard.judge(*asked)
        return found, path

    def _context(self, found: Found, path: dict[str, str]) -> Context:
        context = Context(
            request=self.request,
            operation=self.operation.name,
            rule=self.operation.rule,
            settings=self.settings,
            db=self.db,
            actor=found.actor,
            standing=found.standing or Standing(),
            facts=found.facts,
            path=path,
            run=self.db.reads.first,
            content=self.content or b"",
            writes=self.writes,
            begin=lambda: self._begin(context),
            judge_again=lambda: self._judge_again(context),
        )
        self.request.scope["cobid.context"] = context
        return context

    async def _judge_again(self, context: Context) -> None:
        found, context.path = await self._judge(self.db.reads.first)
        context.actor, context.standing, context.facts = found.actor, found.standing or Standing(), found.facts

    async def _answer(self, context: Context, body: Any) -> Response:
        retry = context.retry = self._retry(context)
        try:
            arguments = self.operation.arguments.read(self.request, context.path, body)
        except RequestValidationError as error:
            return await self._refuse(context, from_validation(error))
        try:
            if self.writes and not self.operation.options.begins_itself:
                await self._begin(context)
            try:
                response = await self.operation.run(context, **arguments)
            except Refusal as refusal:
                return await self._refuse(context, refusal)
        except idempotency.AnsweredBefore as before:
            return before.answer
        if self.writes and response.status_code < 400:
            if retry is not None and "idempotency-replayed" not in response.headers:
                await retry.keep(context.session, response, self.operation.options.secrets, context.standing)
            await context.session.commit()
            for wake in context.after_commit:
                wake()
        return response

    async def _begin(self, context: Context) -> None:
        """Open the transaction, hold what the permission table says, and judge again: a body takes its time to come, and
        what the reader may do can have changed meanwhile. `AnsweredBefore` ends what is sent a second time."""
        session = context.open()
        rule = self.operation.rule
        if rule.scope is not Scope.PUBLIC:
            await self._hold(context, session)
        retry = context.retry
        if retry is not None and retry.content is not None and (kept := await retry.first_answer(session)):
            raise idempotency.AnsweredBefore(kept)

    async def _hold(self, context: Context, session: AsyncSession) -> None:
        rule = self.operation.rule
        context.run = run = within(session)
        while True:
            held = await locks.take(rule, context.actor, context.path, run)
            if held is None:
                await session.rollback()
                continue
            found, context.path = await self._judge(run, session)
            context.actor, context.standing, context.facts = found.actor, found.standing or Standing(), found.facts
            if locks.organisations_of(rule, found.actor) <= held:
                return
            await session.rollback()  # the person has joined another organisation meanwhile, which is not held yet

    def _retry(self, context: Context) -> idempotency.Retry | None:
        key = self.request.headers.get("idempotency-key") if self.request.method == "POST" else None
        if key is None or not self.operation.options.retries:
            return None
        return idempotency.Retry(idempotency.scope_of(self.request, key, context.actor), context.actor, self.content)

    async def _refuse(self, context: Context, refusal: Refusal) -> Response:
        """With an Idempotency-Key the refusal is kept, in a transaction of its own."""
        retry = context.retry
        if retry is None or retry.content is None or refusal.kind not in idempotency.KEPT_REFUSALS:
            raise refusal
        session = context.open()
        await session.rollback()
        if kept := await retry.first_answer(session):
            return kept
        answer = problem(self.request, refusal)
        await retry.keep(session, answer)
        await session.commit()
        return answer

    async def _look_for_token(self) -> None:
        """What is wrong with the body is said in its turn, after the judgement."""
        try:
            self.content = await reading.read(self.request, self.settings.body_limit)
            token = reading.parse(self.content, self.settings.json_depth).get("token")
        except (Refusal, AttributeError):
            return
        self.token = token if isinstance(token, str) else None

    async def _body(self) -> Any:
        """The JSON that was sent, where the operation takes any."""
        options, limit = self.operation.options, getattr(self.settings, self.operation.options.limit)
        if options.body == "stream":
            reading.check_media_type(self.request, options.media)
            reading.check_not_packed(self.request)
            reading.check_declared_size(self.request, limit)
            return MISSING
        if not self.writes:
            return MISSING
        takes_json, kind = self.operation.arguments.takes_body, ""
        if options.body == "raw" or (takes_json and reading.is_announced(self.request)):
            kind = reading.check_media_type(self.request, (*options.media, *options.tables))
        if self.content is None:
            self.content = await reading.read(self.request, limit)
        if not self.content or not takes_json:
            return MISSING
        if kind in options.tables:
            return options.tables[kind](self.content)
        return reading.parse(self.content, self.settings.json_depth)

    def _check_queries(self) -> None:
        if not self.request.scope["query_string"]:
            return
        # PostgreSQL text cannot hold NUL. Replace it by a space; deleting it could join two halves into a new escape.
        self.request.scope["query_string"] = self.request.scope["query_string"].replace(b"%00", b"+")
        unknown = [name for name in self.request.query_params if name not in self.operation.arguments.queries]
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
