"""`cobid restore`: a backup into an empty database and folder, or with `--replace` in the place of what is there.

Nothing is half restored: the backup is read to its end first; the files come before the database, under keys that
nothing names yet; the database changes in one transaction, whose COMMIT is sent when all of it has arrived.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO

import psycopg

from app import capabilities
from app.operations import archive, held, tools, whole
from app.operations.said import Stopped
from app.platform.db import migrate
from app.platform.db.embedded import database_url
from app.platform.db.engine import connect
from app.platform.db.files import Files, files
from app.settings import Settings

_EMPTY = f"""
BEGIN;
SET LOCAL lock_timeout = '30s';
SELECT pg_advisory_xact_lock({migrate.MIGRATING});
DO $do$
DECLARE
  it record;
BEGIN
  FOR it IN SELECT format('DROP TABLE IF EXISTS %s CASCADE', c.oid::regclass) AS statement FROM pg_class c
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
  LOOP EXECUTE it.statement; END LOOP;
  FOR it IN SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure) AS statement FROM pg_proc p
            WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind = 'f'
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE it.statement; END LOOP;
  FOR it IN SELECT format('DROP TYPE IF EXISTS %s CASCADE', t.oid::regtype) AS statement FROM pg_type t
            WHERE t.typnamespace = current_schema()::regnamespace AND t.typtype IN ('c', 'e', 'd') AND t.typrelid = 0
              OR t.typnamespace = current_schema()::regnamespace AND t.typtype = 'c'
                AND EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')
  LOOP EXECUTE it.statement; END LOOP;
END $do$;
"""
"""Also where the database is empty: a service that starts meanwhile waits for the lock, and then finds what was restored."""

_UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"

_WHAT_COUNTS = ("people", "organisations", "opportunities", "proposals")


def restore(settings: Settings, path: Path, *, replace: bool, say: Callable[[str], None]) -> list[str]:
    """Restore it; answers what is not whole in what was restored."""
    capabilities.join()
    with (
        archive.reading(path) as kept,
        held.for_work(settings, "restores a backup into this folder"),
        database_url(settings) as url,
    ):
        about = kept.about()
        if about.migration not in migrate.known():
            raise Stopped(f"{path} was made by a newer Cobid ({about.cobid}). Install that version first.")
        server = _check_target(url, replace)
        say(f"The backup of {about.made_at} with {about.files} files …")
        asyncio.run(_put_back(settings, url, server, kept, replace))
        migrate.migrate(url)
        say("Checking the log, every edition and every file …")
        return asyncio.run(_faults(settings, url))


def _check_target(url: str, replace: bool) -> int:
    """The server's version. Stopped where the database is in use, or holds what nobody said may be replaced."""
    with psycopg.connect(url) as connection:
        others = _number(
            connection,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'",
        )
        if others:
            raise Stopped(f"{others} connections use the database. Stop the service and its workers first.")
        tables = _number(
            connection,
            "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')",
        )
        if tables:
            ours = _number(connection, "SELECT count(*) FROM pg_class WHERE oid = to_regclass('alembic_version')")
            if not ours or not _number(connection, "SELECT count(*) FROM pg_class WHERE oid = to_regclass('editions')"):
                raise Stopped("The database holds tables that are not Cobid's. Restore into a database of its own.")
            held_there = " + ".join(f"(SELECT count(*) FROM {table})" for table in _WHAT_COUNTS)
            if _number(connection, f"SELECT {held_there}") and not replace:
                people = _number(connection, "SELECT count(*) FROM people")
                raise Stopped(
                    f"The database is not empty: {people} people have accounts in it. To lose all of it, files included, "
                    "for what the backup holds, say --replace; or name an empty database."
                )
        return connection.info.server_version


def _number(connection: "psycopg.Connection[tuple[object, ...]]", query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(str(row[0]))


async def _put_back(settings: Settings, url: str, server: int, kept: archive.Archive, replace: bool) -> None:
    store = files(settings)
    made: list[str] = []
    there: list[str] = []
    try:
        for key in kept.listed():
            if await store.has(key):
                there.append(key)
                continue
            made.append(key)
            await store.write(key, kept.read(key))
        await asyncio.to_thread(_load, url, server, kept)
    except BaseException:
        for key in made:
            with suppress(Exception):
                await store.delete(key)
        raise
    await _same_files(store, kept, there, replace)


async def _same_files(store: Files, kept: archive.Archive, there: list[str], replace: bool) -> None:
    """What was there before and may have changed becomes as it was; with `replace`, what the backup does not hold goes."""
    for key in there:
        await store.write(key, kept.read(key))
    if replace:
        wanted = set(kept.listed())
        for key in [key async for key in store.listed() if key not in wanted]:
            await store.delete(key)


def _load(url: str, server: int, kept: archive.Archive) -> None:
    """The dump as SQL, from one program into the other; without COMMIT, what came so far is rolled back."""
    to_sql = [tools.program("pg_restore", server), "--no-owner", "--no-privileges", "--file=-"]
    into = [tools.program("psql", server), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    with tools.running(into, url, stdin=-1) as psql:
        assert psql.stdin is not None
        psql.stdin.write(_EMPTY.encode())
        with tools.running(to_sql, stdin=-1, stdout=-1) as restoring:
            assert restoring.stdin is not None and restoring.stdout is not None
            feeding = Thread(target=_feed, args=(kept, restoring.stdin), daemon=True)
            feeding.start()
            head = restoring.stdout.read(64 * 1024)
            psql.stdin.write(head if server >= 170_000 else head.replace(_UNKNOWN_BEFORE_17, b"", 1))
            while piece := restoring.stdout.read(archive.PIECE):
                psql.stdin.write(piece)
            feeding.join()
        psql.stdin.write(b"\nCOMMIT;\n")


def _feed(kept: archive.Archive, into: IO[bytes]) -> None:
    with suppress(BrokenPipeError), into:
        for piece in kept.pieces(archive.DUMP):
            into.write(piece)


async def _faults(settings: Settings, url: str) -> list[str]:
    db = await connect(url, settings)
    try:
        async with db.sessions() as session:
            return [fault async for fault in whole.faults(session, files(settings).stream)]
    finally:
        await db.close()
