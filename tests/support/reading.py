"""A page as a browser reads it: where a template begins a new line is nothing that a test is about."""

from __future__ import annotations

import re
from functools import cached_property
from html import unescape

from werkzeug.test import TestResponse

_BLOCKS = (
    "html|head|body|main|header|nav|section|article|footer|div|p|h[1-6]|ul|ol|li|dl|dt|dd|form|fieldset|legend|"
    "table|thead|tbody|tr|t[hd]|details|summary|figure|figcaption|select|option|optgroup|template|dialog|br|"
    "title|meta|link|script"
)
_LINES = r"[ \t]*\n\s*"
_VERBATIM = re.compile(r"(<(textarea|pre)\b.*?</\2>)", re.DOTALL)
_AFTER_A_START = re.compile(r"(<[a-z][^<>\"]*+(?:\"[^\"]*+\"[^<>\"]*+)*+>)\n")
_AFTER_A_BLOCK = re.compile(rf"(</(?:{_BLOCKS})>)\n")
_BEFORE_A_BLOCK = re.compile(rf"\n(?=<(?:{_BLOCKS})\b)")


def read(html: str) -> str:
    """The HTML without the lines of its templates: between words and in a line a break is one space."""
    parts = _VERBATIM.split(html)
    parts = [part for number, part in enumerate(parts) if number % 3 != 2]  # without the names of the tags
    return "".join(_joined(part) if number % 2 == 0 else part for number, part in enumerate(parts))


def _joined(html: str) -> str:
    html = re.sub(_LINES, "\n", html).replace("\n</", "</")
    html = _AFTER_A_BLOCK.sub(r"\1", _AFTER_A_START.sub(r"\1", html))
    return _BEFORE_A_BLOCK.sub("", html).replace("\n", " ")


def words(page: str) -> str:
    """The text of a page, its tags and line breaks gone."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


_TAG = r"(?:[^>\"]|\"[^\"]*\")*"
_UNSEEN = re.compile(rf"<(template|script|dialog)\b(?!{_TAG} open\b){_TAG}>(?:(?!<\1\b).)*?</\1>", re.DOTALL)


def shown(html: str) -> str:
    """A page without what only its scripts use: the parts that they draw from, their data, closed dialogs."""
    before = ""
    while before != html:  # a template may stand in another
        before, html = html, _UNSEEN.sub("", html)
    return html


class Page(TestResponse):
    """An answer whose text is read like that, where it is a page."""

    @cached_property
    def text(self) -> str:  # most tests look into it more than once
        text = super().text
        return read(text) if self.mimetype == "text/html" else text

    @property
    def shown(self) -> str:
        """What somebody sees of it before any script has run."""
        return shown(self.text)
