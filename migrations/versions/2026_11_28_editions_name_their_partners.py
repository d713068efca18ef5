"""An edition keeps its partners' names, and the words of their signatures, as the text that is signed has them.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WORDS = "I am authorised by this organisation; we agree the content of this edition and authorise its submission."


def upgrade() -> None:
    empty = sa.text("'[]'::jsonb")
    op.add_column("editions", sa.Column("partners", postgresql.JSONB(), server_default=empty, nullable=False))
    op.execute(
        sa.text("""
        UPDATE editions e SET partners = found.partners FROM (
          SELECT e.id, jsonb_agg(jsonb_build_object(
              'partner_id', p.item -> 'id', 'organisation_id', p.item -> 'organisation_id', 'name', p.item -> 'name',
              'role', p.item -> 'role', 'words', CAST(:words AS text) || CASE
                WHEN v.vehicle ->> 'status' = 'to_be_formed' AND v.vehicle -> 'owner_partner_ids' ? (p.item ->> 'id')
                THEN ' We sign for ourselves, subject to incorporation of '
                     || coalesce(nullif(v.vehicle ->> 'name', ''), 'the new body') || '.'
                ELSE '' END) ORDER BY p.place) AS partners
          FROM editions e CROSS JOIN LATERAL (SELECT convert_from(e.document, 'UTF8')::jsonb AS signed) d
          CROSS JOIN LATERAL (SELECT d.signed #> '{structure,vehicle}' AS vehicle) v
          CROSS JOIN LATERAL jsonb_array_elements(d.signed -> 'partners') WITH ORDINALITY AS p(item, place)
          GROUP BY e.id) found
        WHERE found.id = e.id
        """).bindparams(words=WORDS)
    )
