"""A weak point says which revision is being tried, and what stood before it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0025"


def upgrade() -> None:
    with op.batch_alter_table("weak_points") as table:
        for name in ("tried_id", "tried_from_id"):
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
            table.create_foreign_key(op.f(f"fk_weak_points_{name}"), "revisions", [name], ["id"])
