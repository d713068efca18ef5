"""One declaration as a row: read beside the judgement of who asks, and written with its event in one statement.

Every change of a declaration is such a write, so it goes past the ORM: a statement through it costs five of these.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from sqlalchemy import ARRAY, Uuid, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations.common import MOST_DECLARATIONS, SETTING, Setting, Told, entry_of, setting_of
from app.bid.declarations.tables import Contribution, Expectation
from app.platform.access.errors import Conflict
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.access.statements import Run
from app.platform.db import event_log

Table = type[Contribution] | type[Expectation]
Value = TypeVar("Value")
_READ = {"UUID": "::text", "UUID[]": "::text[]", "JSONB": "::text"}
_WRITTEN = {"UUID": "::text::uuid", "UUID[]": "::text[]::uuid[]", "JSONB": "::text::jsonb"}
_FIXED = frozenset({"id", "proposal_id", "partner_id", "revealed", "created_at"})


class TooManyDeclarations(Conflict):
    code = "too-many-declarations"
    title = "That is more than a partner can declare"
    explanation = f"A partner declares at most {MOST_DECLARATIONS} of each. Put small ones of one kind together."


@dataclass(frozen=True, slots=True)
class Kept(Generic[Value]):
    """A declaration as stored, with its version; `hidden_changes` are those that the others cannot see."""

    value: Value
    version: int
    hidden_changes: int = 0


@dataclass(frozen=True, slots=True)
class Change(Generic[Value]):
    """`before` None: new. `at` points into the request."""

    before: Kept[Value] | None
    given: dict[str, Any]
    at: str = ""


def _type(table: Table, name: str) -> str:
    kind = table.__table__.c[name].type
    if isinstance(kind, ARRAY):
        return "UUID[]"
    return "UUID" if isinstance(kind, Uuid) else "JSONB" if isinstance(kind, JSONB) else ""


@cache
def _json(table: Table) -> frozenset[str]:
    return frozenset(column.key for column in table.__table__.columns if isinstance(column.type, JSONB))


def own(table: Table) -> str:
    """SQL: one of the reader's own, the setting that it is written in, and the head of the log (`standing.beside`)."""
    names = [column.key for column in _columns(table)]
    fields = ", ".join(f"d.{name}{_READ.get(_type(table, name), '')} AS {name}" for name in names)
    return f"""SELECT {fields}, p.event_seq, p.chain_hash, p.revision, {SETTING}
JOIN member m ON m.organisation_id = pa.organisation_id
JOIN {table.__tablename__} d ON d.partner_id = pa.id WHERE d.id = $3::text::uuid AND d.proposal_id = $2"""


def read(table: Table, found: Mapping[str, Any], proposal_id: Id) -> tuple[Any, Setting, event_log.Head]:
    """From a row of `own`: the row with its columns as attributes, the setting, and the head."""
    row = SimpleNamespace(**found)
    for name in _json(table):
        text = getattr(row, name)
        setattr(row, name, None if text is None else json.loads(text))
    head = event_log.Head(row.event_seq, row.chain_hash, row.revision)
    return row, setting_of(row, proposal_id, row.partner_id), head


async def find(session: AsyncSession, table: Table, proposal_id: Id, ids: Sequence[Id]) -> Iterable[Any]:
    """Those of this proposal with these ids, each with its columns as attributes."""
    query = select(*_columns(table)).where(table.proposal_id == proposal_id, table.id.in_(ids))
    return await session.execute(query)


async def check_room(session: AsyncSession, table: Table, partner_id: Id, more: int) -> None:
    query = select(func.count()).select_from(table).where(table.partner_id == partner_id)
    if (await session.execute(query)).scalar_one() + more > MOST_DECLARATIONS:
        raise TooManyDeclarations


def _columns(table: Table) -> list[Any]:
    return [column for column in table.__table__.columns if column.key not in ("proposal_id", "created_at")]


async def put(run: Run, table: Table, kept: Kept[Any], columns: Mapping[str, Any]) -> None:
    """Write it as it stands now, under the lock; the event is told apart."""
    named = _named(columns)
    await run(f"{_update(table, named, 1)} WHERE id = $1::text::uuid", *_parameters(table, kept, named, columns))


async def put_with_event(
    run: Run, table: Table, kept: Kept[Any], columns: Mapping[str, Any], actor: Actor, at: Setting, head: event_log.Head,
    told: Told,
) -> bool:  # fmt: skip
    """The same with its event, in one statement. False, and nothing is written, where the log moved on meanwhile."""
    named = _named(columns)
    first = event_log.FIRST_OF_CHANGE
    sql = f"{_update(table, named, first)} FROM moved WHERE {table.__tablename__}.id = ${first}::text::uuid"
    change = event_log.Change(sql, _parameters(table, kept, named, columns))
    entry = entry_of(actor, at, table.__tablename__[:-1], "changed", [told])
    return await event_log.append(run, head, "proposal", at.proposal_id, entry, change)


def _named(columns: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in columns if name not in _FIXED)


def _parameters(table: Table, kept: Kept[Any], named: Sequence[str], columns: Mapping[str, Any]) -> tuple[Any, ...]:
    values = [json.dumps(columns[name]) if name in _json(table) else columns[name] for name in named]
    return columns["id"], kept.version, kept.hidden_changes, *values


@cache
def _update(table: Table, named: tuple[str, ...], first: int) -> str:
    """Sets all that can change; the parameters are those of `_parameters`, of which `$first` is the row's id."""
    sets = [
        f"{name} = ${place}{_WRITTEN.get(_type(table, name), '')}"
        for place, name in enumerate(["version", "hidden_changes", *named], first + 1)
    ]
    return f"UPDATE {table.__tablename__} SET {', '.join(sets)}"
