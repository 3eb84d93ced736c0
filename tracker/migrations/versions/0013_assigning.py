"""Runs are open to teams, offered, paused; lists of subjects open many at once."""

import sqlalchemy as sa
from alembic import op

from tracker.db import UtcDateTime

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    # In words of our own: Alembic can't add a column with a foreign key to a table of SQLite's in place.
    for column, table in (
        ("team_id", "teams"),
        ("offered_to_id", "people"),
        ("offered_by_id", "people"),
        ("paused_by_id", "people"),
    ):
        op.execute(
            f"ALTER TABLE runs ADD COLUMN {column} INTEGER "
            f"CONSTRAINT fk_runs_{column} REFERENCES {table} (id)"
        )
    op.add_column("runs", sa.Column("paused_at", UtcDateTime(timezone=True)))
    op.add_column("runs", sa.Column("pause_reason", sa.String()))
    op.create_index(op.f("ix_runs_offered_to_id"), "runs", ["offered_to_id"])
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sop_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("assignee_id", sa.Integer()),
        sa.Column("team_id", sa.Integer()),
        sa.Column("role", sa.String()),
        sa.Column("location_id", sa.Integer()),
        sa.Column("due_at", UtcDateTime(timezone=True)),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("anyway", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("handled", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("passed_over", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", UtcDateTime(timezone=True)),
        sa.Column("ended_at", UtcDateTime(timezone=True)),
        sa.Column("claimed_by", sa.String()),
        sa.Column("claimed_at", UtcDateTime(timezone=True)),
        sa.CheckConstraint("state IN ('draft', 'opening', 'done')", name=op.f("ck_batches_state")),
        sa.ForeignKeyConstraint(["assignee_id"], ["people.id"], name=op.f("fk_batches_assignee_id")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_batches_by_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_batches_location_id")),
        sa.ForeignKeyConstraint(["sop_id"], ["sops.id"], name=op.f("fk_batches_sop_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_batches_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("key", name=op.f("uq_batches_key")),
    )
    op.create_index(op.f("ix_batches_state"), "batches", ["state"])
