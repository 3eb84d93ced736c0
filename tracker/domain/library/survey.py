"""What a sync has to do: the documents read, compared with what is in force, and judged. Writes nothing.

Takes its time; `publishing` holds the short writes that follow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.domain.library import media, revisions, sources
from tracker.domain.library import translations as library_translations
from tracker.models import Revision, Sop, Step
from tracker.sop import identity, model, parse, reading
from tracker.sop.lint import identity as lint_identity
from tracker.sop.model import Document, Problem

GUIDE = "guide/"
RETIRE_SHARE = 0.1


@dataclass
class Survey:
    """What a sync found: documents to publish with their digests and images, SOPs to retire, problems."""

    changed: list[tuple[Document, str, Mapping[str, str]]] = field(default_factory=list)
    unchanged: int = 0
    retiring: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    translations: dict[str, dict[str, Document]] = field(default_factory=dict)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.error]


def take(session: Session, sops: Path, instance: Path, *, retire: bool = False) -> Survey:
    """Compare the folder of SOPs with what is in force. Reads the database, writes only frozen images.

    `retire` allows more than a tenth of the library to be retired at once; without it that many missing
    documents are taken for a missing folder, and an error says so.
    """
    found = Survey()
    known = _library(session)
    by_path = {sop.path: sop for sop in known.values() if sop.path}
    kept: set[str] = set()
    places: list[str] = []
    same: dict[str, Document] = {}
    fresh: list[tuple[str, bytes]] = []
    everything, beside = library_translations.apart(sources.below(sops))
    for path, source, problem in everything:
        before = by_path.get(path)
        if problem is not None or source is None:
            found.problems.extend([problem] if problem else [])
            kept.update({before.id} if before else ())
            continue
        places.append(path)
        if (
            before
            and before.in_force
            and before.retired_at is None
            and _same(before.in_force, source, path, sops)
            and library_translations.unchanged(before.in_force, beside.get(path, {}))
        ):
            found.unchanged += 1
            kept.add(before.id)
            found.problems.extend(_advice(before.in_force, path))
            same[path] = _as_published(before, path)
        else:
            fresh.append((path, source))
    steps = _steps(session, [sop.in_force_id for path, _ in fresh if (sop := by_path.get(path))])
    said = _read(fresh, by_path, steps)
    kept.update(by_path[path].id for path, document in said.items() if document.errors and path in by_path)
    documents = [same.get(path) or said[path] for path in places]
    twice = _twice(documents, by_path)
    translating = partial(_translations, session, beside)
    found.problems.extend(twice.values())
    for document in documents:
        _judge(document, twice, known, by_path, sops, instance, found, kept, steps, translating)
    found.retiring = [
        id for id, sop in known.items() if sop.retired_at is None and sop.path and id not in kept
    ]
    _guard_against_a_missing_folder(found, known, retire, not documents)
    return found


def _steps(session: Session, revision_ids: Iterable[int | None]) -> dict[int, list[model.Step]]:
    """The steps of revisions, as far as they tell which of them another step was."""
    found: dict[int, list[model.Step]] = {id: [] for id in revision_ids if id is not None}
    wanted = list(found)
    for start in range(0, len(wanted), 500):  # a query has room for so many ids only
        query = select(Step.revision_id, Step.key, Step.text, Step.line, Step.depth, Step.parent)
        query = query.where(Step.revision_id.in_(wanted[start : start + 500]))
        rows = session.execute(query.order_by(Step.revision_id, Step.position))
        for revision_id, key, text, line, depth, parent in rows:
            found[revision_id].append(model.Step(key, text, line, depth, parent=parent))
    return found


def _read(
    fresh: Sequence[tuple[str, bytes]], by_path: Mapping[str, Sop], steps: Mapping[int, list[model.Step]]
) -> dict[str, Document]:
    """The documents at these paths, with the keys that their unpinned steps had before."""
    unread = [
        reading.Unread(source, path, sop.id, steps[sop.in_force_id])
        if (sop := by_path.get(path)) and sop.in_force_id
        else reading.Unread(source, path)
        for path, source in fresh
    ]
    return {document.path: document for document in reading.read(unread)}


def _judge(
    document: Document,
    twice: Mapping[str, Problem],
    known: Mapping[str, Sop],
    by_path: Mapping[str, Sop],
    sops: Path,
    instance: Path,
    found: Survey,
    kept: set[str],
    steps: Mapping[int, list[model.Step]],
    translating: Callable[[Document, Revision | None, Survey], dict[str, Document]],
) -> None:
    """Decide what becomes of one document that was read."""
    if document.source == "" and not document.problems and document.id in kept:
        return  # the stand-in of a document that has not changed
    found.problems.extend(document.problems)
    sop, holder = known.get(document.id), by_path.get(document.path)
    if document.path in twice:
        kept.update({holder.id, document.id} if holder else {document.id})
        return
    if document.errors or document.path.startswith(GUIDE):
        kept.update({sop.id} if sop and document.errors else ())
        return
    if document.meta.retired or not document.steps:
        sop = sop or holder  # an emptied file has lost its id too
        if sop and sop.retired_at is None and not document.meta.retired and document.meta.steps != "none":
            found.problems.append(
                Problem(
                    document.path,
                    1,
                    "no-steps",
                    "This SOP had steps and has none now; its last revision stays in force.",
                    "Write them as a numbered list, or “steps: none” or “retired: true” in the front matter.",
                    error=True,
                )
            )
            kept.add(sop.id)
        return
    kept.add(document.id)
    before = sop.in_force if sop else None
    if before is not None:
        was = steps.get(before.id) or revisions.steps(before)
        if sop is not holder:  # in its old place it has been read with their keys
            document = carried(document, was)
        document = _with_questions(document, was)
        found.problems.extend(p for p in document.problems if p.rule == revisions.UNSURE)
    images, missing = media.freeze(document, sops, instance)
    others = translating(document, before, found)
    more, missing_too = library_translations.freeze(others, sops, instance)
    images |= more
    found.problems.extend([*missing, *missing_too])
    digest = library_translations.digest(media.digest(document.source.encode(), images), others)
    if before is None or before.digest != digest or (sop and sop.retired_at is not None):
        found.changed.append((document, digest, images))
    elif sop and sop.path != document.path:
        found.moved[sop.id] = document.path


def _translations(
    session: Session,
    beside: Mapping[str, Mapping[str, library_translations.Source]],
    document: Document,
    before: Revision | None,
    found: Survey,
) -> dict[str, Document]:
    """The translations of a document; what is wrong with them goes to the survey."""
    others, problems = library_translations.read(session, document, before, beside.get(document.path, {}))
    found.problems.extend(problems)
    if others:
        found.translations[document.path] = others
    return others


def carried(document: Document, before: Sequence[model.Step]) -> Document:
    """The document with the keys that its unpinned steps had in the revision before."""
    keys = identity.keys_after(before, document.steps)
    if keys == [step.key for step in document.steps]:
        return document
    return reading.checked(reading.Unread(document.source, document.path, keys=keys))


def _with_questions(document: Document, before: Sequence[model.Step]) -> Document:
    """The document with what only its author can say: which step of the revision before a step was."""
    if document.meta.lint.get(revisions.UNSURE):
        return document
    asked = [
        Problem(document.path, line, revisions.UNSURE, message, hint)
        for line, message, hint in lint_identity.questions(before, document.steps)
    ]
    return replace(document, problems=(*document.problems, *asked)) if asked else document


def _library(session: Session) -> dict[str, Sop]:
    """Every SOP by its id, with what tells whether its revision in force is still what is there."""
    in_force = joinedload(Sop.in_force).load_only(Revision.digest, Revision.number, Revision.meta)
    return {sop.id: sop for sop in session.scalars(select(Sop).options(in_force).order_by(Sop.id))}


def _same(revision: Revision, source: bytes, path: str, sops: Path) -> bool:
    """Whether a file says what its revision in force says, told without parsing it."""
    text = parse.decode(source, path)
    if not isinstance(text, str) or hashlib.sha256(text.encode()).hexdigest() != revision.meta.source_digest:
        return False
    return media.unchanged(revision.meta.images, path, sops)


def _as_published(sop: Sop, path: str) -> Document:
    """A stand-in for a document that has not changed: enough to see ids used twice."""
    return Document(
        path=path, id=sop.id, title=sop.title, area=sop.area, meta=model.Meta(), steps=(), html="", source=""
    )


def _advice(revision: Revision, path: str) -> list[Problem]:
    return [Problem(path, *row) for row in revision.meta.advice]


def _twice(documents: list[Document], by_path: Mapping[str, Sop]) -> dict[str, Problem]:
    """Documents whose id another one has. The one that has it in force keeps it."""
    holders: dict[str, list[Document]] = {}
    for document in documents:
        if document.steps or document.source == "":
            holders.setdefault(document.id, []).append(document)
    problems = {}
    for id, sharing in holders.items():
        if len(sharing) == 1:
            continue
        in_force = next((d.path for d in sharing if (s := by_path.get(d.path)) and s.id == id), None)
        names = ", ".join(document.path for document in sharing)
        for document in sharing:
            if document.path != in_force:
                problems[document.path] = Problem(
                    document.path,
                    1,
                    "duplicate-id",
                    f"The id “{id}” is used by several documents: {names}.",
                    "Give each its own id in the front matter.",
                    error=True,
                )
    return problems


def _guard_against_a_missing_folder(
    found: Survey, known: Mapping[str, Sop], retire: bool, empty: bool
) -> None:
    live = sum(sop.retired_at is None and sop.path is not None for sop in known.values())
    least = 0 if empty else max(1, live * RETIRE_SHARE)
    if not retire and len(found.retiring) > least:
        found.problems.append(
            Problem(
                "sops",
                1,
                "many-missing",
                f"{len(found.retiring)} of {live} SOPs are missing, so none was retired.",
                "If that is meant, run “holdfast sync --retire”; otherwise check that the folder is mounted.",
                error=True,
            )
        )
        found.retiring = []
