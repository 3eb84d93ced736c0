"""A revision in other languages: read and frozen with it, and shown to those who read them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.library import media
from tracker.models import Revision, Sop, Translation
from tracker.sop import model, parse, translations
from tracker.sop import reading as documents
from tracker.sop.model import Document, Problem
from tracker.sop.reader import Unread

ORIGINAL = "en"  # the language of SOPs that do not name theirs

Source = tuple[str, bytes | None, Problem | None]  # path, bytes, what keeps it from being read


def apart(sources: Iterable[Source]) -> tuple[list[Source], dict[str, dict[str, Source]]]:
    """The originals among the sources, and the translations of each by its path and their language."""
    paths = list(sources)
    others = translations.originals([path for path, *_ in paths])
    beside: dict[str, dict[str, Source]] = {}
    for source in paths:
        if source[0] in others:
            original, language = others[source[0]]
            beside.setdefault(original, {})[language] = source
    return [source for source in paths if source[0] not in others], beside


def is_unchanged(revision: Revision, beside: Mapping[str, Source], also: Mapping[str, str]) -> bool:
    """Whether the translations of a revision are still what they were, or have the digests in `also`."""
    known = revision.meta.translations
    if known.keys() != beside.keys():
        return False
    for language, (path, source, problem) in beside.items():
        text = parse.decode(source, path) if source is not None and problem is None else None
        if not isinstance(text, str) or _digest(text) not in (known[language], also.get(language)):
            return False
    return True


def read(
    session: Session, original: Document, before: Revision | None, beside: Mapping[str, Source]
) -> tuple[dict[str, Document], list[Problem]]:
    """The translations of `original`, as documents with its keys, by language; and what is wrong.

    One with errors stays as it was in the revision `before`, if it was there.
    """
    documents: dict[str, Document] = {}
    problems = []
    for language, (path, source, problem) in sorted(beside.items()):
        document = _document(source, path, original) if source is not None and problem is None else None
        problems += [problem] if problem else list(document.problems) if document else []
        if document is None or document.errors:
            last = _last(session, before, language)
            document = _document(last, path, original) if last is not None else None
        if document is not None and not document.errors:
            documents[language] = document
    return documents, problems


def _document(source: bytes | str, path: str, original: Document) -> Document:
    return documents.check(Unread(source, path, keys=partial(translations.keys, original.steps)))


def _last(session: Session, before: Revision | None, language: str) -> str | None:
    if before is None or language not in before.meta.translations:
        return None
    return session.scalar(
        select(Translation.source).where(
            Translation.revision_id == before.id, Translation.language == language
        )
    )


def freeze(
    translations: Mapping[str, Document], sops: Path, instance: Path
) -> tuple[dict[str, str], list[Problem]]:
    """The images of translations, as `media.freeze` gives them: they lie beside those of the original."""
    frozen: dict[str, str] = {}
    problems = []
    for document in translations.values():
        images, missing = media.freeze(document, sops, instance)
        frozen |= images
        problems += missing
    return frozen, problems


def digest(own: str, translations: Mapping[str, Document]) -> str:
    """The digest of a revision with its translations; without any it is its own."""
    if not translations:
        return own
    parts = [
        own,
        *(f"{language}\0{_digest(translations[language].source)}" for language in sorted(translations)),
    ]
    return _digest("\0".join(parts))


def digests(translations: Mapping[str, Document]) -> dict[str, str]:
    """The digest of each translation's source, by language."""
    return {language: _digest(document.source) for language, document in translations.items()}


def rows(
    revision_id: int, original: Document, translations: Mapping[str, Document], images: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The rows of a new revision's translations."""
    return [_row(revision_id, language, original, other, images) for language, other in translations.items()]


def _row(
    revision_id: int, language: str, original: Document, other: Document, images: Mapping[str, str]
) -> dict[str, Any]:
    paired = translations.pairs(original.steps, other.steps)
    return {
        "revision_id": revision_id,
        "language": language,
        "path": other.path,
        "title": other.title if _titled(other) else original.title,
        "source": other.source,
        "html": media.relink(other.html, other.path, images),
        "keys": [step.key for step in other.steps],
        "steps": {
            original.steps[paired[j]].key: {
                "text": step.text,
                "html": media.relink(step.html, other.path, images),
                "recovery": media.relink(step.recovery, other.path, images),
                **_terms(original.steps[paired[j]], step),
            }
            for j, step in enumerate(other.steps)
            if j in paired
        },
    }


def _terms(ours: model.Step, theirs: model.Step) -> dict[str, Any]:
    """The words of a step's attributes in the other language: unit, meaning, the answers of a choice."""
    words, labels = ("unit", "meaning"), theirs.attributes.get("options") or ()
    both = ours.attributes.keys() & theirs.attributes.keys()
    terms: dict[str, Any] = {name: theirs.attributes[name] for name in words if name in both}
    if len(labels) == len(ours.attributes.get("options") or ()) > 0:
        terms["labels"] = list(labels)
    return terms


def _titled(document: Document) -> bool:
    """Whether a translation has a title of its own.

    One that was made from its file's name ends in the language.
    """
    return document.title != parse.read("", document.path).title


def in_force(session: Session, sops: Sequence[Sop]) -> dict[str, list[dict[str, Any]]]:
    """The translations of what is in force as the site reads them, by the id of the SOP."""
    holders = {sop.in_force_id: sop for sop in sops if sop.in_force and sop.in_force.meta.translations}
    by_sop: dict[str, list[dict[str, Any]]] = {}
    if not holders:
        return by_sop
    query = select(Translation).where(Translation.revision_id.in_(holders)).order_by(Translation.language)
    for row in session.scalars(query):
        sop = holders[row.revision_id]
        path = translations.beside(sop.path or "", row.path)
        entry = {"language": row.language, "path": path, "keys": row.keys, "source": row.source}
        by_sop.setdefault(sop.id, []).append(entry)
    return by_sop


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
