"""Bringing notices: as an organisation over HTTP, and as the operator by the service's own command."""

import asyncio
import copy
import itertools
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.calls.notices import importing, ownership
from app.platform.db.engine import connect
from app.settings import Settings
from tests.calls.notices.ocds_samples import FIND_A_TENDER, package
from tests.factories import Person, World, ok

JSON = {"Content-Type": "application/json"}
_SECONDS = itertools.count(1)


def fresh(sample: dict[str, Any] = FIND_A_TENDER, **tender: Any) -> dict[str, Any]:
    """The sample as a process of its own."""
    release = copy.deepcopy(sample)
    release["ocid"] = f"ocds-test00-{secrets.token_hex(8)}"
    release["tender"].update(tender)
    return release


def later(release: dict[str, Any], **tender: Any) -> dict[str, Any]:
    """An update of the process that holds only what changed: a second after the one made before."""
    at = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(seconds=next(_SECONDS))
    return {
        "ocid": release["ocid"],
        "id": secrets.token_hex(4),
        "date": at.isoformat(),
        "tag": ["tenderUpdate"],
        "tender": {"id": release["tender"]["id"], **tender},
    }


def anew(release: dict[str, Any], **tender: Any) -> dict[str, Any]:
    """A later release of the process that says everything again."""
    made = copy.deepcopy(release)
    at = datetime(2026, 9, 2, tzinfo=UTC) + timedelta(seconds=next(_SECONDS))
    made |= {"id": secrets.token_hex(4), "date": at.isoformat()}
    made["tender"].update(tender)
    return made


def bring(person: Person, content: bytes, **params: Any) -> dict[str, Any]:
    answer: dict[str, Any] = ok(
        person.request("POST", "/opportunities/import", content=content, headers=JSON, params=params), 200
    ).json()
    return answer


def counts(imported: int = 0, updated: int = 0, unchanged: int = 0) -> dict[str, Any]:
    return {"imported": imported, "updated": updated, "unchanged": unchanged, "skipped": [], "claims": []}


def read(person: Person, ocid: str, world: World) -> dict[str, Any]:
    answer: dict[str, Any] = ok(person.get(f"/opportunities/{id_of(ocid, world)}")).json()
    return answer


def id_of(ocid: str, world: World) -> str:
    (row,) = world.sql.execute("SELECT id::text FROM opportunities WHERE ocid = %s", [ocid]).fetchall()
    return str(row[0])


def as_operator(database: str, settings: Settings, work: Callable[[Any], Awaitable[Any]]) -> Any:
    """Run `work` in one transaction, as the command line does."""

    async def run() -> Any:
        db = await connect(database, settings)
        try:
            async with db.sessions.begin() as session:
                return await work(session)
        finally:
            await db.close()

    return asyncio.run(run())


def by_operator(database: str, settings: Settings, *releases: dict[str, Any]) -> dict[str, Any]:
    content = package(*releases)
    made: dict[str, Any] = as_operator(database, settings, lambda session: importing.from_file(session, content))
    return made


def grant(database: str, settings: Settings, opportunity_id: str, organisation_id: str) -> Any:
    """`cobid grant-opportunity`."""
    return as_operator(database, settings, lambda session: ownership.grant(session, opportunity_id, organisation_id))
