"""Items that people number in ways Markdown does not know, written as it does: `①`, `a)`, `1 -`, `1.1`, `☐`.

Lines are changed before blocks are made of them: a marker of another kind becomes `1.`, a drawn box `[ ]`,
and a list that belongs under the item above it is indented so. Only rows of markers in order count, so that a
text that happens to begin with a letter and a dot stays what it is. `Line.title` marks paragraphs that are
read as numbered headings ("Step 3: Press Refund", "**3. Press Refund**").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tracker.sop.lines import Line
from tracker.sop.numerals import LETTERS, ROMAN, SIGNS, cjk, roman
from tracker.sop.titles import NUMBERED, title_kind

_BULLET = r"(?:[-*+•▪‣·]|\d{1,9}[.)])"
_OPEN = "☐□▢❏❑⬜◻▫🔲⃞"
_TICKED = "☑☒🗹🗷✅✔"
_BOX = re.compile(
    rf"(?:(?P<bullet>{_BULLET})[ \t]+)?(?:(?P<drawn>[{_OPEN}☑☒🗹🗷])\ufe0f?[ \t]*"
    r"|\\?\[(?P<mark> ?|[xX]|[\u00a0 ]{2,3})\\?\][ \t]+)(?=\S)"
)
_OPEN_RUNS = 40
"""Rows that can go on, and markers that are looked at to see whether one does."""

_STANDARD = re.compile(r"(\d{1,9})[.)](?=\s|$)")
_TASK = re.compile(r"[-*+][ \t]+\[[ xX]\][ \t]")
_CANDIDATE = re.compile(
    rf"(?P<sign>[{''.join(SIGNS)}])[.)、:：]?[ \t]*(?=\S)"
    r"|(?P<keycap>(?:\d\ufe0f?\u20e3)+|🔟)[.):]?[ \t]*(?=\S)"
    r"|(?P<parts>\d{1,3}(?:\.\d{1,3})+)[.)]?(?:[ \t]+|(?=[\u3040-\u9fff]))(?=\S)"
    r"|(?P<both>\d{1,3}[a-z])[.)][ \t]+(?=\S)"
    r"|(?P<glued>\d{1,3})(?:\\?[.)]|．|）)(?:(?=[^\W\d_*])|[ \t]+(?=\S))"
    r"|(?P<number>\d{1,3})(?P<by>[ \t]*(?:->|→|=>|⇒|➔|➜|➡\ufe0f?)|[ \t]+[-–—]|[ \t]*、|[ \t]*[:：]|[ \t]*[|"
    r"])[ \t]*(?=\S)"
    r"|[(（](?P<round>\d{1,3})[)）][ \t]*(?=\S)"
    r"|(?P<cjk>[一二三四五六七八九十]{1,3})[ \t]*[、．.：:][ \t]*(?=\S)"
    r"|[(（](?P<cjkround>[一二三四五六七八九十]{1,3})[)）][ \t]*(?=\S)"
    r"|(?P<bracket>[(（])?(?P<letter>[^\W\d_]{1,5})\\?(?P<end>[.)、）])[ \t]+(?=\S)"
)
_HEADING = re.compile(r"#{1,6}(?:\s|(?<=##)\S)")


@dataclass(slots=True)
class _Mark:
    """A marker as found: the line it is on, its family and place in it, and where the text begins."""

    at: int
    indent: int
    family: str
    value: int
    end: int
    run: _Run | None = None


@dataclass(slots=True, eq=False)
class _Run:
    """Markers of one family that follow each other in order."""

    marks: list[_Mark] = field(default_factory=list)
    prefix: str = ""

    @property
    def last(self) -> _Mark:
        return self.marks[-1]

    @property
    def family(self) -> str:
        return self.marks[0].family


def normalised(lines: list[Line]) -> list[Line]:
    """The lines as Markdown would write them; those without such markers are the same objects."""
    lines = [_boxed(line) for line in lines]
    lines = _titled(lines)
    begin = 0
    out: list[Line] | None = None
    for end in _sections(lines):
        if marks := _marks(lines, begin, end):
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


def _marks(lines: Sequence[Line], begin: int, end: int) -> list[_Mark]:
    """All markers of a part, those of Markdown too; nothing where there are only such."""
    marks: list[_Mark] = []
    special = 0
    for i in range(begin, end):
        line = lines[i]
        text = line.text
        if line.fence or not text or (text[0].isalpha() and not 1 < _letters(text) < 7):
            continue
        if standard := _STANDARD.match(text):
            marks.append(_Mark(i, line.indent, "1", int(standard[1]), standard.end()))
        elif _TASK.match(text):
            marks.append(_Mark(i, line.indent, "task", 0, 0))
        elif (
            text[0] not in "#>|<`!-*+"
            and (found := _CANDIDATE.match(text))
            and (mark := _mark(i, line, found))
        ):
            marks.append(mark)
            special += 1
    if special > 1 or (special and any(mark.family == "1" for mark in marks)):
        return marks
    return marks if _slips(marks) else []


def _slips(marks: Sequence[_Mark]) -> bool:
    """Whether a list begins anew one blank further in, and the one around it goes on after it."""
    for n, (before, mark) in enumerate(pairwise(marks), 1):
        if before.family == mark.family == "1" and mark.indent == before.indent + 1 and mark.value == 1:
            after = next(
                (later for later in marks[n : n + _OPEN_RUNS] if later.indent == before.indent), None
            )
            if after and after.family == "1" and after.value == before.value + 1:
                return True
    return False


def _letters(text: str) -> int:
    """Where a marker of letters could end in `text`: the place of its dot or bracket."""
    return next((n for n in range(1, 7) if n < len(text) and text[n] in ".)、）\\"), 0) + 1


def _mark(i: int, line: Line, found: re.Match[str]) -> _Mark | None:
    family, value = "", 0
    if found["sign"]:
        family, value = SIGNS[found["sign"]]
    elif found["keycap"]:
        family, value = (
            "keycap",
            10 if found["keycap"] == "🔟" else int("".join(filter(str.isdigit, found[0]))),
        )
    elif found["parts"]:
        numbers = found["parts"].split(".")
        family, value = "parts " + ".".join(numbers[:-1]), int(numbers[-1])
    elif found["both"]:
        family, value = f"both {found['both'][:-1]}", ord(found["both"][-1]) - 96
    elif found["glued"]:
        family, value = "1", int(found["glued"])
    elif found["number"]:
        family, value = f"number {found['by'].strip()}", int(found["number"])
    elif found["round"]:
        family, value = "round", int(found["round"])
    elif found["cjk"] or found["cjkround"]:
        family = "cjk" if found["cjk"] else "cjkround"
        value = cjk(found["cjk"] or found["cjkround"])
    elif letters := found["letter"]:
        return _lettered(i, line, letters, f"{found['bracket'] or ''}{found['end']}", found.end())
    return _Mark(i, line.indent, family, value, found.end()) if family and value else None


def _lettered(i: int, line: Line, letters: str, around: str, end: int) -> _Mark | None:
    """A marker of letters. Whether "i." is a letter or a Roman one is told later, by what it follows."""
    if len(letters) == 1 and letters in LETTERS:
        alphabet, value = LETTERS[letters]
        return _Mark(i, line.indent, f"{alphabet} {around}", value, end)
    if ROMAN.fullmatch(letters) and (letters.islower() or letters.isupper()):
        return _Mark(
            i, line.indent, f"{'roman' if letters.islower() else 'ROMAN'} {around}", roman(letters), end
        )
    return None


def _runs(marks: Iterable[_Mark]) -> list[_Run]:
    """The rows of markers in order. The same family can be open at several indentations."""
    runs: list[_Run] = []
    open_runs: list[_Run] = []
    for mark in marks:
        if mark.family == "task":
            continue
        run = _continued(mark, open_runs)
        if run is None:
            run = _Run()
            runs.append(run)
            open_runs.append(run)
        mark.run = run
        run.marks.append(mark)
    return runs


def _continued(mark: _Mark, open_runs: list[_Run]) -> _Run | None:
    for run in open_runs[: -_OPEN_RUNS - 1 : -1]:
        last = run.last
        if abs(last.indent - mark.indent) > (1 if mark.family == "1" else 3):
            continue
        if mark.family == last.family == "1" and mark.indent != last.indent and _anew(mark, last):
            continue
        if last.family == mark.family:
            if mark.value == last.value + 1 or (mark.family == "1" and mark.value >= last.value > 0):
                return run
            if mark.family == "1":
                return None
        if as_roman := _either(mark, last):
            mark.family, mark.value = as_roman
            return run
    if as_first := _first_roman(mark):
        mark.family, mark.value = as_first
    return None


def _anew(mark: _Mark, last: _Mark) -> bool:
    """Whether a marker of Markdown one blank further in or out belongs to another row."""
    return mark.value != last.value + 1 if mark.indent > last.indent else mark.value <= last.value


def _either(mark: _Mark, last: _Mark) -> tuple[str, int] | None:
    """A single letter that goes on with a Roman row: "v." after "iv."."""
    alphabet, _, around = mark.family.partition(" ")
    if alphabet not in ("abc", "ABC") or last.family != f"{_ROMAN_OF[alphabet]} {around}":
        return None
    value = roman(chr(ord("a") + mark.value - 1))
    return (last.family, value) if value == last.value + 1 else None


_ROMAN_OF = {"abc": "roman", "ABC": "ROMAN"}


def _first_roman(mark: _Mark) -> tuple[str, int] | None:
    """An "i." that follows no "h." begins a Roman row."""
    alphabet, _, around = mark.family.partition(" ")
    return (f"{_ROMAN_OF[alphabet]} {around}", 1) if alphabet in _ROMAN_OF and mark.value == 9 else None


def _rewrite(out: list[Line], lines: Sequence[Line], marks: list[_Mark], begin: int, end: int) -> None:
    runs = _runs(marks)
    below = begin < len(lines) and (lines[begin].title or _numbers(lines[begin].text))
    taken = {id(run) for run in runs if _counts(run, marks, below, lines)}
    if not _slips(marks) and not any(
        run.family != "1" or _repairs(run, lines) for run in runs if id(run) in taken
    ):
        return
    kept = [mark for mark in marks if mark.run is None or id(mark.run) in taken]
    _place(out, lines, kept, end)


def _numbers(text: str) -> bool:
    """Whether a line is a heading with a number."""
    return text[:1] == "#" and NUMBERED.match(text.strip("# \t")) is not None


def _repairs(run: _Run, lines: Sequence[Line]) -> bool:
    return any(not _STANDARD.match(lines[mark.at].text) for mark in run.marks)


def _counts(run: _Run, marks: Sequence[_Mark], below: bool, lines: Sequence[Line]) -> bool:
    """Whether the row is a list: three in order, or two under an item or a numbered heading."""
    if run.family == "1" and not _repairs(run, lines):
        return True
    if (
        run.marks[0].value > 1
        and not (run.family.startswith("number") or run.family == "1")
        and len(run.marks) < 3
    ):
        return False
    if len(run.marks) > 2:
        return True
    first = run.marks[0].at
    under = below or any(
        mark.at < first and mark.family in ("1", "task") and mark.run is not run for mark in marks
    )
    nested = run.family.split(" ")[0] not in ("number", "1", "cjk")
    mixed = run.family == "1" and any(_STANDARD.match(lines[mark.at].text) for mark in run.marks)
    return len(run.marks) > 1 and ((under and nested) or mixed)


@dataclass(slots=True)
class _Level:
    run: _Run | None
    was: int
    now: int
    mark: _Mark


def _place(out: list[Line], lines: Sequence[Line], marks: list[_Mark], end: int) -> None:
    """Write each marker anew, at the indentation that its place among the others asks for."""
    levels: list[_Level] = []
    for n, mark in enumerate(marks):
        now = _indentation(mark, levels, lines)
        until = marks[n + 1].at if n + 1 < len(marks) else _last_line(lines, mark, end)
        line = lines[mark.at]
        written = mark.run is None or (mark.family == "1" and _STANDARD.match(line.text))
        text = line.text if written else f"{mark.value}. {line.text[mark.end :]}"
        out[mark.at] = line._replace(indent=now, text=text)
        if now != mark.indent:
            for i in range(mark.at + 1, until):
                out[i] = out[i]._replace(indent=max(0, out[i].indent + now - mark.indent))


def _indentation(mark: _Mark, levels: list[_Level], lines: Sequence[Line]) -> int:
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


def _nests(mark: _Mark, level: _Level, lines: Sequence[Line]) -> bool:
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


def _last_line(lines: Sequence[Line], mark: _Mark, end: int) -> int:
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
