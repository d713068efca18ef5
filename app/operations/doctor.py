"""`cobid doctor`: what an operator would look at when something is wrong, each in one sentence. It changes nothing."""

import asyncio
import shutil
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import aiosmtplib
import httpx
import psycopg
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import create_async_engine

from app import processes
from app.documents import fonts
from app.operations import held
from app.operations.said import Stopped
from app.platform.db import embedded, migrate
from app.platform.db.base import new_id
from app.platform.db.files import files
from app.platform.worker import mail, tallies
from app.settings import Settings

GB = 1_000_000_000


class Level(StrEnum):
    OK = "ok"
    ATTENTION = "attention"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    about: str
    words: str


def ok(about: str, words: str) -> Finding:
    return Finding(Level.OK, about, words)


def attention(about: str, words: str) -> Finding:
    return Finding(Level.ATTENTION, about, words)


def failed(about: str, words: str) -> Finding:
    return Finding(Level.FAILED, about, words)


def examine() -> Iterator[Finding]:
    """Everything, in the order in which one thing rests on another."""
    if faults := Settings.faults(serving=True):
        yield from (failed("settings", fault) for fault in faults)
        return
    settings = Settings()
    yield from _settings(settings)
    yield _folder(settings)
    yield _disk(settings)
    yield from _of_database(settings)
    for about, look in (("files", _files), ("mail", _mail), ("address", _address)):
        yield asyncio.run(_tried(about, look, settings))
    yield _fonts(settings)


async def _tried(about: str, look: Callable[[Settings], Awaitable[Finding]], settings: Settings) -> Finding:
    """What goes wrong while looking is what was found."""
    try:
        async with asyncio.timeout(20):
            return await look(settings)
    except Exception as error:
        why = str(error).strip().partition("\n")[0][:200]
        return failed(about, f"It does not work: {type(error).__name__}{f', {why}' if why else ''}.")


def _settings(settings: Settings) -> Iterator[Finding]:
    yield ok("settings", "Every setting can be used.")
    if not settings.on_loopback and not settings.secure:
        yield attention("settings", "PUBLIC_URL does not start with https://, so passwords travel unencrypted.")


def _folder(settings: Settings) -> Finding:
    try:
        held.check(settings.data_dir)
    except Stopped as stopped:
        return ok("folder", str(stopped).partition(". Stop it")[0] + ".")
    return attention("folder", f"No service runs on {settings.data_dir.resolve()} now.")


def _disk(settings: Settings) -> Finding:
    there = settings.data_dir.absolute()
    while not there.exists():
        there = there.parent
    space = shutil.disk_usage(there)
    words = f"{space.free / GB:.1f} of {space.total / GB:.1f} GB are free where {there} is."
    if space.free < GB / 2:
        return failed("disk", f"{words} Make room now: a full disk stops the database.")
    if space.free < max(2 * GB, space.total // 20):
        return attention("disk", f"{words} Make room soon.")
    return ok("disk", words)


def _of_database(settings: Settings) -> Iterator[Finding]:
    """The database, and what only it can tell."""
    if not settings.database_url and not (embedded.folder_of(settings) / "PG_VERSION").exists():
        yield attention("embedded database", "There is none yet: `cobid serve` makes it.")
        return
    try:
        with embedded.database_url(settings) as url, _connected(url) as connection:
            where = f"in {embedded.folder_of(settings)} answers" if not settings.database_url else "is not used"
            yield ok("embedded database", f"The embedded PostgreSQL {where}.")
            yield from _database(connection, settings)
            migration = _migration(url)
            yield migration
            if migration.level is Level.OK:
                yield from _work(asyncio.run(_standing(url)), settings)
    except embedded.Unusable as unusable:
        yield failed("embedded database", str(unusable))
    except psycopg.OperationalError as error:
        yield failed("database", f"It does not answer: {str(error).strip().splitlines()[-1]}")


@contextmanager
def _connected(url: str) -> Iterator["psycopg.Connection[dict[str, Any]]"]:
    with psycopg.connect(url, connect_timeout=10, row_factory=dict_row, autocommit=True) as connection:
        yield connection


def _database(connection: "psycopg.Connection[dict[str, Any]]", settings: Settings) -> Iterator[Finding]:
    row = connection.execute(
        "SELECT current_setting('server_version') AS version, getdatabaseencoding() AS encoding, "
        "coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create, "
        "current_setting('transaction_read_only') = 'on' AS read_only, clock_timestamp() AS now, "
        "current_setting('max_connections')::int AS connections, "
        "(SELECT count(*) FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' "
        " AND NOT has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')) AS not_ours"
    ).fetchone()
    assert row is not None
    version, wrong = connection.info.server_version, []
    if version < 150_000:
        wrong.append(f"It is PostgreSQL {row['version']}; 15 or newer is needed.")
    if row["encoding"] != "UTF8":
        wrong.append(f"Its encoding is {row['encoding']}: make a new one with ENCODING 'UTF8' TEMPLATE template0.")
    if row["read_only"]:
        wrong.append("It can only be read: DATABASE_URL names a standby, or it was set to read only.")
    if not row["may_create"]:
        wrong.append("The user may not create tables: GRANT CREATE ON SCHEMA public to it.")
    if row["not_ours"]:
        wrong.append(
            f"The user may not read and write {row['not_ours']} of its tables: they were made by another user."
        )
    yield from (failed("database", each) for each in wrong)
    if not wrong:
        yield ok("database", f"PostgreSQL {row['version']} answers, and the user has the rights it needs.")
    wanted = processes.servers(settings) * (settings.database_pool + settings.read_pool + 7) + 27
    if row["connections"] < wanted:
        yield attention(
            "database",
            f"It takes {row['connections']} connections, and this service may want {wanted}: raise max_connections there, or "
            "lower DATABASE_POOL, READ_POOL or PROCESSES.",
        )
    now: datetime = row["now"]
    apart = abs((datetime.now(UTC) - now).total_seconds())
    words = f"This machine's clock and the database's are {apart:.1f} seconds apart"
    if apart > 5:
        yield failed("clock", f"{words}; deadlines go by the database's. Let both follow a time server.")
    else:
        yield ok("clock", f"{words}.")


def _migration(url: str) -> Finding:
    found = migrate.current(url)
    if found == migrate.newest():
        return ok("migrations", "The tables are those of this version.")
    if found is None:
        return attention("migrations", "The database is empty: `cobid serve` or `cobid migrate` makes the tables.")
    if found in migrate.known():
        return attention("migrations", "The tables are those of an older version: back up, then `cobid migrate`.")
    return failed("migrations", "The tables are those of a newer version than this one. Install that version.")


async def _standing(url: str) -> tallies.Standing:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        async with engine.connect() as connection:
            return await tallies.standing(connection)
    finally:
        await engine.dispose()


def _work(now: tallies.Standing, settings: Settings) -> Iterator[Finding]:
    seen = now.worker_seen_seconds
    when = "never" if seen is None else f"{seen:.0f} seconds ago"
    if now.worker == "ok":
        yield ok("worker", f"It gave a sign of life {when}.")
    else:
        why = "" if settings.worker else " WORKER is false, so `cobid worker` has to run somewhere."
        yield (failed if now.jobs_waiting else attention)(
            "worker", f"It last gave a sign of life: {when}. {now.jobs_waiting} jobs wait for it.{why}"
        )
    late = now.oldest_job_seconds > 300
    words = f"{now.jobs_waiting} jobs wait, the oldest for {now.oldest_job_seconds:.0f} seconds; {now.jobs_retrying} failed and are tried again"
    yield (attention if late or now.jobs_retrying or now.jobs_failed else ok)(
        "jobs", f"{words}; {now.jobs_failed} were given up."
    )


async def _files(settings: Settings) -> Finding:
    store, key = files(settings), f"doctor/{new_id()}"
    await store.keep(key, b"a trial")
    found = await store.read(key)
    await store.delete(key)
    where = "STORAGE_URL" if settings.storage_url else str(settings.data_dir / "files")
    if found != b"a trial":
        return failed("files", f"What was written to {where} cannot be read again.")
    return ok("files", f"Files can be written to {where}, read and deleted.")


async def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        return attention(
            "mail", f"SMTP_URL is not set: mails are files in {settings.data_dir / 'mail'}, and reach nobody."
        )
    where = urlsplit(settings.smtp_url)
    server = aiosmtplib.SMTP(**mail.connection(settings.smtp_url))
    try:
        await server.connect()
        encrypted = isinstance(server.get_transport_info("ssl_object"), ssl.SSLObject)
        await server.quit()
    finally:
        server.close()
    if where.password and not encrypted:
        return attention("mail", f"{where.hostname} takes the password without encryption: use smtps://.")
    return ok("mail", f"{where.hostname} greets{' and takes the password' if where.password else ''}.")


async def _address(settings: Settings) -> Finding:
    if not settings.public_url:
        return ok("address", f"PUBLIC_URL is not set: links in mails start with {settings.base_url}.")
    async with httpx.AsyncClient(timeout=10) as http:
        try:
            answer = await http.get(f"{settings.base_url}/healthz")
        except httpx.HTTPError as error:
            return attention("address", f"{settings.base_url} cannot be reached from here: {type(error).__name__}.")
    if answer.status_code == 200 and answer.text == '{"status":"ok"}':
        return ok("address", f"{settings.base_url} leads to a Cobid.")
    return attention("address", f"{settings.base_url} is answered by something else (status {answer.status_code}).")


def _fonts(settings: Settings) -> Finding:
    try:
        found = fonts.load(settings.font_dir or None)
    except Exception as error:
        return failed("fonts", f"They cannot be loaded: {type(error).__name__}, {error}.")
    if found.missing("统한あ"):
        return attention(
            "fonts",
            "Chinese, Japanese or Korean would be printed as boxes: install fonts-droid-fallback (Debian, Ubuntu) or "
            "google-droid-sans-fonts (Fedora), or set FONT_DIR.",
        )
    return ok("fonts", f"{len(found.families)} families, {len(found.covered)} characters.")
