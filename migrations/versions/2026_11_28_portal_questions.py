"""Questions of a portal, typed into a bid by its partners.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("proposals", sa.Column("portal_questions", postgresql.JSONB(none_as_null=True), nullable=True))
    # A section answers a question of the call, or one that is the bid's own.
    op.drop_constraint(op.f("fk_sections_question_id"), "sections", type_="foreignkey")


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
