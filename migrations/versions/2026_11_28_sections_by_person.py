"""A section can be one person's to write, by a day; and when a partner was last reminded of what waits for it.

Revision ID: 0020
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sections", sa.Column("assignee_person_id", sa.Uuid(as_uuid=False), nullable=True))
    op.create_foreign_key(
        op.f("fk_sections_assignee_person_id_people"), "sections", "people", ["assignee_person_id"], ["id"]
    )
    op.add_column("sections", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("partners", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
