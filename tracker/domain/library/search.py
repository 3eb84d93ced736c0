"""Searching the library: one tolerant question to SOPs, their translations, and the pages without steps.

`wordings` turns what somebody has typed into concepts; the index gives the pages that hold some of them, and
`ranking` puts the best of those in order. Everybody who may read the site may find all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.library import search_lookup, wordings
from tracker.models import SearchPage
from tracker.sop.search import ranking
from tracker.sop.search.passages import KINDS
from tracker.sop.search.ranking import Concept, Question
from tracker.sop.search.terms import plain

POOL = 60
"""Pages that are compared word by word: the others hold less of the question than each of these."""

_WORTH = 0.3
"""The share of the best figure of its kind that a page needs to be worth showing."""

_SHOWN = 3  # passages of a page that are told


class Place(NamedTuple):
    """Where in a page something is found: its kind of `passages.KINDS`, its anchor, its text."""

    kind: str
    anchor: str
    text: str


class Hit(NamedTuple):
    """A page that answers: the SOP's id, or None for a page without steps; its places, the best first."""

    sop_id: str | None
    path: str
    title: str
    score: float
    places: Sequence[Place]
    steps: Sequence[tuple[float, Place]]


@dataclass(frozen=True)
class Found:
    """What a question finds, the best first; SOPs before the other pages. `terms` are the words to mark.

    `more` says that the library holds more than was compared.
    """

    sops: Sequence[Hit] = ()
    pages: Sequence[Hit] = ()
    terms: frozenset[str] = frozenset()
    languages: Sequence[str] = ("en",)
    more: bool = False

    @property
    def steps(self) -> list[tuple[Hit, Place]]:
        """The steps that hold all that any step of these SOPs holds of the question, or nearly so."""
        steps = [(score, hit, place) for hit in self.sops for score, place in hit.steps]
        most = max((score for score, *_ in steps), default=0.0)
        steps.sort(key=lambda entry: -entry[0])
        return [(hit, place) for score, hit, place in steps if score >= 0.75 * most]


def find(session: Session, query: str, language: str | None = None) -> Found:
    """What the library says about a question in anybody's words; `language` is the reader's."""
    connection = session.connection()
    languages = _languages(session, language)
    pages = session.scalar(select(func.count()).select_from(SearchPage)) or 0
    concepts = wordings.concepts(connection, query, languages, pages)
    asked = ranking.question(concepts)
    if not asked.weight:
        return Found(languages=languages)
    numbers = search_lookup.holding(connection, _asks(concepts), POOL + 1)
    hits = _ranked(session, asked, query, numbers[:POOL])
    return Found(
        sops=_worth([hit for hit in hits if hit.sop_id is not None]),
        pages=_worth([hit for hit in hits if hit.sop_id is None]),
        terms=frozenset(asked.known),
        languages=languages,
        more=len(numbers) > POOL,
    )


def _languages(session: Session, reader: str | None) -> tuple[str, ...]:
    """The languages of the library, the reader's first where it is one of them."""
    rows = session.scalars(select(SearchPage.languages).distinct().order_by(SearchPage.languages))
    known = dict.fromkeys(code for row in rows for code in row.split(" "))
    first = [wordings.base(reader)] if reader and wordings.base(reader) in known else []
    return tuple(dict.fromkeys([*first, *known])) or ("en",)


def _asks(concepts: Sequence[Concept]) -> list[search_lookup.Ask]:
    """What the index is asked: for what is close to a concept by where it stands, for the rest anywhere."""
    asks: list[search_lookup.Ask] = []
    for concept in concepts:
        line = 0.7 * concept.heaviest
        close = [term for term, weight in concept.weights.items() if weight >= line]
        far = [term for term, weight in concept.weights.items() if weight < line]
        asks += [search_lookup.Ask(column, close, share * concept.heaviest) for column, share in _COLUMNS]
        asks.append(search_lookup.Ask("", far, max((concept.weights[term] for term in far), default=0.0)))
    return asks


_COLUMNS = (("titles", 2.5), ("steps", 1.5), ("rest", 1.0))


def _ranked(session: Session, asked: Question, query: str, numbers: Sequence[int]) -> list[Hit]:
    rows = session.execute(_PAGES.where(SearchPage.id.in_(numbers)))
    answers = [(_answer(asked, plain(query).strip(), row.passages), row) for row in rows]
    answers.sort(key=lambda entry: (-entry[0].score, entry[1].title, entry[1].path))
    return [_hit(answer, row) for answer, row in answers if answer.score > 0]


def _worth(hits: Sequence[Hit]) -> list[Hit]:
    """The hits that are worth showing beside the first of them."""
    return [hit for hit in hits if hit.score >= _WORTH * hits[0].score]


def _answer(asked: Question, said: str, page: Sequence[ranking.Row]) -> ranking.Answer:
    """The answer of a page; what says the question word for word says it best."""
    answer = ranking.answer(asked, page)
    literal = len(asked.concepts) > 1 and any(
        said in plain(str(page[at][2])) for _, at in answer.best[:_SHOWN]
    )
    return answer._replace(score=answer.score + 0.5 * asked.weight) if literal else answer


_PAGES = select(SearchPage.sop_id, SearchPage.path, SearchPage.title, SearchPage.passages)


def _hit(answer: ranking.Answer, row: Any) -> Hit:
    places = [(score, _place(row.passages[at])) for score, at in answer.best]
    told = [place for _, place in places if place.text and place.kind not in ("title", "also", "about")]
    steps = [(score, place) for score, place in places if place.kind == "step"]
    return Hit(row.sop_id, row.path, row.title, answer.score, told[:_SHOWN], steps)


def _place(row: ranking.Row) -> Place:
    return Place(KINDS[int(row[0])], str(row[1]), str(row[2]))
