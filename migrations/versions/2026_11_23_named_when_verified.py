"""Whether a partner agreed to be named by the public check of a version that it signed.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("partners", sa.Column("named_when_verified", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("partners", "named_when_verified")
