"""`python -m tests.live.serve`: the service by itself in a process, on the database that the environment names."""

import uvicorn

from app.main import create_app
from app.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    uvicorn.run(
        create_app(settings, settings.database_url),
        host="127.0.0.1",
        port=settings.port,
        log_level="error",
        access_log=False,
        ws_per_message_deflate=False,
    )
