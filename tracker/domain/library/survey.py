"""What a sync has to do: reads the documents, compares them with what is in force, and writes nothing.

Takes its time; `publishing` holds the short writes that follow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.domain.library import differences, media, moves, revisions, search_index, sources, succession
from tracker.domain.library import translations as library_translations
from tracker.domain.library.publishers import Publisher
from tracker.models import Revision, Sop
from tracker.sop import model, notices, parse, reading
from tracker.sop.model import Document, Problem
from tracker.sop.told import told

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
    `editorial` are the ids of those that are published and ask for nothing else to be done, `unnoticed` what
    to keep of those whose documents say the same in other signs. `overtaken` gets the ids of the SOPs that
    another process changed before this one wrote. `publishers` are who publishes each document, by its path.
    """

    changed: list[tuple[Document, str, Mapping[str, str]]] = field(default_factory=list)
    unchanged: int = 0
    retiring: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    translations: dict[str, dict[str, Document]] = field(default_factory=dict)
    before: Mapping[str, State] = field(default_factory=dict)
    unkept: Sequence[Path] = ()
    pages: list[Document] = field(default_factory=list)
    pages_before: Mapping[str, str] = field(default_factory=dict)
    overtaken: set[str] = field(default_factory=set)
    publishers: Mapping[str, Publisher] = field(default_factory=dict)
    editorial: set[str] = field(default_factory=set)
    unnoticed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def files(self, sops: Path) -> dict[str, set[str]]:
        """The files below `sops` that each document to publish is made of, by its path."""
        root = sops.resolve()
        files = {}
        for document, _, images in self.changed:
            others = self.translations.get(document.path, {}).values()
            pictures = (media.local(target, document.path, sops) for target in images)
            own = {file.resolve().relative_to(root).as_posix() for file in pictures if file}
            files[document.path] = own | {document.path, *(other.path for other in others)}
        return files

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
    document by its path; `unnamed` the ids that come from paths which documents have left; `kept` the ids of
    SOPs that are not retired; `steps` those of revisions by their id, `befores` all that these say.
    """

    session: Session
    sops: Path
    instance: Path
    known: Mapping[str, Sop]
    by_path: Mapping[str, Sop]
    beside: Mapping[str, Mapping[str, library_translations.Source]]
    found: Survey
    unnamed: Collection[str] = ()
    kept: set[str] = field(default_factory=set)
    steps: dict[int, list[model.Step]] = field(default_factory=dict)
    befores: dict[int, succession.Before] = field(default_factory=dict)


def take(session: Session, sops: Path, instance: Path, *, retire: bool = False) -> Survey:
    """Compare the folder of SOPs with what is in force. Reads the database, writes only frozen images.

    `retire` allows more than a tenth of the library to be retired at once; without it that many missing
    documents are taken for a missing folder, and an error says so.
    """
    known = _library(session)
    survey = Survey(before={id: _state(sop) for id, sop in known.items()})
    # a path may pass from a retired SOP to another one: the one in use wins
    in_use_last = sorted(known.values(), key=lambda sop: sop.retired_at is None)
    by_path = {sop.path: sop for sop in in_use_last if sop.path}
    everything, beside = library_translations.apart(sources.below(sops))
    look = _Look(session, sops, instance, known, by_path, beside, survey, moves.unnamed(session))
    paths = {path for path, *_ in everything}
    documents = _where_they_were_moved(look, paths, _documents(look, everything))
    twice = _twice(documents, by_path)
    survey.problems.extend(twice.values())
    look.befores.update(succession.befores(session, _changing(look, documents)))
    for document in documents:
        _judge(look, document, twice)
    copies = _copies(look, paths, documents)
    survey.retiring = [
        id for id, sop in known.items() if sop.retired_at is None and sop.path and id not in look.kept
    ]
    _guard_against_a_missing_folder(survey, known, retire, not documents)
    survey.problems += _new_ids(look, documents)
    survey.retiring += copies
    survey.unkept = media.unkept(session, instance)
    survey.pages_before = search_index.known_pages(session)
    return survey


def _where_they_were_moved(
    look: _Look, paths: Collection[str], documents: Sequence[Document]
) -> list[Document]:
    """The documents, those that were moved without an id under the id of the SOP that they are."""
    pairs = moves.recognise(look.session, look.known, paths, documents)
    for path, id in pairs.items():
        look.found.problems.append(moves.note(path, look.known[id].path, id))
    return [replace(d, id=pairs[d.path]) if d.path in pairs else d for d in documents]


def _copies(look: _Look, paths: Collection[str], documents: Sequence[Document]) -> list[str]:
    """The ids of SOPs to retire because the one that they are a copy of takes their place."""
    ids = {document.id for document in documents}
    copies = moves.copies(look.session, look.known, paths, ids)
    for copy, id in copies.items():
        path = look.known[copy].path or ""
        look.found.moved[id], look.found.areas[id] = path, look.known[copy].area
        look.found.problems.append(moves.note(path, look.known[id].path, id))
        look.kept.add(id)
    return list(copies)


def _new_ids(look: _Look, documents: Sequence[Document]) -> Iterator[Problem]:
    """What is told of documents that have another id than before, so that their SOP begins anew."""
    for document in documents:
        before = look.by_path.get(document.path)
        if before and before.id in look.found.retiring and document.id not in look.known and document.steps:
            yield moves.new_id(document.path, before.id, document.id)


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
            look.found.problems.extend(_advice(before, before.in_force, source, path))
            same[path] = _as_published(before, path)
        else:
            fresh.append((path, source))
    documents = _read(look, fresh)
    return [same.get(path) or documents[path] for path in places]


def _is_in_force(look: _Look, sop: Sop, revision: Revision, source: bytes, path: str) -> bool:
    """Whether a document and its translations are known to say what the SOP's revision in force says."""
    also = (sop.unnoticed or {}).get("digests", {})
    return (
        sop.retired_at is None
        and _digest(source, path) in (revision.meta.source_digest, also.get(""))
        and media.is_unchanged(revision.meta.images, path, look.sops, look.instance)
        and library_translations.is_unchanged(revision, look.beside.get(path, {}), also)
    )


def _changing(look: _Look, documents: Sequence[Document]) -> set[int]:
    """The ids of the revisions in force whose documents were read anew."""
    sops = (look.known.get(document.id) for document in documents if document.source)
    return {sop.in_force_id for sop in sops if sop and sop.in_force_id}


def _read(look: _Look, fresh: Sequence[tuple[str, bytes]]) -> dict[str, Document]:
    """The documents at these paths, with the keys that their unpinned steps had before."""
    by_path, steps = look.by_path, look.steps
    steps |= succession.steps(
        look.session, [sop.in_force_id for path, _ in fresh if (sop := by_path.get(path))]
    )
    unread = [
        reading.Unread(source, path, sop.id, steps[sop.in_force_id], stays=sop.id in look.unnamed)
        if (sop := by_path.get(path)) and sop.in_force_id
        else reading.Unread(source, path)
        for path, source in fresh
    ]
    said = {document.path: notices.told(document) for document in reading.read(unread)}
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
    message = told("This SOP had steps and has none now; its last revision stays in force.")
    hint = told("Write them as a numbered list, or “steps: none” or “retired: true” in the front matter.")
    look.found.problems.append(Problem(document.path, 1, "no-steps", message, hint, error=True))
    look.kept.add(sop.id)


def _compare(look: _Look, document: Document, sop: Sop | None) -> None:
    """Whether a good document is to be published, or only lies in another place."""
    survey, before, said = look.found, sop.in_force if sop else None, None
    if before is not None:
        said = look.befores[before.id]
        was = said.steps
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
    if sop is None or before is None or said is None or sop.retired_at is not None:
        survey.changed.append((document, digest, images))
        return
    same = before.digest == digest
    if not same and not differences.says_the_same(look.session, sop, before, said, document, images, others):
        survey.changed.append((document, digest, images))
        survey.editorial.update(() if differences.is_material(said, document) else {sop.id})
        return
    survey.unchanged += 1
    if not same:
        survey.unnoticed[sop.id] = _as_read(document, others)
    if sop.path != document.path:
        survey.moved[sop.id], survey.areas[sop.id] = document.path, document.area


def _as_read(document: Document, others: Mapping[str, Document]) -> dict[str, Any]:
    """What to keep of a document that says the same in other signs, so that it is not read every time."""
    own = hashlib.sha256(document.source.encode()).hexdigest()
    return {
        "digests": {"": own, **library_translations.digests(others)},
        "source": document.source,
        "advice": [[p.line, p.rule, p.message, p.hint, p.error] for p in document.problems],
    }


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


def _digest(source: bytes, path: str) -> str:
    """The digest of a file's text, as it is kept of revisions; "" where it is no text."""
    text = parse.decode(source, path)
    return hashlib.sha256(text.encode()).hexdigest() if isinstance(text, str) else ""


def _as_published(sop: Sop, path: str) -> Document:
    """A stand-in for a document that has not changed: enough to see ids used twice."""
    return Document(
        path=path, id=sop.id, title=sop.title, area=sop.area, meta=model.Meta(), steps=(), html="", source=""
    )


def _advice(sop: Sop, revision: Revision, source: bytes, path: str) -> list[Problem]:
    rows: Iterable[Any] = revision.meta.advice
    if sop.unnoticed and _digest(source, path) != revision.meta.source_digest:
        rows = sop.unnoticed["advice"]
    return [Problem(path, *row) for row in rows]


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
                    told("The id “%(id)s” is used by several documents: %(names)s.", id=id, names=names),
                    told("Give each its own id in the front matter."),
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
                told(
                    "%(n)s of %(live)s SOPs are missing, so none was retired.",
                    n=len(survey.retiring),
                    live=live,
                ),
                told(
                    "If that is meant, run “holdfast sync --retire”; otherwise check that the folder is "
                    "mounted."
                ),
                error=True,
            )
        )
        survey.retiring = []
