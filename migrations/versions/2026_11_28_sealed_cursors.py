"""The key that seals cursors, in the database and so in every backup of it.

Revision ID: 0010
Revises: 0009

Cursors of the feed of submissions that were given before stay valid; `plain_until` is the newest transaction that one
of them can name.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keys = op.create_table(
        "cursor_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("plain_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_cursor_keys")),
    )
    now = sa.text("(pg_snapshot_xmax(pg_current_snapshot())::text::bigint)")
    op.execute(keys.insert().values(name="cursors", key=secrets.token_bytes(32), plain_until=now))


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
