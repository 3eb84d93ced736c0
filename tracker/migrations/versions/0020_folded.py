"""What is searched in and compared in capitals and small letters alike has a folded column."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_PART = 5_000


def upgrade() -> None:
    for table in ("people", "roles", "teams", "locations", "devices"):
        op.add_column(table, sa.Column("name_key", sa.String(), server_default="", nullable=False))
        _fill(table, "name", "name_key")
    op.add_column("people", sa.Column("email_key", sa.String(), nullable=True))
    _fill("people", "email", "email_key")
    op.create_index(op.f("ix_people_email_key"), "people", ["email_key"])
    op.add_column("sops", sa.Column("owner_key", sa.String(), nullable=True))
    _fill("sops", "owner_name", "owner_key")
    op.create_index(op.f("ix_sops_owner_key"), "sops", ["owner_key"])
    op.add_column("sops", sa.Column("search_key", sa.String(), server_default="", nullable=False))
    _fill("sops", "title || char(10) || area || char(10) || id", "search_key")
    op.add_column("sops", sa.Column("text_key", sa.String(), server_default="", nullable=False))
    _fill("sops", "(SELECT source FROM revisions WHERE revisions.id = sops.in_force_id)", "text_key")
    op.add_column("steps", sa.Column("text_key", sa.String(), server_default="", nullable=False))
    _fill("steps", "text", "text_key")
    owner_names()


def owner_names() -> None:
    """The names themselves are folded; of two that are the same now, the folded one stays."""
    connection, kept = op.get_bind(), set()
    drop = sa.text("DELETE FROM owner_names WHERE name = :name")
    rename = sa.text("UPDATE owner_names SET name = :key WHERE name = :name")
    names = connection.scalars(sa.text("SELECT name FROM owner_names")).all()
    for name in sorted(names, key=lambda name: (name != _folded(name), name)):
        key = _folded(name)
        if key in kept:
            connection.execute(drop, {"name": name})
        elif key != name:
            connection.execute(rename, {"key": key, "name": name})
        kept.add(key)


def _fill(table: str, given: str, column: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        given = given.replace("char(10)", "chr(10)")
    rows = connection.execute(sa.text(f"SELECT id, {given} FROM {table}")).all()
    change = sa.text(f"UPDATE {table} SET {column} = :key WHERE id = :id")
    found = [{"id": id, "key": _folded(text)} for id, text in rows if text]
    for start in range(0, len(found), _PART):
        connection.execute(change, found[start : start + _PART])


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
