"""Forms that wait for their person to sign in again, and forms that were sent a moment ago."""

import sqlalchemy as sa
from alembic import op

from tracker.db import UtcDateTime

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "kept_forms",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("kept_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_kept_forms_person_id_people")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_kept_forms")),
    )
    op.create_index(op.f("ix_kept_forms_person_id"), "kept_forms", ["person_id"])
    op.create_table(
        "sent_forms",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("target", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sent_forms")),
    )
    op.create_index(op.f("ix_sent_forms_at"), "sent_forms", ["at"])
