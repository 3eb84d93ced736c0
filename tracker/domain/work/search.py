"""Looking for runs and people by words; what SOPs say is in `library.search`.

What is looked for by its beginning is found by an index, however many runs there are. Only where that finds
nothing, the subjects of the latest LATEST runs are read through, and the other names of what the latest
RECENT are about; the other names of all are then found by their ends, by an index too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from tracker.domain import access
from tracker.domain.actor import Actor
from tracker.domain.library.catalogue import contains
from tracker.domain.runs import subjects
from tracker.models import Person, Role, Run, SubjectAlias
from tracker.sop.text import fold

MOST = 50
CANDIDATES = 300
LATEST = 100_000
RECENT = 5_000


def runs(session: Session, query: str, actor: Actor) -> Sequence[Run]:
    """Runs in any state about what is looked for, as far as the person may see them.

    Those about the very subject, under any of its names, come first; then those whose subject begins with
    the query; where there are none of these, those whose subject holds it. Open ones first, then the latest.
    """
    found = list(_seen(session, actor, subjects.runs_about(session, query)))
    if len(found) < MOST:
        more = _seen(session, actor, Run.id.in_(_beginning(session, query)))
        found += [run for run in more if run not in found]
    return (found or _seen(session, actor, Run.id.in_(_holding(session, query))))[:MOST]


def people(
    session: Session, query: str, actor: Actor, *, most: int = MOST, after: int = 0
) -> tuple[int, Sequence[Person]]:
    """People with every word of the query in their name, login name or roles, of those the person leads.

    How many there are, and `most` of them.
    """
    found = select(Person).where(Person.disabled_at.is_(None), access.people_led(actor))
    for word in fold(query).split():
        like = contains(word)
        names = (Person.name_key.like(like, escape="\\"), Person.login_key.like(like, escape="\\"))
        found = found.where(or_(*names, Person.roles.any(Role.name_key.like(like, escape="\\"))))
    rows = found.options(joinedload(Person.location)).order_by(Person.name_order, Person.id)
    return _count(session, found), session.scalars(rows.limit(most).offset(after)).all()


def _count(session: Session, found: Select[*tuple[Any, ...]]) -> int:
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def _seen(session: Session, actor: Actor, which: ColumnElement[bool]) -> Sequence[Run]:
    query = (
        select(Run)
        .where(which, access.visible(actor))
        .options(*map(joinedload, (Run.sop, Run.assignee, Run.team, Run.location)))
        .order_by(Run.state != "open", Run.started_at.desc())
        .limit(MOST)
    )
    return session.scalars(query).all()


def _beginning(session: Session, query: str) -> list[int]:
    """Some runs whose subject, or another name of it, begins with the query."""
    key = fold(query)
    begins = select(Run.id).where(_begins(session, Run.subject_key, key)).order_by(Run.subject_key)
    aliases = select(SubjectAlias.ref_key).where(_begins(session, SubjectAlias.alias_key, key))
    refs = session.scalars(aliases.order_by(SubjectAlias.alias_key).limit(CANDIDATES)).all()
    return [*session.scalars(begins.limit(CANDIDATES)), *_about(session, refs)]


def _holding(session: Session, query: str) -> list[int]:
    """Some of the latest runs whose subject, or another name of it, holds the query anywhere.

    Of older ones another name is found that ends with the query.
    """
    like = contains(fold(query))
    last = session.scalar(select(func.max(Run.id))) or 0
    latest = select(Run.id).order_by(Run.id.desc()).limit(CANDIDATES)
    found = session.scalars(
        latest.where(Run.id > last - LATEST, Run.subject_key.like(like, escape="\\"))
    ).all()
    recent = latest.join(
        SubjectAlias, and_(SubjectAlias.kind == Run.subject_kind, SubjectAlias.ref_key == Run.subject_key)
    ).where(Run.id > last - RECENT, SubjectAlias.alias_key.like(like, escape="\\"))
    ending = select(SubjectAlias.ref_key).where(_begins(session, SubjectAlias.backwards, fold(query)[::-1]))
    refs = session.scalars(ending.order_by(SubjectAlias.backwards).limit(CANDIDATES)).all()
    return [*found, *session.scalars(recent), *_about(session, refs)]


def _about(session: Session, refs: Sequence[str]) -> list[int]:
    about = select(Run.id).where(Run.subject_key.in_(refs)).limit(CANDIDATES)
    return list(session.scalars(about)) if refs else []


def _begins(session: Session, column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """The column begins with the text, as a question to its index: SQLite asks none for LIKE."""
    if session.get_bind().dialect.name == "postgresql":
        return column.startswith(text, autoescape=True)
    return and_(column >= text, column < text + "\U0010ffff")
