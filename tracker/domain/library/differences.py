"""Whether readers notice what is different about a document: only then it is a revision.

A blank line more, or a key that `lint --fix` has written, changes the file and nothing that anybody reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.library import media, translations
from tracker.domain.library.succession import Before
from tracker.models import Revision, Sop, Translation
from tracker.sop import around, attributes, changes, model
from tracker.sop.meaning import same_meaning
from tracker.sop.model import Document

_CODE = re.compile(r"(<pre\b.*?</pre>)", re.S)
_BLOCK = re.compile(
    r"\s*(</?(?:p|div|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|th|td|h[1-6]|blockquote|details|summary|section|hr)"
    r"\b[^>]*>)\s*"
)
_PARAGRAPH = re.compile(r"</?p>")


def says_the_same(
    session: Session,
    sop: Sop,
    revision: Revision,
    before: Before,
    document: Document,
    images: Mapping[str, str],
    others: Mapping[str, Document],
) -> bool:
    """Whether a document says to readers what the revision in force says. Cheap questions come first."""
    return (
        _steps(before.steps) == _steps(document.steps)
        and before.title == document.title
        and (sop.area == document.area or sop.path != document.path)
        and revision.meta.images == dict(images)
        and around.same_facts(before.source, document.meta)
        and shown(before.html) == shown(media.relink(document.html, document.path, images))
        and _translations_say_the_same(session, revision, document, images, others)
    )


def is_material(before: Before, document: Document) -> bool:
    """Whether a document asks for something else to be done than the revision before it."""
    was, now = before.steps, document.steps
    texts = {step.key: step.text for step in was}
    if texts.keys() != {step.key for step in now}:
        return True
    if any(not same_meaning(texts[step.key], step.text) for step in now if texts[step.key] != step.text):
        return True  # so are most; the rest is told by all that differs
    if changes.is_material(changes.compare(was, now)):
        return True
    return around.is_material(around.compare(before.source, document.source, was, now))


def shown(html: str) -> str:
    """HTML without what nobody sees of it: blanks between blocks, and paragraphs that stand alone in one.

    >>> shown("<ul> <li> <p>One  two</p> </li> </ul>") == shown("<ul><li>One two</li></ul>")
    True
    >>> shown("<p>One</p> <p>two</p>") == shown("<p>One two</p>")
    False
    """
    pieces = _CODE.split(html)
    pieces[::2] = [_BLOCK.sub(r"\1", " ".join(piece.split())) for piece in pieces[::2]]
    return _PARAGRAPH.sub("", "".join(pieces).replace("</p><p>", "\n"))


def _steps(steps: Sequence[model.Step]) -> list[tuple[object, ...]]:
    return [
        (step.key, step.text, step.depth, step.checkbox, step.parent, attributes.plain(step.attributes))
        for step in steps
    ]


def _translations_say_the_same(
    session: Session,
    revision: Revision,
    document: Document,
    images: Mapping[str, str],
    others: Mapping[str, Document],
) -> bool:
    known = revision.meta.translations
    if translations.digests(others) == known:
        return True
    if known.keys() != others.keys():
        return False
    query = select(Translation).where(Translation.revision_id == revision.id)
    rows = {row.language: row for row in session.scalars(query)}
    new = translations.rows(revision.id, document, others, images)
    return all(_same_row(rows[row["language"]], row) for row in new)


def _same_row(before: Translation, after: Mapping[str, object]) -> bool:
    return (
        before.title == after["title"]
        and before.keys == after["keys"]
        and shown(before.html) == shown(str(after["html"]))
        and _as_seen(before.steps) == _as_seen(after["steps"])
    )


def _as_seen(steps: object) -> object:
    """The steps of a translation with their HTML as it is seen."""
    if isinstance(steps, Mapping):
        return {name: _as_seen(value) for name, value in steps.items()}
    return shown(steps) if isinstance(steps, str) else steps
