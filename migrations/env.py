"""Alembic's environment: one connection, given by the caller (`cobid migrate`, the tests) or made from the settings."""

from alembic import context
from sqlalchemy import Connection, create_engine

import app.capabilities
from app.platform.db.base import Base
from app.platform.db.embedded import database_url
from app.settings import Settings

target_metadata = Base.metadata
assert app.capabilities


def include(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """The job queue's own tables are made by its library and are none of ours to compare."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=target_metadata, include_object=include, compare_type=True)
    with context.begin_transaction():
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    with database_url(Settings()) as url:
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
        with engine.begin() as connection:
            run(connection)
        engine.dispose()
