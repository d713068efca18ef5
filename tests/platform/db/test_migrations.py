"""Migrations go forwards, on a database with data in it, and end at what the models say."""

import json
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import app.capabilities
from app.bid.signoff.rules.signing import WORDS
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
        m.migrate(empty, "0007")
        found = dict(connection.execute("SELECT name, granted_kinds FROM organisations").fetchall())
        assert [found[f"{kinds} {level}"] for kinds, level, _ in before] == [granted for _, _, granted in before]
        keys = connection.execute("SELECT length(key) FROM mail_keys").fetchall()
        assert keys == [(32,)]


def test_what_partners_have_in_a_revealed_bid_counts_as_shown(empty: str) -> None:
    m.migrate(empty, "0006")
    bench_data.fill(empty, 2)
    with psycopg.connect(empty) as connection:
        rows = connection.execute("SELECT id FROM proposals ORDER BY id").fetchall()
        revealed, hidden = (row[0] for row in rows)
        connection.execute("UPDATE proposals SET round_status = 'open' WHERE id = %s", [hidden])
        partners = connection.execute(
            "SELECT id FROM partners WHERE proposal_id = %s ORDER BY role, id", [revealed]
        ).fetchall()
        lead, helper, gone, unfiled = (row[0] for row in partners)
        for statement, given in (
            ("UPDATE partners SET role = 'subcontractor' WHERE id = %s", [helper]),
            ("DELETE FROM budget_lines WHERE partner_id = %s", [helper]),
            ("UPDATE partners SET status = 'withdrawn' WHERE id = %s", [gone]),
            ("UPDATE partners SET filed_at = NULL WHERE id = %s", [unfiled]),
            ("UPDATE budget_lines SET version = 5, hidden_changes = 2 WHERE partner_id = %s", [lead]),
            (
                "UPDATE contributions SET kind = 'cash', quantity = 3, shown_as = 'quantity' WHERE partner_id = %s",
                [lead],
            ),
        ):
            connection.execute(statement, given)
    m.migrate(empty, "0009")
    with psycopg.connect(empty) as connection:
        shown = connection.execute(
            "SELECT partner_id, sums, taken, lines, final FROM shown_budgets ORDER BY lines DESC"
        ).fetchall()
        live = connection.execute(
            "SELECT year, sum(amount)::bigint FROM budget_lines WHERE partner_id = %s GROUP BY year ORDER BY year",
            [lead],
        ).fetchall()
        taken = connection.execute("SELECT id, sums_taken_at IS NOT NULL FROM proposals").fetchall()
        versions = connection.execute(
            "SELECT DISTINCT shown_version FROM budget_lines WHERE partner_id = %s", [lead]
        ).fetchall()
        by = connection.execute("SELECT DISTINCT shown_as FROM contributions WHERE kind = 'cash'").fetchall()
    assert [row[0] for row in shown] == [lead, helper]
    sums = [
        {"year": year, "source": "requested", "lot_id": None, "amount": amount, "vat_amount": 0}
        for year, amount in live
    ]
    assert shown[0][1:] == (sums, sums, 10, False)
    assert shown[1][1:] == ([], [], 0, True)
    assert dict(taken) == {revealed: True, hidden: False}
    assert (versions, by) == ([(3,)], [("value",)])


def test_who_waits_to_be_confirmed_has_the_one_seat_of_its_organisation(empty: str) -> None:
    m.migrate(empty, "0014")
    bench_data.fill(empty, 2)
    again = """INSERT INTO partners (id, proposal_id, organisation_id, role, status)
        SELECT gen_random_uuid(), proposal_id, organisation_id, 'member', %s FROM partners WHERE id = %s"""
    with psycopg.connect(empty, autocommit=True) as sql:
        rows = sql.execute("SELECT id FROM partners WHERE role = 'member' ORDER BY id LIMIT 2").fetchall()
        seated, gone = (row[0] for row in rows)
        sql.execute("UPDATE partners SET status = 'withdrawn' WHERE id = %s", [gone])
    m.migrate(empty)
    with psycopg.connect(empty, autocommit=True) as sql:
        sql.execute(again, ["to_confirm", gone])
        for status, place in (("to_confirm", seated), ("to_confirm", gone), ("invited", gone), ("accepted", gone)):
            with pytest.raises(psycopg.errors.UniqueViolation):
                sql.execute(again, [status, place])
        sql.execute(again, ["declined", seated])


def test_a_client_keeps_its_secret_and_its_token_follows_it(empty: str) -> None:
    m.migrate(empty, "0021")
    bench_data.fill(empty, 1)
    with psycopg.connect(empty) as connection:
        connection.execute(
            "INSERT INTO clients (id, organisation_id, name, secret_hash, scopes)"
            " SELECT gen_random_uuid(), id, 'Portal', 'hash', '{}' FROM organisations LIMIT 1"
        )
        connection.execute(
            "INSERT INTO access_tokens (token_hash, client_id, scopes, expires_at)"
            " SELECT 'token', id, '{}', now() FROM clients"
        )
    m.migrate(empty)
    with psycopg.connect(empty) as connection:
        found = connection.execute(
            "SELECT s.secret_hash, s.expires_at, s.client_id = c.id, t.secret_id = s.id, s.created_at = c.created_at"
            " FROM client_secrets s, clients c, access_tokens t"
        ).fetchall()
    assert found == [(b"hash", None, True, True, True)]


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


OWNED = """
WITH a AS (INSERT INTO organisations (id, name, kinds, legal_form, verification_level)
  VALUES (gen_random_uuid(), %(name)s, %(kinds)s, 'charity', %(level)s) RETURNING id)
INSERT INTO opportunities (id, ocid, organisation_id, title, status, submission_deadline)
SELECT gen_random_uuid(), %(name)s, id, 'A notice', 'published', now() + interval '30 days' FROM a
RETURNING id::text, organisation_id::text"""
RELEASE = """
INSERT INTO ocds_releases (id, opportunity_id, release_id, sha256, raw, facts)
VALUES (gen_random_uuid(), %s, '1', decode(%s, 'hex'), '{}', jsonb_build_object('tags', '[]'::jsonb, 'imported_by_organisation_id', %s::text))"""


def test_calls_owned_through_an_import_are_listed_and_bids_get_terms_of_their_own(
    empty: str, caplog: pytest.LogCaptureFixture
) -> None:
    m.migrate(empty, "0006")
    bench_data.fill(empty, 2)
    with psycopg.connect(empty, autocommit=True) as sql:
        council = {"kinds": ["commissioner"], "level": "operator"}
        kept, buyer = sql.execute(OWNED, {"name": "Aber Council", **council}).fetchone() or ()
        posing, rival = sql.execute(OWNED, {"name": "Wide River", **council}).fetchone() or ()
        unknown, _ = sql.execute(OWNED, {"name": "Nobody", "kinds": ["commissioner"], "level": "none"}).fetchone() or ()
        (bids,) = [sql.execute("SELECT id::text FROM proposals ORDER BY id").fetchall()]
        first, second = bids[0][0], bids[1][0]
        sql.execute(
            "UPDATE partners SET organisation_id = %s, status = 'accepted' WHERE id = "
            "(SELECT id FROM partners WHERE proposal_id = %s ORDER BY id LIMIT 1)",
            [rival, first],
        )
        sql.execute("UPDATE proposals SET opportunity_id = %s, round_status = 'open' WHERE id = %s", [posing, first])
        sql.execute(RELEASE, [kept, "aa", None])
        sql.execute(RELEASE, [posing, "bb", rival])
        sql.execute(RELEASE, [unknown, "cc", rival])
        sql.execute(RELEASE, [unknown, "dd", buyer])
    with caplog.at_level("WARNING", logger="alembic.runtime.migration"):
        m.migrate(empty)
    said = "\n".join(caplog.messages)
    assert "kept: Aber Council" in said and "taken away: Wide River" in said and "taken away: Nobody" in said
    assert "takes part in a bid" in said and "cobid grant-opportunity" in said
    with psycopg.connect(empty) as sql:
        calls = {
            str(id_): row
            for id_, *row in sql.execute(
                "SELECT id, organisation_id::text, brought_by, brought_at IS NULL, imported_by_organisation_id::text "
                "FROM opportunities WHERE ocid IS NOT NULL"
            )
        }
        assert calls[kept] == [buyer, "owner", False, None]
        assert calls[posing] == [None, "organisation", False, rival]
        assert calls[unknown] == [None, "organisation", True, rival], "of two importers: merged anew at the next import"
        own = "SELECT own_status, own_deadline IS NOT NULL, own_terms -> 'row' ->> 'title', round_deadline IS NOT NULL"
        assert sql.execute(f"{own} FROM proposals WHERE id = %s", [first]).fetchone() == (
            "published",
            True,
            "A notice",
            True,
        )
        assert (sql.execute(f"{own} FROM proposals WHERE id = %s", [second]).fetchone() or ())[:3] == (
            None,
            False,
            None,
        )
        brought = sql.execute("SELECT organisation_id::text, facts FROM ocds_releases ORDER BY sha256").fetchall()
        assert brought == [(None, {"tags": []}), (rival, {"tags": []}), (rival, {"tags": []}), (buyer, {"tags": []})]


def test_editions_are_told_with_the_names_and_words_of_what_was_signed(empty: str) -> None:
    m.migrate(empty, "0012")
    bench_data.fill(empty, 1)
    vehicle = {"name": "", "status": "to_be_formed", "owner_partner_ids": ["b"]}
    signed = {
        "partners": [
            {"id": "a", "organisation_id": "oa", "name": "Acorn", "role": "lead", "legal_form": "cio"},
            {"id": "b", "organisation_id": "ob", "name": "Birch", "role": "member", "legal_form": "cic"},
        ],
        "structure": {"vehicle": vehicle},
    }
    with psycopg.connect(empty) as connection:
        connection.execute(
            "INSERT INTO editions (id, proposal_id, number, sha256, document, annex)"
            " SELECT gen_random_uuid(), id, 1, 'x', convert_to(%s, 'UTF8'), '' FROM proposals",
            [json.dumps(signed)],
        )
        connection.execute(
            "INSERT INTO editions (id, proposal_id, number, sha256, document, annex, status)"
            " SELECT gen_random_uuid(), id, 2, 'y', convert_to('{}', 'UTF8'), '', 'withdrawn' FROM proposals"
        )
    m.migrate(empty, "0014")
    with psycopg.connect(empty) as connection:
        (first,), (none,) = connection.execute("SELECT partners FROM editions ORDER BY number").fetchall()
    assert first == [
        {"partner_id": "a", "organisation_id": "oa", "name": "Acorn", "role": "lead", "words": WORDS},
        {
            "partner_id": "b", "organisation_id": "ob", "name": "Birch", "role": "member",
            "words": f"{WORDS} We sign for ourselves, subject to incorporation of the new body.",
        },
    ]  # fmt: skip
    assert none == []


def test_submissions_are_told_with_the_titles_that_were_signed(empty: str) -> None:
    m.migrate(empty, "0014")
    bench_data.fill(empty, 1)
    signed = {"proposal": {"title": "Hubs together"}, "opportunity": {"title": "Hybiau ŵyl"}}
    with psycopg.connect(empty) as connection:
        connection.execute(
            "INSERT INTO editions (id, proposal_id, number, sha256, document, annex)"
            " SELECT gen_random_uuid(), id, 1, 'x', convert_to(%s, 'UTF8'), '' FROM proposals",
            [json.dumps(signed)],
        )
        connection.execute("UPDATE proposals SET title = 'Renamed since'")
        connection.execute(
            "INSERT INTO submissions (id, proposal_id, opportunity_id, edition_id, partner_id, submitted_at)"
            " SELECT gen_random_uuid(), p.id, p.opportunity_id, e.id, pa.id, now() FROM proposals p"
            " JOIN editions e ON e.proposal_id = p.id JOIN LATERAL ("
            "   SELECT id FROM partners WHERE proposal_id = p.id LIMIT 1) pa ON true"
        )
    m.migrate(empty)
    with psycopg.connect(empty) as connection:
        told = connection.execute("SELECT DISTINCT title, opportunity_title FROM submissions").fetchall()
    assert told == [("Hubs together", "Hybiau ŵyl")]
