"""Which markers make a list: rows of one family in order, also where rows stand inside each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracker.sop.lines import Line
from tracker.sop.markers import OPEN_RUNS, STANDARD, Mark, Run
from tracker.sop.numerals import roman

_ROMAN_OF = {"abc": "roman", "ABC": "ROMAN"}


def rows(marks: Iterable[Mark]) -> list[Run]:
    """The rows of markers in order. The same family can be open at several indentations."""
    runs: list[Run] = []
    open_runs: list[Run] = []
    for mark in marks:
        if mark.family == "task":
            continue
        run = _continued(mark, open_runs)
        if run is None:
            run = Run()
            runs.append(run)
            open_runs.append(run)
        mark.run = run
        run.marks.append(mark)
    return runs


def _continued(mark: Mark, open_runs: list[Run]) -> Run | None:
    for run in open_runs[: -OPEN_RUNS - 1 : -1]:
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


def _anew(mark: Mark, last: Mark) -> bool:
    """Whether a marker of Markdown one blank further in or out belongs to another row."""
    return mark.value != last.value + 1 if mark.indent > last.indent else mark.value <= last.value


def _either(mark: Mark, last: Mark) -> tuple[str, int] | None:
    """A single letter that goes on with a Roman row: "v." after "iv."."""
    alphabet, _, around = mark.family.partition(" ")
    if alphabet not in ("abc", "ABC") or last.family != f"{_ROMAN_OF[alphabet]} {around}":
        return None
    value = roman(chr(ord("a") + mark.value - 1))
    return (last.family, value) if value == last.value + 1 else None


def _first_roman(mark: Mark) -> tuple[str, int] | None:
    """An "i." that follows no "h." begins a Roman row."""
    alphabet, _, around = mark.family.partition(" ")
    return (f"{_ROMAN_OF[alphabet]} {around}", 1) if alphabet in _ROMAN_OF and mark.value == 9 else None


def repairs(run: Run, lines: Sequence[Line]) -> bool:
    """Whether a row has a marker that Markdown would not know."""
    return any(not STANDARD.match(lines[mark.at].text) for mark in run.marks)


def is_list(run: Run, marks: Sequence[Mark], below: bool, lines: Sequence[Line]) -> bool:
    """Whether the row is a list: three in order, or two under an item or a numbered heading."""
    if run.family == "1" and not repairs(run, lines):
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
    mixed = run.family == "1" and any(STANDARD.match(lines[mark.at].text) for mark in run.marks)
    return len(run.marks) > 1 and ((under and nested) or mixed)
