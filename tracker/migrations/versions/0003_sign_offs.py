"""A second person's signature under a step that was done."""

import sqlalchemy as sa
from alembic import op

from tracker.db import UtcDateTime
from tracker.migrations.append_only import refuse_changes

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "sign_offs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_offs_person_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_sign_offs_record_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_sign_offs_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_offs")),
        sa.UniqueConstraint("record_id", name=op.f("uq_sign_offs_record_id")),
    )
    op.create_index(op.f("ix_sign_offs_run_id"), "sign_offs", ["run_id"])
    refuse_changes("sign_offs")
