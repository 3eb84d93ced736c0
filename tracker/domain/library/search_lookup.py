"""Asking the index of what is searched: which pages hold some terms, and which words there are.

How it is kept, and in what each database keeps it, is in `search_index`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select, text

from tracker.domain.library import search_index
from tracker.models import SearchWord


class Ask(NamedTuple):
    """Terms of which a page holds one in a column of the index, or anywhere for "", and what that is
    worth."""

    column: str
    terms: Sequence[str]
    worth: float


def holding(connection: Connection, asks: Sequence[Ask], most: int) -> list[int]:
    """The numbers of at most so many pages, those first that answer the asks worth most."""
    posed = [ask for ask in asks if ask.terms][:_MOST_ASKS]
    if not posed:
        return []
    make = _vector_query if search_index.is_postgresql(connection) else _match_query
    parts = " UNION ALL ".join(make(at, ask.column) for at, ask in enumerate(posed))
    statement = f"SELECT page FROM ({parts}) AS held GROUP BY page ORDER BY sum(worth) DESC, page LIMIT :most"
    given: dict[str, Any] = {"most": most}
    for at, ask in enumerate(posed):
        given |= {f"q{at}": _question(connection, ask.column, ask.terms), f"w{at}": ask.worth}
    return list(connection.scalars(text(statement), given))


_MOST_ASKS = 200  # parts of one statement; SQLite takes 500


def _match_query(at: int, column: str) -> str:
    return f"SELECT rowid AS page, :w{at} AS worth FROM search_index WHERE search_index MATCH :q{at}"


def _vector_query(at: int, column: str) -> str:
    columns = [column] if column else ["titles", "steps", "rest"]
    held = " OR ".join(f"{name} @@ CAST(:q{at} AS tsquery)" for name in columns)
    return f"SELECT id AS page, CAST(:w{at} AS float) AS worth FROM search_index WHERE {held}"


def _question(connection: Connection, column: str, terms: Sequence[str]) -> str:
    if search_index.is_postgresql(connection):
        return " | ".join("'" + term.replace("\\", "\\\\").replace("'", "''") + "'" for term in terms)
    asked = " OR ".join(f'"{term}"' for term in terms)
    return f"{{{column}}} : ({asked})" if column else asked


class Spread(NamedTuple):
    """On how many pages a word stands, and how many of these are SOPs."""

    pages: int
    sops: int


def spread(connection: Connection, asked: Iterable[str]) -> dict[str, Spread]:
    """Of words and terms, those that stand on a page, and on how many."""
    query = select(SearchWord.word, SearchWord.pages, SearchWord.sops)
    rows = connection.execute(query.where(SearchWord.word.in_(list(asked)), _IS_USED))
    return {word: Spread(pages, sops) for word, pages, sops in rows}


_IS_USED = SearchWord.pages > 0
_MOST_WORDS = 40


def words_beginning(connection: Connection, beginning: str) -> list[str]:
    """Some words that begin so, the most frequent first."""
    query = select(SearchWord.word).where(SearchWord.word.startswith(beginning, autoescape=True), _IS_USED)
    if not search_index.is_postgresql(connection):  # its LIKE asks no index
        query = select(SearchWord.word).where(
            SearchWord.word >= beginning, SearchWord.word < beginning + "\U0010ffff", _IS_USED
        )
    return list(
        connection.scalars(query.order_by(SearchWord.pages.desc(), SearchWord.word).limit(_MOST_WORDS))
    )


def words_holding(connection: Connection, letter: str) -> list[str]:
    """Some words with this letter, the most frequent first. Reads through all words."""
    query = select(SearchWord.word).where(SearchWord.word.contains(letter, autoescape=True), _IS_USED)
    return list(
        connection.scalars(query.order_by(SearchWord.pages.desc(), SearchWord.word).limit(_MOST_WORDS))
    )


def words_with_part(connection: Connection, part: str, *, within: bool) -> list[str]:
    """Some words that begin or end with a part of three letters or more, or hold it `within` them."""
    query = select(SearchWord.word).where(_IS_USED)
    if search_index.has_parts(connection):
        asked = f'"{part}"' if within else f'"^{part}" OR "{part}$"'
        query = query.where(
            SearchWord.id.in_(text("SELECT rowid FROM search_parts WHERE search_parts MATCH :asked"))
        )
        query = query.params(asked=asked)
    else:
        ends = func.reverse(SearchWord.word).startswith(part[::-1], autoescape=True)  # by an index
        if not search_index.is_postgresql(connection):
            ends = SearchWord.word.endswith(part, autoescape=True)
        ways = [SearchWord.word.startswith(part, autoescape=True), ends]
        query = query.where(SearchWord.word.contains(part, autoescape=True) if within else or_(*ways))
    return list(
        connection.scalars(query.order_by(SearchWord.pages.desc(), SearchWord.word).limit(_MOST_WORDS))
    )


def words_like(connection: Connection, word: str, most: int) -> Sequence[tuple[str, int]]:
    """Words that may be the one that was meant, up to `most` letters longer or shorter, and their SOPs."""
    length = func.length(SearchWord.word)
    query = select(SearchWord.word, SearchWord.sops).where(
        _IS_USED, length.between(len(word) - most, len(word) + most)
    )
    if search_index.has_parts(connection):
        padded = f"^{word}$"
        asked = " OR ".join(f'"{padded[at : at + 3]}"' for at in range(len(padded) - 2))
        alike = text(
            "SELECT rowid FROM search_parts WHERE search_parts MATCH :asked ORDER BY rank LIMIT 1000"
        )
        query = query.where(SearchWord.id.in_(alike)).params(asked=asked)
    elif search_index.is_postgresql(connection) and connection.scalar(_HAS_TRIGRAMS):
        connection.execute(_TOLERANT)
        query = query.where(SearchWord.word.op("%")(word))
    else:  # the first letter is mostly right, or has changed places with the second; or the end is
        begins = [SearchWord.word.startswith(letter) for letter in dict.fromkeys(word[:2])]
        query = query.where(or_(*begins, SearchWord.word.endswith(word[-3:])))
    return connection.execute(query).all()


_HAS_TRIGRAMS = text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
_TOLERANT = text("SELECT set_config('pg_trgm.similarity_threshold', '0.2', true)")
