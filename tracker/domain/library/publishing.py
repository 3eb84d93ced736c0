"""From documents to revisions: immutable, by digest, one bad document never stopping the others.

`survey` has read and compared; `units` are the short writes that follow from it.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session, joinedload

from tracker import private
from tracker.domain.events import emit
from tracker.domain.library import media, revisions, site_history, translations
from tracker.domain.library.survey import Survey
from tracker.domain.people import owner_names
from tracker.models import DocumentProblem, Revision, Sop, Step, sop_keys
from tracker.sop import attributes, model
from tracker.sop.model import Document, Problem
from tracker.sop.text import folded

Unit = Callable[[Session], Any]

# Made once and past the unit of work: a thousand revisions are published in one go.
_IN_FORCE = (
    select(Sop.retired_at, Revision.digest)
    .outerjoin(Revision, Revision.id == Sop.in_force_id)
    .where(Sop.id == bindparam("sop"))
)
_LABELS = select(Revision.number, Revision.label).where(Revision.sop_id == bindparam("sop"))
_NEW_SOP, _NEW_REVISION, _NEW_STEPS = insert(Sop), insert(Revision).returning(Revision.id), insert(Step)
_PUT_IN_FORCE = update(Sop).where(Sop.id == bindparam("sop"))


def units(found: Survey, now: datetime) -> Iterator[Unit]:
    """The writes that follow from a survey, each whole and short."""
    for document, digest, images in found.changed:
        others = found.translations.get(document.path, {})
        yield partial(publish, now=now, document=document, digest=digest, images=images, others=others)
    for sop_id in found.retiring:
        yield partial(retire, now=now, sop_id=sop_id)
    for sop_id, path in found.moved.items():
        yield partial(move, now=now, sop_id=sop_id, path=path)
    yield partial(_keep_problems, problems=found.problems)


def publish(
    session: Session,
    now: datetime,
    document: Document,
    digest: str,
    images: Mapping[str, str],
    others: Mapping[str, Document] | None = None,
) -> None:
    """Put a document in force as its SOP's next revision. Going back to an older text is a new one too.

    `others` are its translations by language.
    Nothing changes where another process has published the same meanwhile.
    """
    connection, id = session.connection(), document.id
    sop = connection.execute(_IN_FORCE, {"sop": id}).one_or_none()
    if sop is None:
        connection.execute(_NEW_SOP, {"id": id, "title": document.title})
    elif sop.retired_at is None and sop.digest == digest:
        return
    earlier = connection.execute(_LABELS, {"sop": id}).all()
    number = max((number for number, _ in earlier if number), default=0) + 1
    revision_id = connection.execute(
        _NEW_REVISION,
        {
            "sop_id": id,
            "number": number,
            "label": _free_label(number, {label for _, label in earlier}),
            "digest": digest,
            "title": document.title,
            "source": document.source,
            "html": media.relink(document.html, document.path, images),
            "meta": _meta(document, images, others or {}),
            "published_at": now,
            "verify": document.meta.verify,
        },
    ).scalar_one()
    rows = [_row(revision_id, n, step, document.path, images) for n, step in enumerate(document.steps)]
    connection.execute(_NEW_STEPS, rows)
    translations.keep(session, revision_id, document, others or {}, images)
    connection.execute(
        _PUT_IN_FORCE,
        {
            "sop": id,
            "path": document.path,
            "title": document.title,
            "area": document.area,
            "owner_name": document.meta.owner,
            "in_force_id": revision_id,
            "retired_at": None,
            "text_key": folded(document.source),
            **sop_keys(id, document.title, document.area, document.meta.owner),
        },
    )
    emit(session, None, now, "revision.published", f"sop:{id}", revision=number, digest=digest)


def retire(session: Session, now: datetime, sop_id: str) -> None:
    """No new run uses the SOP any more; what was recorded stays, and open runs can be finished."""
    sop = session.get_one(Sop, sop_id)
    sop.retired_at = now
    emit(session, None, now, "sop.retired", f"sop:{sop_id}")
    session.flush()


def move(session: Session, now: datetime, sop_id: str, path: str) -> None:
    """The document has another place; its id keeps the SOP the same."""
    sop = session.get_one(Sop, sop_id)
    emit(session, None, now, "sop.moved", f"sop:{sop_id}", before=sop.path, after=path)
    sop.path = path
    session.flush()


def published(session: Session) -> dict[str, Any]:
    """What is in force, as plugin, lint and `steps` read it (instance/published.json)."""
    known = session.scalars(
        select(Sop).where(Sop.path.is_not(None)).options(joinedload(Sop.in_force)).order_by(Sop.id)
    ).all()
    keys = _keys(session)
    others = translations.published(session, known)
    return {
        "sops": {
            sop.id: {
                "path": sop.path,
                "title": sop.title,
                "revision": revision.number,
                "digest": revision.digest,
                "keys": keys[revision.id],
                "source": revision.source,
                "published_at": revision.published_at.astimezone(UTC).isoformat(),
                "owner": sop.owner_name,
                **({"earlier": file} if (file := site_history.name(sop)) else {}),
                "retired": sop.retired_at is not None,
                **({"translations": others[sop.id]} if sop.id in others else {}),
                **({"asked": asked} if (asked := revisions.asked(revision)) else {}),
            }
            for sop in known
            if (revision := sop.in_force)
        },
        "people": owner_names.owner_names(session),
    }


def _keys(session: Session) -> dict[int, list[str]]:
    """The keys of the steps of every revision in force, by the revision's id."""
    found: dict[int, list[str]] = defaultdict(list)
    query = select(Step.revision_id, Step.key).join(Sop, Sop.in_force_id == Step.revision_id)
    for revision_id, key in session.execute(query.order_by(Step.revision_id, Step.position)):
        found[revision_id].append(key)
    return found


def write_published(session: Session, instance: Path) -> None:
    """Write instance/published.json whole: a reader sees the old one or the new one.

    One that says the same already is left alone, so that whoever watches it is not woken for nothing.
    """
    target = instance / "published.json"
    text = json.dumps(published(session), ensure_ascii=False)
    site_history.write(session, instance)
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return
    private.write(target, text.encode())


def _meta(document: Document, images: Mapping[str, str], others: Mapping[str, Document]) -> dict[str, Any]:
    meta = document.meta
    return {
        "subject": meta.subject,
        "roles": list(meta.roles),
        "tags": list(meta.tags),
        "due": meta.due,
        "review": meta.review,
        "keep_evidence": meta.keep_evidence,
        "owner": meta.owner,
        "takes": document.takes,
        "tolerance": meta.tolerance,
        "description": meta.description,
        "images": dict(images),
        "language": meta.language,
        "meaning": meta.meaning,
        "translations": translations.meta(others),
        "source_digest": hashlib.sha256(document.source.encode()).hexdigest(),
        "advice": [(p.line, p.rule, p.message, p.hint, p.error) for p in document.problems],
    }


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
