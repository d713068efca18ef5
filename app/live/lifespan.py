"""Starts live editing with the application, and ends it with it."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from fastapi import FastAPI

from app.db.engine import asyncpg_arguments
from app.domain.ids import Id
from app.live.authority import Warden
from app.live.bus import PostgresBus
from app.live.hub import Hub
from app.live.judging import Judging
from app.live.limits import Limits
from app.live.log import Log, Row
from app.texts.bursts import Bursts


@dataclass(frozen=True, slots=True)
class Live:
    hub: Hub
    judging: Judging
    limits: Limits


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """`app.state.live`, from start to drained. Its connections are its own: typing waits for nobody's request."""
    arguments = asyncpg_arguments(app.state.db.url)
    settings = {"application_name": "cobid-live", "timezone": "UTC"}
    pool = await asyncpg.create_pool(
        **arguments,
        server_settings={**settings, "lock_timeout": "10000"},
        min_size=1,
        max_size=6,
        init=plain_ids,
        reset=nothing_to_reset,
    )

    async def listen() -> Any:
        return await asyncpg.connect(**arguments, server_settings=settings)

    limits = Limits()
    judging = Judging(app.state.db)
    bursts = Bursts(app.state.db)

    def _heard(section_id: Id, proposal_id: Id, rows: list[Row]) -> None:
        if rows:
            bursts.noted(section_id, proposal_id)

    hub = Hub(Log(pool), PostgresBus(listen, pool, secrets.token_hex(8)), Warden(judging.right_of), limits, _heard)
    bursts.start()
    await hub.start()
    app.state.live = Live(hub, judging, limits)
    try:
        yield
    finally:
        await hub.stop()
        await bursts.stop()
        await pool.close()


async def nothing_to_reset(connection: Any) -> None:
    """Each use is one statement, so a round trip is saved."""


async def plain_ids(connection: Any) -> None:
    await connection.set_type_codec("uuid", encoder=str, decoder=str, schema="pg_catalog", format="text")
