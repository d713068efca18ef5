"""Bring a database to the newest migration; also the job queue's tables, which its library provides."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

ROOT = Path(__file__).parents[2]
MIGRATING = 0x636F626964  # 'cobid': the advisory lock that lets one process migrate at a time


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    return config


def newest() -> str:
    """The revision that the code expects."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations")
    return head


def migrate(url: str, to: str = "head") -> None:
    """Upgrade in one transaction; a second process that starts meanwhile waits, then finds nothing to do."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")
            if current(connection) == newest() and to == "head":
                return
            config = configuration()
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    finally:
        engine.dispose()


def current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
