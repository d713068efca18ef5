"""Kinds that an operator granted, where people have signed in before, and the key of the tokens that wait in mails.

Revision ID: 0008
Revises: 0006

A verified commissioner stays one, and a facilitator that an operator verified was granted that kind.
"""

import secrets

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kinds = sa.Column(
        "granted_kinds", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
    )
    op.add_column("organisations", kinds)
    op.execute("""
        UPDATE organisations o SET granted_kinds = ARRAY(
          SELECT kind FROM unnest(o.kinds) AS kind
          WHERE kind = 'commissioner' OR kind = 'facilitator' AND o.verification_level = 'operator' ORDER BY kind)
        WHERE o.verification_level <> 'none' AND o.kinds && ARRAY['commissioner', 'facilitator']""")
    op.create_table(
        "sign_in_places",
        sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sign_in_places_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "place", name=op.f("pk_sign_in_places")),
    )
    keys = op.create_table(
        "mail_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_keys")),
    )
    op.execute(keys.insert().values(name="tokens", key=secrets.token_bytes(32)))


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
