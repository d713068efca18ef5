"""Webhooks: subscriptions, their messages, and in which order these go out.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")
EMPTY = sa.text("'[]'::jsonb")
UUID = sa.Uuid(as_uuid=False)
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", UUID, nullable=False),
        sa.Column("organisation_id", UUID, nullable=False),
        sa.Column("client_id", UUID, nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="enabled", nullable=False),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        sa.Column("secrets", postgresql.JSONB(), server_default=EMPTY, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", AT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], op.f("fk_webhooks_organisation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], op.f("fk_webhooks_client_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_organisation_id"), "webhooks", ["organisation_id"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", UUID, nullable=False),
        sa.Column("webhook_id", UUID, nullable=False),
        sa.Column("cause", UUID, nullable=False),
        sa.Column("event_id", UUID, nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("lane_id", UUID, nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("happened_at", AT, nullable=False),
        sa.Column("data", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("next_attempt_at", AT, nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", postgresql.JSONB(), server_default=EMPTY, nullable=False),
        sa.Column("created_at", AT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], op.f("fk_webhook_deliveries_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("webhook_id", "cause", "type", name=op.f("uq_webhook_deliveries_webhook_id_cause_type")),
    )
    op.create_index(op.f("ix_webhook_deliveries_created_at"), "webhook_deliveries", ["created_at"])
    op.create_index("ix_webhook_deliveries_list", "webhook_deliveries", ["webhook_id", "id"])
    op.create_index(
        "ix_webhook_deliveries_waiting",
        "webhook_deliveries",
        ["webhook_id", "lane_id", "position"],
        postgresql_where=sa.text("status IN ('pending', 'failed')"),
    )
    op.create_table(
        "webhook_lanes",
        sa.Column("webhook_id", UUID, nullable=False),
        sa.Column("lane_id", UUID, nullable=False),
        sa.Column("next_at", AT, nullable=True),
        sa.Column("lease", UUID, nullable=True),
        sa.Column("leased_until", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], op.f("fk_webhook_lanes_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("webhook_id", "lane_id", name=op.f("pk_webhook_lanes")),
    )
    op.create_index(
        "ix_webhook_lanes_due",
        "webhook_lanes",
        ["webhook_id", "next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "webhook_cursors",
        sa.Column("stream_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stream_id", name=op.f("pk_webhook_cursors")),
    )
