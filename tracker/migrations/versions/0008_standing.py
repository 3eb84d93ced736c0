"""An open run's standing is kept in its row. Who serves or syncs next judges the runs that there are."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("runs", sa.Column("held_by", sa.String()))
    op.add_column("runs", sa.Column("unsigned", sa.Integer()))
    op.add_column("runs", sa.Column("wants_role", sa.String()))
    for name, columns, among in (
        ("due", ["due_at", "started_at", "id"], ""),
        ("unsigned", ["unsigned", "due_at"], ""),
        ("held_by", ["held_by"], " AND held_by IS NOT NULL"),
        ("wants_role", ["wants_role"], " AND wants_role IS NOT NULL"),
    ):
        which = sa.text(f"state = 'open'{among}")
        op.create_index(f"ix_runs_{name}", "runs", columns, sqlite_where=which, postgresql_where=which)
