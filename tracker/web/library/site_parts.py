"""What a page of the site needs to be read without network: its pictures, styles and scripts."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_NEEDED = re.compile(r"<(?:img|script|link)\b[^>]*?\s(?:src|href)=\"?([^\"\s>]+)")
_LEADS_ELSEWHERE = re.compile(r"<link\b[^>]*\brel=\"?(?:canonical|prev|next|alternate)\b[^>]*>")

OURS = {
    f"assets/{name}.js": f"phone/{name}.js" for name in ("kept_page", "root", "shelves", "times", "typed")
}
"""Scripts of the application that pages of the site use too: their names on the site, and below `static/`.
The site has them among its own, which are the only ones that its policy allows."""

LIVE = "assets/live.js"
"""Does nothing in the site as it is built; who is signed in gets the script that asks the tracker."""

SEARCH = "assets/search.js"
"""Offers the tracker's hits in the site as it is built; here it is the script that asks for them as one
types."""

IN_PLACE = (*OURS, LIVE, SEARCH)
"""Files of the site that change with the application."""


class Part(NamedTuple):
    """A file of the site: the digest of its content, its bytes, and the names of what it needs."""

    digest: str
    size: int
    needs: tuple[str, ...]


def needed(site: Path, places: Iterable[str]) -> Iterable[str]:
    """What these pages of the site share, the pages, and the rest of what they need."""
    pages = [f"{place}index.html" for place in places]
    parts = {page: found for page in pages if (found := part(site, page))}
    shared = [name for found in parts.values() for name in found.needs if name.startswith("assets/")]
    own = [name for found in parts.values() for name in found.needs if not name.startswith("assets/")]
    return dict.fromkeys([*shared, *parts, *own] if parts else [])


def part(site: Path, name: str) -> Part | None:
    """A file of the site; None where it has no such file."""
    file = site / name
    try:
        about = file.stat()
    except (OSError, ValueError):
        return None
    return _part(file, name, about.st_mtime_ns, about.st_size) if file.is_file() else None


@lru_cache(maxsize=4096)
def _part(file: Path, name: str, _written: int, size: int) -> Part:
    content = file.read_bytes()
    needs = (
        tuple(dict.fromkeys(_needs(content.decode(errors="replace"), name))) if name.endswith(".html") else ()
    )
    return Part(hashlib.sha256(content).hexdigest()[:16], size, needs)


def _needs(text: str, name: str) -> Iterator[str]:
    """The names of the files that a page brings along."""
    for target in _NEEDED.findall(_LEADS_ELSEWHERE.sub("", text)):
        parts = urlsplit(target.replace("&amp;", "&"))
        if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
            continue
        place = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
        if not place.startswith(".."):
            yield place
