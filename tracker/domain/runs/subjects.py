"""The other names of what runs are about: a shop's order id beside the number that people say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from unicodedata import normalize

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.errors import N_, AmbiguousError, InvalidError
from tracker.models import Run, SubjectAlias

LONGEST = 200
_AT_ONCE = 400  # a query has room for so many names only
_MEANT = select(SubjectAlias.ref).where(
    SubjectAlias.alias == bindparam("alias"), SubjectAlias.kind == bindparam("kind")
)
_NAMED = select(SubjectAlias.ref, SubjectAlias.alias).where(
    or_(SubjectAlias.alias == bindparam("text"), SubjectAlias.ref == bindparam("text"))
)
_UNSEEN = re.compile(  # control characters that are no space, marks of direction, joints of no width
    r"[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def normal_form(text: str) -> str:
    """The form in which subjects are compared: what looks the same is the same text.

    Without space around it and with one space between words; without what scanners and clipboards add and
    nobody sees; letters and their accents put together.
    """
    if text.isascii() and text.isalnum():
        return text  # a number, as most are
    return normalize("NFC", " ".join(_UNSEEN.sub("", text).split()))


def plain(text: str) -> str:
    """A subject or an alias in its `normal_form`. Raises InvalidError beyond LONGEST characters."""
    subject = normal_form(text)
    if len(subject) > LONGEST:
        raise InvalidError(N_("Keep the subject below 200 characters."))
    return subject


def aliases_of(session: Session, kind: str, ref: str) -> list[str]:
    """The other names of one subject, in the order of the alphabet."""
    query = select(SubjectAlias.alias).where(SubjectAlias.kind == kind, SubjectAlias.ref == ref)
    return list(session.scalars(query.order_by(SubjectAlias.alias)))


def known_as(session: Session, runs: Iterable[Run]) -> dict[int, list[str]]:
    """The other names of what each run is about, by the run's id; runs without any are left out."""
    about = {run.id: (run.subject_kind, run.subject_ref) for run in runs if run.subject_ref}
    names: dict[tuple[str, str], list[str]] = {}
    for row in _of_many(session, set(about.values())):
        names.setdefault((row.kind, row.ref), []).append(row.alias)
    return {run_id: names[subject] for run_id, subject in about.items() if subject in names}


def of_alias(session: Session, alias: str, kind: str | None = None) -> list[str]:
    """The subjects that an alias may mean, of one kind or of any; its own name is not among them."""
    query = select(SubjectAlias.ref).where(SubjectAlias.alias == alias).distinct()
    if kind is not None:
        query = query.where(SubjectAlias.kind == kind)
    return list(session.scalars(query.order_by(SubjectAlias.ref)))


def among(session: Session, texts: Sequence[str]) -> set[str]:
    """Which of the texts are aliases."""
    return {
        alias
        for start in range(0, len(texts), _AT_ONCE)
        for alias in session.scalars(
            select(SubjectAlias.alias).where(SubjectAlias.alias.in_(texts[start : start + _AT_ONCE]))
        )
    }


def same_as(session: Session, text: str, kind: str | None = None) -> set[str]:
    """Every name under which a run may be about the subject, of one kind or any, that somebody has named."""
    of_kind = () if kind is None else (SubjectAlias.kind == kind,)
    rows = session.execute(_NAMED.where(*of_kind), {"text": text}).all()
    names = {text}.union(*rows)
    if refs := {ref for ref, alias in rows if alias == text} - {text}:  # each has other names of its own
        names.update(session.scalars(select(SubjectAlias.alias).where(SubjectAlias.ref.in_(refs), *of_kind)))
    return names


def resolve(session: Session, text: str, kind: str) -> str:
    """The subject that `text` means: the subject of that name, or the one of which it is an alias.

    A subject that runs name so comes before one of which the text is an alias.
    Raises AmbiguousError where it may be several.
    """
    refs = sorted(session.scalars(_MEANT, {"alias": text, "kind": kind})) if text else []
    itself = select(Run.id).where(Run.subject_ref == text, Run.subject_kind == kind).limit(1)
    if not refs or session.scalar(itself):
        return text
    if len(refs) > 1:
        raise AmbiguousError(
            N_("“%(alias)s” may be %(subjects)s. Write which one you mean."),
            alias=text,
            subjects=", ".join(refs),
        )
    return refs[0]


def resolve_with_names(session: Session, text: str, kind: str) -> tuple[str, set[str]]:
    """The subject that is `meant`, and every name of it (`same_as`). Raises like `meant`.

    What has no other name, as most have not, costs one question.
    """
    if not text:
        return text, {text}
    names = same_as(session, text, kind)
    if len(names) == 1:
        return text, names
    about = resolve(session, text, kind)
    return about, names if about == text else same_as(session, about, kind)


def add_aliases(
    session: Session, actor: Actor, now: datetime, kind: str, names: Mapping[str, Collection[str]]
) -> int:
    """Add other names of many subjects, by the subject; how many were new. Leads may.

    For a bulk write, in parts of a few hundred subjects. One event for each subject that got a name.
    Raises InvalidError for a name that is too long.
    """
    access.require(actor, "run.assign")
    return _add(session, actor, now, kind, names)


def add_alias(session: Session, actor: Actor, now: datetime, run: Run, alias: str) -> None:
    """Add another name of what a run is about. Whoever may work on the run may.

    Raises InvalidError for no name, or for a run that is about nothing in particular.
    """
    access.require(actor, "run.record", run)
    alias = plain(alias)
    if not run.subject_ref:
        raise InvalidError(N_("This run is about nothing in particular, so that has no other name."))
    if not alias:
        raise InvalidError(N_("Write the other name, for example the number on the label."))
    if alias == run.subject_ref:
        raise InvalidError(N_("“%(alias)s” is its name already."), alias=alias)
    _add(session, actor, now, run.subject_kind, {run.subject_ref: [alias]})


def remove_alias(session: Session, actor: Actor, now: datetime, run: Run, alias: str) -> None:
    """Take back another name of what a run is about. Whoever may work on the run may."""
    access.require(actor, "run.record", run)
    kind, ref = run.subject_kind, run.subject_ref
    wrong = session.get(SubjectAlias, (kind, ref, alias))
    if wrong is None:
        return  # somebody else has removed it meanwhile
    session.delete(wrong)
    emit(session, actor, now, kinds.SubjectUnnamed(alias=alias), _named(kind, ref))
    session.flush()


def _add(
    session: Session, actor: Actor, now: datetime, kind: str, names: Mapping[str, Collection[str]]
) -> int:
    wanted = {(plain(ref), alias) for ref, aliases in names.items() for alias in map(plain, aliases) if alias}
    wanted = {(ref, alias) for ref, alias in wanted if ref and ref != alias}
    alone(session, f"aliases:{kind}")
    wanted -= {(row.ref, row.alias) for row in _of_many(session, {(kind, ref) for ref, _ in wanted})}
    fresh: dict[str, list[str]] = {}
    for ref, alias in sorted(wanted):
        fresh.setdefault(ref, []).append(alias)
        session.add(SubjectAlias(kind=kind, ref=ref, alias=alias))
    for ref, aliases in fresh.items():
        emit(session, actor, now, kinds.SubjectNamed(aliases=aliases), _named(kind, ref))
    session.flush()
    return len(wanted)


def _of_many(session: Session, subjects: Collection[tuple[str, str]]) -> Iterator[SubjectAlias]:
    """The aliases of all these subjects, each one's in the order of the alphabet."""
    refs = sorted({ref for _, ref in subjects})
    # compare names only: SQLite uses no index for pairs of columns
    for start in range(0, len(refs), _AT_ONCE):
        query = select(SubjectAlias).where(SubjectAlias.ref.in_(refs[start : start + _AT_ONCE]))
        for row in session.scalars(query.order_by(SubjectAlias.alias)):
            if (row.kind, row.ref) in subjects:
                yield row


def _named(kind: str, ref: str) -> str:
    """The subject as events name it, such as "subject:order:1042"."""
    return f"subject:{kind}:{ref}"
