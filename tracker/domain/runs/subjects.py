"""The other names of what runs are about: a shop's order id beside the number that people say.

Subjects and aliases are kept as they were written. They are compared by their keys (`models.subject_key`), so
that "TOTE-99" and "tote-99" are one thing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from tracker.db import alone, kept
from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.errors import N_, AmbiguousError, InvalidError
from tracker.models import Run, SubjectAlias, subject_key
from tracker.sop.ordering import order_key
from tracker.sop.text import clean, fold

LONGEST = 200
_AT_ONCE = 400  # a query has room for so many names only
_MEANT = select(SubjectAlias.ref_key, SubjectAlias.ref).where(
    SubjectAlias.alias_key == bindparam("key"), SubjectAlias.kind == bindparam("kind")
)
_NAMED = select(SubjectAlias.ref_key, SubjectAlias.alias_key).where(
    or_(SubjectAlias.alias_key == bindparam("key"), SubjectAlias.ref_key == bindparam("key"))
)


def plain(text: str) -> str:
    """A subject or an alias as it is stored (`clean`). Raises InvalidError beyond LONGEST characters."""
    subject = clean(text)
    if len(subject) > LONGEST:
        raise InvalidError(N_("Keep the subject below 200 characters."))
    return subject


def aliases_of(session: Session, kind: str, ref: str) -> list[str]:
    """The other names of one subject, in the order in which people look for them."""
    return _names(session, {(kind, ref)}).get((kind, subject_key(ref, kind)), [])


def known_as(session: Session, runs: Iterable[Run]) -> dict[int, list[str]]:
    """The other names of what each run is about, by the run's id; runs without any are left out."""
    about = {run.id: (run.subject_kind, run.subject_ref) for run in runs if run.subject_ref}
    names = _names(session, set(about.values()))
    keys = {run_id: (kind, subject_key(ref, kind)) for run_id, (kind, ref) in about.items()}
    return {run_id: names[key] for run_id, key in keys.items() if key in names}


def among(session: Session, keys: Sequence[str]) -> set[str]:
    """Which of the keys of texts are those of aliases."""
    return {
        key
        for start in range(0, len(keys), _AT_ONCE)
        for key in session.scalars(
            select(SubjectAlias.alias_key).where(SubjectAlias.alias_key.in_(keys[start : start + _AT_ONCE]))
        )
    }


def same_as(session: Session, text: str, kind: str | None = None) -> set[str]:
    """The keys of all names under which a run may be about the subject, of one kind or of any."""
    of_kind = () if kind is None else (SubjectAlias.kind == kind,)
    key = subject_key(text, kind or "")
    rows = session.execute(_NAMED.where(*of_kind), {"key": key}).all()
    keys = {key}.union(*rows)
    if refs := {ref for ref, alias in rows if alias == key} - {key}:  # each has other names of its own
        more = select(SubjectAlias.alias_key).where(SubjectAlias.ref_key.in_(refs), *of_kind)
        keys.update(session.scalars(more))
    return keys


def runs_about(session: Session, text: str) -> ColumnElement[bool]:
    """Runs about this very subject; also where its kind is said before it, as pages do ("order 1042").

    A page asks more than once, for those that the reader may see and for others.
    """
    known: dict[str, ColumnElement[bool]] = kept(session, "runs about a subject")
    if text not in known:
        known[text] = _runs_about(session, text)
    return known[text]


def _runs_about(session: Session, text: str) -> ColumnElement[bool]:
    kind, _, rest = fold(text).partition(" ")
    itself = Run.subject_key.in_(same_as(session, text))
    if not rest:
        return itself
    with_kind = Run.subject_key.in_(same_as(session, rest))
    known = session.scalars(select(Run.subject_kind).where(with_kind).distinct())
    same = [of_kind for of_kind in known if fold(of_kind) == kind]
    return or_(itself, and_(with_kind, Run.subject_kind.in_(same)))


def resolve(session: Session, text: str, kind: str) -> str:
    """The subject that `text` means: the subject of that name, or the one of which it is an alias.

    A subject that runs name so comes before one of which the text is an alias.
    Raises AmbiguousError where it may be several.
    """
    key = subject_key(text, kind)
    refs = dict(session.execute(_MEANT, {"key": key, "kind": kind}).all()) if text else {}
    itself = select(Run.id).where(Run.subject_key == key, Run.subject_kind == kind).limit(1)
    if not refs or session.scalar(itself):
        return text
    if len(refs) > 1:
        raise AmbiguousError(
            N_("“%(alias)s” may be %(subjects)s. Write which one you mean."),
            alias=text,
            subjects=", ".join(sorted(refs.values(), key=order_key)),
        )
    return str(*refs.values())


def resolve_with_names(session: Session, text: str, kind: str) -> tuple[str, set[str]]:
    """The subject that is meant, and the keys of all its names (`same_as`). Raises like `resolve`.

    What has no other name, as most have not, costs one question.
    """
    if not text:
        return text, {text}
    keys = same_as(session, text, kind)
    if len(keys) == 1:
        return text, keys
    about = resolve(session, text, kind)
    return about, keys if about == text else same_as(session, about, kind)


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
    if subject_key(alias, run.subject_kind) == subject_key(run.subject_ref, run.subject_kind):
        raise InvalidError(N_("“%(alias)s” is its name already."), alias=alias)
    _add(session, actor, now, run.subject_kind, {run.subject_ref: [alias]})


def remove_alias(session: Session, actor: Actor, now: datetime, run: Run, alias: str) -> None:
    """Take back another name of what a run is about. Whoever may work on the run may."""
    access.require(actor, "run.record", run)
    kind, ref = run.subject_kind, run.subject_ref
    key = subject_key(alias, kind)
    wrong = [row for row in _of_many(session, {(kind, ref)}) if row.alias_key == key]
    if not wrong:
        return  # somebody else has removed it meanwhile
    for row in wrong:
        session.delete(row)
    emit(session, actor, now, kinds.SubjectUnnamed(alias=alias), _named(kind, ref))
    session.flush()


def _add(
    session: Session, actor: Actor, now: datetime, kind: str, names: Mapping[str, Collection[str]]
) -> int:
    wanted: dict[tuple[str, str], tuple[str, str]] = {}
    for ref, alias in ((plain(ref), plain(alias)) for ref, aliases in names.items() for alias in aliases):
        keys = subject_key(ref, kind), subject_key(alias, kind)
        if all(keys) and keys[0] != keys[1]:
            wanted.setdefault(keys, (ref, alias))
    alone(session, f"aliases:{kind}")
    for row in _of_many(session, {(kind, ref) for ref, _ in wanted.values()}):
        wanted.pop((row.ref_key, row.alias_key), None)
    fresh: dict[str, list[str]] = {}
    for ref, alias in sorted(wanted.values()):
        fresh.setdefault(ref, []).append(alias)
        session.add(SubjectAlias(kind=kind, ref=ref, alias=alias))
    for ref, aliases in fresh.items():
        emit(session, actor, now, kinds.SubjectNamed(aliases=aliases), _named(kind, ref))
    session.flush()
    return len(wanted)


def _names(session: Session, subjects: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """The aliases of these subjects, by kind and key."""
    names: dict[tuple[str, str], dict[str, str]] = {}
    for row in _of_many(session, subjects):
        names.setdefault((row.kind, row.ref_key), {}).setdefault(row.alias_key, row.alias)
    return {subject: sorted(aliases.values(), key=order_key) for subject, aliases in names.items()}


def _of_many(session: Session, subjects: Collection[tuple[str, str]]) -> Iterator[SubjectAlias]:
    """The aliases of all these subjects, each one's in the order of the alphabet."""
    wanted = {(kind, subject_key(ref, kind)) for kind, ref in subjects}
    keys = sorted({key for _, key in wanted})
    # compare names only: SQLite uses no index for pairs of columns
    for start in range(0, len(keys), _AT_ONCE):
        query = select(SubjectAlias).where(SubjectAlias.ref_key.in_(keys[start : start + _AT_ONCE]))
        for row in session.scalars(query.order_by(SubjectAlias.alias)):
            if (row.kind, row.ref_key) in wanted:
                yield row


def _named(kind: str, ref: str) -> str:
    """The subject as events name it, such as "subject:order:1042"."""
    return f"subject:{kind}:{ref}"
