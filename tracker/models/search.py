"""What is searched: each page in passages, and the words that there are.

Beside these tables stands the index, in the words of each database: `search_index` and, in SQLite,
`search_parts` (`tracker.domain.library.search_index`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class SearchPage(Base):
    """An SOP as it is in force, or a page of the library that has no steps.

    `key`: "sop:" and the SOP's id, or "page:" and the path. `state` tells whether it is up to date: the
    revision's number in the database, or the digest of the page, after the number of the way of indexing.
    `languages`: of the page and its translations, with blanks between them, its own first. `passages`: of
    each passage its kind (the place in `KINDS`), its anchor, its text, and its terms with blanks between
    them. `words`: all its words and terms, each once, with blanks between them."""

    __tablename__ = "search_pages"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    sop_id: Mapped[str | None]
    path: Mapped[str]
    title: Mapped[str]
    languages: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    passages: Mapped[list[Any]] = mapped_column(JSON)
    words: Mapped[str]


class SearchWord(Base):
    """A word or term that pages have or had; on how many it stands now, and how many of these are SOPs."""

    __tablename__ = "search_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(unique=True)
    pages: Mapped[int]
    sops: Mapped[int]
