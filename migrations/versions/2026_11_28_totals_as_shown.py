"""Totals as their owners last showed them, the sums of the whole bid taken of all at once, and final prices.

What every partner's lines come to in a revealed bid counts as shown, and as taken of all at once. Money is shown by value.

Revision ID: 0009
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ids = sa.Uuid(as_uuid=False)
    none = sa.text("'[]'::jsonb")
    op.create_table(
        "shown_budgets",
        sa.Column("partner_id", ids, nullable=False),
        sa.Column("proposal_id", ids, nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sums", postgresql.JSONB(), server_default=none, nullable=False),
        sa.Column("taken", postgresql.JSONB(), server_default=none, nullable=False),
        sa.Column("lines", sa.Integer(), server_default="0", nullable=False),
        sa.Column("final", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("partner_id", name=op.f("pk_shown_budgets")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_shown_budgets_partner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_shown_budgets_proposal_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_shown_budgets_proposal_id"), "shown_budgets", ["proposal_id"])
    op.add_column("proposals", sa.Column("sums_taken_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("budget_lines", sa.Column("shown_version", sa.Integer(), nullable=True))
    op.execute("""
        INSERT INTO shown_budgets (partner_id, proposal_id, shown_at, sums, taken, lines, final)
        SELECT pa.id, pa.proposal_id, now(), found.sums, found.sums, found.lines,
               pa.role IN ('associate', 'subcontractor') AND found.sums = '[]'
        FROM partners pa JOIN proposals p ON p.id = pa.proposal_id CROSS JOIN LATERAL (
          SELECT coalesce(jsonb_agg(jsonb_build_object('year', c.year, 'source', c.source, 'lot_id', c.lot_id,
                   'amount', c.amount, 'vat_amount', c.vat) ORDER BY c.year, c.source, c.lot_id)
                   FILTER (WHERE c.amount <> 0 OR c.vat <> 0), '[]') AS sums, coalesce(sum(c.lines), 0) AS lines
          FROM (SELECT l.year, l.source, l.lot_id, sum(l.amount) AS amount, sum(l.vat_amount) AS vat, count(*) AS lines
                FROM budget_lines l WHERE l.partner_id = pa.id AND l.revealed
                GROUP BY l.year, l.source, l.lot_id) c
        ) found
        WHERE p.round_status <> 'open' AND pa.status = 'accepted' AND (pa.filed_at IS NOT NULL OR NOT pa.must_file)
    """)
    op.execute("UPDATE proposals SET sums_taken_at = now() WHERE round_status <> 'open'")
    op.execute("""
        UPDATE budget_lines l SET shown_version = l.version - l.hidden_changes
        FROM shown_budgets s WHERE s.partner_id = l.partner_id AND l.revealed
    """)
    op.execute(
        "UPDATE contributions SET shown_as = 'value' WHERE kind IN ('cash', 'match_funding') AND shown_as <> 'value'"
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
