"""Frozen images are in the database, for every instance; an SOP's closed runs and revisions by their time."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "frozen_images",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_frozen_images")),
    )
    op.create_index(op.f("ix_runs_sop_id_closed_at"), "runs", ["sop_id", "closed_at"], unique=False)
    op.create_index(
        op.f("ix_revisions_sop_id_published_at"), "revisions", ["sop_id", "published_at"], unique=False
    )
