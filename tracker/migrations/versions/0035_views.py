"""Views of the board that people have named; and an index of runs by when they ended, however they did."""

import sqlalchemy as sa
from alembic import op

from tracker.db import UtcDateTime

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filters", sa.String(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("name_key", sa.String(), server_default="", nullable=False),
        sa.Column(
            "name_order",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_views_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("person_id", "name_key", name=op.f("uq_saved_views_person_id_name_key")),
    )
    which = sa.text("state <> 'open'")
    op.create_index("ix_runs_ended", "runs", ["closed_at", "id"], sqlite_where=which, postgresql_where=which)
