"""Which files beside the documents belong to the site: pictures, and what a document links to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

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
    return b"\0" not in content and _DRAWING.match(content) is not None and not _ACTS.search(content)


def linked(path: str, text: str) -> Iterable[str]:
    """The attachments that the document at `path` links to, by their paths below the folder of documents."""
    for found in _LINKED.finditer(text):
        target = unquote((found[1] or found[2] or found[3]).partition("#")[0].partition("?")[0])
        if target.lower().endswith(ATTACHMENTS):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
