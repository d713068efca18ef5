"""What a route is given: who asks, how they stand to the thing in the path, and the session of the request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from app.platform.access import lifecycle
from app.platform.access.errors import Fault, Forbidden, Invalid, StaleVersion, Unauthenticated
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Relation, Rule, Scope, Side, Standing
from app.platform.db.act import Act
from app.platform.words.codes import ProposalStatus
from app.settings import Settings

if TYPE_CHECKING:
    from app.platform.access.statements import Run
    from app.platform.db.engine import Database
    from app.platform.web.idempotency import Retry


@dataclass(slots=True)
class Context:
    """One request, judged: 401, 404, 403 (and 415, 413, 400) are behind it. Only the edge makes one.

    `session` is the request's one transaction; the edge commits it before the answer goes out. Nobody else commits.
    """

    request: Request
    operation: str
    rule: Rule
    settings: Settings
    db: "Database"
    actor: Actor | None
    standing: Standing
    facts: dict[str, Any]
    path: dict[str, str]
    run: "Run"
    """One statement: in the request's transaction where it writes, else one of its own."""
    content: bytes
    """The body, where one was read."""
    writes: bool
    begin: Callable[[], Awaitable[None]]
    """Opens the transaction, takes the lock and judges again. The edge calls it, unless the route's options say that it
    begins itself."""
    judge_again: Callable[[], Awaitable[None]]
    """For a read that waited: who asks, and what they may see, as it is now."""
    retry: "Retry | None" = None
    """The request's Idempotency-Key; only a route that reads its body as a stream looks at it."""
    after_commit: list[Callable[[], Any]] = field(default_factory=list)
    """Called once the transaction is committed (waking live rooms, say); never for what must not be lost."""
    _session: AsyncSession | None = None

    @property
    def session(self) -> AsyncSession:
        """The request's transaction. A read opens it when it first needs one; a write is in it once it has begun."""
        if self._session is None and self.writes:
            raise RuntimeError(f"{self.operation} has not begun: its body may still be on its way")
        return self.open()

    def open(self) -> AsyncSession:
        """The session, for the edge alone, which closes it."""
        if self._session is None:
            self._session = self.db.sessions()
        return self._session

    async def close(self) -> None:
        if self._session is not None and self._session.in_transaction():
            await self._session.close()

    @property
    def person(self) -> Actor:
        """The actor, who must be signed in."""
        if self.actor is None:
            raise Unauthenticated
        return self.actor

    @property
    def person_id(self) -> Id:
        """The person; a client of an organisation cannot do what only a person may."""
        if self.person.person_id is None:
            raise Forbidden("Only a person can do this, not a program. Sign in as a person.")
        return self.person.person_id

    @property
    def proposal_id(self) -> Id:
        return self.path["proposal_id"]

    def act(self, side: Side | None = None) -> Act:
        """What this request does to the proposal in the path, for the organisation on `side`: what services take."""
        return Act(self.session, self.person, "proposal", self.proposal_id, side)

    def match(self, version: int) -> None:
        """412 unless If-Match names `version` (428 without it). Call it before `check_state`."""
        from app.platform.web import etag

        if etag.expected_version(self.request) != version:
            raise StaleVersion

    def check_state(self) -> None:
        """409 unless the proposal's status and deadline leave room for this operation; says what would."""
        standing, rule = self.standing, self.rule
        if standing.status is None or rule.open_now(standing):
            return
        if rule.states == frozenset({ProposalStatus.DRAFT}):
            lifecycle.check_writable(standing.status, standing.deadline_passed, self.facts.get("edition"))
        lifecycle.check_not_over(standing.status, standing.deadline_passed)
        raise lifecycle.StepNotPossible(
            f"The proposal is '{standing.status.value}', and this is possible only while it is "
            f"{' or '.join(sorted(rule.states or ()))}. Read it again and look at 'viewer.can'."
        )

    def side(
        self,
        organisation_id: Id | None = None,
        partner_id: Id | None = None,
        *,
        relation: tuple[Relation, ...] = (Relation.PARTNER,),
    ) -> Side:
        """The organisation to act for: the one that the body names, or the only one possible.

        422 where several are possible and none is named, or the one named is not the actor's; 403 where the
        actor is in it without the role that this operation needs.
        """
        mine = [side for side in self.standing.seats(*relation)]
        named = [
            side
            for side in mine
            if (organisation_id is None or side.organisation_id == organisation_id)
            and (partner_id is None or side.seat_id == partner_id)
        ]
        pointer = "/partner_id" if partner_id is not None else "/organisation_id"
        if not named:
            if partner_id is not None or organisation_id is not None:
                raise Forbidden(
                    "You cannot act for that organisation here. Name one of your own that takes part in this proposal.",
                    [Fault(pointer, "not-yours", "This is not an organisation of yours in this proposal.")],
                )
            raise Forbidden
        able = [side for side in named if self.rule.may.test(self.standing.of(side))]
        if not able:
            raise Forbidden(f"Only {self.rule.may.words} may do this.")
        if len(able) > 1:
            raise Invalid.at(
                pointer, "name-the-organisation", "You could act for several organisations here: say for which one."
            )
        return able[0]

    def side_of_any(self) -> Side:
        """An organisation that may do this, where it does not matter for which it is done: the first of several."""
        able = [side for side in self.standing.sides if self.rule.may.test(self.standing.of(side))]
        if not able:
            raise Forbidden(f"Only {self.rule.may.words} may do this.")
        return able[0]

    async def look_again(self, proposal_id: Id) -> None:
        """Read standing and facts anew within this transaction, to answer with a proposal as the change left it."""
        from app.platform.access import standing
        from app.platform.web.guard import token_of

        await self.session.flush()
        token, _ = token_of(self.request, self.settings)
        statement, hashed = standing.statement(token, Scope.PROPOSAL)
        connection = await self.session.connection()
        row = (await connection.exec_driver_sql(statement, (hashed, proposal_id))).first()
        found = standing.read(row, signed_in=True)
        self.standing, self.facts = found.standing or Standing(), found.facts
        self.path["proposal_id"] = proposal_id


Here = Annotated[Context, Depends(lambda: None)]
"""The first parameter of every route: `here: Here`. The edge gives it; the mark keeps it out of the documentation."""
