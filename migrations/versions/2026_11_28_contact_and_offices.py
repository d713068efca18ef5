"""Short names and registered offices of organisations; of a bid its contact, and until when its offer holds.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisations", sa.Column("short_name", sa.Text(), nullable=True))
    op.add_column("organisations", sa.Column("registered_address", sa.Text(), nullable=True))
    op.add_column("proposals", sa.Column("contact", postgresql.JSONB(), nullable=True))
    op.add_column("proposals", sa.Column("offer_valid_until", sa.Date(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
