"""Rules about what a document leads to and shows."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from tracker.sop import translations
from tracker.sop.attachments import ATTACHMENTS
from tracker.sop.cleaning import PICTURES, shows
from tracker.sop.lines import read_lines
from tracker.sop.lint.model import Finding, Library
from tracker.sop.model import Document
from tracker.sop.told import told

_PUBLISHED = (".md", *ATTACHMENTS, *PICTURES)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|/|\{|<", re.I)
_CODE = re.compile(r"(`+)(?!`)[^`]*(?<!`)\1(?!`)")
_WORDLESS = re.compile(r"!\[\s*\]\(([^()\s]*)|<img\b(?![^>]*\balt\s*=\s*[\"'][^\"'])[^>]*>", re.I)


def broken_link(document: Document, library: Library) -> Iterator[Finding]:
    """A relative link or image whose file is not there, or is of a kind that is not published."""
    for at, target in document.links + document.images:
        path = _target(document, target)
        if path is None:
            continue
        if not library.exists(path):
            message = told("There is no file %(path)s (linked as “%(target)s”).", path=path, target=target)
            yield at, message, told("Correct the link or add the file.")
        elif (kind := posixpath.splitext(path)[1].lower()) and kind not in _PUBLISHED:
            message = told(
                "%(path)s is not published, so the link leads nowhere: no %(kind)s files are.",
                path=path,
                kind=kind,
            )
            yield at, message, told("Put what it says into a document, or link to a PDF.")


def _target(document: Document, target: str) -> str | None:
    """The path a relative link leads to, or None where it leads elsewhere."""
    plain = unquote(re.split(r"[?#]", target, maxsplit=1)[0])
    if not plain or _ELSEWHERE.match(target):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(document.path), plain))


def outside_image(document: Document, library: Library) -> Iterator[Finding]:
    """A picture with an address of another place: nobody's browser asks for it."""
    for at, target in document.images:
        path = _target(document, target)
        kind = posixpath.splitext(path or "")[1].lower()
        broken = path is not None and (not library.exists(path) or (kind and kind not in _PUBLISHED))
        if not broken and not shows(target):
            message = told("The image %(target)s is from elsewhere, so nobody sees it.", target=target[:80])
            yield at, message, told("Put a copy beside the document, and name it here by its file.")


def image_text(document: Document, library: Library) -> Iterator[Finding]:
    """A picture without words says nothing to who can't see it or has no signal."""
    if not document.images:
        return
    for one in read_lines(document.source):
        text = "" if one.fence else _CODE.sub("", one.text)
        for match in _WORDLESS.finditer(text):
            message = f"The image {match[1] or ''} has no text.".replace("  ", " ")
            yield (
                one.number,
                message,
                told("Say in the brackets what it shows: ![The label on the left](label.png)."),
            )


def translation(document: Document, library: Library) -> Iterator[Finding]:
    """A translation that is built differently can't stand for its original."""
    whose = translations.original_of(document.path, library.exists)
    original = next((d for d in library.originals if whose and d.path == whose[0]), None)
    if original is not None:
        for problem in translations.differences(original, document):
            yield problem.line, problem.message, problem.hint
