"""Lists in HTML: `<ol><li>Turn it off.</li></ol>` is read as a list of Markdown, the inside of items too."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tracker.sop.lines import Line

_TAG = re.compile(r"<(/?)(ol|ul|li)(?=[\s/>])[^<>]*>|</?p(?:\s[^<>]*)?>", re.I)
_BOX = re.compile(r"\s*(?:<label[^<>]*>\s*)?<input\b([^<>]*\btype\s*=\s*[\"']?checkbox[^<>]*)>\s*", re.I)
_OTHER = re.compile(r"<(?:table|pre|script|style|svg|iframe|form)\b", re.I)
_CLOSING_LABEL = re.compile(r"</label\s*>", re.I)


DEEPEST = 20  # lists in each other


@dataclass(slots=True)
class Listed:
    """A list as written: the line of its tag, and its items."""

    line: int
    ordered: bool
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Item:
    """An item: its text as lines, and lists in it, in order. `checkbox` is as in `Block`."""

    line: int
    checkbox: bool | None = None
    parts: list[list[Line] | Listed] = field(default_factory=list)


def read(lines: list[Line], i: int, end: int) -> Listed | None:
    """The list on the lines from `i` to `end`; None where there are no steps in it, or more than lists."""
    part = lines[i:end]
    if part[0].text[:3].lower() not in ("<ol", "<ul"):
        return None
    text = "\n".join(line.text for line in part)
    lower = text.lower()
    if (
        ("<ol" not in lower and "checkbox" not in lower)
        or _OTHER.search(text)
        or any(line.fence for line in part)
    ):
        return None
    reader = _Reader()
    for line in part:
        reader.line(line)
    return reader.root if reader.root and reader.whole else None


class _Reader:
    """Puts tags and the text between them in their places."""

    def __init__(self) -> None:
        self.root: Listed | None = None
        self.open: list[Listed] = []
        self.whole = True  # nothing stands beside the items

    def line(self, line: Line) -> None:
        at = 0
        for tag in _TAG.finditer(line.text):
            self._text(line, line.text[at : tag.start()])
            at = tag.end()
            self._tag(line, bool(tag[1]), (tag[2] or "").lower())
        self._text(line, line.text[at:])

    def _tag(self, line: Line, closes: bool, name: str) -> None:
        if name == "li" and not closes and self.open:
            self.open[-1].items.append(Item(line.number))
        elif name in ("ol", "ul") and closes:
            self.open = self.open[:-1]
        elif name in ("ol", "ul"):
            listed = Listed(line.number, name == "ol")
            self.whole = self.whole and len(self.open) < DEEPEST
            if self.open and self.open[-1].items:
                self.open[-1].items[-1].parts.append(listed)
            self.root = self.root or listed
            self.open.append(listed)
        elif not name:
            self._blank(line)

    def _blank(self, line: Line) -> None:
        parts = self.open[-1].items[-1].parts if self.open and self.open[-1].items else []
        if parts and isinstance(parts[-1], list):
            parts[-1].append(Line(line.number, 0, ""))

    def _text(self, line: Line, text: str) -> None:
        text = text.strip()
        if not text:
            return
        if not self.open or not self.open[-1].items:
            self.whole = False
            return
        item = self.open[-1].items[-1]
        if not item.parts and (box := _BOX.match(text)):
            item.checkbox = "checked" in box[1].lower()
            text = text[box.end() :]
        text = _CLOSING_LABEL.sub("", text) if item.checkbox is not None else text
        if not item.parts or isinstance(item.parts[-1], Listed):
            item.parts.append([])
        lines = item.parts[-1]
        assert isinstance(lines, list)
        if lines and lines[-1].number == line.number and lines[-1].text:
            lines[-1] = lines[-1]._replace(text=f"{lines[-1].text} {text}")
        elif text:
            lines.append(Line(line.number, 0, text))
