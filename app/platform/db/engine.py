"""How a process reaches PostgreSQL: one SQLAlchemy engine for what writes, one asyncpg pool for the quick reads.

The quick reads are single statements whose JSON goes out as bytes; SQLAlchemy's session would cost more than
they do (see docs/decisions). Both speak asyncpg.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from app.platform.access.statements import Run
from app.platform.db.listening import Listener
from app.platform.db.reads import Reads
from app.platform.db.sealing import Seals
from app.platform.db.wakes import Wakes
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Database:
    url: str
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    reads: Reads
    seals: Seals
    listener: Listener
    wakes: Wakes

    async def close(self) -> None:
        await self.listener.stop()
        await self.wakes.stop()
        await self.reads.close()
        await self.engine.dispose()


def asyncpg_arguments(url: str) -> dict[str, Any]:
    """Keyword arguments of `asyncpg.connect` for a libpq-style URL (a socket folder may stand in `?host=`)."""
    parsed = make_url(url)
    query = {key: value for key, value in parsed.query.items() if isinstance(value, str)}
    arguments: dict[str, Any] = {
        "host": query.pop("host", None) or parsed.host,
        "port": int(query.pop("port", 0)) or parsed.port,
        "user": parsed.username,
        "password": parsed.password,
        "database": parsed.database,
    }
    if mode := query.pop("sslmode", None):
        arguments["ssl"] = mode
    return {key: value for key, value in arguments.items() if value is not None}


class Unreachable(ConnectionError):
    """No connection to the database could be made."""


async def _connection(*addresses: Any, **arguments: Any) -> Any:
    """A new connection of the driver. What the network says is told apart from every other fault of the system."""
    try:
        return await asyncpg.connect(*addresses, **arguments)
    except OSError as error:
        raise Unreachable(str(error)) from error


async def connect(url: str, settings: Settings) -> Database:
    """Open the pools. Each connection refuses to wait for a lock for longer than ten seconds."""
    arguments = asyncpg_arguments(url)
    server_settings = {"application_name": "cobid", "lock_timeout": "10000", "timezone": "UTC"}

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=partial(_connection, **arguments, server_settings=server_settings),
        pool_size=settings.database_pool,
        max_overflow=0,
        pool_timeout=20,
    )
    # Few statements, run very often: planning each anew would cost more than running it.
    planned_once = {"plan_cache_mode": "force_generic_plan", "jit": "off"}
    pool = await asyncpg.create_pool(
        **arguments,
        connect=_connection,
        server_settings={**server_settings, **planned_once},
        min_size=1,
        max_size=settings.read_pool,
        init=_plain_ids,
        reset=_nothing_to_reset,
    )
    reads = Reads(pool, settings.read_pool)
    listener = Listener(partial(_connection, **arguments, server_settings=server_settings))
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    return Database(url, engine, sessions, reads, Seals(reads), listener, Wakes(listener, reads))


async def _plain_ids(connection: Any) -> None:
    """Ids are strings everywhere in Python."""
    await connection.set_type_codec("uuid", encoder=str, decoder=str, schema="pg_catalog", format="text")


async def _nothing_to_reset(connection: Any) -> None:
    """Reads leave no state behind, so the round trip of RESET ALL is saved."""


def within(session: AsyncSession) -> Run:
    """Runs statements within the session's transaction, by the driver itself: that costs a fifth of SQLAlchemy's way.

    What is yet to be flushed is not written yet.
    """

    async def run(statement: str, *parameters: Any) -> Any:
        known: tuple[Any, Run] | None = session.info.get(_DRIVER)
        if known is not None and known[0] is session.sync_session.get_transaction():
            return await known[1](statement, *parameters)
        return await session.run_sync(_run_first, statement, parameters)

    return run


_DRIVER = "driver"


def _run_first(session: Session, statement: str, parameters: tuple[Any, ...]) -> Any:
    """Through SQLAlchemy, so that the transaction is begun; the next ones of the same transaction go by the driver."""
    connection = session.connection()
    found = connection.exec_driver_sql(statement, parameters).first()
    driver: Any = connection.connection.driver_connection
    session.info[_DRIVER] = (session.get_transaction(), driver.fetchrow)
    return found
