"""Which files beside the documents belong to the site: pictures, and what a document links to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote
from xml.parsers import expat

ATTACHMENTS = (".csv", ".docx", ".odp", ".ods", ".odt", ".pdf", ".pptx", ".txt", ".xlsx", ".zip")
"""Files that a document may link to. Each is downloaded, never shown in the site's place."""

_LARGEST_DRAWING = 2_000_000  # bytes of an SVG
_BEGINS = {
    ".png": rb"\x89PNG\r\n\x1a\n",
    ".jpg": rb"\xff\xd8\xff",
    ".jpeg": rb"\xff\xd8\xff",
    ".gif": rb"GIF8[79]a",
    ".webp": rb"RIFF.{4}WEBP",
    ".avif": rb".{4}ftyp(avif|avis|mif1|miaf)",
}
_DRAWING = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*|<!DOCTYPE svg[^>\[]*>\s*)*<svg[\s>]",
    re.S | re.I,
)
# Opened by itself a drawing is a document: what could make one act, or ask for something, is no picture.
_ACTS = re.compile(
    rb"<[\w:]*(?:script|foreignobject|iframe|embed|object|handler|listener|audio|video|set|animate\w*)\b|"
    rb"[\s/\"']on\w+\s*=|"
    rb"<!(?:entity|doctype[^>]*\[)|<\?xml-stylesheet|(?:java|vb)script\s*:|@import|"
    rb"url\(\s*[\"']?(?!\s*[\"']?#)|(?:href|src)\s*=\s*[\"']?(?!\s*[\"']?(?:#|data:image/(?:png|jpeg|gif|webp)))",
    re.I,
)
_ACTING = re.compile(
    r"(?:script|foreignobject|iframe|embed|object|handler|listener|audio|video|set|animate\w*)|on\w+", re.I
)
_OF_PAGES = ("http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML")
# In each of these a byte below 128 is the letter that it is in ASCII, whatever comes before it.
_ENCODINGS = ("utf-8", "us-ascii", "iso-8859-1", "windows-1252")
_LINKED = re.compile(
    r"\]\(\s*<?([^()\s<>]+)|^[ ]{0,3}\[[^\]]+\]:[ \t]*<?([^\s<>]+)|\bhref\s*=\s*[\"']?([^\"'\s>]+)",
    re.M | re.I,
)


def is_picture(file: Path) -> bool:
    """Whether the file is the picture that its name says, and does nothing when it is opened."""
    suffix = file.suffix.lower()
    if suffix == ".svg":
        return _is_drawing(file)
    begin = _BEGINS.get(suffix)
    if begin is None:
        return False
    with file.open("rb") as opened:
        return re.match(begin, opened.read(16), re.S) is not None


def _is_drawing(file: Path) -> bool:
    if file.stat().st_size > _LARGEST_DRAWING:
        return False
    content = file.read_bytes()
    # Written in another encoding, or with entities in a name, it could hide what is looked for.
    if b"\0" in content or _DRAWING.match(content) is None or _ACTS.search(content):
        return False
    return _draws_only(content)


def _draws_only(content: bytes) -> bool:
    """Whether it is well-formed XML in which no element, whatever its prefix, acts or is one of a page."""
    fine = True

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal fine
        space, _, local = name.rpartition(" ")
        names = [local, *(given.rpartition(" ")[2] for given in attributes)]
        fine = fine and space not in _OF_PAGES and not any(_ACTING.fullmatch(each) for each in names)

    def declare(_: str, encoding: str | None, __: int) -> None:
        nonlocal fine
        fine = fine and (encoding or "utf-8").lower() in _ENCODINGS

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.XmlDeclHandler = begin, declare
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError):
        return False
    return fine


def linked_paths(path: str, text: str) -> Iterable[str]:
    """The attachments that the document at `path` links to, by their paths below the folder of documents."""
    for match in _LINKED.finditer(text):
        target = unquote((match[1] or match[2] or match[3]).partition("#")[0].partition("?")[0])
        if target.lower().endswith(ATTACHMENTS):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
