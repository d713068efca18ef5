"""A procurement's public number.

Revision ID: 0016c
Revises: 0016b
"""

import sqlalchemy as sa
from alembic import op

revision = "0016c"
down_revision = "0016b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("opportunities", sa.Column("procurement_reference", sa.Text(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
