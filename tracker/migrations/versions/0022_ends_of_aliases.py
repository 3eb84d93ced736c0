"""Other names of subjects are found by their ends: each has its letters backwards, folded, in an index."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_PART = 5_000
_CHANGE = sa.text(
    "UPDATE subject_aliases SET backwards = :backwards WHERE kind = :kind AND ref = :ref AND alias = :alias"
)


def upgrade() -> None:
    op.add_column("subject_aliases", sa.Column("backwards", sa.String(), server_default="", nullable=False))
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT kind, ref, alias FROM subject_aliases")).all()
    for start in range(0, len(rows), _PART):
        some = rows[start : start + _PART]
        connection.execute(_CHANGE, [{**row._mapping, "backwards": _folded(row.alias)[::-1]} for row in some])
    op.create_index(
        op.f("ix_subject_aliases_backwards"),
        "subject_aliases",
        ["backwards"],
        postgresql_ops={"backwards": "text_pattern_ops"},
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
