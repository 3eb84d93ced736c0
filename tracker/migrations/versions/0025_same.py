"""Texts that look the same are one text: every folded column is folded anew, subjects and aliases have one.

It folds by what the program folds by (`tracker.sop.text.fold`), since the two must agree. What was written
stays as it was: two logins or places that fold to the same from now on are both kept, each found by its own
spelling. Lists are sorted by columns of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

from tracker.sop.ordering import order_key
from tracker.sop.text import fold

revision = "0025"
down_revision = "0022"

_PART = 5_000
_NAMED = ("people", "roles", "teams", "locations", "devices")
_ODD = {"sqlite": "{0} GLOB '*[^ -~]*' OR {0} LIKE '%  %'", "postgresql": "{0} ~ '[^ -~]|  '"}
"""Texts that take more than small letters: few of many."""


def upgrade() -> None:
    for table in _NAMED:
        _add_order(table, "name_order")
        _fold(table, ("name",), name_key=fold, name_order=order_key)
    _fold("people", ("login",), login_key=fold)
    _fold("people", ("email",), email_key=fold)
    for column in ("title_order", "area_order"):
        _add_order("sops", column)
    _fold("sops", ("owner_name",), owner_key=fold)
    _fold("sops", ("title",), title_order=order_key)
    _fold("sops", ("area",), area_order=order_key)
    _fold("sops", ("title", "area", "id"), search_key=lambda *texts: "\n".join(map(fold, texts)))
    _fold("sops", ("(SELECT source FROM revisions WHERE revisions.id = sops.in_force_id)",), text_key=fold)
    _fold("steps", ("text",), text_key=fold)
    _owner_names()
    _subjects_of_runs()
    _aliases()


def _add_order(table: str, name: str) -> None:
    kind = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.add_column(table, sa.Column(name, kind, server_default="", nullable=False))


def _fold(table: str, given: tuple[str, ...], where: str = "", **keys: Callable[..., str]) -> None:
    """Fill the columns with the keys of what is given."""
    rows = op.get_bind().execute(sa.text(f"SELECT id, {', '.join(given)} FROM {table} {where}")).all()
    filled = (
        {"id": id, **{name: key(*texts) for name, key in keys.items()}}
        for id, *texts in rows
        if texts[0] is not None
    )
    change = ", ".join(f"{name} = :{name}" for name in keys)
    _each(f"UPDATE {table} SET {change} WHERE id = :id", filled)


def _each(statement: str, rows: Iterable[dict[str, Any]]) -> None:
    found = list(rows)
    for start in range(0, len(found), _PART):
        op.get_bind().execute(sa.text(statement), found[start : start + _PART])


def _owner_names() -> None:
    """The names themselves are folded; of two that are the same now, the folded one stays."""
    connection, kept = op.get_bind(), set()
    names = connection.scalars(sa.text("SELECT name FROM owner_names")).all()
    for name in sorted(names, key=lambda name: (name != fold(name), name)):
        key = fold(name)
        if key in kept:
            connection.execute(sa.text("DELETE FROM owner_names WHERE name = :name"), {"name": name})
        elif key != name:
            rename = sa.text("UPDATE owner_names SET name = :key WHERE name = :name")
            connection.execute(rename, {"key": key, "name": name})
        kept.add(key)


def _subjects_of_runs() -> None:
    """There may be very many runs; the database itself folds what needs small letters only."""
    op.drop_index(op.f("ix_runs_subject_ref"), table_name="runs")
    op.add_column("runs", sa.Column("subject_key", sa.String(), server_default="", nullable=False))
    database = op.get_bind().dialect.name
    letters = 'subject_ref COLLATE "C"' if database == "postgresql" else "subject_ref"
    op.execute(f"UPDATE runs SET subject_key = trim(lower({letters})) WHERE subject_ref != ''")
    kinds = "subject_kind != '' AND subject_key LIKE '% %'"
    odd = " OR ".join(_ODD[database].format(column) for column in ("subject_ref", "subject_kind"))
    _fold("runs", ("subject_ref", "subject_kind"), f"WHERE {odd} OR {kinds}", subject_key=_subject_key)
    ops = {"subject_key": "text_pattern_ops"}
    op.create_index(op.f("ix_runs_subject_key"), "runs", ["subject_key"], postgresql_ops=ops)


def _aliases() -> None:
    """Other names have no number: a row is known by all that it holds."""
    for name in ("alias", "ref"):
        op.drop_index(op.f(f"ix_subject_aliases_{name}"), table_name="subject_aliases")
        column = sa.Column(f"{name}_key", sa.String(), server_default="", nullable=False)
        op.add_column("subject_aliases", column)
    rows = op.get_bind().execute(sa.text("SELECT kind, ref, alias FROM subject_aliases")).all()
    _each(
        "UPDATE subject_aliases SET ref_key = :ref_key, alias_key = :alias_key, backwards = :backwards "
        "WHERE kind = :kind AND ref = :ref AND alias = :alias",
        (
            {
                **row._mapping,
                "ref_key": _subject_key(row.ref, row.kind),
                "alias_key": _subject_key(row.alias, row.kind),
                "backwards": _subject_key(row.alias, row.kind)[::-1],
            }
            for row in rows
        ),
    )
    ops = {"alias_key": "text_pattern_ops"}
    op.create_index(
        op.f("ix_subject_aliases_alias_key"), "subject_aliases", ["alias_key"], postgresql_ops=ops
    )
    op.create_index(op.f("ix_subject_aliases_ref_key"), "subject_aliases", ["ref_key"])


def _subject_key(ref: str, kind: str) -> str:
    """As `models.subject_key` has it: without its kind before it."""
    key, before = fold(ref), fold(kind)
    return key[len(before) + 1 :] if before and key.startswith(f"{before} ") else key
