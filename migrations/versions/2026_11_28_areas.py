"""Areas by their official codes, with the countries of the United Kingdom and the regions of England.

Revision ID: 0006
Revises: 0005

Codes and names: Office for National Statistics, under the Open Government Licence v3.0.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KINGDOM, ENGLAND = "K02000001", "E92000001"
BUILT_IN = [
    (KINGDOM, "United Kingdom", "kingdom", [], "UK"),
    (ENGLAND, "England", "country", [KINGDOM], None),
    ("N92000002", "Northern Ireland", "country", [KINGDOM], "UKN"),
    ("S92000003", "Scotland", "country", [KINGDOM], "UKM"),
    ("W92000004", "Wales", "country", [KINGDOM], "UKL"),
    ("E12000001", "North East", "region", [ENGLAND, KINGDOM], "UKC"),
    ("E12000002", "North West", "region", [ENGLAND, KINGDOM], "UKD"),
    ("E12000003", "Yorkshire and The Humber", "region", [ENGLAND, KINGDOM], "UKE"),
    ("E12000004", "East Midlands", "region", [ENGLAND, KINGDOM], "UKF"),
    ("E12000005", "West Midlands", "region", [ENGLAND, KINGDOM], "UKG"),
    ("E12000006", "East of England", "region", [ENGLAND, KINGDOM], "UKH"),
    ("E12000007", "London", "region", [ENGLAND, KINGDOM], "UKI"),
    ("E12000008", "South East", "region", [ENGLAND, KINGDOM], "UKJ"),
    ("E12000009", "South West", "region", [ENGLAND, KINGDOM], "UKK"),
]


def upgrade() -> None:
    areas = op.create_table(
        "areas",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'region'"), nullable=False),
        sa.Column("within", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("nuts", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_areas")),
    )
    op.create_index("ix_areas_within", "areas", ["within"], postgresql_using="gin")
    op.bulk_insert(areas, [dict(zip(("code", "name", "kind", "within", "nuts"), row, strict=True)) for row in BUILT_IN])


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
