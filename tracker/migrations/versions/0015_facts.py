"""Facts: what outcomes add up to, folded once; and what is computed from them and kept."""

import sqlalchemy as sa
from alembic import op

from tracker.db import UtcDateTime

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "figures",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_figures")),
    )
    op.create_table(
        "person_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sop_id", sa.String(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "sop_id", "location_id", "person_id", name=op.f("pk_person_days")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sop_id", sa.String(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("conformity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "sop_id", "location_id", name=op.f("pk_run_days")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "step_days",
        sa.Column("sop_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("recovered", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("omitted", sa.Integer(), nullable=False),
        sa.Column("na", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sop_id", "day", "step_key", "revision_id", name=op.f("pk_step_days")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "step_months",
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("sop_id", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=False),
        sa.Column("which", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("omitted", sa.Integer(), nullable=False),
        sa.Column("na", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "by IN ('all', 'location', 'hour', 'time', 'skipped', 'failed')", name=op.f("ck_step_months_by")
        ),
        sa.PrimaryKeyConstraint("by", "sop_id", "month", "step_key", "which", name=op.f("pk_step_months")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "verdicts",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sop_id", sa.String(), nullable=False),
        sa.Column("before_count", sa.Integer(), nullable=False),
        sa.Column("before_n", sa.Integer(), nullable=False),
        sa.Column("after_count", sa.Integer(), nullable=False),
        sa.Column("after_n", sa.Integer(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("more", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_verdicts_revision_id")),
        sa.ForeignKeyConstraint(["sop_id"], ["sops.id"], name=op.f("fk_verdicts_sop_id")),
        sa.PrimaryKeyConstraint("revision_id", "step_key", "kind", name=op.f("pk_verdicts")),
    )
    op.create_index(op.f("ix_verdicts_sop_id"), "verdicts", ["sop_id"], unique=False)
    op.create_table(
        "weak_points",
        sa.Column("sop_id", sa.String(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("posterior", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("tolerance", sa.Double(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("per_month", sa.Double(), nullable=False),
        sa.Column("cost", sa.Double(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("since_revision_id", sa.Integer(), nullable=True),
        sa.Column("flagged_on", sa.Date(), nullable=True),
        sa.Column("began", sa.Date(), nullable=True),
        sa.Column("alarm_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["since_revision_id"], ["revisions.id"], name=op.f("fk_weak_points_since_revision_id")
        ),
        sa.ForeignKeyConstraint(["sop_id"], ["sops.id"], name=op.f("fk_weak_points_sop_id")),
        sa.PrimaryKeyConstraint("sop_id", "step_key", "kind", name=op.f("pk_weak_points")),
    )
    op.create_index(op.f("ix_weak_points_band_priority"), "weak_points", ["band", "priority"], unique=False)
    op.create_table(
        "spot_checks",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("signal", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("found_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("looked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("looked_by_id", sa.Integer(), nullable=True),
        sa.Column("saw", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["looked_by_id"], ["people.id"], name=op.f("fk_spot_checks_looked_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_spot_checks_person_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_spot_checks_run_id")),
        sa.PrimaryKeyConstraint("run_id", "signal", name=op.f("pk_spot_checks")),
    )
    op.create_index(
        op.f("ix_spot_checks_looked_at_found_at"), "spot_checks", ["looked_at", "found_at"], unique=False
    )
    op.drop_index(op.f("ix_outcomes_counts"), table_name="outcomes")
    op.create_index(
        "ix_outcomes_lost",
        "outcomes",
        ["sop_id", "step_key", "outcome", "closed_at"],
        unique=False,
        sqlite_where=sa.text("outcome IN ('skipped', 'failed', 'omitted')"),
        postgresql_where=sa.text("outcome IN ('skipped', 'failed', 'omitted')"),
    )
    op.add_column("runs", sa.Column("folded", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_runs_closed",
        "runs",
        ["state", "closed_at"],
        unique=False,
        sqlite_where=sa.text("state = 'done'"),
        postgresql_where=sa.text("state = 'done'"),
    )
    op.create_index(
        "ix_runs_unfolded",
        "runs",
        ["state", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'done' AND folded IS 0"),
        postgresql_where=sa.text("state = 'done' AND folded IS false"),
    )
