"""Of a contribution, who pays for it.

Revision ID: 0016b
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0016b"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contributions", sa.Column("funded_by", sa.Text(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
