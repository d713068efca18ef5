"""Starts live editing with the application, and ends it with it."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from fastapi import FastAPI

from app.bid.text.background_catch_up import BackgroundCatchUp
from app.bid.text.live.bus import PostgresBus
from app.bid.text.live.hub import Hub
from app.bid.text.live.limits import Limits
from app.bid.text.live.rights import RightsReader
from app.bid.text.live.rights_watch import RightsWatch
from app.bid.text.live.update_log import Row, UpdateLog
from app.platform.access.ids import Id
from app.platform.db.engine import asyncpg_arguments
from app.platform.db.listening import Listener
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Live:
    """What the WebSocket's route needs of live editing."""

    hub: Hub
    rights: RightsReader
    limits: Limits


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Sets `app.state.live` while live editing runs. It has a pool of its own, so typing never waits for requests."""
    arguments = asyncpg_arguments(app.state.db.url)
    pool = await asyncpg.create_pool(
        **arguments,
        server_settings={"application_name": "cobid-live", "timezone": "UTC", "lock_timeout": "10000"},
        min_size=1,
        max_size=6,
        init=plain_ids,
        reset=nothing_to_reset,
    )

    limits = limits_of(app.state.settings)
    rights = RightsReader(app.state.db)
    catch_up = BackgroundCatchUp(app.state.db)

    def changed(section_id: Id, proposal_id: Id, rows: list[Row]) -> None:
        if rows:  # otherwise another process logged it, and catches up itself
            catch_up.text_changed(section_id, proposal_id)

    bus = make_bus(app.state.db.listener, pool, app.state.settings.live_bus_url)
    log = UpdateLog(pool, announce=None if bus.notifies_in_commit else bus.publish_logged)
    hub = Hub(log, bus, RightsWatch(rights.right_of), limits, changed)
    catch_up.start()
    await hub.start()
    app.state.live = Live(hub, rights, limits)
    try:
        yield
    finally:
        await hub.stop()
        await catch_up.stop()
        await pool.close()


def limits_of(settings: Settings) -> Limits:
    return Limits(
        frame_bytes=settings.live_frame_limit,
        frames_per_second=settings.live_frames_per_second,
        section_bytes=settings.live_section_limit,
        text_blocks=settings.text_blocks,
        text_runs=settings.text_runs,
        sockets_per_person=settings.live_sockets_per_person,
    )


def make_bus(listener: Listener, pool: Any, url: str) -> PostgresBus:
    """PostgreSQL itself, or Redis where `LIVE_BUS_URL` names one."""
    origin = secrets.token_hex(8)
    if not url:
        return PostgresBus(listener, pool, origin)
    from app.bid.text.live.redis_bus import RedisBus  # its library is loaded only where it is used

    return RedisBus(listener, pool, origin, url)


async def nothing_to_reset(connection: Any) -> None:
    """Replaces RESET ALL: each use is a single statement that leaves nothing behind, so a round trip is saved."""


async def plain_ids(connection: Any) -> None:
    """Ids are strings everywhere in Python."""
    await connection.set_type_codec("uuid", encoder=str, decoder=str, schema="pg_catalog", format="text")
