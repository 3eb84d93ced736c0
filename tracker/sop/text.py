"""The visible text of a piece of Markdown, and slugs made of it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape

_INCLUDE = re.compile(r"\[!\w+\s*\[[^\]]*\]\s?\([^)]*\)\]")
_IMAGE = re.compile(r"!\[[^\[\]]*\](?:\([^()]*(?:\([^()]*\)[^()]*)?\)|\[[^\[\]]*\])")
_ALT = re.compile(r"!\[([^\[\]]*)\]")
_LINK = re.compile(r"\[([^\[\]]*)\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)|\[[^\[\]]*\])")
_SHORTCUT = re.compile(r"\[([^\[\]]+)\](?!\s?[(\[])")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|br|center|code|del|details|div|em|font|h[1-6]|hr|i|img|input|ins|"
    r"kbd|li|mark|"
    r"ol|p|pre|q|s|samp|small|span|strike|strong|sub|summary|sup|table|tbody|td|th|thead|tr|tt|u|ul|var)"
    r"(?:\s[^<>]*)?/?>|<%[^<>]*%>",
    re.I,
)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+|[^<>\s@]+@[^<>\s@]+)>")
_EMPHASIS = re.compile(r"\*+|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|~~|==")
_CODE = re.compile(r"(?<!`)(`++)(.*?)(?<!`)\1(?!`)", re.S)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_LONGEST = 20_000


@lru_cache(maxsize=512)
def visible(markdown: str) -> str:
    """`markdown` as a reader sees it: no marks, link targets, images, tags; code kept; blanks collapsed."""
    markdown = markdown[:_LONGEST]
    parts: list[str] = []

    def hold(text: str) -> str:
        parts.append(text)
        return f"\x01{len(parts) - 1}\x02"

    text = markdown.replace("\x01", "").replace("\x02", "")
    text = _CODE.sub(lambda m: hold(m[2].strip()), text) if "`" in text else text
    text = _ESCAPE.sub(lambda m: hold(m[1]), text) if "\\" in text else text
    if "[" in text:
        text = _LINK.sub(r"\1", _LINK.sub(r"\1", _IMAGE.sub(" ", _INCLUDE.sub(" ", text))))
        text = _SHORTCUT.sub(r"\1", text)
    if "<" in text:
        text = _TAG.sub("", _AUTOLINK.sub(r"\1", text))
    text = unescape(_EMPHASIS.sub("", text))
    text = re.sub("\x01(\\d+)\x02", lambda m: parts[int(m[1])], text)
    return " ".join(text.split()) or " ".join(_ALT.findall(markdown)).strip()


def slug(text: str, longest: int = 48) -> str:
    """Lower-case letters and digits of any script joined by hyphens, at most `longest`; "step" if none."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).lower())
    out = ""
    for word in words:
        if out and len(out) + 1 + len(word) > longest:
            break
        out = f"{out}-{word}" if out else word
    return out[:longest] or "step"


def fold(text: str) -> str:
    """The text as it is compared where capitals and the keyboard's way of writing a letter don't count.

    Python folds it on every database: SQLite's own `lower` knows ASCII alone.

    >>> fold("Özlem STRAẞE") == fold("o\u0308zlem strasse")
    True
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
