"""The index of what is searched, kept in the transaction that publishes: `search_lookup` asks it.

Of each page stand in it the terms of its titles, of its steps and headings, and of all the rest; and of the
whole library every word, with its parts, so that a word with a mistake in it is found. SQLite does both by
FTS5 (of parts by its trigrams), PostgreSQL by its full text search and, where it is there, pg_trgm."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from html import escape
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    String,
    and_,
    bindparam,
    cast,
    delete,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.models import REVISIONS, Revision, SearchPage, SearchWord, Sop, Step, Translation
from tracker.sop.model import Document
from tracker.sop.search.concepts import phrases
from tracker.sop.search.passages import KINDS, Passage, passages
from tracker.sop.search.terms import base, joined, term, words

WAY = 2
"""Counts up whenever pages are indexed in another way: those of before are then indexed again."""

TOGETHER = 8
"""Pages that one unit indexes: some milliseconds under the lock."""

_TITLES, _STEPS = ("title", "also"), ("about", "heading", "step")
_MANY = 5_000  # values in one statement

Unit = Callable[[Session], Any]
Spoken = tuple[str, Passage]  # the language of a passage


class Entry(NamedTuple):
    """A page to be searched: as `SearchPage`, its passages each with its language."""

    key: str
    sop_id: str | None
    path: str
    title: str
    languages: str
    state: str
    passages: Sequence[Spoken]


def sop_key(sop_id: str) -> str:
    return f"sop:{sop_id}"


def page_key(path: str) -> str:
    return f"page:{path}"


def state_of(revision: int | str) -> str:
    """What tells that a page is indexed as it is in force, in the present way."""
    return f"{WAY}.{revision}"


def of_page(document: Document, digest: str) -> Entry:
    """A document that nobody runs: a page of the guide or of an area."""
    return of_document(document, digest, {})._replace(key=page_key(document.path), sop_id=None)


def of_document(document: Document, state: int | str, others: Mapping[str, Document]) -> Entry:
    """An SOP that has just been read, with its translations by language; `state` as in `state_of`."""
    meta = document.meta
    about = [meta.description, document.area, *meta.roles, *meta.tags, meta.subject, document.id]
    answers = {step.key: step.attributes.get("options", ()) for step in document.steps}
    return _entry(
        key=sop_key(document.id),
        sop_id=document.id,
        path=document.path,
        title=document.title,
        also=meta.also,
        about=about,
        state=state,
        texts=[
            (base(meta.language), document.title, document.html),
            *((base(code), other.title, other.html) for code, other in others.items()),
        ],
        answers=answers,
    )


def _entry(
    *,
    key: str,
    sop_id: str | None,
    path: str,
    title: str,
    also: Iterable[str],
    about: Iterable[str | None],
    state: int | str,
    texts: Sequence[tuple[str, str, str]],
    answers: Mapping[str, Sequence[str]],
) -> Entry:
    """`texts`: language, title and HTML of the page and of its translations."""
    language = texts[0][0]
    languages = " ".join(dict.fromkeys(spoken for spoken, *_ in texts))
    found = [(language, Passage("also", "", name)) for name in also]
    found += [(language, Passage("about", "", said)) for said in about if said]
    for spoken, named, html in texts:
        found.append((spoken, Passage("title", "", named)))
        found += [(spoken, passage) for passage in passages(html)]
    for step, offered in answers.items():
        found += [(language, Passage("text", f"sop:{step}", ", ".join(map(str, offered))))] if offered else []
    return Entry(key, sop_id, path, title, languages, state_of(state), found)


class _Made(NamedTuple):
    """What is kept of an entry: the row of its page, and its terms by the column of the index."""

    row: dict[str, Any]
    columns: dict[str, list[str]]


def _make(entry: Entry) -> _Made:
    rows = []
    known: set[str] = set()
    columns: dict[str, set[str]] = {"titles": set(), "steps": set(), "rest": set()}
    for language, passage in entry.passages:
        for kind, own in _parts(passage):
            terms = [term(word, language) for word in own]
            terms += phrases(terms, language)
            known.update(own, terms)
            column = "titles" if kind in _TITLES else "steps" if kind in _STEPS else "rest"
            columns[column].update(terms)
            said = "" if kind == "linked" else passage.text
            rows.append([KINDS.index(kind), passage.place, said, " ".join(terms)])
    row = {
        **{name: getattr(entry, name) for name in ("key", "sop_id", "path", "title", "languages", "state")},
        "passages": rows,
        "words": " ".join(sorted(known)),
    }
    return _Made(row, {name: sorted(terms) for name, terms in columns.items()})


def _parts(passage: Passage) -> Iterator[tuple[str, list[str]]]:
    """The words of a passage, and apart from them those that only lead elsewhere."""
    own = words(passage.text) + joined(passage.text)
    linked = words(passage.linked) if passage.linked else []
    for word in linked:
        own.remove(word)
    yield passage.kind, own
    if linked:
        yield "linked", linked


class Counts:
    """On how many more pages words stand, and on how many more SOPs of these."""

    def __init__(self) -> None:
        self.pages: Counter[str] = Counter()
        self.sops: Counter[str] = Counter()

    def add(self, words: Iterable[str], more: int, is_sop: bool) -> None:
        for word in words:
            self.pages[word] += more
            self.sops[word] += more * is_sop


def put(session: Session, entries: Sequence[Entry]) -> None:
    """Index these pages, in place of what is indexed of them."""
    if not entries:
        return
    alone(session, REVISIONS)
    connection = session.connection()
    made = [_make(entry) for entry in entries]
    keys = [page.row["key"] for page in made]
    before = {
        key: (id, set(known.split(" ")))
        for key, id, known, _ in connection.execute(_KNOWN.where(SearchPage.key.in_(keys)))
    }
    counts = Counts()
    for page in made:
        is_sop, known = page.row["sop_id"] is not None, before.get(page.row["key"], (0, ()))[1]
        counts.add(page.row["words"].split(" "), 1, is_sop)
        counts.add(known, -1, is_sop)
    if changed := [
        {**page.row, "page": before[page.row["key"]][0]} for page in made if page.row["key"] in before
    ]:
        connection.execute(_CHANGED, changed)
        _unindex(connection, [row["page"] for row in changed])
    ids = {key: id for key, (id, _) in before.items()}
    if new := [page.row for page in made if page.row["key"] not in before]:
        ids |= dict(connection.execute(_NEW, new).all())
    _index(connection, [(ids[page.row["key"]], page.columns) for page in made])
    _count(connection, counts)


_KNOWN = select(SearchPage.key, SearchPage.id, SearchPage.words, SearchPage.sop_id)
_NEW = insert(SearchPage).returning(SearchPage.key, SearchPage.id)
_CHANGED = update(SearchPage).where(SearchPage.id == bindparam("page"))


def drop(session: Session, keys: Sequence[str]) -> None:
    """These pages are not searched any more."""
    alone(session, REVISIONS)
    connection = session.connection()
    rows = connection.execute(_KNOWN.where(SearchPage.key.in_(keys))).all()
    if not rows:
        return
    _unindex(connection, [row.id for row in rows])
    connection.execute(delete(SearchPage).where(SearchPage.key.in_(keys)))
    counts = Counts()
    for row in rows:
        counts.add(row.words.split(" "), -1, row.sop_id is not None)
    _count(connection, counts)


def known_pages(session: Session) -> dict[str, str]:
    """The pages without steps that are indexed: the state of each by its path."""
    query = select(SearchPage.path, SearchPage.state).where(SearchPage.sop_id.is_(None))
    return dict(session.execute(query).all())


def pages(found: Sequence[Document], before: Mapping[str, str]) -> Iterator[Unit]:
    """The short writes that index the pages without steps as they are now; `before` as in `known_pages`."""
    digests = {page.path: hashlib.sha256(page.source.encode()).hexdigest() for page in found}
    fresh = [page for page in found if before.get(page.path) != state_of(digests[page.path])]
    gone = [page_key(path) for path in before.keys() - digests.keys()]
    for start in range(0, len(fresh), TOGETHER):
        some = fresh[start : start + TOGETHER]
        yield partial(put, entries=[of_page(page, digests[page.path]) for page in some])
    if gone:
        yield partial(drop, keys=gone)


def is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _unindex(connection: Connection, ids: Sequence[int]) -> None:
    name = "id" if is_postgresql(connection) else "rowid"
    connection.execute(text(f"DELETE FROM search_index WHERE {name} = :id"), [{"id": id} for id in ids])


def _index(connection: Connection, pages: Sequence[tuple[int, dict[str, list[str]]]]) -> None:
    if is_postgresql(connection):
        vectors = ", ".join(
            f"array_to_tsvector(CAST(:{name} AS text[]))" for name in ("titles", "steps", "rest")
        )
        statement = f"INSERT INTO search_index (id, titles, steps, rest) VALUES (:id, {vectors})"
        rows = [{"id": id, **columns} for id, columns in pages]
    else:
        statement = (
            "INSERT INTO search_index (rowid, titles, steps, rest) VALUES (:id, :titles, :steps, :rest)"
        )
        rows = [
            {"id": id, **{name: " ".join(found) for name, found in columns.items()}} for id, columns in pages
        ]
    connection.execute(text(statement), rows)


def _count(connection: Connection, counts: Counts) -> None:
    """Add to the number of pages of each word; what is new is known by its parts from now on."""
    more = sorted((word, count) for word, count in counts.pages.items() if count and word)
    for start in range(0, len(more), _MANY):
        some = dict(more[start : start + _MANY])
        query = select(SearchWord.word, SearchWord.id).where(SearchWord.word.in_(some))
        ids = dict(connection.execute(query).all())
        if ids:
            connection.execute(_MORE, _more(ids, counts))
        new = [_new(word, counts) for word in some if word not in ids]
        if new:
            made = connection.execute(_NEW_WORDS, new).all()
            if has_parts(connection):
                rows = [{"id": id, "word": f"^{word}$"} for id, word in made]
                connection.execute(text("INSERT INTO search_parts (rowid, word) VALUES (:id, :word)"), rows)


_MORE = (
    update(SearchWord)
    .where(SearchWord.id == bindparam("known"))
    .values(
        pages=SearchWord.pages + bindparam("more"),
        sops=SearchWord.sops + bindparam("more_sops"),
    )
)


def _more(ids: Mapping[str, int], counts: Counts) -> list[dict[str, int]]:
    return [
        {"known": id, "more": counts.pages[word], "more_sops": counts.sops[word]} for word, id in ids.items()
    ]


def _new(word: str, counts: Counts) -> dict[str, Any]:
    return {"word": word, "pages": counts.pages[word], "sops": counts.sops[word]}


_NEW_WORDS = insert(SearchWord).returning(SearchWord.id, SearchWord.word)


def has_parts(connection: Connection) -> bool:
    """Whether SQLite keeps the parts of words: versions before 3.34 can't."""
    if is_postgresql(connection):
        return False
    known = connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'search_parts'"))
    return bool(known)


def units(session: Session) -> Iterator[Unit]:
    """The short writes that index what is in force and not indexed, or was indexed in an older way."""
    stale = session.execute(_STALE).all()
    gone = session.scalars(_GONE).all()
    session.rollback()
    for start in range(0, len(gone), TOGETHER):
        yield partial(drop, keys=gone[start : start + TOGETHER])
    for start in range(0, len(stale), TOGETHER):
        yield partial(again, ids=[row.id for row in stale[start : start + TOGETHER]])


_IS_HERE = and_(Sop.retired_at.is_(None), Sop.in_force_id.is_not(None))
_KEY = literal("sop:") + Sop.id
_STATE = literal(f"{WAY}.") + cast(Sop.in_force_id, String)
_STALE = (
    select(Sop.id)
    .outerjoin(SearchPage, SearchPage.key == _KEY)
    .where(_IS_HERE, or_(SearchPage.state.is_(None), SearchPage.state != _STATE))
    .order_by(Sop.id)
)
_GONE = (
    select(SearchPage.key)
    .outerjoin(Sop, and_(Sop.id == SearchPage.sop_id, _IS_HERE))
    .where(SearchPage.sop_id.is_not(None), Sop.id.is_(None))
)


def again(session: Session, ids: Sequence[str]) -> None:
    """Index what is in force of these SOPs as the database has it, area and path too."""
    alone(session, REVISIONS)
    rows = session.execute(
        select(Sop, Revision).join(Revision, Revision.id == Sop.in_force_id).where(_IS_HERE, Sop.id.in_(ids))
    ).all()
    numbers = [revision.id for _, revision in rows]
    steps = session.execute(
        select(Step.revision_id, Step.key, Step.attributes, Step.text, Step.recovery)
        .where(Step.revision_id.in_(numbers))
        .order_by(Step.position)
    ).all()
    others = session.scalars(select(Translation).where(Translation.revision_id.in_(numbers))).all()
    put(session, [_of_row(sop, revision, steps, others) for sop, revision in rows])


def _of_row(sop: Sop, revision: Revision, steps: Iterable[Any], others: Iterable[Translation]) -> Entry:
    meta, own = revision.meta, [step for step in steps if step.revision_id == revision.id]
    return _entry(
        key=sop_key(sop.id),
        sop_id=sop.id,
        path=sop.path or "",
        title=sop.title,
        also=meta.also,
        about=[meta.description, sop.area, *meta.roles, *meta.tags, meta.subject, sop.id],
        state=revision.id,
        texts=[
            (base(meta.language), sop.title, revision.html or "".join(map(_html, own))),
            *(
                (base(other.language), other.title, other.html)
                for other in others
                if other.revision_id == revision.id
            ),
        ],
        answers={step.key: step.attributes.get("options", ()) for step in own},
    )


def _html(step: Any) -> str:
    """A step as a page shows it, of a revision that has no page."""
    return f'<li class="step" id="sop:{escape(step.key)}"><p>{escape(step.text)}</p>{step.recovery}</li>'
