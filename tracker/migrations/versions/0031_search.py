"""What is searched: pages in passages, the words there are, and an index of each database's own.

The tables are empty: whoever publishes fills them with what is in force.
"""

from __future__ import annotations

import logging

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

# The terms are made already; what counts is on which pages they stand, and in which of their parts.
_SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(titles, steps, rest, detail = column, columnsize = 0, "
    """tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'")"""
)
_PARTS = "CREATE VIRTUAL TABLE search_parts USING fts5(word, tokenize = 'trigram case_sensitive 1')"
_POSTGRESQL = (
    "CREATE TABLE search_index (id integer PRIMARY KEY REFERENCES search_pages ON DELETE CASCADE, "
    "titles tsvector NOT NULL, steps tsvector NOT NULL, rest tsvector NOT NULL)",
    "CREATE INDEX ix_search_index ON search_index USING gin (titles, steps, rest) WITH (fastupdate = off)",
    "CREATE INDEX ix_search_words_word_pattern ON search_words (word text_pattern_ops)",
    "CREATE INDEX ix_search_words_end ON search_words (reverse(word) text_pattern_ops)",
)
_TRIGRAMS = "CREATE INDEX ix_search_words_parts ON search_words USING gin (word gin_trgm_ops)"

log = logging.getLogger(__name__)


def upgrade() -> None:
    op.create_table(
        "search_pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sop_id", sa.String(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("languages", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("passages", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_pages")),
        sa.UniqueConstraint("key", name=op.f("uq_search_pages_key")),
    )
    op.create_index(op.f("ix_search_pages_languages"), "search_pages", ["languages"])
    op.create_table(
        "search_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sops", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_words")),
        sa.UniqueConstraint("word", name=op.f("uq_search_words_word")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for statement in _POSTGRESQL:
            connection.execute(sa.text(statement))
        _if_it_can(connection, "CREATE EXTENSION IF NOT EXISTS pg_trgm", _TRIGRAMS)
    else:
        connection.execute(sa.text(_SQLITE))
        _if_it_can(connection, _PARTS)


def _if_it_can(connection: sa.Connection, *statements: str) -> None:
    """What makes the search for parts of words faster, not better: old servers and some accounts lack it."""
    try:
        with connection.begin_nested():
            for statement in statements:
                connection.execute(sa.text(statement))
    except sa.exc.DBAPIError as error:
        why = str(error.orig).strip().partition("\n")[0]
        log.warning(
            "The database has no index of parts of words (%s). Everything is found, a little later. %s",
            why,
            "An admin of the server can run: CREATE EXTENSION pg_trgm" if len(statements) > 1 else "",
        )
