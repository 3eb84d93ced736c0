"""Raw HTML in documents: where a block of it ends, and what of it would swallow what follows."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from html.parser import HTMLParser

from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from tracker.sop.lines import Line

# Blocks whose inside is Markdown as people write it on code hosts, and blocks whose inside is only HTML.
_TRANSPARENT = "details|summary|div|section|article|aside|center|main|figure|figcaption|blockquote"
_OPAQUE = (
    "table|thead|tbody|tr|td|th|pre|script|style|ul|ol|li|dl|dt|dd|iframe|svg|video|audio|form|p|h[1-6]|hr|"
    "textarea|select|object|embed|noscript|template|nav|header|footer|fieldset|canvas|math"
)
ELEMENTS = re.compile(rf"</?(?:{_TRANSPARENT}|{_OPAQUE})(?=[\s/>])", re.I)
_OPEN_TRANSPARENT = re.compile(rf"<({_TRANSPARENT})(\s[^<>]*)?>", re.I)
_TRANSPARENT_TAG = re.compile(rf"<(/?)({_TRANSPARENT})(?:\s[^<>]*)?>", re.I)
_OPEN_OPAQUE = re.compile(rf"<({_OPAQUE})(?=[\s/>])", re.I)
_VOID = {"hr", "embed"}


def closers(lines: list[Line]) -> dict[int, tuple[int, re.Match[str]]]:
    """For each line that opens an element with Markdown inside: the line and place of its closing tag."""
    open_at: dict[str, list[tuple[int, bool]]] = {}
    ends = {}
    for i, line in enumerate(lines):
        if line.fence or "<" not in line.text:
            continue
        for tag in _TRANSPARENT_TAG.finditer(line.text):
            stack = open_at.setdefault(tag[2].lower(), [])
            if not tag[1]:
                stack.append((i, tag.start() == 0))
            elif stack:
                start, first = stack.pop()
                if first:
                    ends[start] = (i, tag)
    return ends


def transparent(
    lines: list[Line], i: int, end: int, closing: re.Match[str]
) -> tuple[str, dict[str, str], list[Line]]:
    """Tag, attributes and inner lines of the element that opens on line `i` and closes on line `end`."""
    opening = _OPEN_TRANSPARENT.match(lines[i].text)
    assert opening
    return opening[1].lower(), _attributes(opening[0]), _inside(lines, i, opening.end(), end, closing)


def _inside(lines: list[Line], i: int, begin: int, j: int, closing: re.Match[str]) -> list[Line]:
    """The lines between the tags. What follows the closing tag on its line stays with the element."""
    if i == j:
        text = lines[i].text[begin : closing.start()] + lines[i].text[closing.end() :]
        return [lines[i]._replace(text=text.strip(), indent=0)]
    head = lines[i]._replace(text=lines[i].text[begin:].strip(), indent=0)
    last = lines[j].text
    tail = lines[j]._replace(text=(last[: closing.start()] + last[closing.end() :]).strip())
    inner = lines[i + 1 : j]
    shift = min((line.indent for line in inner if not line.blank), default=0)
    return [head, *(line.dedent(shift) for line in inner), tail]


def _attributes(tag: str) -> dict[str, str]:
    values: dict[str, str] = {}

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            values.update({k: v if v is not None else k for k, v in attrs if re.fullmatch(r"[\w-]+", k)})

    Reader().feed(tag)
    return {k: v for k, v in values.items() if k in ("id", "class", "open", "title", "lang", "align")}


_HEADING = re.compile(r"<h([1-6])(\s[^<>]*)?>(.*?)</h\1\s*>\s*$", re.I | re.S)


def heading(lines: list[Line], i: int, end: int) -> tuple[int, dict[str, str], str] | None:
    """Level, attributes and text of a heading in HTML that stands alone on the lines from `i` to `end`."""
    if lines[i].text[1:2] not in ("h", "H") or end - i > 3:
        return None
    match = _HEADING.match("\n".join(line.text for line in lines[i:end]))
    if not match or not match[3].strip() or "<h" in match[3].lower():
        return None
    return int(match[1]), _attributes(f"<h{match[1]}{match[2] or ''}>"), " ".join(match[3].split())


def opaque_end(lines: list[Line], i: int) -> int:
    """The line after the block of HTML that opens on line `i`, or 0. Unclosed, it ends at a blank line."""
    opening = _OPEN_OPAQUE.match(lines[i].text)
    if not opening:
        return i + 1 if ELEMENTS.match(lines[i].text) else 0
    tag = opening[1].lower()
    if tag in _VOID:
        return i + 1
    tags = re.compile(rf"<(/?){tag}(?=[\s/>])", re.I)
    level = 0
    for j in range(i, min(len(lines), i + 2000)):
        for match in tags.finditer(lines[j].text):
            level += -1 if match[1] else 1
        if level <= 0:
            return j + 1
    return next((j for j in range(i + 1, len(lines)) if lines[j].blank), len(lines))


# A browser reads all that follows one of these as its text, steps too, until it is closed.
_SWALLOWS = "script|style|template|textarea|title|iframe|noembed|noframes|noscript|xmp"
SWALLOWS = re.compile(rf"</?(?:{_SWALLOWS}|plaintext)(?=[\s/>])", re.I)
_OPEN_OR_WHOLE = re.compile(
    rf"<({_SWALLOWS})(?=[\s/>]).*?</\1\s*>|<!--.*?-->|<(?=(?:{_SWALLOWS}|plaintext)[\s/>]|!|\?)", re.I | re.S
)


def contain(block: str) -> str:
    """A block of HTML in which nothing that is left open swallows what comes after the block."""
    return _OPEN_OR_WHOLE.sub(lambda match: "&lt;" if match[0] == "<" else match[0], block)


@lru_cache(maxsize=256)
def code(text: str, language: str) -> str:
    """A block of code, coloured where the language is known."""
    if not language or len(text) > 50_000:
        return f'<div class="highlight"><pre><code>{escape(text, quote=False)}</code></pre></div>'
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return code(text, "")
    coloured = highlight(text, lexer, _FORMATTER)
    return f'<div class="language-{escape(language)} highlight"><pre><code>{coloured}</code></pre></div>'


_FORMATTER = HtmlFormatter(nowrap=True)
