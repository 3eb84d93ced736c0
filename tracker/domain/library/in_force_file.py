"""What is in force, as plugin, lint and `holdfast steps` read it: instance/published.json."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker import private
from tracker.domain.library import moves, revisions, site_history, translations
from tracker.domain.people import owner_names
from tracker.models import Person, Revision, Sop, Step


def content(session: Session) -> dict[str, Any]:
    """The content of the file: every SOP with its revision in force, and whom owners' names mean."""
    in_force = joinedload(Sop.in_force)
    columns = in_force.load_only(
        *(Revision.number, Revision.digest, Revision.source, Revision.published_at, Revision.published_by),
        *(Revision.published_by_id, Revision.meta),
    )
    whose = in_force.joinedload(Revision.published_by_person).load_only(Person.name)
    query = select(Sop).where(Sop.path.is_not(None)).options(columns, whose).order_by(Sop.id)
    known = session.scalars(query).all()
    keys, unnamed = _keys(session), moves.unnamed(session)
    others = translations.in_force(session, known)
    return {
        "sops": {
            sop.id: {
                "path": sop.path,
                "title": sop.title,
                "revision": revision.number,
                "digest": revision.digest,
                "keys": keys[revision.id],
                "source": sop.unnoticed["source"] if sop.unnoticed else revision.source,
                "published_at": revision.published_at.astimezone(UTC).isoformat(),
                **({"reviewed_at": sop.reviewed_at.astimezone(UTC).isoformat()} if sop.reviewed_at else {}),
                **({"by": by} if (by := revision.publisher) else {}),
                "owner": sop.owner_name,
                **({"unnamed": True} if sop.id in unnamed else {}),
                **({"earlier": file} if (file := site_history.name(sop)) else {}),
                "retired": sop.retired_at is not None,
                **({"translations": others[sop.id]} if sop.id in others else {}),
                **({"asked": asked} if (asked := revisions.questions(sop, revision)) else {}),
            }
            for sop in known
            if (revision := sop.in_force)
        },
        "people": owner_names.owner_names(session),
    }


def _keys(session: Session) -> dict[int, list[str]]:
    """The keys of the steps of every revision in force, by the revision's id."""
    keys: dict[int, list[str]] = defaultdict(list)
    query = select(Step.revision_id, Step.key).join(Sop, Sop.in_force_id == Step.revision_id)
    for revision_id, key in session.execute(query.order_by(Step.revision_id, Step.position)):
        keys[revision_id].append(key)
    return keys


def write(session: Session, instance: Path) -> None:
    """Write instance/published.json whole: a reader sees the old one or the new one.

    One that says the same already is left alone, so that whoever watches it is not woken for nothing.
    """
    target = instance / "published.json"
    text = json.dumps(content(session), ensure_ascii=False)
    site_history.write(session, instance)
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return
    private.write(target, text.encode())
