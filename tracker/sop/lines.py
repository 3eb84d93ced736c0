"""A document as lines: which of them are code, and which stand in an HTML comment.

Fences and comments are found once over the whole document, before anything else, so that nothing that
looks like a step inside them counts, wherever and however far they are indented.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_FENCE = re.compile(r"(?:>[ ]?|\d{1,9}[.)][ ]+|[-*+][ ]+)*(`{3,}(?=[^`]*$)|~{3,})")
_CLOSER = re.compile(r"(?:>[ ]?)*(`{3,}|~{3,})\s*$")
_MISTAKEN = re.compile(r"``\s?[\w+#.-]*$")  # an opener that lacks a mark
_TRAILING = re.compile(
    r"(?!(?:[-*+]|\d{1,9}[.)])\s+\[[ xX]\]\s+`)[^`]*[^`\s][^`]*?(```[\w+#.-]*)$"
)  # one behind the text of a step
_QUOTES_MARKDOWN = re.compile(r"(?<![`~])[`~]{3,}+\s*\{?\.?(?:markdown|md|mdx)\b", re.I)
_CODE_SPAN = re.compile(r"(?<!`)(`++)[^`]*+\1(?!`)")


class Line(NamedTuple):
    """`number` is 1-based, `indent` counts columns (a tab goes to the next multiple of four).

    `fence` is the number of the fence the line belongs to, opener and closer included; 0 outside. `title` is
    set for a paragraph that is read as a numbered heading (`tracker.sop.normal_lines`), `breaks` where two
    blanks at the end ask that the text goes on in a new line.
    """

    number: int
    indent: int
    text: str
    fence: int = 0
    title: bool = False
    breaks: bool = False

    @property
    def blank(self) -> bool:
        return not self.text and not self.fence

    def dedent(self, columns: int) -> Line:
        return self._replace(indent=max(0, self.indent - columns))


def read_lines(source: str, first: int = 1) -> list[Line]:
    """The lines of `source`, comments blanked out, numbered from `first`."""
    written = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    raw = [_measure(text) for text in written]
    lines: list[Line] = []
    unclosed = {
        "`": 1 << 30,
        "~": 1 << 30,
        "outer": 1,
    }  # a fence of this length or more is never closed below
    comment = False
    no_comment_end = False
    fence_end, fence = -1, 0
    for i, (indent, text) in enumerate(raw):
        if i <= fence_end:
            lines.append(Line(first + i, indent, text, fence))
            continue
        if comment:
            end = text.find("-->")
            comment = end < 0
            text = "" if comment else text[end + 3 :].strip()
        if "<!--" in text and not no_comment_end:
            text, comment = _without_comments(text)
            if comment and not any("-->" in later for _, later in raw[i + 1 :]):
                comment, no_comment_end = False, True
        opener = None if comment else _FENCE.match(text)
        if opener:
            fence_end = _closing(raw, i, opener[1], unclosed)
            fence += fence_end > i
        elif "``" in text and not comment and (at := _mistaken(raw, i, text, unclosed)):
            fence_end, trailing = at
            fence += 1
            if trailing:
                lines.append(Line(first + i, indent, text[: -len(trailing)].rstrip()))
                indent, text = raw[fence_end][0], trailing
        within = fence if i <= fence_end else 0
        breaks = bool(text) and not within and written[i].endswith("  ")
        lines.append(Line(first + i, indent, text, within, breaks=breaks))
    return lines


def _mistaken(
    raw: list[tuple[int, str]], i: int, text: str, unclosed: dict[str, int]
) -> tuple[int, str] | None:
    """The end of a fence that is opened with too few marks, or behind other text, and closed rightly.

    With it what stands behind the other text. None where no mark follows that can only be its end.
    """
    trailing = _TRAILING.match(text)
    if not (trailing or _MISTAKEN.match(text)) or "mistaken" in unclosed:
        return None
    for j in range(i + 1, len(raw)):
        body = raw[j][1]
        if body[:2] == "``":
            closes = _CLOSER.match(body) or (body == "``" and not trailing)
            return (j, trailing[1] if trailing else "") if closes else None
    unclosed["mistaken"] = 1  # nothing below closes any
    return None


def _measure(text: str) -> tuple[int, str]:
    body = text.lstrip(" \t\u00a0\u3000")
    lead = text[: len(text) - len(body)].replace("\u00a0", " ")
    if "\u3000" in lead:  # a wide blank begins a paragraph or indents an item; it never makes a block of code
        return min(3, len(lead.replace("\u3000", "  "))), body.rstrip()
    return len(lead.expandtabs(4)), body.rstrip()


def _closing(raw: list[tuple[int, str]], start: int, mark: str, unclosed: dict[str, int]) -> int:
    """The index of the line that closes the fence, or -1: an open fence is ordinary text."""
    if len(mark) >= unclosed[mark[0]]:
        return -1
    if unclosed["outer"] and _QUOTES_MARKDOWN.search(raw[start][1]):
        if end := _outer(raw, start, mark):
            return end
        unclosed["outer"] = 0  # looking again for each such fence would take the square of the time
    short = 0  # a line that closes it with too few marks, if another fence opens before it is closed
    for i in range(start + 1, len(raw)):
        text = raw[i][1]
        if mark[0] not in text[:40]:
            continue
        closer = _CLOSER.match(text)
        if closer and closer[1].startswith(mark):
            return i
        if text == "``":
            short = short or i
        elif short and (opener := _FENCE.match(text)) and opener[1] == mark:
            return short
    unclosed[mark[0]] = len(mark)
    return -1


def _outer(raw: list[tuple[int, str]], start: int, mark: str) -> int:
    """The end of a fence that quotes a document with fences of its own, or 0 where they do not pair up."""
    depth = 1
    for i in range(start + 1, len(raw)):
        if mark[0] not in raw[i][1][:40]:
            continue
        closer = _CLOSER.match(raw[i][1])
        if closer and closer[1].startswith(mark):
            depth -= 1
            if not depth:
                return i
        elif not closer and (opener := _FENCE.match(raw[i][1])) and opener[1].startswith(mark):
            depth += 1
    return 0


def _without_comments(text: str) -> tuple[str, bool]:
    """The text outside comments (code spans keep theirs) and whether a comment is still open."""
    spans = [m.span() for m in _CODE_SPAN.finditer(text)] if "`" in text else []
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        if any(a < start < b for a, b in spans):
            parts.append(text[at : start + 4])
            at = start + 4
            continue
        parts.append(text[at:start])
        end = text.find("-->", start + 4)
        if end < 0:
            return "".join(parts).rstrip(), True
        at = end + 3
    return ("".join(parts) + text[at:]).rstrip(), False
