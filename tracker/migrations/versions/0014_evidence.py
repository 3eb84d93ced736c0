"""What evidence says: place and time, what it looks like, where it was before, what was deleted."""

import sqlalchemy as sa
from alembic import op

from tracker.migrations.append_only import refuse_changes

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    # In words of our own: Alembic can't add a column with a foreign key to a table of SQLite's in place.
    for column in (
        "sop_id VARCHAR CONSTRAINT fk_evidence_sop_id REFERENCES sops (id)",
        "like_id INTEGER CONSTRAINT fk_evidence_like_id REFERENCES evidence (id)",
    ):
        op.execute(f"ALTER TABLE evidence ADD COLUMN {column}")
    for name in ("likeness", "taken"):
        op.add_column("evidence", sa.Column(name, sa.String(), nullable=True))
    for name in ("latitude", "longitude"):
        op.add_column("evidence", sa.Column(name, sa.Double(), nullable=True))
    op.create_index(op.f("ix_evidence_digest"), "evidence", ["digest"])
    op.create_index(op.f("ix_evidence_sop_id_id"), "evidence", ["sop_id", "id"])
    op.create_table(
        "evidence_deletions",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["evidence.id"], name=op.f("fk_evidence_deletions_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_deletions")),
    )
    refuse_changes("evidence_deletions")
