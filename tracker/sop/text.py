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
_MARKED = re.compile(r"[*_~=`\\\[<&\x01\x02]")
_LONGEST = 20_000
_UNSEEN = re.compile(  # control characters that are no space, marks of direction, joints of no width
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0001-\U000e007f]"
)
_IGNORED = re.compile(  # all that Unicode calls "default ignorable", too: what shapes or joins other letters
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_ALIKE = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58"), "-"),
    **dict.fromkeys(
        map(ord, "\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u02c8\u055a\u05f3\xb4"), "'"
    ),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u05f4\xab\xbb"), '"'),
    **dict.fromkeys(map(ord, "\u2044\u2215"), "/"),
    ord("\u0131"): "i",  # capitals of the Turkish ı and i are each other's, for everybody else
}
"""What looks the same though Unicode's own folding keeps it apart."""


@lru_cache(maxsize=512)
def visible(markdown: str) -> str:
    """`markdown` as a reader sees it: no marks, link targets, images, tags; code kept; blanks collapsed."""
    markdown = markdown[:_LONGEST]
    if not _MARKED.search(markdown):
        return " ".join(markdown.split())
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


def heading_id(text: str, separator: str = "-") -> str:
    """The id of a heading in its page: as Python-Markdown makes it of Latin letters, and of any others too.

    >>> heading_id("Größe & mehr"), heading_id("Подготовка 2"), heading_id("箱を 開ける")
    ('groe-mehr', 'подготовка-2', '箱を-開ける')
    """
    plain = unicodedata.normalize("NFKC", text)
    if all(letter < "\u0370" or not letter.isalpha() for letter in unicodedata.normalize("NFKD", plain)):
        plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    kept = "".join(c for c in plain if c in "_- " or c.isspace() or unicodedata.category(c)[0] in "LMN")
    return re.sub(rf"[{re.escape(separator)}\s]+", separator, kept.strip().lower())


def clean(text: str) -> str:
    """The text as it is stored: as typed, but without what nobody sees.

    Control characters, marks of direction and joints of no width go, as they come from scanners, clipboards
    and people who want to deceive; letters and their accents are put together; of space one blank stays
    between words. What shapes letters stays: joiners of Persian and of emoji.
    """
    if text.isascii() and text.isalnum():
        return text  # a number, as most are
    return unicodedata.normalize("NFC", " ".join(_UNSEEN.sub("", text).split()))


def fold(text: str) -> str:
    """The text as it is compared: two texts that look the same are the same.

    Capitals don't count, nor the keyboard's way of writing a letter, the width of letters, which kind of
    dash or apostrophe it is, how much space there is, a Turkish dot on or off the i, nor what nobody sees.
    Accents count: "Müller" is not "Muller". Python folds it on every database: SQLite's own `lower` knows
    ASCII alone.

    >>> fold("Özlem STRAẞE") == fold("o\u0308zlem  strasse")
    True
    >>> fold("ＣＡＳＥ‑1"), fold("IŞIL") == fold("ışıl"), fold("İbrahim")
    ('case-1', True, 'ibrahim')
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFC", _IGNORED.sub("", text)).translate(_ALIKE)
    plain = unicodedata.normalize("NFKC", plain).casefold()
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())
    return " ".join(_IGNORED.sub("", plain).translate(_ALIKE).replace("i\u0307", "i").split())


PLAIN_LETTERS = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th",
    "ı": "i", "ŋ": "n",
})  # fmt: skip
"""Letters with a stroke or a tail, which are no accents to Unicode, as people look for them. Folded ones."""
