"""Whether the partners decided to ask a facilitator in, so that one objection does not keep it out; and which bids one serves.

Revision ID: 0011
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("facilitators", sa.Column("by_decision", sa.Boolean(), server_default="false", nullable=False))
    op.create_index(
        "ix_facilitators_in_office",
        "facilitators",
        ["organisation_id", "started_at"],
        postgresql_where=sa.text("status = 'active'"),
    )


def downgrade() -> None:
    op.drop_index("ix_facilitators_in_office", "facilitators")
    op.drop_column("facilitators", "by_decision")
