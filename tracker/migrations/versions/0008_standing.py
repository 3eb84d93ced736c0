"""An open run's standing is kept in its row. Who serves or syncs next judges the runs that there are."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("runs", sa.Column("held_by", sa.String()))
    op.add_column("runs", sa.Column("unsigned", sa.Integer()))
    op.add_column("runs", sa.Column("wants_role", sa.String()))
    which = sa.text("state = 'open'")
    for name, columns in (
        ("due", [sa.text("(due_at IS NULL)"), "due_at", "started_at", "id"]),
        ("unsigned", ["unsigned"]),
        ("wants_role", ["wants_role"]),
    ):
        op.create_index(
            f"ix_runs_{name}", "runs", ["state", *columns], sqlite_where=which, postgresql_where=which
        )
