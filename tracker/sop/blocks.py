"""The blocks of a document as a careful human sees them, whatever the author's indentation.

Sub-lists may be indented by two, three or four spaces or by tabs, and a fence, note, quote or bullet at
column 0 between items 1 and 2 belongs to item 1. The result is a tree; what is a step is decided later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tracker.sop import callouts, html_lists, normal_lines, tables, titles
from tracker.sop.html import ELEMENTS, closers, heading, opaque_end, transparent
from tracker.sop.lines import Line

Closers = dict[int, tuple[int, re.Match[str]]]

DEEPEST = 40  # nesting below this is read as text, so that hostile input stays cheap
_AHEAD = 200  # lines to look for the next item of an interrupted list

_MARKER = re.compile(r"(?:(\d{1,9})[.)]|([-*+]))(?=\s|$)")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ATX = re.compile(r"(#{1,6})(?:\s+(.*?)|(?<=##)(?=[^\W_])(.*?))?(?:\s#+)?\s*$")
_UNDERLINE = re.compile(r"(?:={2,}|-{2,})$")
_TASK = re.compile(r"\[([ xX])\](?:\s+|$)")
_AFTER_BOX = re.compile(r"(?:[-*+#>•–—]|\(?\d{1,3}[.)]|[a-zA-Z]\))\s+(?=\S)")
_AFTER_NUMBER = re.compile(r"[-–—•*+]\s+(?=\S)")
_LANGUAGE = re.compile(r"[`~]{3,}\s*\{?\.?([\w#.+-]*)")
# A line that only opens, closes or fills something for a program that makes the page; a box in colons.
_TEMPLATE = re.compile(
    r"(?:\{%.*%\}|\{\{[<%].*[%>]\}\}|<%.*%>|:{3,}\s*(?:\{[\w-]+\}|[\w-]+)?(?:\s.*|\[.*)?)$"
)
_ADMONITION = re.compile(r"(!!!|\?\?\?\+?)\s*([\w -]*?)\s*(?:[\"“](.*)[\"”])?\s*$|(===)[!+]?\s+\"(.+)\"\s*$")


@dataclass(slots=True, eq=False)
class Block:
    """One block. `kind`: heading, paragraph, fence, code, rule, html, quote, admonition, element, list, item,
    table, row.

    `text` holds the own text of headings, paragraphs, code and tables; `children` what is inside. A paragraph
    with a `level` is read as a numbered heading below all others; a table is one with boxes in its rows.
    """

    kind: str
    line: int
    text: str = ""
    children: list[Block] = field(default_factory=list)
    level: int = 0  # of a heading
    number: int = 0  # of an ordered item
    ordered: bool = False
    checkbox: bool | None = None  # of a task: ticked or not
    name: str = ""  # of an element, admonition or fence: tag, kind, language
    title: str = ""
    loose: bool = False
    step: int | None = None  # the place among the steps, once decided
    attributes: dict[str, str] = field(default_factory=dict)


TITLE = 7
"""The level of a paragraph that is read as a numbered heading."""


def parse(lines: list[Line], depth: int = 0) -> list[Block]:
    """The blocks of `lines`, in order."""
    return _parse(normal_lines.normalised(lines), depth)


def _parse(lines: list[Line], depth: int) -> list[Block]:
    blocks: list[Block] = []
    closing = closers(lines) if depth < DEEPEST else {}
    boxes = callouts.ends(lines) if depth < DEEPEST else {}
    i = 0
    while i < len(lines):
        if lines[i].blank:
            i += 1
            continue
        block, i = _box(lines, i, boxes[i], depth) if i in boxes else _block(lines, i, depth, closing)
        blocks.append(block)
    return blocks


def _block(lines: list[Line], i: int, depth: int, closing: Closers) -> tuple[Block, int]:
    line = lines[i]
    if line.fence:
        return _fence(lines, i)
    if depth >= DEEPEST:
        return _paragraph(lines, i)
    if line.indent >= 4 and (i == 0 or lines[i - 1].blank) and not _marker(line):
        return _code(lines, i)
    if line.indent >= 4 and depth == 0 and (i == 0 or lines[i - 1].blank):
        return _code(lines, i)
    if line.text[0].isalpha():
        return _paragraph(lines, i)
    if title := _heading(line):
        return title, i + 1
    if line.text[0] == "<" and (end := _html(lines, i, depth, closing)):
        return end
    if line.text[0] == ">":
        return _quote(lines, i, depth)
    if note := _ADMONITION.match(line.text):
        return _admonition(lines, i, depth, note)
    if _RULE.match(line.text):
        return Block("rule", line.number), i + 1
    if _MARKER.match(line.text):
        return _list(lines, i, depth)
    return _paragraph(lines, i)


def _fence(lines: list[Line], i: int) -> tuple[Block, int]:
    end = i
    while end < len(lines) and lines[end].fence == lines[i].fence:
        end += 1
    opener = lines[i]
    body = [" " * max(0, line.indent - opener.indent) + line.text for line in lines[i + 1 : end - 1]]
    return Block("fence", opener.number, "\n".join(body), name=_language(opener.text)), end


def _language(opener: str) -> str:
    match = _LANGUAGE.search(opener)
    return match[1].lower() if match else ""


def _code(lines: list[Line], i: int) -> tuple[Block, int]:
    end = i
    while end < len(lines) and not lines[end].fence and (lines[end].blank or lines[end].indent >= 4):
        end += 1
    text = "\n".join(" " * line.indent + line.text for line in lines[i:end]).rstrip()
    return Block("code", lines[i].number, text), end


def _heading(line: Line) -> Block | None:
    match = _ATX.match(line.text) if line.text[:1] == "#" else None
    if not match or (match[2] is None and match[3] is None):
        return None
    return Block("heading", line.number, (match[2] or match[3] or "").strip(), level=len(match[1]))


def _html(lines: list[Line], i: int, depth: int, closing: Closers) -> tuple[Block, int] | None:
    if i in closing:
        end, match = closing[i]
        tag, attributes, inner = transparent(lines, i, end, match)
        children = _summary(inner) if tag == "summary" else []
        children = children or _parse(inner, depth + 1)
        return Block("element", lines[i].number, name=tag, attributes=attributes, children=children), end + 1
    if end := opaque_end(lines, i):
        if title := heading(lines, i, end):
            level, attributes, text = title
            return Block("heading", lines[i].number, text, level=level, attributes=attributes), end
        if listed := html_lists.read(lines, i, end):
            return _html_list(listed, depth), end
        text = "\n".join(" " * line.indent + line.text for line in lines[i:end])
        return Block("html", lines[i].number, text), end
    return None


def _summary(inner: list[Line]) -> list[Block]:
    """A numbered title that is all there is in a summary."""
    written = [line for line in inner if not line.blank]
    if (
        len(written) != 1
        or written[0].text[0] == "<"
        or not titles.NUMBERED.match(written[0].text.strip("*_ "))
    ):
        return []
    return [Block("paragraph", written[0].number, written[0].text, level=TITLE)]


def _html_list(listed: html_lists.Listed, depth: int) -> Block:
    block = Block("list", listed.line, ordered=listed.ordered)
    for n, item in enumerate(listed.items, 1):
        child = Block("item", item.line, number=n, ordered=listed.ordered, checkbox=item.checkbox)
        for part in item.parts:
            child.children += (
                [_html_list(part, depth)] if isinstance(part, html_lists.Listed) else _parse(part, depth + 1)
            )
        block.children.append(child)
    return block


def _quote(lines: list[Line], i: int, depth: int) -> tuple[Block, int]:
    inner: list[Line] = []
    end = i
    while end < len(lines) and not lines[end].blank:
        line = lines[end]
        if line.text[:1] == ">":
            body = line.text[1:]
            bare = body.lstrip()
            inner.append(line._replace(indent=max(0, len(body) - len(bare) - 1), text=bare))
        elif _starts_block(line) or not inner or not inner[-1].text:
            break
        else:
            inner.append(line)
        end += 1
    if box := callouts.quoted(inner[0].text) if inner else None:
        return _boxed(lines[i].number, box, parse(inner[1:], depth + 1)), end
    return Block("quote", lines[i].number, children=parse(inner, depth + 1)), end


def _box(lines: list[Line], i: int, end: int, depth: int) -> tuple[Block, int]:
    box = callouts.opening(lines[i].text)
    assert box
    return _boxed(lines[i].number, box, _parse(callouts.inside(lines, i, end), depth + 1)), end + 1


def _boxed(number: int, box: callouts.Box, children: list[Block]) -> Block:
    block = Block("admonition", number, name=box.name, title=box.title, children=children)
    block.level, block.attributes = int(box.folded), {"open": "open"} if box.open else {}
    return block


def _admonition(lines: list[Line], i: int, depth: int, note: re.Match[str]) -> tuple[Block, int]:
    base, end = lines[i].indent + 2, i + 1
    while end < len(lines) and (lines[end].blank or lines[end].indent >= base):
        end += 1
    body = lines[i + 1 : end]
    shift = min((line.indent for line in body if not line.blank), default=0)
    inner = _parse([line.dedent(shift) for line in body], depth + 1)
    if note[4]:  # one of several tabs: shown as a box with its title
        return Block("admonition", lines[i].number, title=note[5], children=inner), end
    classes = note[2].strip().lower()
    block = Block("admonition", lines[i].number, name=classes, title=note[3] or "", children=inner)
    block.attributes = {"open": "open"} if note[1].endswith("+") else {}
    block.level = 1 if note[1].startswith("?") else 0
    if note[3] is None:
        block.title = classes.split(" ")[0].capitalize()
    return block, end


def _paragraph(lines: list[Line], i: int) -> tuple[Block, int]:
    if lines[i].title and titles.wholly_bold(lines[i].text):
        return Block("paragraph", lines[i].number, lines[i].text, level=TITLE), i + 1
    end = i + 1
    while end < len(lines) and not lines[end].blank and not lines[end].title:
        if (
            _UNDERLINE.match(lines[end].text)
            and not lines[end].fence
            and end == i + 1
            and "|" not in lines[i].text
        ):
            level = 1 if lines[end].text[0] == "=" else 2
            return Block("heading", lines[i].number, lines[i].text, level=level), end + 1
        if _interrupts(lines[end]) or (_TEMPLATE.match(lines[end - 1].text) and _starts_block(lines[end])):
            break  # a number after such a line is no wrapped text
        end += 1
    *others, last = lines[i:end]
    text = "".join(f"{line.text}{'  ' * line.breaks}\n" for line in others) + last.text
    if end - i > 2 and "|" in text and (rows := tables.rows(lines[i:end])):
        children = [Block("row", row.line, row.text, number=row.at, checkbox=row.ticked) for row in rows]
        return Block("table", lines[i].number, tables.drawn(text), children), end
    return Block("paragraph", lines[i].number, text, level=TITLE if lines[i].title else 0), end


def _marker(line: Line) -> re.Match[str] | None:
    marker = _MARKER.match(line.text)
    return marker if marker and not _RULE.match(line.text) else None


def _starts_block(line: Line) -> bool:
    if line.fence or line.title or line.text[:1].isalpha():
        return bool(line.fence or line.title)  # no block but a paragraph begins with a letter
    return bool(
        line.text[:1] == ">"
        or _heading(line)
        or _ADMONITION.match(line.text)
        or (line.text[:1] in "{<:" and _TEMPLATE.match(line.text))
        or _RULE.match(line.text)
        or _MARKER.match(line.text)
        or (line.text[:1] == "<" and ELEMENTS.match(line.text))
    )


def _interrupts(line: Line) -> bool:
    """Whether the line ends a paragraph. A wrapped line may start with a number: only 0 and 1 open a list."""
    marker = None if line.fence else _MARKER.match(line.text)
    if marker and marker[1] and int(marker[1]) > 1:
        return False
    return _starts_block(line)


def _list(lines: list[Line], i: int, depth: int) -> tuple[Block, int]:
    first = _MARKER.match(lines[i].text)
    assert first
    block = Block("list", lines[i].number, ordered=first[1] is not None)
    base = lines[i].indent
    while i < len(lines):
        marker = _marker(lines[i])
        if not marker or (marker[1] is not None) != block.ordered or lines[i].indent < base - 1:
            break
        end = _item_end(lines, i, base, marker)
        block.children.append(_item(lines[i:end], marker, base, depth))
        if end - 1 > i and lines[end - 1].blank and end < len(lines):
            block.loose = True
        i = end
    return block, i


def _item_end(lines: list[Line], start: int, base: int, marker: re.Match[str]) -> int:
    end = start + 1
    fence = lines[start].fence
    while end < len(lines):
        line = lines[end]
        if line.blank or (line.fence and line.fence == fence):
            end += 1
        elif line.indent >= base + 2:
            fence = line.fence
            end += 1
        elif _ends_item(line, base, marker):
            return end
        elif not lines[end - 1].blank and not lines[end - 1].fence and not _starts_block(line):
            end += 1
        elif goes_on := _next_item(lines, end, base, marker):
            return goes_on
        else:
            return end
    return end


def _ends_item(line: Line, base: int, marker: re.Match[str]) -> bool:
    if line.fence:
        return False
    other = _marker(line)
    if other:
        return line.indent < base - 1 or (other[1] is None) == (marker[1] is None) or marker[1] is None
    return line.title or bool(_heading(line))


def _next_item(lines: list[Line], i: int, base: int, marker: re.Match[str], boxes: bool = True) -> int:
    """Where the interrupted ordered list goes on, or 0. A repeated "1." after plain text is a new list.

    What stands in a box is none of its items.
    """
    if marker[1] is None:
        return 0
    plain = not _starts_block(lines[i])
    inside = 0
    for j in range(i, min(len(lines), i + _AHEAD)):
        line = lines[j]
        if line.fence or line.blank:
            continue
        if boxes and line.text.startswith(":::"):
            inside += bool(callouts.opening(line.text)) - bool(inside and callouts.closes(line.text))
        if inside:
            continue
        if (line.title or _heading(line)) and line.indent < base + 2:
            return 0
        other = _marker(line)
        if other and other[1] is not None and abs(line.indent - base) < 2:
            follows = int(other[1]) == int(marker[1]) + 1
            repeats = other[1] == marker[1] and not plain
            return j if follows or repeats else 0
        if not other and not _starts_block(line) and line.indent < base + 2 and lines[j - 1].blank:
            plain = True
    return _next_item(lines, i, base, marker, boxes=False) if inside else 0  # a box that is never closed


def _item(lines: list[Line], marker: re.Match[str], base: int, depth: int) -> Block:
    first = lines[0]
    rest = first.text[marker.end() :]
    text = rest.lstrip()
    block = Block("item", first.number, number=int(marker[1] or 0), ordered=marker[1] is not None)
    if block.ordered and (doubled := _MARKER.match(text)) and doubled[1]:
        text = text[doubled.end() :].lstrip()  # "1. 1. Open the page" is one item with a slip of the hand
    task = _TASK.match(text)
    if task:
        block.checkbox = task[1] != " "
        text = text[task.end() :]
        if another := _AFTER_BOX.match(text):  # "- [ ] 1. Send it": one step with a marker too many
            text = text[another.end() :]
    elif block.ordered and (another := _AFTER_NUMBER.match(text)):
        text = text[another.end() :]
    column = base + marker.end() + min(4, len(rest) - len(rest.lstrip()))
    own = [not within for within in _notes_beside(lines, base)]
    inner = [line.indent for line, is_own in zip(lines[1:], own, strict=True)
             if is_own and line.indent >= base + 2 and line.text and not line.fence]  # fmt: skip
    shift = min([column, *inner])
    rest_of_it = [line.dedent(shift) if is_own else line for line, is_own in zip(lines[1:], own, strict=True)]
    block.children = _parse([first._replace(indent=0, text=text), *rest_of_it], depth + 1)
    return block


def _notes_beside(lines: list[Line], base: int) -> Iterator[bool]:
    """For each line of an item but its first: whether it is of a note that stands at the left edge.

    The text of such a note is indented under the note, not under the item.
    """
    within = False
    for line in lines[1:]:
        if not line.blank and line.indent < base + 2:
            within = bool(_ADMONITION.match(line.text)) and not line.fence
        yield within
