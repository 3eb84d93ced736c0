"""Lines as Markdown would write them: a marker of another kind becomes `1.`, a drawn box `[ ]`.

This is done before blocks are made of them, and a list that belongs under the item above it is indented so.
Only rows of markers in order count, so that a text that happens to begin with a letter and a dot stays what
it is. `Line.title` marks paragraphs that are read as numbered headings ("Step 3: Press Refund",
"**3. Press Refund**").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.sop import marker_rows, markers
from tracker.sop.lines import Line
from tracker.sop.markers import STANDARD, Mark, Run
from tracker.sop.titles import NUMBERED, title_kind

_BULLET = r"(?:[-*+•▪‣·]|\d{1,9}[.)])"
_OPEN = "☐□▢❏❑⬜◻▫🔲⃞"
_BOX = re.compile(
    rf"(?:(?P<bullet>{_BULLET})[ \t]+)?(?:(?P<drawn>[{_OPEN}☑☒🗹🗷])\ufe0f?[ \t]*"
    r"|\\?\[(?P<mark> ?|[xX]|[\u00a0 ]{2,3})\\?\][ \t]+)(?=\S)"
)
_HEADING = re.compile(r"#{1,6}(?:\s|(?<=##)\S)")


def normalised(lines: list[Line]) -> list[Line]:
    """The lines as Markdown would write them; those without such markers are the same objects."""
    lines = [_boxed(line) for line in lines]
    lines = _titled(lines)
    begin = 0
    out: list[Line] | None = None
    for end in _sections(lines):
        if marks := markers.find(lines, begin, end):
            out = out or list(lines)
            _rewrite(out, lines, marks, begin, end)
        begin = end
    return out or lines


def _sections(lines: Sequence[Line]) -> Iterator[int]:
    """Where each part between headings ends."""
    for i, line in enumerate(lines):
        if i and not line.fence and (line.title or (line.text[:1] == "#" and _HEADING.match(line.text))):
            yield i
    yield len(lines)


def _boxed(line: Line) -> Line:
    """A drawn box, or one without its bullet, as a task of Markdown."""
    text = line.text
    if line.fence or not text or ("[" not in text[:14] and text.isascii()):
        return line
    box = _BOX.match(text)
    if not box or (box["bullet"] is None and "|" in text):
        return line
    if box["drawn"] is None and box["bullet"] and box["mark"] in (" ", "x", "X") and "\\" not in box[0]:
        return line
    ticked = box["drawn"] in ("☑", "☒", "🗹", "🗷") if box["drawn"] else box["mark"] in ("x", "X")
    bullet = box["bullet"] if box["bullet"] and box["bullet"] not in "•▪‣·" else "-"
    return line._replace(text=f"{bullet} [{'x' if ticked else ' '}] {text[box.end() :]}")


def _titled(lines: list[Line]) -> list[Line]:
    """The lines that are numbered titles of what follows: at least two in a row of their kind, in order."""
    found: dict[str, list[tuple[int, int]]] = {}
    for i, line in enumerate(lines):
        if line.fence or line.indent > 3 or not line.text or not (kind := title_kind(line.text)):
            continue
        found.setdefault(kind[0], []).append((i, kind[1]))
    titles = {i for name, places in found.items() for i in _in_order(name, places)}
    return (
        [line._replace(title=True) if i in titles else line for i, line in enumerate(lines)]
        if titles
        else lines
    )


def _in_order(name: str, places: list[tuple[int, int]]) -> list[int]:
    """Those of `places` that stand in a row: 1, 2, 3, also with 2 twice. Bold step words count alone too."""
    if name == "bold step":
        return [i for i, _ in places]
    rows: list[list[tuple[int, int]]] = []
    for place in places:
        if rows and place[1] - rows[-1][-1][1] in (0, 1):
            rows[-1].append(place)
        else:
            rows.append([place])
    return [i for row in rows if len(row) > 1 for i, _ in row]


def _rewrite(out: list[Line], lines: Sequence[Line], marks: list[Mark], begin: int, end: int) -> None:
    runs = marker_rows.rows(marks)
    below = begin < len(lines) and (lines[begin].title or _numbers(lines[begin].text))
    taken = {id(run) for run in runs if marker_rows.is_list(run, marks, below, lines)}
    if not markers.slips(marks) and not any(
        run.family != "1" or marker_rows.repairs(run, lines) for run in runs if id(run) in taken
    ):
        return
    kept = [mark for mark in marks if mark.run is None or id(mark.run) in taken]
    _place(out, lines, kept, end)


def _numbers(text: str) -> bool:
    """Whether a line is a heading with a number."""
    return text[:1] == "#" and NUMBERED.match(text.strip("# \t")) is not None


@dataclass(slots=True)
class _Level:
    run: Run | None
    was: int
    now: int
    mark: Mark


def _place(out: list[Line], lines: Sequence[Line], marks: list[Mark], end: int) -> None:
    """Write each marker anew, at the indentation that its place among the others asks for."""
    levels: list[_Level] = []
    for n, mark in enumerate(marks):
        now = _indentation(mark, levels, lines)
        until = marks[n + 1].at if n + 1 < len(marks) else _last_line(lines, mark, end)
        line = lines[mark.at]
        written = mark.run is None or (mark.family == "1" and STANDARD.match(line.text))
        text = line.text if written else f"{mark.value}. {line.text[mark.end :]}"
        out[mark.at] = line._replace(indent=now, text=text)
        if now != mark.indent:
            for i in range(mark.at + 1, until):
                out[i] = out[i]._replace(indent=max(0, out[i].indent + now - mark.indent))


def _indentation(mark: Mark, levels: list[_Level], lines: Sequence[Line]) -> int:
    at = next((n for n, level in enumerate(levels) if mark.run is not None and level.run is mark.run), None)
    if at is not None:
        del levels[at + 1 :]
        levels[at].mark = mark
        return levels[at].now
    while levels and (mark.indent < levels[-1].was - 1 or not _nests(mark, levels[-1], lines)):
        levels.pop()
    if levels and mark.indent < levels[-1].was + 2:
        now = levels[-1].now + 3
    else:
        now = mark.indent + (levels[-1].now - levels[-1].was if levels else 0)
    levels.append(_Level(mark.run, mark.indent, now, mark))
    return now


def _nests(mark: Mark, level: _Level, lines: Sequence[Line]) -> bool:
    """Whether a row that begins with `mark` stands under the item of `level`."""
    if mark.indent >= level.was + 2:
        return True
    if mark.run is None or mark.value > 1 or level.run is None:
        return False
    if level.run.family == mark.family and mark.indent == level.was:
        return False
    if any(later.at > mark.at for later in level.run.marks):
        return True
    if mark.family == "1":  # a list of Markdown after one of letters, at the same column
        return level.mark.at == mark.at - 1
    between = lines[level.mark.at + 1 : mark.at]
    return not any(line.text and line.indent <= mark.indent and before.blank for before, line in
                   zip([lines[level.mark.at], *between], between, strict=False))  # fmt: skip


def _last_line(lines: Sequence[Line], mark: Mark, end: int) -> int:
    """Where what belongs to the last item ends: at a line after a blank one that is not indented under it."""
    for i in range(mark.at + 1, end):
        if (
            lines[i - 1].blank
            and not lines[i].blank
            and not lines[i].fence
            and lines[i].indent <= mark.indent
        ):
            return i
    return end
