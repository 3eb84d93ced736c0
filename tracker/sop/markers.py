"""Items that people number in ways Markdown does not know: `①`, `a)`, `1 -`, `1.1`, `第一、`.

Here they are found, each with its family and its place in it. Which of them make a list is decided in
`tracker.sop.marker_rows`; `tracker.sop.normal_lines` writes them as Markdown does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tracker.sop.lines import Line
from tracker.sop.numerals import LETTERS, ROMAN, SIGNS, cjk, roman

OPEN_RUNS = 40
"""Rows that can go on, and markers that are looked at to see whether one does."""

STANDARD = re.compile(r"(\d{1,9})[.)](?=\s|$)")
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


@dataclass(slots=True)
class Mark:
    """A marker as found: the line it is on, its family and place in it, and where the text begins."""

    at: int
    indent: int
    family: str
    value: int
    end: int
    run: Run | None = None


@dataclass(slots=True, eq=False)
class Run:
    """Markers of one family that follow each other in order."""

    marks: list[Mark] = field(default_factory=list)

    @property
    def last(self) -> Mark:
        return self.marks[-1]

    @property
    def family(self) -> str:
        return self.marks[0].family


def find(lines: Sequence[Line], begin: int, end: int) -> list[Mark]:
    """All markers of a part, those of Markdown too; nothing where there are only such."""
    marks: list[Mark] = []
    special = 0
    for i in range(begin, end):
        line = lines[i]
        text = line.text
        if line.fence or not text or (text[0].isalpha() and not 1 < _letters(text) < 7):
            continue
        if standard := STANDARD.match(text):
            marks.append(Mark(i, line.indent, "1", int(standard[1]), standard.end()))
        elif _TASK.match(text):
            marks.append(Mark(i, line.indent, "task", 0, 0))
        elif (
            text[0] not in "#>|<`!-*+"
            and (found := _CANDIDATE.match(text))
            and (mark := _mark(i, line, found))
        ):
            marks.append(mark)
            special += 1
    if special > 1 or (special and any(mark.family == "1" for mark in marks)):
        return marks
    return marks if slips(marks) else []


def slips(marks: Sequence[Mark]) -> bool:
    """Whether a list begins anew one blank further in, and the one around it goes on after it."""
    for n, (before, mark) in enumerate(pairwise(marks), 1):
        if before.family == mark.family == "1" and mark.indent == before.indent + 1 and mark.value == 1:
            after = next((later for later in marks[n : n + OPEN_RUNS] if later.indent == before.indent), None)
            if after and after.family == "1" and after.value == before.value + 1:
                return True
    return False


def _letters(text: str) -> int:
    """Where a marker of letters could end in `text`: the place of its dot or bracket."""
    return next((n for n in range(1, 7) if n < len(text) and text[n] in ".)、）\\"), 0) + 1


def _mark(i: int, line: Line, found: re.Match[str]) -> Mark | None:
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
    return Mark(i, line.indent, family, value, found.end()) if family and value else None


def _lettered(i: int, line: Line, letters: str, around: str, end: int) -> Mark | None:
    """A marker of letters. Whether "i." is a letter or a Roman one is told later, by what it follows."""
    if len(letters) == 1 and letters in LETTERS:
        alphabet, value = LETTERS[letters]
        return Mark(i, line.indent, f"{alphabet} {around}", value, end)
    if ROMAN.fullmatch(letters) and (letters.islower() or letters.isupper()):
        return Mark(
            i, line.indent, f"{'roman' if letters.islower() else 'ROMAN'} {around}", roman(letters), end
        )
    return None
