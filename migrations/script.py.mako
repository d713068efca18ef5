"""${message}

Expand, backfill, enforce: a column that must not be null is added nullable, filled, and enforced in a later step.
Each statement waits at most ten seconds for a lock (set in env.py).
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
