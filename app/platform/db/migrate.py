"""Bring a database to the newest migration; also the job queue's tables, which its library provides."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import create_engine

if TYPE_CHECKING:  # where there is nothing to migrate, a start does not wait for the library to be loaded
    from alembic.config import Config

ROOT = Path(__file__).parents[3]
MIGRATING = 0x636F626964  # 'cobid': the advisory lock that lets one process migrate at a time


def configuration() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    return config


@cache
def newest() -> str:
    """The revision that the code expects: the one that no other migration follows."""
    (head,) = known() - _named("down_revision")
    return head


def known() -> set[str]:
    """Every revision that this version can bring further."""
    return _named("revision")


def _named(name: str) -> set[str]:
    texts = [file.read_text("utf-8") for file in (ROOT / "migrations" / "versions").glob("*.py")]
    return {found[1] for text in texts if (found := re.search(rf'^{name} = "(\w+)"$', text, re.MULTILINE))}


def migrate(url: str, to: str = "head") -> None:
    """Upgrade in one transaction; a second process that starts meanwhile waits, then finds nothing to do."""
    if to == "head" and current(url) == newest():
        return
    from alembic import command

    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")
            config = configuration()
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    finally:
        engine.dispose()


def current(url: str) -> str | None:
    """The revision that the database is at; None where it is empty."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
        if not (found and found[0]):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None
