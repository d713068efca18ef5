"""One declaration as a row: read beside the judgement of who asks, and written with its event in one statement.

Every change of a declaration is such a write, so it goes past the ORM: a statement through it costs five of these.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from sqlalchemy import ARRAY, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from app.db import event_log
from app.db.models.declarations import Contribution, Expectation
from app.db.reads import Run
from app.declarations.common import SETTING, Setting, Told, entry_of, setting_of
from app.domain.access import Actor
from app.domain.ids import Id

Table = type[Contribution] | type[Expectation]
Value = TypeVar("Value")
_READ = {"UUID": "::text", "UUID[]": "::text[]", "JSONB": "::text"}
_WRITTEN = {"UUID": "::text::uuid", "UUID[]": "::text[]::uuid[]", "JSONB": "::text::jsonb"}
_FIXED = frozenset({"id", "proposal_id", "partner_id", "revealed", "created_at"})
_FIRST = 19
"""The parameters before are the event's (`event_log.Change`)."""


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


@cache
def _type(table: Table, name: str) -> str:
    kind = table.__table__.c[name].type
    if isinstance(kind, ARRAY):
        return "UUID[]"
    return "UUID" if isinstance(kind, Uuid) else "JSONB" if isinstance(kind, JSONB) else ""


@cache
def own(table: Table) -> str:
    """SQL: one of the reader's own, the setting that it is written in, and the head of the log (`standing.beside`)."""
    names = [column.key for column in table.__table__.columns if column.key not in ("proposal_id", "created_at")]
    fields = ", ".join(f"d.{name}{_READ.get(_type(table, name), '')} AS {name}" for name in names)
    return f"""SELECT {fields}, p.event_seq, p.chain_hash, p.revision, {SETTING}
JOIN member m ON m.organisation_id = pa.organisation_id
JOIN {table.__tablename__} d ON d.partner_id = pa.id WHERE d.id = $3::text::uuid AND d.proposal_id = $2"""


def read(table: Table, found: Mapping[str, Any], proposal_id: Id) -> tuple[Any, Setting, event_log.Head]:
    """From a row of `own`: the row with its columns as attributes, the setting, and the head."""
    row = SimpleNamespace(**found)
    for column in table.__table__.columns:
        if _type(table, column.key) == "JSONB":
            text = getattr(row, column.key)
            setattr(row, column.key, None if text is None else json.loads(text))
    head = event_log.Head(row.event_seq, row.chain_hash, row.revision)
    return row, setting_of(row, proposal_id, row.partner_id), head


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
    where = f"FROM moved WHERE {table.__tablename__}.id = ${_FIRST}::text::uuid"
    change = event_log.Change(f"{_update(table, named, _FIRST)} {where}", _parameters(table, kept, named, columns))
    entry = entry_of(actor, at, table.__tablename__[:-1], "changed", [told])
    return await event_log.append(run, head, "proposal", at.proposal_id, entry, change)


def _named(columns: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in columns if name not in _FIXED)


def _parameters(table: Table, kept: Kept[Any], named: Sequence[str], columns: Mapping[str, Any]) -> tuple[Any, ...]:
    values = [json.dumps(columns[name]) if _type(table, name) == "JSONB" else columns[name] for name in named]
    return columns["id"], kept.version, kept.hidden_changes, *values


@cache
def _update(table: Table, named: tuple[str, ...], first: int) -> str:
    """Sets all that can change; the parameters are those of `_parameters`, of which `$first` is the row's id."""
    sets = [
        f"{name} = ${place}{_WRITTEN.get(_type(table, name), '')}"
        for place, name in enumerate(["version", "hidden_changes", *named], first + 1)
    ]
    return f"UPDATE {table.__tablename__} SET {', '.join(sets)}"
