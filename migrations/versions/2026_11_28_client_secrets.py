"""A client has two secrets while it changes from one to the other; a token ends with the secret that it was got with.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client_secrets",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("client_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_client_secrets_client_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_secrets")),
    )
    op.create_index(op.f("ix_client_secrets_client_id"), "client_secrets", ["client_id"])
    op.execute(
        "INSERT INTO client_secrets (id, client_id, secret_hash, created_at) "
        "SELECT gen_random_uuid(), id, secret_hash, created_at FROM clients"
    )
    op.drop_column("clients", "secret_hash")
    op.add_column("access_tokens", sa.Column("secret_id", sa.Uuid(as_uuid=False), nullable=True))
    op.create_foreign_key(
        op.f("fk_access_tokens_secret_id"), "access_tokens", "client_secrets", ["secret_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index(op.f("ix_access_tokens_secret_id"), "access_tokens", ["secret_id"])
    op.execute("UPDATE access_tokens t SET secret_id = s.id FROM client_secrets s WHERE s.client_id = t.client_id")


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
