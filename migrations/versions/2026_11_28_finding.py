"""Calls are found by value, in the order of their deadline or publication, and by the weight of their words.

Revision ID: 0017
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None

_WORDS = """setweight(to_tsvector('english', left(title, 20000)), 'A') || \
setweight(to_tsvector('english', left(buyer_name, 20000)), 'C') || \
setweight(to_tsvector('english', left(description_markdown, 200000)), 'D')"""


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


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
