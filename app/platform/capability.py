"""What each room declares of itself to the rest of the service, and the one place where these declarations are joined.

A room's `capability.py` holds one `Capability`. `app/capabilities.py` lists the rooms and joins them once, before the
first request or job. Nothing else is found by scanning folders or by importing a module for its side effect. Whatever
two rooms declare twice, or nobody declares, stops the service from starting.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.routing import BaseRoute

from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Standing
from app.platform.words.codes import Matter

if TYPE_CHECKING:
    from app.platform.worker.work import Work

P = ParamSpec("P")
V = TypeVar("V")


class HasRoutes(Protocol):
    """A router of the edge, or one of the framework's for our own pages."""

    @property
    def routes(self) -> list[BaseRoute]: ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """How the thing that a path parameter names is found: `statement` answers a row when the reader may see it.

    It takes `$1` the value as text (cast it: `$1::uuid`), `$2` the id of the scope's own thing, `$3` the reader's seat
    ids (partner or facilitator ids; where the path stands in nothing, the ids of its organisations) as uuid[]; it need
    not use them all. With `uuid`, a value that is no UUID is not
    found without asking. Where `Options.owned` names the parameter, the row's first column is the owning partner's id.
    """

    statement: str
    uuid: bool = True

    @property
    def sql(self) -> str:
        """The statement with its parameters typed, so that it may leave some of them out."""
        return f"WITH given AS (SELECT $1::text AS value, $2::uuid AS scope_id, $3::uuid[] AS seats) {self.statement}"


JUDGED_BY_THE_ROUTE = Parameter("")
"""For what hides nothing (a format, say) or stands in a route that is public or any signed-in person's: the route says 404."""


@dataclass(frozen=True, slots=True)
class Part:
    """A room's part of the whole proposal: how it looks to a reader, and its type for the documentation.

    `render` takes the proposal (`app.bid.value.Proposal`) and the reader's standing.
    """

    render: Callable[[Any, Standing], Sequence[BaseModel] | BaseModel | None]
    shape: Any


@dataclass(frozen=True, slots=True)
class Event:
    """One type of event. `leads_to` is where below the proposal a notification of it leads; None: nobody is notified.

    `declares`: it changes what a partner declared, so acknowledgements given before it are out of date.
    `mentions`: only the people whom its payload mentions are notified. `urgent`: it has to be acted on before the next
    digest, or cannot wait, so whoever may act is mailed at once, whatever they chose. `doer_too`: so is whoever did it,
    as with a receipt. `outside`: it is for an organisation that is not inside, yet or any more. Its payload names it as
    `organisation_id`, and its people are told and nobody else; `because` in the payload is why, in words for them.
    """

    leads_to: str | None = None
    declares: bool = False
    mentions: bool = False
    urgent: bool = False
    doer_too: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """What waits for a person: its codes, and the SQL that finds it, over the columns and seats of `app.bid.proposal.tasks`.

    The second column is the id of a bid; with `of_call` it is that of a call, so of something that its owner does. Without
    SQL, rules find it (`app/bid/proposal/to_clear.py`).
    """

    codes: tuple[str, ...]
    sql: str | None
    of_call: bool = False


@dataclass(frozen=True, slots=True)
class Carrier:
    """A request that a decision can carry out. `path` is below the proposal, such as `/partners/{partner_id}/remove`.

    `run(session, actor, proposal_id, path, body)` does it in the open transaction, with its events, or raises a
    Refusal. `path` holds the template's parameters; `actor` is who had the decision counted, None where its time ran
    out. The caller has locked the proposal's row. The proposer's rights were checked; state and rules are `run`'s, which
    judges by the state at the close: it is also run, and rolled back, when the motion is opened, so that nobody votes
    on what could never happen.
    """

    method: str
    path: str
    matter: Matter
    run: Callable[[AsyncSession, Actor | None, Id, dict[str, str], dict[str, Any]], Awaitable[None]]
    check: Callable[[AsyncSession, Id, dict[str, str], datetime | None], Awaitable[None]] | None = None
    """`check(session, proposal_id, path, opened_at)` refuses what depends on when the motion was opened: None for now."""


Handler = Callable[["Work", dict[str, Any]], Awaitable[None]]
"""Handles one outbox row as a job, which is tried again for a day and a half after failures; so it is idempotent."""


@dataclass(frozen=True, slots=True)
class Tick:
    """What falls due by the clock alone: the worker calls `run` every `seconds`."""

    seconds: float
    run: Callable[["Work"], Awaitable[None]]


class Hook(Generic[P]):
    """Something that happens in one room and that higher rooms follow up in the same transaction.

    The room where it happens defines and calls it. Rooms above it declare in their capability who follows.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._followers: list[Callable[P, Awaitable[None]]] | None = None

    def followed_by(self, follower: Callable[P, Awaitable[None]]) -> "Follower":
        return Follower(self, follower)

    def join(self, followers: Iterable[Callable[P, Awaitable[None]]]) -> None:
        self._followers = list(followers)

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        if self._followers is None:
            joined()
            return
        for follower in self._followers:
            await follower(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class Follower:
    """`run` follows up `hook`, in the order in which the rooms are listed."""

    hook: Hook[Any]
    run: Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One room, as the rest of the service needs to know it."""

    name: str
    routers: Sequence[HasRoutes] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    """By the name of the path parameter, which is one for the whole service."""
    parts: Mapping[str, Part] = field(default_factory=dict)
    """By the member of the whole proposal."""
    events: Mapping[str, Event] = field(default_factory=dict)
    """By type, whichever log they are written to."""
    tasks: Sequence[Task] = ()
    carriers: Sequence[Carrier] = ()
    handlers: Mapping[str, Sequence[Handler]] = field(default_factory=dict)
    """By outbox topic. Every event of a log is a row of the topic `event`."""
    only_types: Mapping[Handler, Collection[str]] = field(default_factory=dict)
    """Of a handler of the topic `event`: the types of event that it is for. One that is not here gets all."""
    topics: Sequence[str] = ()
    """The outbox topics that it writes, but for its events. Each needs a handler, of whichever room."""
    ticks: Sequence[Tick] = ()
    followers: Sequence[Follower] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """What all rooms declare together."""

    capabilities: tuple[Capability, ...]
    parameters: Mapping[str, Parameter]
    parts: Mapping[str, Part]
    events: Mapping[str, Event]
    tasks: tuple[Task, ...]
    carriers: tuple[Carrier, ...]
    handlers: Mapping[str, Mapping[str, Handler]]
    """By topic, each handler by its own name."""
    only_types: Mapping[str, frozenset[str]]
    """By a handler's name."""
    topics: frozenset[str]
    ticks: tuple[Tick, ...]


_joined: list[Joined] = []


def join(capabilities: Sequence[Capability]) -> Joined:
    """Join the rooms' declarations for this process. Raises RuntimeError where two of them contradict each other."""
    handlers: dict[str, dict[str, Handler]] = {}
    for capability in capabilities:
        for topic, listed in capability.handlers.items():
            for handler in listed:
                if handlers.setdefault(topic, {}).setdefault(handler.__name__, handler) is not handler:
                    raise RuntimeError(f"two handlers of the topic {topic!r} are called {handler.__name__!r}")
    made = Joined(
        tuple(capabilities),
        _once("path parameter", ((each.name, each.parameters) for each in capabilities)),
        _once("part of the whole proposal", ((each.name, each.parts) for each in capabilities)),
        _once("event", ((each.name, each.events) for each in capabilities)),
        tuple(task for each in capabilities for task in each.tasks),
        tuple(carrier for each in capabilities for carrier in each.carriers),
        handlers,
        {each.__name__: frozenset(types) for room in capabilities for each, types in room.only_types.items()},
        frozenset(topic for each in capabilities for topic in each.topics),
        tuple(tick for each in capabilities for tick in each.ticks),
    )
    if unhandled := made.topics - handlers.keys():
        raise RuntimeError(f"outbox topics without a handler: {sorted(unhandled)}")
    followers = [follower for each in capabilities for follower in each.followers]
    for hook in {id(each.hook): each.hook for each in followers}.values():
        hook.join(each.run for each in followers if each.hook is hook)
    _joined[:] = [made]
    return made


def joined() -> Joined:
    """What was joined in this process. Raises RuntimeError where nothing was: see `app.capabilities.join`."""
    if not _joined:
        raise RuntimeError("No capabilities were joined in this process. Call app.capabilities.join() first.")
    return _joined[0]


def _once(kind: str, declared: Iterable[tuple[str, Mapping[str, V]]]) -> dict[str, V]:
    found: dict[str, V] = {}
    for room, named in declared:
        if twice := found.keys() & named.keys():
            raise RuntimeError(f"the {kind} {sorted(twice)[0]!r} is declared by {room!r} and by another room")
        found.update(named)
    return found
