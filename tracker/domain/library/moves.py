"""A document that was moved is known by its text, where it has no id that would say so.

An id that comes from the path would be another one at the new place, and the SOP would begin anew. So what
lies at a new place is compared with what is gone, before anything is retired.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from posixpath import basename

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.library import succession
from tracker.models import FormerPath, Run, Sop
from tracker.sop.model import Document, Problem, Step
from tracker.sop.parse import id_of
from tracker.sop.told import told

LEAST = 2
"""Steps that two texts share at least to be one that was moved and edited, unless the title is the same."""


@dataclass(frozen=True, slots=True)
class Place:
    """A document as far as it tells what was moved: its path, its title, and what its text and steps are."""

    path: str
    title: str
    digests: frozenset[str]
    texts: frozenset[str] = frozenset()


def unnamed(session: Session) -> set[str]:
    """The ids of SOPs that came from a path which their documents have left since."""
    rows = session.execute(select(FormerPath.path, FormerPath.sop_id))
    return {sop_id for path, sop_id in rows if id_of(path) == sop_id}


def recognise(
    session: Session, known: Mapping[str, Sop], paths: Collection[str], documents: Sequence[Document]
) -> dict[str, str]:
    """Which SOP each document is that lies at a new place without an id: its path, and the id.

    `paths` are all that there are now. An SOP is gone if nothing lies at its path and nothing has its id. It
    may have been retired meanwhile, by a sync between the removal and the arrival: then only the same text
    tells.
    """
    new = [document for document in documents if _is_new(document, known)]
    if not new:
        return {}
    ids = {document.id for document in documents}
    gone = [sop for id, sop in known.items() if sop.path and sop.path not in paths and id not in ids]
    steps = succession.steps(session, [sop.in_force_id for sop in gone])
    places = {
        sop.id: Place(
            sop.path or "",
            sop.title,
            digests(sop),
            _texts(steps[sop.in_force_id]) if sop.retired_at is None else frozenset(),
        )
        for sop in gone
        if sop.in_force_id in steps
    }
    there = {d.path: Place(d.path, d.title, frozenset({_digest(d.source)}), _texts(d.steps)) for d in new}
    return pair(places, there)


def copies(
    session: Session, known: Mapping[str, Sop], paths: Collection[str], ids: Collection[str]
) -> dict[str, str]:
    """Which SOPs have gone on as another that is their copy: the id of the gone one by that of the copy.

    Whoever copies first and deletes then has moved it too. The copy has one revision, its id from its path,
    and no runs, so nothing is lost with it.
    """
    gone = [sop for sop in known.values() if sop.retired_at is None and sop.path and sop.path not in paths]
    by_digest: dict[str, list[Sop]] = defaultdict(list)
    for sop in gone:
        if sop.id not in ids:
            by_digest[sop.in_force.digest or "" if sop.in_force else ""].append(sop)
    by_digest.pop("", None)
    pairs = {}
    for sop in known.values() if by_digest else ():
        revision, path = sop.in_force, sop.path or ""
        if sop.retired_at or revision is None or revision.number != 1 or path not in paths:
            continue
        alike = by_digest.get(revision.digest or "", [])
        if len(alike) == 1 and sop.id == id_of(path) and _began_before(alike[0], sop):
            pairs[sop.id] = alike.pop().id
    with_runs = set(session.scalars(select(Run.sop_id).where(Run.sop_id.in_(pairs)).distinct()))
    return {copy: id for copy, id in pairs.items() if copy not in with_runs}


def _began_before(sop: Sop, copy: Sop) -> bool:
    return bool(sop.in_force and copy.in_force and sop.in_force.id < copy.in_force.id)


def pair(gone: Mapping[str, Place], new: Mapping[str, Place]) -> dict[str, str]:
    """Which of the new places, by path, is which of those that are gone, by id. Whatever is in doubt is new.

    The same text comes first, under the same file name where several have it; then more than half of the
    steps, where no other has as many.
    """
    pairs: dict[str, str] = {}
    for same_name in (True, False):
        _pair_same_texts(gone, new, pairs, same_name)
    shared = _shared(gone, new, pairs)
    for path, counts in shared.items():
        (id, most), *others = [*counts.most_common(2)]
        rivals = sum(counts_of_other[id] >= most for counts_of_other in shared.values())
        if rivals > 1 or any(count == most for _, count in others):
            continue
        was, now = gone[id], new[path]
        enough = most >= LEAST or was.title == now.title
        if enough and most * 2 > max(len(was.texts), len(now.texts)):
            pairs[path] = id
    return pairs


def _pair_same_texts(
    gone: Mapping[str, Place], new: Mapping[str, Place], pairs: dict[str, str], same_name: bool
) -> None:
    def marks(place: Place) -> Iterable[tuple[str, str]]:
        return ((digest, basename(place.path) if same_name else "") for digest in place.digests)

    before: dict[tuple[str, str], set[str]] = defaultdict(set)
    after: dict[tuple[str, str], set[str]] = defaultdict(set)
    for id, place in gone.items():
        for mark in marks(place) if id not in pairs.values() else ():
            before[mark].add(id)
    for path, place in new.items():
        for mark in marks(place) if path not in pairs else ():
            after[mark].add(path)
    for mark, paths in after.items():
        if len(paths) == len(before.get(mark, ())) == 1:
            pairs[next(iter(paths))] = next(iter(before[mark]))


def _shared(
    gone: Mapping[str, Place], new: Mapping[str, Place], pairs: Mapping[str, str]
) -> dict[str, Counter[str]]:
    """How many steps each new place shares with each that is gone, of those that have no partner yet."""
    holders: dict[str, list[str]] = defaultdict(list)
    for id, place in gone.items():
        if id not in pairs.values():
            for text in place.texts:
                holders[text].append(id)
    counts = {
        path: Counter(id for text in place.texts for id in holders.get(text, ()))
        for path, place in new.items()
        if path not in pairs
    }
    return {path: count for path, count in counts.items() if count}


def note(path: str, before: str | None, id: str) -> Problem:
    """What the author is told of a document that was recognised."""
    message = told(
        "This is %(before)s, moved: it goes on with its runs and figures as “%(id)s”.", before=before, id=id
    )
    return Problem(
        path, 1, "moved", message, told("Write “id: %(id)s” in the front matter, so that it stays so.", id=id)
    )


def new_id(path: str, before: str, id: str) -> Problem:
    """What the author is told of a document that stays where it is and gets another id."""
    message = told(
        "With the id “%(id)s” this is a new SOP. “%(before)s” is retired and keeps its runs and figures.",
        id=id,
        before=before,
    )
    return Problem(
        path, 1, "changed-id", message, told("Write “id: %(before)s” to go on with it.", before=before)
    )


def digests(sop: Sop) -> frozenset[str]:
    """The digests of the texts that say what an SOP has in force."""
    own = sop.in_force.meta.source_digest if sop.in_force else None
    also = (sop.unnoticed or {}).get("digests", {}).get("")
    return frozenset(digest for digest in (own, also) if digest)


def _is_new(document: Document, known: Mapping[str, Sop]) -> bool:
    return bool(document.steps) and document.meta.id is None and document.id not in known


def _texts(steps: Iterable[Step]) -> frozenset[str]:
    return frozenset(step.text for step in steps)


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()
