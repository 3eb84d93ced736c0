"""One open run of an SOP about each subject: what a run is about, and whether there is one already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain import event_kinds
from tracker.domain.runs import subjects
from tracker.errors import N_, AmbiguousError, InvalidError
from tracker.models import Event, Revision, Run, SubjectAlias
from tracker.sop.text import clean

_AGAIN = select(Run.id).where(Run.sop_id == bindparam("sop"), Run.ref == bindparam("ref"))
_OPEN_ABOUT = (
    select(Run.id)
    .where(
        Run.sop_id == bindparam("sop"),
        Run.subject_key.in_(bindparam("keys", expanding=True)),
        Run.state == "open",
    )
    .limit(1)
)


def subject_kind(revision: Revision, origin: Run | None) -> str:
    """What a run of the revision is about ("order"): where a run has led to it, the same as that; or ""."""
    return (origin and origin.subject_kind) or (revision.meta.subject or "")


def subject_named(text: str, kind: str) -> str:
    """What somebody says that a run is about, as it is kept. Raises InvalidError."""
    subject = subjects.plain(text)
    if kind and not subject:
        raise InvalidError(
            N_("Say which %(subject_kind)s this run is about, for example its number."), subject_kind=kind
        )
    return subject


def alone_with(session: Session, sop_id: str) -> None:
    """Nobody else starts a run of the SOP until this transaction ends: two at once would both find none."""
    alone(session, f"start:{sop_id}")


def already_open(session: Session, sop_id: str, subject: str, kind: str) -> Run | None:
    """An open run of the same SOP about the same subject, which a second start would do twice.

    Also under another of the subject's names.
    """
    subject = clean(subject)
    if not subject:
        return None
    return open_about(session, sop_id, subjects.same_as(session, subject, kind))


def open_about(session: Session, sop_id: str, keys: Collection[str]) -> Run | None:
    """An open run of the SOP about a subject by the keys of all its names."""
    return _found(session, _OPEN_ABOUT, {"sop": sop_id, "keys": list(keys)})


def again(session: Session, sop_id: str, ref: str) -> Run | None:
    """The run of the SOP that was started under this name already."""
    return _found(session, _AGAIN, {"sop": sop_id, "ref": ref})


def _found(session: Session, query: Select[int], given: dict[str, Any]) -> Run | None:
    """The run whose number the query finds; mostly there is none, and nothing else is read."""
    number = session.scalar(query, given)
    return session.get_one(Run, number) if number else None


def states_about(
    session: Session, sop_id: str, kinds: Collection[str], keys: Sequence[str]
) -> dict[str, set[str]]:
    """The states of the SOP's runs about each of many subjects by its key, also under another name."""
    found: dict[str, set[str]] = {}
    for start in range(0, len(keys), 400):  # a query has room for so many names only
        some = keys[start : start + 400]
        others = select(SubjectAlias.alias_key, SubjectAlias.ref_key)
        others = others.where(SubjectAlias.kind.in_(kinds), SubjectAlias.ref_key.in_(some))
        refs = dict(zip(some, some, strict=True)) | dict(session.execute(others).all())
        # SOP and state are compared here: SQLite would look through all open runs, or all of the SOP
        there = select(Run.subject_key, Run.sop_id, Run.state).where(Run.subject_key.in_(refs))
        for name, sop, state in session.execute(there):
            if sop == sop_id:
                found.setdefault(refs[name], set()).add(state)
    return found


def about(session: Session, text: str, kind: str, *, exactly: bool) -> tuple[str, set[str]]:
    """What a run is about, with the keys of all its names.

    `exactly`: what was said, where that may be several. Raises AmbiguousError otherwise.
    """
    try:
        return subjects.resolve_with_names(session, text, kind)
    except AmbiguousError:
        if not exactly:
            raise
        return text, subjects.same_as(session, text, kind)


def twin_of(session: Session, run: Run) -> int | None:
    """The number of the run about the same that was open when this one was started on a phone."""
    query = select(Event.data).where(
        Event.subject == f"run:{run.id}", Event.kind == event_kinds.RunStarted.kind
    )
    data = session.scalar(query)
    return data.get("twin") if data else None
