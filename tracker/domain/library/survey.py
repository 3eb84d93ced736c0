"""What a sync has to do: reads the documents, compares them with what is in force, and writes nothing.

Takes its time; `publishing` holds the short writes that follow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.domain.library import media, revisions, search_index, sources, succession
from tracker.domain.library import translations as library_translations
from tracker.models import Revision, Sop
from tracker.sop import model, parse, reading
from tracker.sop.model import Document, Problem

GUIDE = "guide/"
RETIRE_SHARE = 0.1


class State(NamedTuple):
    """What a survey compares of an SOP: if it is another by the time of the write, nothing is written."""

    path: str | None = None
    in_force_id: int | None = None
    retired: bool = False


@dataclass
class Survey:
    """What a sync found: documents to publish with their digests and images, SOPs to retire, problems.

    `before` is how each SOP stood then. `unkept` are files of frozen images that the database lacks.
    `pages` are the documents without steps, `pages_before` those that are searched, each with its state.
    `overtaken` gets the ids of the SOPs that another process changed before this one wrote.
    """

    changed: list[tuple[Document, str, Mapping[str, str]]] = field(default_factory=list)
    unchanged: int = 0
    retiring: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    translations: dict[str, dict[str, Document]] = field(default_factory=dict)
    before: Mapping[str, State] = field(default_factory=dict)
    unkept: Sequence[Path] = ()
    pages: list[Document] = field(default_factory=list)
    pages_before: Mapping[str, str] = field(default_factory=dict)
    overtaken: set[str] = field(default_factory=set)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.error]

    def then(self, again: Survey) -> Survey:
        """A survey that was taken because this one was overtaken, with what this one had led to by then."""
        done = [row for row in self.changed if row[0].id not in self.overtaken]
        again.unchanged -= len(done)
        again.changed = [*done, *again.changed]
        again.retiring = [*(id for id in self.retiring if id not in self.overtaken), *again.retiring]
        moved = {id: path for id, path in self.moved.items() if id not in self.overtaken}
        again.moved = moved | again.moved
        return again


@dataclass(frozen=True)
class _Look:
    """What a survey goes by: the folders, what is in force, and what it has found so far.

    `known` are the SOPs by id, `by_path` by the path of their document; `beside` the translations of each
    document by its path; `kept` the ids of SOPs that are not retired; `steps` those of revisions by their id.
    """

    session: Session
    sops: Path
    instance: Path
    known: Mapping[str, Sop]
    by_path: Mapping[str, Sop]
    beside: Mapping[str, Mapping[str, library_translations.Source]]
    found: Survey
    kept: set[str] = field(default_factory=set)
    steps: dict[int, list[model.Step]] = field(default_factory=dict)


def take(session: Session, sops: Path, instance: Path, *, retire: bool = False) -> Survey:
    """Compare the folder of SOPs with what is in force. Reads the database, writes only frozen images.

    `retire` allows more than a tenth of the library to be retired at once; without it that many missing
    documents are taken for a missing folder, and an error says so.
    """
    known = _library(session)
    survey = Survey(before={id: _state(sop) for id, sop in known.items()})
    by_path = {sop.path: sop for sop in known.values() if sop.path}
    everything, beside = library_translations.apart(sources.below(sops))
    look = _Look(session, sops, instance, known, by_path, beside, survey)
    documents = _documents(look, everything)
    twice = _twice(documents, by_path)
    survey.problems.extend(twice.values())
    for document in documents:
        _judge(look, document, twice)
    survey.retiring = [
        id for id, sop in known.items() if sop.retired_at is None and sop.path and id not in look.kept
    ]
    _guard_against_a_missing_folder(survey, known, retire, not documents)
    survey.unkept = media.unkept(session, instance)
    survey.pages_before = search_index.known_pages(session)
    return survey


def _documents(look: _Look, everything: Iterable[library_translations.Source]) -> list[Document]:
    """The documents that could be opened, in their order; of one that has not changed a stand-in."""
    places: list[str] = []
    same: dict[str, Document] = {}
    fresh: list[tuple[str, bytes]] = []
    for path, source, problem in everything:
        before = look.by_path.get(path)
        if problem is not None or source is None:
            look.found.problems.extend([problem] if problem else [])
            look.kept.update({before.id} if before else ())
            continue
        places.append(path)
        if before and before.in_force and _is_in_force(look, before, before.in_force, source, path):
            look.found.unchanged += 1
            look.kept.add(before.id)
            look.found.problems.extend(_advice(before.in_force, path))
            same[path] = _as_published(before, path)
        else:
            fresh.append((path, source))
    documents = _read(look, fresh)
    return [same.get(path) or documents[path] for path in places]


def _is_in_force(look: _Look, sop: Sop, revision: Revision, source: bytes, path: str) -> bool:
    """Whether a document and its translations are those of the SOP's revision in force."""
    return (
        sop.retired_at is None
        and _same(revision, source, path, look.sops, look.instance)
        and library_translations.is_unchanged(revision, look.beside.get(path, {}))
    )


def _read(look: _Look, fresh: Sequence[tuple[str, bytes]]) -> dict[str, Document]:
    """The documents at these paths, with the keys that their unpinned steps had before."""
    by_path, steps = look.by_path, look.steps
    steps |= succession.steps(
        look.session, [sop.in_force_id for path, _ in fresh if (sop := by_path.get(path))]
    )
    unread = [
        reading.Unread(source, path, sop.id, steps[sop.in_force_id])
        if (sop := by_path.get(path)) and sop.in_force_id
        else reading.Unread(source, path)
        for path, source in fresh
    ]
    said = {document.path: document for document in reading.read(unread)}
    look.kept.update(
        by_path[path].id for path, document in said.items() if document.errors and path in by_path
    )
    return said


def _judge(look: _Look, document: Document, twice: Mapping[str, Problem]) -> None:
    """Decide what becomes of one document that was read."""
    if document.source == "" and not document.problems and document.id in look.kept:
        return  # an unchanged document, for which `_as_published` stands in
    look.found.problems.extend(document.problems)
    sop, holder = look.known.get(document.id), look.by_path.get(document.path)
    if document.path in twice:
        look.kept.update({holder.id, document.id} if holder else {document.id})
    elif document.errors or document.path.startswith(GUIDE):
        look.kept.update({sop.id} if sop and document.errors else ())
        look.found.pages.extend([] if document.errors else [document])
    elif document.meta.retired or not document.steps:
        look.found.pages.extend([] if document.meta.retired else [document])
        _judge_without_steps(look, document, sop or holder)  # an emptied file has lost its id too
    else:
        look.kept.add(document.id)
        _compare(look, document, sop)


def _judge_without_steps(look: _Look, document: Document, sop: Sop | None) -> None:
    """An SOP that has lost its steps stays in force, unless its document says that this is meant."""
    if sop is None or sop.retired_at is not None or document.meta.retired or document.meta.steps == "none":
        return
    message = "This SOP had steps and has none now; its last revision stays in force."
    hint = "Write them as a numbered list, or “steps: none” or “retired: true” in the front matter."
    look.found.problems.append(Problem(document.path, 1, "no-steps", message, hint, error=True))
    look.kept.add(sop.id)


def _compare(look: _Look, document: Document, sop: Sop | None) -> None:
    """Whether a good document is to be published, or only lies in another place."""
    survey, before = look.found, sop.in_force if sop else None
    if before is not None:
        was = look.steps.get(before.id) or revisions.steps(before)
        # at its old path it would have been read with the keys of its steps
        if sop is not look.by_path.get(document.path):
            document = succession.carry_keys(document, was)
        document = succession.with_questions(document, was)
        survey.problems.extend(p for p in document.problems if p.rule == revisions.UNSURE)
    images, missing = media.freeze(document, look.sops, look.instance)
    others = _translations(look, document, before)
    more, missing_too = library_translations.freeze(others, look.sops, look.instance)
    images |= more
    survey.problems.extend([*missing, *missing_too])
    digest = library_translations.digest(media.digest(document.source.encode(), images), others)
    if before is None or before.digest != digest or (sop and sop.retired_at is not None):
        survey.changed.append((document, digest, images))
    elif sop and sop.path != document.path:
        survey.moved[sop.id] = document.path


def _translations(look: _Look, document: Document, before: Revision | None) -> dict[str, Document]:
    """The translations of a document; what is wrong with them goes to the survey."""
    beside = look.beside.get(document.path, {})
    others, problems = library_translations.read(look.session, document, before, beside)
    look.found.problems.extend(problems)
    if others:
        look.found.translations[document.path] = others
    return others


def _library(session: Session) -> dict[str, Sop]:
    """Every SOP by its id, with what tells whether its revision in force is still what is there."""
    in_force = joinedload(Sop.in_force).load_only(Revision.digest, Revision.number, Revision.meta)
    query = select(Sop).options(in_force).order_by(Sop.id).execution_options(populate_existing=True)
    return {sop.id: sop for sop in session.scalars(query)}


def _state(sop: Sop) -> State:
    return State(sop.path, sop.in_force_id, sop.retired_at is not None)


def _same(revision: Revision, source: bytes, path: str, sops: Path, instance: Path) -> bool:
    """Whether a file says what its revision in force says, told without parsing it."""
    text = parse.decode(source, path)
    if not isinstance(text, str) or hashlib.sha256(text.encode()).hexdigest() != revision.meta.source_digest:
        return False
    return media.is_unchanged(revision.meta.images, path, sops, instance)


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
    survey: Survey, known: Mapping[str, Sop], retire: bool, empty: bool
) -> None:
    live = sum(sop.retired_at is None and sop.path is not None for sop in known.values())
    least = 0 if empty else max(1, live * RETIRE_SHARE)
    if not retire and len(survey.retiring) > least:
        survey.problems.append(
            Problem(
                "sops",
                1,
                "many-missing",
                f"{len(survey.retiring)} of {live} SOPs are missing, so none was retired.",
                "If that is meant, run “holdfast sync --retire”; otherwise check that the folder is mounted.",
                error=True,
            )
        )
        survey.retiring = []
