"""Locations and teams that are given up keep their name in what happened there."""

import sqlalchemy as sa
from alembic import op

from tracker.db import UtcDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    for table in ("locations", "teams"):
        op.add_column(table, sa.Column("retired_at", UtcDateTime(timezone=True), nullable=True))
