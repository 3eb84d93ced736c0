"""Every run page asks for its run's deviations, and every undo: not by reading all that there are."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index(op.f("ix_deviations_run_id"), "deviations", ["run_id"])
