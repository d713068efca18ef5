"""Bids that hundreds of tests and rounds begin with: made once by real calls, and copied row by row.

This is the only place where tests write a whole bid as SQL. A copy has ids of its own and a log that verifies.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from app.platform.db.base import new_id
from app.platform.db.event_log import chain_hash, payload_digest
from tests.bids import Bid, Partner
from tests.callers import Organisation
from tests.factories import World

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SHARED = ("organisations", "people", "events")
"""Tables that are not searched for references. Events are found by their stream, which is no foreign key."""
REFERENCES = """
    SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, f.attname
    FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1]
    WHERE c.contype = 'f'"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Original:
    bid: Bid
    rows: dict[str, list[Row]]


_originals: dict[tuple[str, object], Original] = {}


def copy(
    world: World,
    like: object,
    make: Callable[[], Bid],
    organisations: list[Organisation],
    council: Organisation,
    *,
    call: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Bid:
    """A bid as `make` makes it, of these organisations. `like` names what is made, which happens once.

    `call`: another opportunity of the same shape that the copy answers, instead of one of its own. `changes` are
    columns of the opportunity that differ in every copy, such as its deadline.
    """
    key = (world.url, like)
    if key not in _originals:
        bid = make()
        _originals[key] = Original(bid, _rows_of(world.sql, bid))
    return _copy(world, _originals[key], organisations, council, call, changes)


def _rows_of(sql: psycopg.Connection, bid: Bid) -> dict[str, list[Row]]:
    """Rows to copy, by table: the bid, its call, what refers to them, what refers to that, …, and their events."""
    references = sql.execute(REFERENCES).fetchall()
    found: dict[str, dict[str, Row]] = {}

    def take(table: str, column: str, values: Iterable[str]) -> bool:
        rows = sql.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {column}::text = ANY(%s)", [list(values)])
        new = {json.dumps(row, sort_keys=True): row for (row,) in rows}
        before = len(found.setdefault(table, {}))
        found[table] |= new
        return len(found[table]) > before

    take("proposals", "id", [bid.id])
    take("opportunities", "id", [bid.opportunity_id])
    take("events", "stream_id", [bid.id, bid.opportunity_id])
    while any(
        [
            take(child, column, {str(row[parent_column]) for row in list(found[parent].values())})
            for child, column, parent, parent_column in references
            if parent in found and parent not in SHARED and child not in SHARED
        ]
    ):
        pass
    return {table: list(rows.values()) for table, rows in found.items() if rows}


def _copy(
    world: World,
    original: Original,
    organisations: list[Organisation],
    council: Organisation,
    call: Mapping[str, Any] | None,
    changes: Mapping[str, Any],
) -> Bid:
    old, rows = original.bid, original.rows
    ids = {str(row["id"]): "" for table in rows.values() for row in table if "id" in row}
    ids = {each: new_id() for each in sorted(ids)}  # new ids in the order of the old ones, by which lists are sorted
    for before, after in zip(
        [old.council, *(p.organisation for p in old.partners)], [council, *organisations], strict=True
    ):
        ids |= {before.id: after.id, before.boss.id: after.boss.id}
    if call is not None:
        ids[old.opportunity_id] = call["id"]
        ids |= {mine["id"]: its["id"] for mine, its in zip(old.opportunity["lots"], call["lots"], strict=True)}
        rows = {table: [row for row in some if not _of_the_call(table, row, old.id)] for table, some in rows.items()}

    def with_new_ids(value: Any) -> Any:
        return json.loads(UUID.sub(lambda found: ids.get(found[0], found[0]), json.dumps(value)))

    made = {table: with_new_ids(some) for table, some in rows.items()}
    for row in made.get("opportunities", []):
        row |= changes
    heads = _chained(made.get("events", []))
    for row in (*made.get("opportunities", []), *made["proposals"]):
        row["chain_hash"] = heads.get(row["id"], row["chain_hash"])
    with world.sql.transaction():
        world.sql.execute("SET LOCAL session_replication_role = replica")  # a row may come before what it refers to
        for table, some in made.items():
            if some:
                _insert(world.sql, table, some)
    opportunity = dict(call) if call is not None else {**with_new_ids(_plain(old.opportunity)), "commissioner": council}
    partners = [Partner(ids[p.id], organisation) for p, organisation in zip(old.partners, organisations, strict=True)]
    return Bid(world, ids[old.id], opportunity, partners)


def _plain(opportunity: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in opportunity.items() if key != "commissioner"}


def _of_the_call(table: str, row: Row, bid_id: str) -> bool:
    """Whether the row belongs to the opportunity, not to the bid."""
    if table == "events":
        return bool(row["stream_id"] != bid_id)
    return table == "opportunities" or ("opportunity_id" in row and table != "proposals")


def _chained(events: list[Row]) -> dict[str, str]:
    """Hashes the events of each stream again, now that they name other ids. Returns the last hash of each stream."""
    heads: dict[str, str] = {}
    for row in sorted(events, key=lambda event: (event["stream_id"], event["seq"])):
        salt = bytes.fromhex(row["salt"][2:])
        digest = payload_digest(salt, row["payload"] or {}, row["shared"])
        before = bytes.fromhex(heads.get(row["stream_id"], r"\x")[2:])
        at = datetime.fromisoformat(row["at"])
        row["payload_digest"] = r"\x" + digest.hex()
        row["hash"] = r"\x" + chain_hash(before, {**row, "at": at, "payload_digest": digest}).hex()
        heads[row["stream_id"]] = row["hash"]
    return heads


def _insert(sql: psycopg.Connection, table: str, rows: list[Row]) -> None:
    generated = sql.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attgenerated <> ''", [table]
    ).fetchall()
    columns = ", ".join(sorted(rows[0].keys() - {name for (name,) in generated}))
    sql.execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s)",
        [json.dumps(rows)],
    )
