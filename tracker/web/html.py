"""HTML of documents and marks in texts, made safe for a page."""

from __future__ import annotations

import re
from functools import lru_cache

from flask import request
from markupsafe import Markup

from tracker.sop.cleaning import sanitised

_OURS = re.compile(r'(<\w+(?:\s[\w-]+(?:="[^"]*")?)*?\s(?:href|src)=")/(?=docs/|media/|start/)')
"""An address of ours in the HTML of a document, up to its first slash."""


@lru_cache(maxsize=4096)
def highlight(text: str, query: str) -> Markup:
    """A text with the words that were looked for in bold."""
    words = sorted(query.split(), key=len, reverse=True)
    parts = (
        re.split("(" + "|".join(map(re.escape, words)) + ")", text, flags=re.IGNORECASE) if words else [text]
    )
    return Markup("").join(
        Markup("<b>{}</b>").format(part) if odd % 2 else part for odd, part in enumerate(parts)
    )


def document(html: str) -> Markup:
    """The HTML of a document as a page may show it, also where an older version has stored it."""
    return placed(sanitised(html))


def placed(html: str) -> Markup:
    """Safe HTML whose links to pages and pictures of ours lead there, also where we are below a path."""
    root = request.script_root
    return Markup(_OURS.sub(rf"\g<1>{root}/", html) if root else html)


def inline(html: Markup) -> Markup:
    """The HTML of a paragraph without its tags, to stand in a line."""
    return Markup(re.sub(r"</?p\b[^>]*>", "", html))


@lru_cache(maxsize=4096)
def is_rich(html: str, text: str) -> bool:
    """Whether a step's HTML says more than its text: what stands in a line is not all of it."""
    return "<img" in html or "<a " in html or Markup(html).striptags() != text
