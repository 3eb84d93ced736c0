"""From documents to revisions: immutable, by digest, one bad document never stopping the others.

`survey` reads and compares, and takes its time; `units` are the short writes that follow from it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session, joinedload

from tracker.domain import earlier, media, people, revisions, translated
from tracker.domain.events import emit
from tracker.models import DocumentProblem, Revision, Sop, Step
from tracker.sop import attributes, identity, model, parse
from tracker.sop.lint import identity as lint_identity
from tracker.sop.model import Document, Problem

GUIDE = "guide/"
SUFFIXES = (".md", ".markdown")
RETIRE_SHARE = 0.1

Unit = Callable[[Session], Any]

_IN_FORCE = (
    select(Sop)
    .where(Sop.id == bindparam("sop"))
    .options(joinedload(Sop.in_force).load_only(Revision.digest))
    .execution_options(populate_existing=True)
)
_LABELS = select(Revision.number, Revision.label).where(Revision.sop_id == bindparam("sop"))


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


def survey(session: Session, sops: Path, instance: Path, *, retire: bool = False) -> Survey:
    """Compare the folder of SOPs with what is in force. Reads the database, writes only frozen images.

    `retire` allows more than a tenth of the library to be retired at once; without it that many missing
    documents are taken for a missing folder, and an error says so.
    """
    found = Survey()
    known = _known(session)
    by_path = {sop.path: sop for sop in known.values() if sop.path}
    documents: list[Document] = []
    kept: set[str] = set()
    everything, beside = translated.apart(sources(sops))
    for path, source, problem in everything:
        before = by_path.get(path)
        if problem is not None or source is None:
            found.problems.extend([problem] if problem else [])
            kept.update({before.id} if before else ())
            continue
        if (
            before
            and before.in_force
            and before.retired_at is None
            and _same(before.in_force, source, path, sops)
            and translated.unchanged(before.in_force, beside.get(path, {}))
        ):
            found.unchanged += 1
            kept.add(before.id)
            found.problems.extend(_advice(before.in_force, path))
            documents.append(_as_published(before, path))
            continue
        carry = partial(keys_after, before.in_force) if before and before.in_force else None
        document = parse.read(source, path, carry)
        if before and document.id != before.id:  # another SOP has taken this place
            document = parse.read(source, path)
        documents.append(document)
        if document.errors and before:
            kept.add(before.id)
    twice = _twice(documents, by_path)
    translating = partial(_translations, session, beside)
    found.problems.extend(twice.values())
    for document in documents:
        _judge(document, twice, known, by_path, sops, instance, found, kept, translating)
    found.retiring = [
        id for id, sop in known.items() if sop.retired_at is None and sop.path and id not in kept
    ]
    _guard_against_a_missing_folder(found, known, retire, not documents)
    return found


def _judge(
    document: Document,
    twice: Mapping[str, Problem],
    known: Mapping[str, Sop],
    by_path: Mapping[str, Sop],
    sops: Path,
    instance: Path,
    found: Survey,
    kept: set[str],
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
        document = _with_questions(carried(document, before), before)
        found.problems.extend(p for p in document.problems if p.rule == revisions.UNSURE)
    images, missing = media.freeze(document, sops, instance)
    others = translating(document, before, found)
    more, missing_too = translated.freeze(others, sops, instance)
    images |= more
    found.problems.extend([*missing, *missing_too])
    digest = translated.digest(media.digest(document.source.encode(), images), others)
    if before is None or before.digest != digest or (sop and sop.retired_at is not None):
        found.changed.append((document, digest, images))
    elif sop and sop.path != document.path:
        found.moved[sop.id] = document.path


def _translations(
    session: Session,
    beside: Mapping[str, Mapping[str, translated.Source]],
    document: Document,
    before: Revision | None,
    found: Survey,
) -> dict[str, Document]:
    """The translations of a document; what is wrong with them goes to the survey."""
    others, problems = translated.read(session, document, before, beside.get(document.path, {}))
    found.problems.extend(problems)
    if others:
        found.translations[document.path] = others
    return others


def carried(document: Document, before: Revision) -> Document:
    """The document with the keys that its unpinned steps had in the revision before."""
    keys = keys_after(before, document.steps)
    if keys == [step.key for step in document.steps]:
        return document
    return parse.read(document.source, document.path, keys)


def _with_questions(document: Document, before: Revision) -> Document:
    """The document with what only its author can say: which step of the revision before a step was."""
    if document.meta.lint.get(revisions.UNSURE):
        return document
    asked = [
        Problem(document.path, line, revisions.UNSURE, message, hint)
        for line, message, hint in lint_identity.questions(
            [_model(step) for step in before.steps], document.steps
        )
    ]
    return replace(document, problems=(*document.problems, *asked)) if asked else document


def keys_after(before: Revision, steps: Sequence[model.Step]) -> list[str]:
    """The keys of `steps` as the next revision: each that of the step it came from."""
    return [step.key for step in identity.carry([_model(step) for step in before.steps], steps)]


def sources(sops: Path) -> Iterator[tuple[str, bytes | None, Problem | None]]:
    """Every document below `sops`: its path, its bytes, or what keeps it from being read.

    Hidden files and folders are left out, as the site leaves them out. A link that leads out of the
    folder is not followed.
    """
    root = sops.resolve()
    for folder, names, files in os.walk(sops, followlinks=False):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for linked in (Path(folder) / name for name in names):
            if linked.is_symlink() and not linked.resolve().is_relative_to(root):
                path = linked.relative_to(sops).as_posix()
                yield (
                    path,
                    None,
                    Problem(
                        path,
                        1,
                        "link-out",
                        "This link leads out of the folder of SOPs.",
                        "Copy the documents here instead.",
                        error=True,
                    ),
                )
        for name in sorted(files):
            file = Path(folder) / name
            path = file.relative_to(sops).as_posix()
            if not name.startswith(".") and name.endswith(SUFFIXES):
                yield (path, *_source(file, path, root))


def _source(file: Path, path: str, root: Path) -> tuple[bytes | None, Problem | None]:
    def bad(rule: str, message: str, hint: str) -> tuple[None, Problem]:
        return None, Problem(path, 1, rule, message, hint, error=True)

    if not parse.has_plain_name(path):
        path = os.fsencode(path).decode("utf-8", "replace")
        return bad("name", "This file has a name that can’t be written.", "Rename it in plain letters.")
    try:
        if not file.resolve(strict=True).is_relative_to(root):
            return bad(
                "link-out", "This link leads out of the folder of SOPs.", "Copy the document here instead."
            )
        if not file.is_file():  # a pipe or a device would never end
            return bad("unreadable", "This is no file with text in it.", "Put a document in its place.")
        size = file.stat().st_size
        if size > parse.MAX_BYTES:
            return bad(
                "too-large",
                f"The file has {size / 1e6:.1f} MB; an SOP has at most {parse.MAX_BYTES / 1e6:.0f} MB.",
                "Move images and data out of the text.",
            )
        return file.read_bytes(), None
    except OSError as error:
        return bad(
            "unreadable", f"Can’t read this file: {error.strerror}.", "Check its permissions, or the link."
        )


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
) -> Revision:
    """Put a document in force as its SOP's next revision. Going back to an older text is a new one too.

    `others` are its translations by language.
    Nothing changes where another process has published the same meanwhile.
    """
    sop = session.scalar(_IN_FORCE, {"sop": document.id})
    if sop is None:
        sop = Sop(id=document.id, title=document.title)
        session.add(sop)
        session.flush()
    if sop.retired_at is None and sop.in_force is not None and sop.in_force.digest == digest:
        return sop.in_force
    earlier = session.execute(_LABELS, {"sop": sop.id}).all()
    number = max((number for number, _ in earlier if number), default=0) + 1
    revision = Revision(
        sop_id=sop.id,
        number=number,
        label=_free_label(number, {label for _, label in earlier}),
        digest=digest,
        title=document.title,
        source=document.source,
        html=media.relink(document.html, document.path, images),
        meta=_meta(document, images, others or {}),
        published_at=now,
    )
    session.add(revision)
    session.flush()
    rows = [_row(revision.id, n, step, document.path, images) for n, step in enumerate(document.steps)]
    session.connection().execute(insert(Step), rows)  # past the unit of work: many rows
    translated.keep(session, revision.id, document, others or {}, images)
    sop.path, sop.title, sop.area = document.path, document.title, document.area
    sop.owner_name = document.meta.owner
    sop.in_force_id, sop.retired_at = revision.id, None
    emit(session, None, now, "revision.published", f"sop:{sop.id}", revision=number, digest=digest)
    session.flush()
    return revision


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
    known = _known(session).values()
    others = translated.published(session, [sop for sop in known if sop.path])
    return {
        "sops": {
            sop.id: {
                "path": sop.path,
                "title": sop.title,
                "revision": revision.number,
                "digest": revision.digest,
                "keys": [step.key for step in revision.steps],
                "source": revision.source,
                "published_at": revision.published_at.astimezone(UTC).isoformat(),
                "owner": sop.owner_name,
                **({"earlier": file} if (file := earlier.name(sop)) else {}),
                "retired": sop.retired_at is not None,
                **({"translations": others[sop.id]} if sop.id in others else {}),
                **({"asked": asked} if (asked := revisions.asked(revision)) else {}),
            }
            for sop in known
            if sop.path and (revision := sop.in_force)
        },
        "people": people.owner_names(session),
    }


def write_published(session: Session, instance: Path) -> None:
    """Write instance/published.json whole: a reader sees the old one or the new one.

    One that says the same already is left alone, so that whoever watches it is not woken for nothing.
    """
    target = instance / "published.json"
    text = json.dumps(published(session), ensure_ascii=False)
    earlier.write(session, instance)
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return
    draft = target.with_name(f".published.{os.getpid()}.json")
    draft.write_text(text, encoding="utf-8")
    draft.replace(target)


def _known(session: Session) -> dict[str, Sop]:
    query = select(Sop).options(joinedload(Sop.in_force).selectinload(Revision.steps)).order_by(Sop.id)
    return {sop.id: sop for sop in session.scalars(query)}


def _same(revision: Revision, source: bytes, path: str, sops: Path) -> bool:
    """Whether a file says what its revision in force says, told without parsing it."""
    text = parse.decode(source, path)
    if not isinstance(text, str) or hashlib.sha256(text.encode()).hexdigest() != revision.meta.get(
        "source_digest"
    ):
        return False
    return media.unchanged(revision.meta.get("images", {}), path, sops)


def _as_published(sop: Sop, path: str) -> Document:
    """A stand-in for a document that has not changed: enough to see ids used twice."""
    return Document(
        path=path, id=sop.id, title=sop.title, area=sop.area, meta=model.Meta(), steps=(), html="", source=""
    )


def _advice(revision: Revision, path: str) -> list[Problem]:
    return [Problem(path, *row) for row in revision.meta.get("advice", [])]


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


def _meta(document: Document, images: Mapping[str, str], others: Mapping[str, Document]) -> dict[str, Any]:
    meta = document.meta
    return {
        "subject": meta.subject,
        "roles": list(meta.roles),
        "tags": list(meta.tags),
        "due": meta.due,
        "review": meta.review,
        "owner": meta.owner,
        "takes": document.takes,
        "tolerance": meta.tolerance,
        "description": meta.description,
        "images": dict(images),
        "language": meta.language,
        "translations": translated.meta(others),
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


def _model(step: Step) -> model.Step:
    return model.Step(key=step.key, text=step.text, line=step.line, depth=step.depth, parent=step.parent)


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
