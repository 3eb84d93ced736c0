"""Who published a revision, when an SOP was last reviewed, and where its document lay before.

So far every revision counted as a review, so the time of review counts from the one in force.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tracker.db import UtcDateTime

revision = "0028"
down_revision = "0027"

_EVENTS = sa.table(
    "events",
    sa.column("id", sa.Integer),
    sa.column("at", UtcDateTime(timezone=True)),
    sa.column("kind", sa.String),
    sa.column("subject", sa.String),
    sa.column("data", sa.JSON),
)
_MOVED = sa.select(_EVENTS).where(_EVENTS.c.kind == "sop.moved").order_by(_EVENTS.c.id)


def upgrade() -> None:
    op.add_column("sops", sa.Column("reviewed_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("sops", sa.Column("unnoticed", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("revisions", sa.Column("published_by", sa.String(), nullable=True))
    # In words of our own: Alembic can't add a column with a foreign key to a table of SQLite's in place.
    op.execute(
        "ALTER TABLE revisions ADD COLUMN published_by_id INTEGER "
        "CONSTRAINT fk_revisions_published_by_id REFERENCES people (id)"
    )
    op.execute(
        "UPDATE sops SET reviewed_at = "
        "(SELECT published_at FROM revisions WHERE revisions.id = sops.in_force_id)"
    )
    former_paths()


def former_paths() -> None:
    """The paths that documents have left, as far as their moves were kept."""
    table = op.create_table(
        "former_paths",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sop_id", sa.String(), nullable=False),
        sa.Column("left_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sop_id"], ["sops.id"], name=op.f("fk_former_paths_sop_id")),
        sa.PrimaryKeyConstraint("path", "sop_id", name=op.f("pk_former_paths")),
    )
    rows = {}
    for event in op.get_bind().execute(_MOVED):
        sop_id, path = event.subject.partition(":")[2], event.data["before"]
        if path:
            rows[path, sop_id] = {"path": path, "sop_id": sop_id, "left_at": event.at}
    if rows:
        op.bulk_insert(table, list(rows.values()))
