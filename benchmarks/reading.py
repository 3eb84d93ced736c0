"""Reading real documents: which steps are found, against answers written by people, per source.

    python benchmarks/reading.py [CORPUS] [--answers FOLDER] [--cases FOLDER] [--misses]

CORPUS is a folder of sources (default ../shared/corpus). The answers stand beside the documents, or in
FOLDER under the same paths. The small cases (default ../shared/cases/reading, with their expected.json) have
a table of their own, a row for each kind. The last table is the plain CommonMark reading of the corpus.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from markdown_it import MarkdownIt  # noqa: E402

from tracker.sop.model import Step  # noqa: E402
from tracker.sop.parse import read  # noqa: E402

Reader = Callable[[bytes, str], list[Step]]


@dataclass
class Score:
    """Counts over one or more documents. Index 0 top-level steps, 1 sub-steps."""

    documents: int = 0
    answers: int = 0
    right: list[int] = field(default_factory=lambda: [0, 0])
    found: list[int] = field(default_factory=lambda: [0, 0])
    wanted: list[int] = field(default_factory=lambda: [0, 0])
    lines: int = 0
    boxes: int = 0
    matched: int = 0
    exact: int = 0
    empty: int = 0
    empty_right: int = 0
    seconds: float = 0.0
    misses: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        for name, value in vars(other).items():
            mine = getattr(self, name)
            pairs = name in ("right", "found", "wanted")
            setattr(self, name, [a + b for a, b in zip(mine, value, strict=True)] if pairs else mine + value)

    def precision(self, level: int) -> float:
        return self.right[level] / self.found[level] if self.found[level] else 1.0

    def recall(self, level: int) -> float:
        return self.right[level] / self.wanted[level] if self.wanted[level] else 1.0


def documents(corpus: Path) -> Iterator[Path]:
    """Every document of the corpus."""
    for path in sorted(corpus.rglob("*.md*")):
        if path.suffix in (".md", ".erb") and path.parent != corpus:
            yield path


def ours(source: bytes, path: str) -> list[Step]:
    return list(read(source, path).steps)


def commonmark(source: bytes, path: str) -> list[Step]:
    """Every item of an ordered list, and every task, as markdown-it-py nests them."""
    text = source.decode("utf-8", "replace")
    steps: list[Step] = []
    open_lists: list[bool] = []
    tokens = MarkdownIt("commonmark").parse(text)
    for i, token in enumerate(tokens):
        if token.type in ("ordered_list_open", "bullet_list_open"):
            open_lists.append(token.type == "ordered_list_open")
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            open_lists.pop()
        elif token.type == "list_item_open" and i + 2 < len(tokens) and tokens[i + 2].type == "inline":
            words = tokens[i + 2].content
            task = re.match(r"\[[ xX]\]\s+", words)
            if open_lists[-1] or task:
                depth = max(1, sum(open_lists[:-1]) + 1)
                shown = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*_`]", r"\1", words[task.end() if task else 0 :])
                line = (token.map or [0])[0] + 1
                steps.append(Step(str(i), shown, line, depth, bool(task)))
    return steps


def reduced(text: str) -> str:
    """Lower-case letters and digits, the first 40: what two texts are compared by."""
    return "".join(c for c in text.casefold() if c.isalnum())[:40]


def same(a: str, b: str) -> bool:
    a, b = reduced(a), reduced(b)
    short = min(len(a), len(b), 40)
    return a == b or (short >= 12 and a[:short] == b[:short])


def score(steps: list[Step], answer: dict) -> Score:  # type: ignore[type-arg]
    """Steps against one answer file, matched one to one in order of lines."""
    result = Score(answers=1)
    optional = answer.get("optional", [])
    left = list(steps)
    for level in (0, 1):
        for want in (s for s in answer["steps"] if (s["depth"] > 1) == level):
            result.wanted[level] += 1
            near = sorted(left, key=lambda s: abs(s.line - want["line"]))
            hit = next((s for s in near if (s.depth > 1) == level and same(s.text, want["text"])), None)
            if hit is None:
                result.misses.append(f"  missed {want['line']}: d{want['depth']} {want['text'][:50]}")
                continue
            left.remove(hit)
            result.right[level] += 1
            result.found[level] += 1
            result.matched += 1
            result.lines += hit.line == want["line"]
            result.boxes += hit.checkbox == want["checkbox"]
            if hit.depth != want["depth"]:
                result.misses.append(
                    f"  depth  {want['line']}: {hit.depth} for {want['depth']} {want['text'][:50]}"
                )
    for step in left:
        if any(abs(o["line"] - step.line) <= 1 or same(o["text"], step.text) for o in optional):
            continue
        result.found[step.depth > 1] += 1
        result.misses.append(f"  extra  {step.line}: d{step.depth} {step.text[:50]}")
    result.empty = not answer["steps"]
    result.empty_right = result.empty and result.found == [0, 0]
    return result


def measure(corpus: Path, answers: Path, reader: Reader) -> dict[str, Score]:
    """One score per source."""
    table: dict[str, Score] = {}
    for path in documents(corpus):
        name = path.relative_to(corpus).as_posix()
        source = path.read_bytes()
        start = time.perf_counter()
        steps = reader(source, name)
        spent = time.perf_counter() - start
        total = table.setdefault(name.split("/")[0], Score())
        total.documents += 1
        total.seconds += spent
        file = answers / f"{name}.expected.json"
        if file.exists():
            one = score(steps, json.loads(file.read_text(encoding="utf-8")))
            one.misses = [name, *one.misses] if one.misses else []
            total.add(one)
    return table


def small_cases(folder: Path, reader: Reader) -> dict[str, Score]:
    """One score per kind of small case: `k06b-alpha.md` is of the kind k06. Only its lines are compared."""
    table: dict[str, Score] = {}
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for name, answer in sorted(expected.items()):
        source = (folder / name).read_bytes()
        start = time.perf_counter()
        steps = reader(source, name)
        spent = time.perf_counter() - start
        kind = re.match(r"[a-z]*\d*", name)
        total = table.setdefault(kind[0] if kind else name, Score())
        total.add(_case(name, steps, answer["steps"]))
        total.seconds += spent
    return table


def _case(name: str, steps: list[Step], wanted: list[list[int]]) -> Score:
    got = [(step.line, step.checkbox, step.depth) for step in steps]
    want = [(line, bool(box), depth) for line, box, depth in wanted]
    result = Score(documents=1, answers=1)
    for line, _, depth in want:
        result.wanted[depth > 1] += 1
        result.right[depth > 1] += any((a, d > 1) == (line, depth > 1) for a, _, d in got)
    for _, _, depth in got:
        result.found[depth > 1] += 1
    result.exact = got == want
    if not result.exact:
        only = [f"missed {line}: d{d}{' box' * b}" for line, b, d in want if (line, b, d) not in got]
        more = [f"extra {line}: d{d}{' box' * b}" for line, b, d in got if (line, b, d) not in want]
        result.misses = [f"{name}  {', '.join(only + more)}"]
    return result


def show_cases(table: dict[str, Score]) -> None:
    total = Score()
    print("\nsmall cases, line by line")
    head = ("kind", "cases", "exact", "top P", "top R", "sub P", "sub R", "ms/doc")
    print("{:28}{:>6}{:>9}{:>8}{:>8}{:>8}{:>8}{:>9}".format(*head))
    for name, line in [*table.items(), ("all", total)]:
        total.add(line) if line is not total else None
        share = [line.precision(0), line.recall(0), line.precision(1), line.recall(1)]
        figures = "".join(f"{value:8.3f}" for value in share)
        if line is total or line.exact < line.documents:
            print(f"{name:28}{line.documents:6}{f'{line.exact}/{line.documents}':>9}{figures}"
                  f"{1000 * line.seconds / max(1, line.documents):9.2f}")  # fmt: skip
    print("target" + " " * 34 + "all  >=.970  >=.970  >=.900  >=.900      <=5")
    print("".join(f"{miss}\n" for line in table.values() for miss in line.misses), end="")


def show(title: str, table: dict[str, Score]) -> None:
    total = Score()
    print(f"\n{title}")
    head = (
        "source",
        "docs",
        "answers",
        "top P",
        "top R",
        "sub P",
        "sub R",
        "lines",
        "boxes",
        "none",
        "ms/doc",
    )
    print("{:28}{:>6}{:>9}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>9}".format(*head))
    for name, line in table.items():
        total.add(line)
        _row(name, line)
    _row("all", total)
    print("target" + " " * 37 + "  >=.970  >=.970  >=.900  >=.900   1.000   1.000     all     <=5")


def _row(name: str, s: Score) -> None:
    share = [s.precision(0), s.recall(0), s.precision(1), s.recall(1)]
    exact = [n / s.matched if s.matched else 1.0 for n in (s.lines, s.boxes)]
    figures = "".join(f"{value:8.3f}" for value in share + exact)
    print(f"{name:28}{s.documents:6}{s.answers:9}{figures}{f'{s.empty_right}/{s.empty}':>8}"
          f"{1000 * s.seconds / max(1, s.documents):9.2f}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="?", type=Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--cases", type=Path, default=ROOT.parent / "shared" / "cases" / "reading")
    parser.add_argument("--misses", action="store_true", help="name every step missed or wrongly found")
    options = parser.parse_args()
    if not options.corpus.is_dir():
        sys.exit(f"There is no corpus in {options.corpus}: give its folder.")
    answers = options.answers or options.corpus
    table = measure(options.corpus, answers, ours)
    show("tracker.sop", table)
    if options.cases.is_dir():
        show_cases(small_cases(options.cases, ours))
    if options.misses:
        print("\n".join(line for s in table.values() for line in s.misses))
    else:
        show(
            "every ordered item and task (markdown-it-py, CommonMark)",
            measure(options.corpus, answers, commonmark),
        )


if __name__ == "__main__":
    main()
