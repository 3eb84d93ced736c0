"""Comments: what people say to each other on a run, with whom they mean.

Whoever may see a run may say something on it, also once it is closed. What is said stays as it is. Who is
meant (`@login`) is kept by their ids: whoever may not see the run is not meant, whatever is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor, signed_in
from tracker.domain.events import emit
from tracker.errors import N_, ConflictError, InvalidError
from tracker.models import Comment, Person, Run, login_key
from tracker.sop.text import clean, fold

LONGEST = 1000
"""Characters of a comment."""

MOST_OF_PERSON = 300
"""Comments of one person on one run: who says more than that there talks to nobody any more."""

MOST_MENTIONED = 20
MOST_SUGGESTED = 8
_LOOKED_AT = 60  # people of whom it is asked whether they may see the run

_NAMED = re.compile(r"(?<![\w.@+-])@(\w[\w.@+-]{0,62}\w)")
"""A mention: not the second half of an e-mail address, and without the full stop that ends a sentence."""


def add(session: Session, actor: Actor, now: datetime, run: Run, text: str) -> Comment:
    """Say something on a run. Whoever may see it may.

    Raises ForbiddenError, InvalidError for no text or a long one, ConflictError for too many.
    """
    access.require(actor, "run.comment", run)
    said = clean(text)
    if not said:
        raise InvalidError(N_("Write something first."))
    if len(said) > LONGEST:
        raise InvalidError(N_("Keep a comment below %(n)s characters."), n=LONGEST)
    theirs = select(func.count()).select_from(Comment)
    theirs = theirs.where(Comment.run_id == run.id, Comment.person_id == actor.holder.id)
    if (session.scalar(theirs) or 0) >= MOST_OF_PERSON:
        raise ConflictError(
            N_("You have written %(n)s comments on this run, and that is as many as it takes."),
            n=MOST_OF_PERSON,
        )
    meant = _meant(session, run, said)
    comment = Comment(run_id=run.id, person=actor.holder, at=now, text=said, mentioned=meant)
    session.add(comment)
    session.flush()
    emit(session, actor, now, kinds.CommentAdded(comment=comment.id, mentioned=meant), f"run:{run.id}")
    session.flush()
    return comment


def add_if_any(session: Session, actor: Actor, now: datetime, run: Run, text: str) -> None:
    """The same for what may be said along with an act, such as an assignment: no text says nothing."""
    if clean(text):
        add(session, actor, now, run, text)


def of_run(session: Session, run: Run) -> Sequence[Comment]:
    """What was said on a run, oldest first, with who said it."""
    query = select(Comment).where(Comment.run_id == run.id).options(joinedload(Comment.person))
    return session.scalars(query.order_by(Comment.id)).all()


def counted(session: Session, runs: Sequence[Run]) -> dict[int, int]:
    """How many comments each of these runs has, by its number; those without one are left out."""
    if not runs:
        return {}
    query = select(Comment.run_id, func.count()).where(Comment.run_id.in_([run.id for run in runs]))
    return dict(session.execute(query.group_by(Comment.run_id)).all())


def parts(comment: Comment, people: Mapping[int, Person]) -> Iterator[tuple[str, Person | None]]:
    """A comment in pieces: its text, and in place of each mention the person. `people`: those mentioned."""
    by_key = {people[id].login_key: people[id] for id in comment.mentioned if id in people}
    end = 0
    for match in _NAMED.finditer(comment.text):
        person = by_key.get(login_key(match[1]))
        if person is not None:
            yield comment.text[end : match.start()], None
            yield match[0], person
            end = match.end()
    yield comment.text[end:], None


def mentioned(session: Session, comments: Collection[Comment]) -> dict[int, Person]:
    """Everybody who is meant in these comments, by id."""
    ids = {id for comment in comments for id in comment.mentioned}
    return (
        {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(ids)))}
        if ids
        else {}
    )


def suggested(session: Session, actor: Actor, run: Run, begun: str) -> list[Person]:
    """Whom somebody may mean who has typed the beginning of a login or a name: who may see the run."""
    access.require(actor, "run.comment", run)
    key = fold(clean(begun))[:80].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    query = select(Person).where(
        or_(Person.login_key.like(f"{key}%", escape="\\"), Person.name_key.like(f"{key}%", escape="\\")),
        Person.id != actor.id,
        *_is_here(),
    )
    people = session.scalars(query.order_by(Person.name_order).limit(_LOOKED_AT))
    found = (person for person in people if access.may(signed_in(person), "run.see", run))
    return [person for person, _ in zip(found, range(MOST_SUGGESTED), strict=False)]


def _meant(session: Session, run: Run, text: str) -> list[int]:
    """The ids of those whom the text mentions and who may see the run, in the order of their names there."""
    keys = list(dict.fromkeys(login_key(match[1]) for match in _NAMED.finditer(text)))[:MOST_MENTIONED]
    if not keys:
        return []
    people = session.scalars(select(Person).where(Person.login_key.in_(keys), *_is_here())).all()
    may = [person for person in people if access.may(signed_in(person), "run.see", run)]
    return [person.id for person in sorted(may, key=lambda person: keys.index(person.login_key))]


def _is_here() -> tuple[ColumnElement[bool], ...]:
    return Person.disabled_at.is_(None), Person.imported.is_(False)
