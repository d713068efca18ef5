"""A section can be one person's to write, by a day; a submission keeps the titles of bid and call as they were signed.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sections", sa.Column("assignee_person_id", sa.Uuid(as_uuid=False), nullable=True))
    op.create_foreign_key(
        op.f("fk_sections_assignee_person_id_people"), "sections", "people", ["assignee_person_id"], ["id"]
    )
    op.add_column("sections", sa.Column("due_on", sa.Date(), nullable=True))
    for name in ("title", "opportunity_title"):
        op.add_column("submissions", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.execute("""
        UPDATE submissions s SET title = coalesce(d.signed #>> '{proposal,title}', ''),
          opportunity_title = coalesce(d.signed #>> '{opportunity,title}', '')
        FROM editions e CROSS JOIN LATERAL (SELECT convert_from(e.document, 'UTF8')::jsonb AS signed) d
        WHERE e.id = s.edition_id""")


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
