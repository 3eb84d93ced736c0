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

OURS = ("phone/root.js", "phone/shelves.js", "phone/typed.js", "phone/kept_page.js")
"""Scripts of the application that pages of the site use too, by their names below `static/`. The site has
them among its own, which are the only ones that its policy allows."""


class Part(NamedTuple):
    """A file of the site: the digest of its content, its bytes, and the names of what it needs."""

    digest: str
    size: int
    needs: tuple[str, ...]


def ours(name: str) -> str | None:
    """The file below `static/` that stands at this name of the site, if it is one of ours."""
    return next((file for file in OURS if f"assets/{file.rpartition('/')[2]}" == name), None)


def needed(site: Path, places: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What these pages of the site share, the pages, and the rest of what they need; and how much it is."""
    pages = [f"{place}index.html" for place in places]
    parts = {page: found for page in pages if (found := part(site, page))}
    shared = [name for found in parts.values() for name in found.needs if name.startswith("assets/")]
    own = [name for found in parts.values() for name in found.needs if not name.startswith("assets/")]
    order = [*shared, *parts, *own] if parts else []
    yield from ((name, "sop") for name in dict.fromkeys(order))


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
