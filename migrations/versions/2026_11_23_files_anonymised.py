"""Who confirmed that an attached file identifies nobody, and when.

A file that was attached as anonymised was confirmed by whoever attached it.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE attachments ADD COLUMN anonymised_by uuid, ADD COLUMN anonymised_at timestamptz")
    op.execute("UPDATE attachments SET anonymised_by = person_id, anonymised_at = uploaded_at WHERE anonymised")


def downgrade() -> None:
    op.execute("ALTER TABLE attachments DROP COLUMN anonymised_by, DROP COLUMN anonymised_at")
