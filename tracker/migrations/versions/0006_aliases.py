"""Subjects have aliases; on PostgreSQL, the beginning of a subject is found by its index too."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "subject_aliases",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "ref", "alias", name=op.f("pk_subject_aliases")),
    )
    op.create_index(
        op.f("ix_subject_aliases_alias"),
        "subject_aliases",
        ["alias"],
        postgresql_ops={"alias": "text_pattern_ops"},
    )
    if op.get_bind().dialect.name == "postgresql":  # SQLite's own order of texts is good for both
        op.drop_index(op.f("ix_runs_subject_ref"), "runs")
        op.create_index(
            op.f("ix_runs_subject_ref"),
            "runs",
            ["subject_ref"],
            postgresql_ops={"subject_ref": "text_pattern_ops"},
        )
