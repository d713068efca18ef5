"""Everything that is held on one proposal, as JSON for the operator: every table that belongs to it, bytes as hex."""

import json
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.access.ids import Id
from app.platform.db.base import Base


async def proposal(session: AsyncSession, proposal_id: Id) -> str | None:
    """The proposal's row, the rows that name it, and the rows that name those. None where there is no such proposal."""
    found: dict[str, list[Any]] = {}
    ids = {"proposals": [proposal_id]}
    for table in Base.metadata.sorted_tables:
        conditions = [
            f"{column.name} = ANY(:{target})"
            for column in table.columns
            for key in column.foreign_keys
            if (target := key.column.table.name) in ids and key.column.name == "id"
        ]
        if table.name == "proposals":
            conditions = ["id = ANY(:proposals)"]
        elif table.name == "events":
            conditions = ["stream_id = ANY(:proposals)"]
        elif "proposal_id" in table.columns and not conditions:
            conditions = ["proposal_id = ANY(:proposals)"]
        if not conditions:
            continue
        statement = text(f"SELECT to_jsonb(t)::text FROM {table.name} t WHERE {' OR '.join(conditions)}")
        used = {name: values for name, values in ids.items() if f":{name}" in str(statement)}
        rows = [json.loads(row[0]) for row in await session.execute(statement, used)]
        if rows:
            found[table.name] = rows
            if "id" in table.columns and table.name != "proposals":
                ids[table.name] = [row["id"] for row in rows]
    if "proposals" not in found:
        return None
    return json.dumps(found, ensure_ascii=False, indent=2)
