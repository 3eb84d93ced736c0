"""What came late waits for a lead; what a device has numbered and never sent is known."""

import sqlalchemy as sa
from alembic import op

from tracker.db import UtcDateTime

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("records", sa.Column("made_at", UtcDateTime(timezone=True)))
    numbered = sa.text("device_seq IS NOT NULL")
    op.create_index(
        "ix_records_device",
        "records",
        ["device_id", "received_at", "device_seq"],
        unique=False,
        sqlite_where=numbered,
        postgresql_where=numbered,
    )
    op.add_column("runs", sa.Column("late_waiting", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "late_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("cancels_id", sa.Uuid(), nullable=True),
        sa.Column("pieces", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("device_seq", sa.Integer(), nullable=True),
        sa.Column("device_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("flag", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('done', 'skipped', 'failed', 'undone')", name=op.f("ck_late_records_kind")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'counted', 'accepted', 'declined')", name=op.f("ck_late_records_state")
        ),
        sa.CheckConstraint(
            "why IN ('part', 'undo', 'closed', 'outcome', 'paused', 'signed', 'blocked')",
            name=op.f("ck_late_records_why"),
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_late_records_decided_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_late_records_person_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_late_records_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_records")),
    )
    op.create_index(op.f("ix_late_records_run_id"), "late_records", ["run_id"], unique=False)
    op.create_index(
        op.f("ix_late_records_device_id_received_at"),
        "late_records",
        ["device_id", "received_at"],
        unique=False,
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_late_records_waiting",
        "late_records",
        ["run_id"],
        unique=False,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "sequence_gaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("before_seq", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("after_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("before_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sequence_gaps_person_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_sequence_gaps_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequence_gaps")),
    )
    op.create_index(
        op.f("ix_sequence_gaps_device_id_after_seq"),
        "sequence_gaps",
        ["device_id", "after_seq"],
        unique=False,
    )
    missing = sa.text("missing > 0")
    op.create_index(
        "ix_sequence_gaps_missing",
        "sequence_gaps",
        ["before_at"],
        unique=False,
        sqlite_where=missing,
        postgresql_where=missing,
    )
