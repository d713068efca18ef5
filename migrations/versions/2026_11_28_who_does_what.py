"""What a partner says of its work in a bid: its lots, its places and the people whom it reaches.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    lots, areas = postgresql.ARRAY(postgresql.UUID(as_uuid=False)), postgresql.ARRAY(sa.Text())
    op.add_column("partners", sa.Column("lot_ids", lots, server_default=sa.text("'{}'::uuid[]"), nullable=False))
    op.add_column("partners", sa.Column("areas", areas, server_default=sa.text("'{}'::text[]"), nullable=False))
    op.add_column("partners", sa.Column("people_reached", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
