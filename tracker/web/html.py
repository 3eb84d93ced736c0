"""HTML of documents and marks in texts, made safe for a page."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from flask import request
from markupsafe import Markup

from tracker.sop.cleaning import sanitised
from tracker.sop.search import terms

_WORD = re.compile(r"(\w+(?:['’]\w+)?)")

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


@lru_cache(maxsize=4096)
def marked(text: str, terms: frozenset[str], languages: tuple[str, ...]) -> list[tuple[str, bool]]:
    """A text in parts, and of each whether a question stands in it by one of its terms, whatever its
    ending."""
    parts = ((part, bool(odd % 2)) for odd, part in enumerate(_WORD.split(text)))
    said = [(part, is_word and _is_meant(part, terms, languages)) for part, is_word in parts if part]
    return [("".join(part for part, _ in some), mark) for mark, some in groupby(said, itemgetter(1))]


def _is_meant(word: str, known: frozenset[str], languages: tuple[str, ...]) -> bool:
    forms = terms.words(word)
    return any(terms.term(form, language) in known for form in forms for language in languages)


def mark(text: str, terms: frozenset[str], languages: tuple[str, ...]) -> Markup:
    """The text with those parts in bold."""
    said = marked(text, terms, languages)
    return Markup("").join(Markup("<b>{}</b>").format(part) if bold else part for part, bold in said)


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
