"""Inserts rows that no call makes in the form that a test needs."""

import json
from typing import Any

from app.platform.db.base import new_id
from tests.factories import World


def insert(world: World, table: str, **values: Any) -> str:
    row = {"id": new_id(), **values}
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    wrapped = [json.dumps(value) if isinstance(value, dict) else value for value in row.values()]
    world.sql.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", wrapped)
    return str(row["id"])
