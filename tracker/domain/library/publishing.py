"""From documents to revisions: immutable, by digest, one bad document never stopping the others.

`survey` has read and compared; `units` are the short writes that follow from it. Several instances may
publish at once: each write looks again, while the others wait, at how the SOP stands.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import SYSTEM
from tracker.domain.events import emit
from tracker.domain.library import media, search_index, translations
from tracker.domain.library.publishers import NOBODY, Publisher
from tracker.domain.library.survey import State, Survey
from tracker.models import REVISIONS, DocumentProblem, FormerPath, Revision, Sop, Step, Translation, sop_keys
from tracker.models.matter import Matter
from tracker.sop import attributes, model
from tracker.sop.model import Document, Problem
from tracker.sop.text import fold

Unit = Callable[[Session], Any]

TOGETHER = 8
"""Documents that one unit publishes: some milliseconds under the lock."""

# Core statements, not the unit of work: a thousand revisions are published in one go.
_STATES = (
    select(Sop.id, Sop.path, Sop.in_force_id, Sop.retired_at, Revision.digest)
    .outerjoin(Revision, Revision.id == Sop.in_force_id)
    .where(Sop.id.in_(bindparam("sops", expanding=True)))
)
_LABELS = select(Revision.sop_id, Revision.number, Revision.label).where(
    Revision.sop_id.in_(bindparam("sops", expanding=True))
)
_NEW_SOPS, _NEW_STEPS, _NEW_TRANSLATIONS = insert(Sop), insert(Step), insert(Translation)
_NEW_REVISIONS = insert(Revision).returning(Revision.sop_id, Revision.id)
_CHANGED = update(Sop).where(Sop.id == bindparam("sop"))


class Change(NamedTuple):
    """A document to put in force: its digest, its images, its translations by language, who publishes it."""

    document: Document
    digest: str
    images: Mapping[str, str]
    others: Mapping[str, Document]
    publisher: Publisher = NOBODY

    @property
    def id(self) -> str:
        return self.document.id


def units(survey: Survey, now: datetime) -> Iterator[Unit]:
    """The writes that follow from a survey, each whole and short.

    What another process has changed since the survey is left as it is, and named in `survey.overtaken`.
    """
    for file in survey.unkept:
        if (content := media.content(file)) is not None:
            yield partial(media.keep, name=file.name, content=content)
    changes = [
        Change(
            *row,
            survey.translations.get(row[0].path, {}),
            survey.publishers.get(row[0].path, NOBODY),
        )
        for row in survey.changed
    ]
    for start in range(0, len(changes), TOGETHER):
        yield partial(publish, now=now, survey=survey, changes=changes[start : start + TOGETHER])
    for sop_id in survey.retiring:
        yield partial(_as_it_was, survey=survey, sop_id=sop_id, then=partial(retire, now=now, sop_id=sop_id))
    for sop_id, said in survey.unnoticed.items():
        then = partial(keep_unnoticed, sop_id=sop_id, content=said)
        yield partial(_as_it_was, survey=survey, sop_id=sop_id, then=then)
    for sop_id, path in survey.moved.items():
        then = partial(move, now=now, sop_id=sop_id, path=path, area=survey.areas[sop_id])
        yield partial(_as_it_was, survey=survey, sop_id=sop_id, then=then)
    yield from search_index.pages(survey.pages, survey.pages_before)
    yield partial(_keep_problems, problems=survey.problems)


def _as_it_was(session: Session, survey: Survey, sop_id: str, then: Unit) -> None:
    """Do `then` unless another process has changed the SOP since the survey."""
    alone(session, REVISIONS)
    (row,) = session.connection().execute(_STATES, {"sops": [sop_id]})
    if _state(row) == survey.before[sop_id]:
        then(session)
    else:
        survey.overtaken.add(sop_id)


def publish(session: Session, now: datetime, survey: Survey, changes: Sequence[Change]) -> None:
    """Put documents in force as their SOPs' next revisions. Going back to an older text is a new one too.

    Nothing changes for an SOP that another process has changed since the survey.
    """
    alone(session, REVISIONS)
    connection, ids = session.connection(), {"sops": [change.id for change in changes]}
    rows = {row.id: row for row in connection.execute(_STATES, ids)}
    due = []
    for change in changes:
        row = rows.get(change.id)
        if row is None or survey.before.get(change.id, State()) == _state(row):
            due.append(change)
        elif row.digest != change.digest or row.retired_at is not None:
            survey.overtaken.add(change.id)
    if new := [{"id": change.id, "title": change.document.title} for change in due if change.id not in rows]:
        connection.execute(_NEW_SOPS, new)
    if due:
        _leave(session, now, dict(_left(due, rows)))
        labels = defaultdict(list)
        for sop_id, number, label in connection.execute(_LABELS, ids):
            labels[sop_id].append((number, label))
        _put_in_force(session, now, due, labels)
        read_anew = [change.id for change in due if change.id not in survey.editorial]
        if read_anew:
            connection.execute(_CHANGED, [{"sop": sop_id, "reviewed_at": now} for sop_id in read_anew])


def _put_in_force(
    session: Session,
    now: datetime,
    changes: Sequence[Change],
    labels: Mapping[str, Sequence[tuple[int | None, str]]],
) -> None:
    """The new revisions of SOPs with all that belongs to them; `labels` are those that each SOP has."""
    connection = session.connection()
    numbers = {
        change.id: 1 + max((number for number, _ in labels[change.id] if number), default=0)
        for change in changes
    }
    rows = [
        _revision(change, numbers[change.id], {label for _, label in labels[change.id]}, now)
        for change in changes
    ]
    new = dict(connection.execute(_NEW_REVISIONS, rows).all())
    connection.execute(_NEW_STEPS, [row for change in changes for row in _steps(new[change.id], change)])
    others = [
        row
        for document, _, images, others, _ in changes
        for row in translations.rows(new[document.id], document, others, images)
    ]
    if others:
        connection.execute(_NEW_TRANSLATIONS, others)
    connection.execute(_CHANGED, [_in_force(change, new[change.id]) for change in changes])
    search_index.put(
        session,
        [search_index.of_document(change.document, new[change.id], change.others) for change in changes],
    )
    for change in changes:
        published = kinds.RevisionPublished(revision=numbers[change.id], digest=change.digest)
        emit(session, SYSTEM, now, published, f"sop:{change.id}")


def keep_unnoticed(session: Session, sop_id: str, content: Mapping[str, Any]) -> None:
    """Keep that a document says what is in force in other signs, until it says something else."""
    alone(session, REVISIONS)
    session.connection().execute(_CHANGED, [{"sop": sop_id, "unnoticed": content}])


def retire(session: Session, now: datetime, sop_id: str) -> None:
    """No new run uses the SOP any more; what was recorded stays, and open runs can be finished."""
    sop = _lock(session, sop_id)
    sop.retired_at = now
    search_index.drop(session, [search_index.sop_key(sop_id)])
    emit(session, SYSTEM, now, kinds.SopRetired(), f"sop:{sop_id}")
    session.flush()


def move(session: Session, now: datetime, sop_id: str, path: str, area: str) -> None:
    """Note that an SOP's document has moved to another path, and perhaps area; the SOP stays the same."""
    sop = _lock(session, sop_id)
    emit(session, SYSTEM, now, kinds.SopMoved(before=sop.path, after=path), f"sop:{sop_id}")
    _leave(session, now, {sop_id: sop.path})
    sop.path, sop.area = path, area
    sop.search_key = sop_keys(sop.id, sop.title, area, sop.owner_name)["search_key"] or ""
    session.flush()
    search_index.again(session, [sop_id])


def _left(changes: Sequence[Change], rows: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The paths that documents have left which are published at another one, with the ids of their SOPs."""
    for change in changes:
        before = rows[change.id].path if change.id in rows else None
        if before is not None and before != change.document.path:
            yield change.id, before


def _leave(session: Session, now: datetime, paths: Mapping[str, str | None]) -> None:
    """Keep the paths that documents leave, by the id of the SOP, so that their addresses lead on."""
    for sop_id, path in paths.items():
        if path is not None:
            session.merge(FormerPath(path=path, sop_id=sop_id, left_at=now))


def _lock(session: Session, sop_id: str) -> Sop:
    """Lock the SOP first: two instances may publish at once. Returns it as it stands now."""
    alone(session, REVISIONS)
    return session.get_one(Sop, sop_id, populate_existing=True, with_for_update={"key_share": True})


def _state(row: Any) -> State:
    return State(row.path, row.in_force_id, row.retired_at is not None)


def _matter(document: Document, images: Mapping[str, str], others: Mapping[str, Document]) -> Matter:
    meta = document.meta
    return Matter(
        subject=meta.subject,
        roles=meta.roles,
        tags=meta.tags,
        also=meta.also,
        due=meta.due,
        review=meta.review,
        keep_evidence=meta.keep_evidence,
        owner=meta.owner,
        takes=document.takes,
        tolerance=meta.tolerance,
        description=meta.description,
        images=dict(images),
        language=meta.language,
        close=meta.close,
        meaning=meta.meaning,
        translations=translations.digests(others),
        source_digest=hashlib.sha256(document.source.encode()).hexdigest(),
        advice=tuple((p.line, p.rule, p.message, p.hint, p.error) for p in document.problems),
    )


def _revision(change: Change, number: int, taken: Collection[str], now: datetime) -> dict[str, Any]:
    document, digest, images, others, publisher = change
    return {
        "sop_id": document.id,
        "number": number,
        "label": _free_label(number, taken),
        "digest": digest,
        "title": document.title,
        "source": document.source,
        "html": media.relink(document.html, document.path, images),
        "meta": _matter(document, images, others),
        "published_at": now,
        "published_by_id": publisher.person_id,
        "published_by": publisher.name,
        "verify": document.meta.verify,
    }


def _in_force(change: Change, revision_id: int) -> dict[str, Any]:
    document = change.document
    return {
        "sop": document.id,
        "path": document.path,
        "title": document.title,
        "area": document.area,
        "owner_name": document.meta.owner,
        "in_force_id": revision_id,
        "retired_at": None,
        "unnoticed": None,
        "text_key": fold(document.source),
        **sop_keys(document.id, document.title, document.area, document.meta.owner),
    }


def _steps(revision_id: int, change: Change) -> Iterator[dict[str, Any]]:
    for position, step in enumerate(change.document.steps):
        yield _row(revision_id, position, step, change.document.path, change.images)


def _row(
    revision_id: int, position: int, step: model.Step, path: str, images: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "revision_id": revision_id,
        "position": position,
        "key": step.key,
        "text": step.text,
        "line": step.line,
        "depth": step.depth,
        "parent": step.parent,
        "checkbox": step.checkbox,
        "attributes": attributes.plain(step.attributes),
        "html": media.relink(step.html, path, images),
        "recovery": media.relink(step.recovery, path, images),
    }


def _free_label(number: int, taken: Collection[str]) -> str:
    """The revision's number, unless an imported history has taken that label."""
    return f"{number}*" if str(number) in taken else str(number)


def _keep_problems(session: Session, problems: list[Problem]) -> None:
    alone(session, REVISIONS)  # or two who do this at once both add theirs
    session.execute(delete(DocumentProblem))
    rows = [
        {
            "path": p.path,
            "line": p.line,
            "rule": p.rule,
            "message": p.message,
            "hint": p.hint,
            "error": p.error,
        }
        for p in problems
    ]
    if rows:
        session.execute(insert(DocumentProblem), rows)
