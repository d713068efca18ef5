"""A partner that waits to be confirmed has a seat: an organisation has one open seat in a bid at most.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("uq_partners_one_seat", "partners")
    op.create_index(
        "uq_partners_one_seat",
        "partners",
        ["proposal_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("status in ('invited', 'to_confirm', 'accepted')"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
