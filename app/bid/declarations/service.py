"""The verbs of declarations: declare, change and take back one or many. Only their owner can.

Contributions and expectations are written alike; a `Kind` holds what differs.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Generic, TypeVar, cast

import sqlalchemy
from sqlalchemy import TextClause, Update, bindparam, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations import scope as scopes
from app.bid.declarations.events import EventItem, record_event
from app.bid.declarations.rules.differences import Difference
from app.bid.declarations.rules.items import Bounds
from app.bid.declarations.scope import DeclarationScope
from app.bid.declarations.tables import Contribution as ContributionRow
from app.bid.declarations.tables import Expectation as ExpectationRow
from app.bid.value import Contribution, Expectation
from app.platform.access.errors import Conflict, Fault, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db.engine import within

MOST_DECLARATIONS = 500
"""The most contributions, and the most expectations, of one partner."""
Table = type[ContributionRow] | type[ExpectationRow]
Value = TypeVar("Value", Contribution, Expectation)
Differences = Sequence[Difference]
_FIXED = frozenset({"id", "partner_id", "revealed"})
"""What no change of a declaration sets."""


class TooManyDeclarations(Conflict):
    code = "too-many-declarations"
    title = "That is more than a partner can declare"
    explanation = f"A partner declares at most {MOST_DECLARATIONS} of each. Put small ones of one kind together."


@dataclass(frozen=True, slots=True)
class Change(Generic[Value]):
    """What was sent for one declaration. `before` None: a new one. `at` points into the request."""

    before: Value | None
    given: dict[str, Any]
    at: str = ""


async def _nothing(*_: Any) -> None:
    """For a kind that has no more to do."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Value]):
    """`name` is what events call it. `needed` must be said of a new one and cannot be cleared, `kept` only cannot be."""

    name: str
    table: Table
    needed: tuple[str, ...]
    kept: tuple[str, ...]
    read: Callable[[dict[str, Any]], Value]
    """From the row as JSON."""
    columns: Callable[[Value, str], dict[str, Any]]
    """Those columns, in this currency, that are not simply the value's fields."""
    apply: Callable[[Change[Value], DeclarationScope], Value]
    """The value as it shall be."""
    faults: Callable[[Value, Bounds], Iterable[Fault]]
    differences: Callable[[Value | None, Value | None, str], tuple[Differences, Differences]]
    """What changed for its owner, and for the others."""
    check: Callable[[AsyncSession, DeclarationScope, Change[Value], Value], Awaitable[None]] = _nothing
    """Refuses what only the database can tell to be wrong."""
    taken_back: Callable[[AsyncSession, DeclarationScope, Value], Awaitable[None]] = _nothing
    """What else changes when one is taken back."""


@cache
def _find(table: Table) -> TextClause:
    name = table.__tablename__
    return text(f"SELECT to_jsonb(d)::text FROM {name} d WHERE proposal_id = :proposal_id AND id = ANY(:ids)")


async def find(session: AsyncSession, kind: Kind[Value], proposal_id: Id, ids: Sequence[Id]) -> dict[Id, Value]:
    """Those of this proposal with these ids."""
    found = await session.execute(_find(kind.table), {"proposal_id": proposal_id, "ids": list(ids)})
    values = [_read(kind, row) for row in found.scalars()]
    return {value.id: value for value in values}


@cache
def _load(table: Table) -> str:
    return f"""SELECT jsonb_build_object('scope', {scopes.SCOPE}, 'declaration', to_jsonb(d))::text FROM {scopes.TABLES}
      JOIN {table.__tablename__} d ON d.partner_id = pa.id WHERE d.id = $1::text::uuid AND d.proposal_id = $2::text::uuid"""


async def load(session: AsyncSession, kind: Kind[Value], proposal_id: Id, id_: Id) -> tuple[DeclarationScope, Value]:
    """One declaration, with the scope of its owner."""
    row = await within(session)(_load(kind.table), id_, proposal_id)
    if row is None:
        raise NotFound
    found = json.loads(row[0], parse_float=Decimal)
    return scopes.read(found["scope"]), kind.read(found["declaration"])


def _read(kind: Kind[Value], row: str) -> Value:
    return kind.read(json.loads(row, parse_float=Decimal))


async def save(
    session: AsyncSession, actor: Actor, scope: DeclarationScope, kind: Kind[Value], changes: Sequence[Change[Value]]
) -> list[Value]:
    """Write them all or none, with one event. Answers them as they stand, in order. Faults of all rows at once."""
    faults: list[Fault] = []
    wanted: list[Value] = []
    for change in changes:
        found = _missing(kind, change)
        if not found:
            wanted.append(kind.apply(change, scope))
            found = [*kind.faults(wanted[-1], scope.bounds)]
        faults += [Fault(f"{change.at}{fault.pointer}", fault.code, fault.detail) for fault in found]
    refuse(faults)
    for change, value in zip(changes, wanted, strict=True):
        await kind.check(session, scope, change, value)
    new = [value for change, value in zip(changes, wanted, strict=True) if change.before is None]
    if new:
        await _add(session, scope, kind, new)
    items = [as_event(kind, change.before, value, scope) for change, value in zip(changes, wanted, strict=True)]
    written = [
        value if change.before is None else await write(session, scope, kind, change.before, value, item)
        for change, value, item in zip(changes, wanted, items, strict=True)
    ]
    if changed := [item for item in items if item.own]:
        await record_event(session, actor, scope, kind.name, "added" if new else "changed", changed)
    return written


async def take_back(
    session: AsyncSession, actor: Actor, scope: DeclarationScope, kind: Kind[Value], before: Value
) -> None:
    await session.execute(delete(kind.table).where(kind.table.id == before.id))
    await kind.taken_back(session, scope, before)
    await record_event(session, actor, scope, kind.name, "removed", [as_event(kind, before, None, scope)])


async def write(
    session: AsyncSession, scope: DeclarationScope, kind: Kind[Value], before: Value, after: Value, item: EventItem
) -> Value:
    """Update the row, unless there is nothing to say of the change; the caller records the event."""
    if not item.own:
        return before
    hidden = scope.open and not item.others
    after = replace(after, version=before.version + 1, hidden_changes=before.hidden_changes + hidden)
    columns = {name: given for name, given in _columns(kind, after, scope).items() if name not in _FIXED}
    await session.execute(_update(kind.table), {**columns, "row_id": after.id})
    return after


@cache
def _update(table: Table) -> Update:
    """Sets the columns that it is given. Made once for each table: making it takes longer than running it."""
    rows = cast(sqlalchemy.Table, table.__table__)
    return update(rows).where(rows.c.id == bindparam("row_id"))


async def _add(session: AsyncSession, scope: DeclarationScope, kind: Kind[Value], new: Sequence[Value]) -> None:
    query = select(func.count()).select_from(kind.table).where(kind.table.partner_id == scope.partner_id)
    if (await session.execute(query)).scalar_one() + len(new) > MOST_DECLARATIONS:
        raise TooManyDeclarations
    rows = [{**_columns(kind, value, scope), "proposal_id": scope.proposal_id} for value in new]
    await session.execute(insert(kind.table), rows)


def _columns(kind: Kind[Value], value: Value, scope: DeclarationScope) -> dict[str, Any]:
    plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return {**plain, **kind.columns(value, scope.currency)}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def as_event(kind: Kind[Value], before: Value | None, after: Value | None, scope: DeclarationScope) -> EventItem:
    one = after or before
    assert one is not None
    return EventItem(one.id, one.title, *kind.differences(before, after, scope.currency))


def _missing(kind: Kind[Value], change: Change[Value]) -> list[Fault]:
    """What a new one must say, and a change cannot take back."""
    given, new = change.given, change.before is None
    return [
        Fault(f"/{name}", "missing", "This is needed. Add it and send the request again.")
        for name in (kind.needed if new else (*kind.needed, *kind.kept))
        if (new or name in given) and given.get(name) is None
    ]


def refuse(faults: Iterable[Fault]) -> None:
    """422 with every fault; nothing where there is none."""
    if found := list(faults):
        raise Invalid(found[0].detail if len(found) == 1 else "", found)
