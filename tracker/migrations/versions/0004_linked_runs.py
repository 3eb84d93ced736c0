"""A run knows the run, and the step of it, whose recovery started it."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # In words of our own: Alembic can't add a column with a foreign key to a table of SQLite's in place.
    op.execute(
        "ALTER TABLE runs ADD COLUMN from_run_id INTEGER CONSTRAINT fk_runs_from_run_id REFERENCES runs (id)"
    )
    op.execute("ALTER TABLE runs ADD COLUMN from_step VARCHAR")
    op.create_index(op.f("ix_runs_from_run_id"), "runs", ["from_run_id"])
