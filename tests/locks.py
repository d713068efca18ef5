"""Watches every statement that the service runs in the tests, and complains of a lock that is taken out of order.

The order is that of `app/platform/access/locks.py`: advisory locks, the call, the bids in one statement by id, and only
then rows that lie under a bid, or an organisation's. A row that the transaction holds, or has made, can be locked again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import Pool

ORDER = {"advisory": 1, "opportunities": 2, "proposals": 3, "organisations": 4}
UNDER_A_BID = ("partners", "facilitators", "openings", "applications", "other_bids", "editions")
"""Whoever holds the bid may lock these in any order: nobody else can."""
SINGLE = ("proposals",)
"""A transaction that needs several locks them in one statement."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WRITES = re.compile(r"(?<!FOR )(?<!KEY )(?<!DO )\b(?:UPDATE|DELETE FROM)\s+(\w+)")
_LOCKS = re.compile(r"\bFOR (?:UPDATE|NO KEY UPDATE|SHARE)\b(?:\s+OF\s+(\w+))?")
_TABLES = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?")
_ADVISORY = re.compile(r"pg_advisory_xact_lock(?:_shared)?\(key\)")
"""Those of people and organisations. Counters of tries come last, and whoever counts waits for nothing else."""
_MANY = re.compile(r"\b(?:ORDER BY|JOIN)\b")
"""Which rows are locked, the statement's parameters do not say."""
_INSERTS = re.compile(r"\bINSERT INTO\s+(\w+)")


@dataclass(frozen=True)
class Statement:
    """What a statement locks and makes. `several`: it locks many rows, and by which ids it does not say."""

    locks: tuple[str, ...]
    makes: tuple[str, ...]
    several: bool


@cache
def read(sql: str) -> Statement:
    locked = list(_WRITES.findall(sql))
    tables = _TABLES.findall(sql)
    by_alias = {alias: table for table, alias in tables if alias} | {table: table for table, _ in tables}
    for of in _LOCKS.findall(sql):
        table = by_alias.get(of) if of else next((table for table, _ in tables if table in by_alias), None)
        if table:
            locked.append(table)
    if _ADVISORY.search(sql):
        locked.append("advisory")
    known = tuple(each for each in dict.fromkeys(locked) if each in ORDER or each in UNDER_A_BID)
    return Statement(known, tuple(_INSERTS.findall(sql)), bool(_MANY.search(sql)))


@dataclass
class Transaction:
    held: dict[str, set[str]] = field(default_factory=dict)
    """By table, the ids that its statements named. Other ids in them do no harm."""
    many: set[str] = field(default_factory=set)
    reached: str = "advisory"

    def run(self, sql: str, parameters: Any) -> Iterator[str]:
        """What is wrong with the locks that this statement takes."""
        statement = read(sql)
        if not statement.locks and not statement.makes:
            return
        ids = set(_UUID.findall(str(parameters)))
        for table in statement.locks:
            again = table in self.many or bool(self.held.get(table, set()) & ids)
            if not again:
                yield from (f"{wrong} {sorted(ids)}, held {self.held}" for wrong in self._complaints(table))
                if table in ORDER and ORDER[table] > ORDER[self.reached]:
                    self.reached = table
            self.held.setdefault(table, set()).update(ids)
            if statement.several:
                self.many.add(table)
        for table in statement.makes:
            self.held.setdefault(table, set()).update(ids)

    def _complaints(self, table: str) -> Iterator[str]:
        if table in UNDER_A_BID:
            if "proposals" not in self.held:
                yield f"a row of {table} is locked without its bid"
        elif ORDER[table] < ORDER[self.reached]:
            yield f"{table} is locked after {self.reached}"
        elif table in SINGLE and table in self.held:
            yield f"a second row of {table} is locked by itself"


complaints: list[str] = []
seen: set[str] = set()
"""The tables that were locked at all: a watch that sees nothing complains of nothing."""
_open: dict[int, Transaction] = {}


def _note(connection: int, sql: str, parameters: Any) -> None:
    transaction = _open.get(connection)
    if transaction is not None:
        complaints.extend(f"{wrong}: {' '.join(sql.split())[:300]}" for wrong in transaction.run(sql, parameters))
        seen.update(read(sql).locks)


def _driver(connection: Connection) -> int:
    return id(connection.connection.driver_connection)


def watch() -> None:
    """From now on, for every engine of this process that speaks asyncpg."""

    def ours(connection: Connection) -> bool:
        return connection.dialect.driver == "asyncpg"

    @event.listens_for(Engine, "begin")
    def begin(connection: Connection) -> None:
        if ours(connection):
            _open[_driver(connection)] = Transaction()

    @event.listens_for(Engine, "commit")
    @event.listens_for(Engine, "rollback")
    def end(connection: Connection) -> None:
        if ours(connection):
            _open.pop(_driver(connection), None)

    @event.listens_for(Engine, "before_cursor_execute")
    def execute(connection: Connection, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        if ours(connection):
            _note(_driver(connection), sql, parameters)

    @event.listens_for(Pool, "connect")
    def connected(adapted: Any, _record: Any) -> None:
        # What the service runs by the driver itself does not pass SQLAlchemy.
        driver = getattr(adapted, "driver_connection", None)
        if hasattr(driver, "add_query_logger"):
            driver.add_query_logger(partial(_logged, id(driver)))


def _logged(connection: int, query: Any) -> None:
    _note(connection, query.query, query.args)
