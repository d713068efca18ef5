"""Migrations go forwards, on a database with data in it, and end at what the models say."""

from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import app.capabilities
from app.demo import bench_data
from app.platform.db import migrate as m
from app.platform.db.base import Base

assert app.capabilities


@pytest.fixture
def empty(database: str, sql: psycopg.Connection):
    """The URL of a database with nothing in it, beside the shared one."""
    sql.execute("DROP DATABASE IF EXISTS migrating")
    sql.execute("CREATE DATABASE migrating TEMPLATE template0")
    yield database.replace("/cobid?", "/migrating?")
    sql.execute("DROP DATABASE migrating WITH (FORCE)")


def revisions() -> list[str]:
    script = ScriptDirectory.from_config(m.configuration())
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory.from_config(m.configuration()).get_heads()) == 1


def test_each_step_goes_forwards_with_data_in_the_tables(empty: str) -> None:
    first, *later = revisions()
    m.migrate(empty, first)
    bench_data.fill(empty, 20)
    for revision in later:
        m.migrate(empty, revision)
    m.migrate(empty)
    with psycopg.connect(empty) as connection:
        found = connection.execute("SELECT count(*) FROM proposals").fetchone()
    assert found == (20,)


def test_a_verified_commissioner_stays_one_and_nobody_else_was_granted_the_kind(empty: str) -> None:
    m.migrate(empty, "0006")
    before = [
        ("{commissioner,provider}", "register_email", ["commissioner"]),
        ("{commissioner,facilitator}", "operator", ["commissioner", "facilitator"]),
        ("{facilitator}", "document", []),
        ("{commissioner,facilitator}", "none", []),
        ("{provider}", "operator", []),
    ]
    with psycopg.connect(empty, autocommit=True) as connection:
        for kinds, level, _ in before:
            connection.execute(
                "INSERT INTO organisations (id, name, kinds, legal_form, verification_level)"
                " VALUES (gen_random_uuid(), %s, %s, 'charity', %s)",
                [f"{kinds} {level}", kinds, level],
            )
        m.migrate(empty, "0008")
        found = dict(connection.execute("SELECT name, granted_kinds FROM organisations").fetchall())
        assert [found[f"{kinds} {level}"] for kinds, level, _ in before] == [granted for _, _, granted in before]
        keys = connection.execute("SELECT length(key) FROM mail_keys").fetchall()
        assert keys == [(32,)]


def test_the_newest_migration_is_what_the_models_say(empty: str) -> None:
    m.migrate(empty)
    engine = create_engine(empty.replace("postgresql://", "postgresql+psycopg://", 1))
    ours = {
        "compare_type": True,
        "include_object": lambda o, name, kind, r, c: not str(name).startswith("procrastinate"),
    }
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), Base.metadata) == []
    engine.dispose()


def test_a_migration_waits_for_no_lock_for_long() -> None:
    text = (Path(m.ROOT) / "migrations" / "env.py").read_text("utf-8")
    assert "lock_timeout" in text
