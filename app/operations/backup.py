"""`cobid backup`: the database as at one instant, then the stored files, in one archive that is checked before it counts.

The files come after the database, so that no row names a file that was not there yet. What is written meanwhile waits
for nothing and is in the next backup.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import text

from app import VERSION, capabilities
from app.operations import archive, tools, whole
from app.operations.said import Stopped
from app.platform.db import migrate
from app.platform.db.embedded import database_url
from app.platform.db.engine import connect
from app.platform.db.files import files
from app.settings import Settings

_PATIENT = "-c idle_in_transaction_session_timeout=0"


def backup(settings: Settings, path: Path, say: Callable[[str], None]) -> list[str]:
    """Write it; answers what was not whole in the service itself when it was made."""
    capabilities.join()
    if path.exists():
        raise Stopped(f"{path} exists already. Choose another name: a backup is never written over.")
    with database_url(settings) as url, archive.writing(path) as made:
        if migrate.current(url) != migrate.newest():
            raise Stopped("The database is not at this version's newest migration. Write `cobid migrate` first.")
        with psycopg.connect(
            url, options=_PATIENT
        ) as holding:  # this transaction holds the instant that everything else reads
            holding.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            snapshot = str(_one(holding, "SELECT pg_export_snapshot()"))
            server = holding.info.server_version
            say("The database …")
            _dump(url, server, snapshot, made)
            say("The files …")
            number = asyncio.run(_store(settings, made))
            made.describe(
                archive.About(
                    made_at=datetime.now(UTC).isoformat(timespec="seconds"),
                    cobid=VERSION,
                    migration=migrate.newest(),
                    postgresql=server,
                    files=number,
                )
            )
            say("Checking the log, every edition and every file …")
            return asyncio.run(_faults(url, settings, snapshot, made))


def _one(connection: "psycopg.Connection[tuple[object, ...]]", query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def _dump(url: str, server: int, snapshot: str, made: archive.Archive) -> None:
    command = [tools.program("pg_dump", server), "--format=custom", "--no-owner", "--no-privileges"]
    command += [f"--snapshot={snapshot}", "--lock-wait-timeout=30s"]
    with tools.running(command, url, stdout=-1) as process, made.adding(archive.DUMP) as out:
        assert process.stdout is not None
        while piece := process.stdout.read(archive.PIECE):
            out.write(piece)


async def _store(settings: Settings, made: archive.Archive) -> int:
    store, number = files(settings), 0
    async for key in store.listed():
        try:
            first, pieces = None, store.stream(key)
            first = await anext(pieces, b"")
        except FileNotFoundError:  # deleted since it was listed
            continue
        with made.adding(archive.STORE + key) as out:
            out.write(first)
            async for piece in pieces:
                out.write(piece)
        number += 1
    return number


async def _faults(url: str, settings: Settings, snapshot: str, made: archive.Archive) -> list[str]:
    db = await connect(url, settings)
    try:
        async with db.sessions() as session:
            await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            await session.execute(text(f"SET TRANSACTION SNAPSHOT '{snapshot}'"))
            return [fault async for fault in whole.faults(session, made.read)]
    finally:
        await db.close()
