"""What phones' queues bring: entries of which a lead is told, runs by their ref, runs that are complete."""

import secrets

import sqlalchemy as sa
from alembic import op

from tracker.db import UtcDateTime

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "noted_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("device_seq", sa.Integer(), nullable=True),
        sa.Column("device_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('start', 'record', 'close', 'claim')", name=op.f("ck_noted_entries_kind")
        ),
        sa.CheckConstraint("note IN ('refused', 'unclosed', 'twin')", name=op.f("ck_noted_entries_note")),
        sa.CheckConstraint("state IN ('waiting', 'kept', 'dismissed')", name=op.f("ck_noted_entries_state")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_noted_entries_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_noted_entries_location_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_noted_entries_person_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_noted_entries_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_noted_entries")),
    )
    op.create_index(op.f("ix_noted_entries_run_id"), "noted_entries", ["run_id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_noted_entries_waiting",
        "noted_entries",
        ["received_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    installation = op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.bulk_insert(installation, [{"id": 1, "instance": secrets.token_hex(12)}])
    op.create_index(op.f("ix_runs_ref"), "runs", ["ref"])
    op.add_column("runs", sa.Column("complete", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_runs_complete",
        "runs",
        ["state", "id"],
        sqlite_where=sa.text("state = 'open' AND complete IS 1"),
        postgresql_where=sa.text("state = 'open' AND complete IS true"),
    )
