"""HTML of documents and marks in texts, made safe for a page."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import Markup

from tracker.sop.cleaning import sanitised


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
    return Markup(sanitised(html))


def inline(html: Markup) -> Markup:
    """The HTML of a paragraph without its tags, to stand in a line."""
    return Markup(re.sub(r"</?p\b[^>]*>", "", html))


@lru_cache(maxsize=4096)
def is_rich(html: str, text: str) -> bool:
    """Whether a step's HTML says more than its text: what stands in a line is not all of it."""
    return "<img" in html or "<a " in html or Markup(html).striptags() != text
