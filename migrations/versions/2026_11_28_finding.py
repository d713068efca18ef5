"""Calls are found by value, in the order of their deadline or publication, and by the weight of their words.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_WORDS = """setweight(to_tsvector('english', left(title, 20000)), 'A') || \
setweight(to_tsvector('english', left(buyer_name, 20000)), 'C') || \
setweight(to_tsvector('english', left(description_markdown, 200000)), 'D')"""

_KEY = r"substring(lower(rtrim(regexp_replace({}, '^https?://(www\.)?([^?#]*).*$', '\2', 'i'), '/')) from '^[^/]+/.*')"
_LINKS = ("submission_route ->> 'url'", "source #>> '{notice_urls,0}'", "source #>> '{notice_urls,-1}'")
_LINK_KEYS = f"array_remove(ARRAY[{', '.join(_KEY.format(link) for link in _LINKS)}], NULL)"


def upgrade() -> None:
    op.add_column(
        "opportunities",
        sa.Column("amounts", postgresql.INT8MULTIRANGE(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.execute(
        """
UPDATE opportunities o SET amounts = found.amounts FROM (
  SELECT said.id, range_agg(int8range(said.ceiling, said.ceiling, '[]')) AS amounts FROM (
    SELECT id, budget_ceiling AS ceiling FROM opportunities
    UNION ALL SELECT opportunity_id, ceiling FROM lots WHERE removed_at IS NULL
  ) said WHERE said.ceiling > 0 GROUP BY said.id
) found WHERE found.id = o.id"""
    )
    op.create_index(op.f("ix_opportunities_amounts"), "opportunities", ["amounts"], postgresql_using="gist")
    # A generated column cannot be changed: it is made anew.
    op.drop_index(op.f("ix_opportunities_search"), "opportunities")
    op.drop_column("opportunities", "search")
    op.add_column(
        "opportunities",
        sa.Column("search", postgresql.TSVECTOR(), sa.Computed(_WORDS, persisted=True), nullable=False),
    )
    op.create_index(op.f("ix_opportunities_search"), "opportunities", ["search"], postgresql_using="gin")
    for name, column in (("closes", "submission_deadline"), ("newest", "published_at")):
        key = sa.text(f"coalesce({column}, 'infinity'::timestamptz)")
        op.create_index(f"ix_opportunities_{name}", "opportunities", [key, "id"])
    op.create_index(
        "ix_opportunities_news", "opportunities", [sa.text("greatest(created_at, published_at, brought_at)")]
    )
    _typed()
    _saved_searches()


def _typed() -> None:
    op.add_column("opportunities", sa.Column("typed", sa.Boolean(), server_default="false", nullable=False))
    keys = sa.Computed(_LINK_KEYS, persisted=True)
    op.add_column("opportunities", sa.Column("link_keys", postgresql.ARRAY(sa.Text()), keys, nullable=False))
    op.create_index(op.f("ix_opportunities_link_keys"), "opportunities", ["link_keys"], postgresql_using="gin")


def _saved_searches() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "query", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("alert", sa.Text(), server_default="none", nullable=False),
        sa.Column("feed_token", sa.Text(), nullable=False),
        sa.Column("stop_token", sa.Text(), nullable=False),
        sa.Column("looked_at", instant, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("fault_told_at", instant, nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", instant, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_saved_searches_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_searches_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("feed_token", name=op.f("uq_saved_searches_feed_token")),
        sa.UniqueConstraint("stop_token", name=op.f("uq_saved_searches_stop_token")),
    )
    op.create_index(op.f("ix_saved_searches_organisation_id"), "saved_searches", ["organisation_id"])
    op.create_index(op.f("ix_saved_searches_person_id"), "saved_searches", ["person_id"])
    op.create_table(
        "saved_search_hits",
        sa.Column("saved_search_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("opportunity_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("told_at", instant, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_search_id"],
            ["saved_searches.id"],
            name=op.f("fk_saved_search_hits_saved_search_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["opportunities.id"],
            name=op.f("fk_saved_search_hits_opportunity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("saved_search_id", "opportunity_id", name=op.f("pk_saved_search_hits")),
    )
    op.create_index(op.f("ix_saved_search_hits_opportunity_id"), "saved_search_hits", ["opportunity_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
