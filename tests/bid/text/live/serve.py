"""`python -m tests.bid.text.live.serve`: live editing by itself in a process, on the database that the environment names.

The same routes and judgement as in the whole service, without its web application. All rooms are joined, since what is
typed becomes events.
"""

import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from app import capabilities
from app.bid.text.live.lifespan import running
from app.bid.text.live.routes import router
from app.platform.db.engine import connect
from app.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.db = await connect(settings.database_url, settings)
        async with running(app):
            yield
        await app.state.db.close()

    app = FastAPI(lifespan=lifespan)
    app.state.settings = settings
    app.router.routes.extend(router.routes)
    app.add_api_route("/healthz", _alive)
    return app


def _alive() -> dict[str, str]:
    return {}


def serve() -> None:
    settings = Settings()
    uvicorn.run(
        create_app(settings),
        host="127.0.0.1",
        port=settings.port,
        log_level="error",
        access_log=False,
        ws_per_message_deflate=False,
    )


def main() -> None:
    """For each line on standard input, forks a server and prints its process id, so that a restart needs no imports."""
    capabilities.join()
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            os.setpgrp()
            os.dup2(2, 1)  # nobody reads what a server prints here
            serve()
            os._exit(0)
        print(child, flush=True)
        threading.Thread(target=os.waitpid, args=(child, 0), daemon=True).start()


if __name__ == "__main__":
    main()
