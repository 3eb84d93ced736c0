"""Jobs of the workers have a table of their own; when each was last begun stood among the figures."""

import sqlalchemy as sa
from alembic import op

from tracker.db import UtcDateTime

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("begun_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("next_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("alive_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_jobs")),
    )
    op.execute(
        "INSERT INTO jobs (name, begun_at, next_at, error) "
        "SELECT substr(name, 6), at, at, '' FROM figures WHERE name LIKE 'job: %'"
    )
    op.execute("DELETE FROM figures WHERE name LIKE 'job: %'")
