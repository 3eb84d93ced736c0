"""An existing document as an SOP of this workspace: front matter and keys added, nothing else changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from tracker.sop import blocks, frontmatter, parse, rewrite, sections
from tracker.sop.attributes import split as split_attributes
from tracker.sop.blocks import Block
from tracker.sop.lines import read_lines
from tracker.sop.model import Document, Step
from tracker.sop.text import visible
from tracker.sop.told import told
from tracker.sop.toml import Toml

Note = tuple[int, str]  # the line in the original, and what was unsure about it

_PLAIN = re.compile(r"[^\W\d_][\w ,()/.+-]*")


@dataclass(frozen=True, slots=True)
class Adoption:
    """The adopted text, the document that it reads as, and what a person should look at."""

    text: str
    document: Document
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A numbered or task list: where it is, its first item, how many items, and whether they are steps."""

    line: int
    heading: str
    first: str
    items: int
    tasks: bool
    taken: bool

    def __str__(self) -> str:
        kind = "task list" if self.tasks else "numbered list"
        where = f" under “{self.heading}”" if self.heading else ""
        count = "1 item" if self.items == 1 else f"{self.items} items"
        return f"the {kind}{where} (“{_short(self.first)}”, {count})"


def adopt(text: str, path: str, given: Mapping[str, str], pages: bool = False) -> Adoption:
    """`text` with front matter, for the place `path`; `given` are id, owner, area where there are any.

    What the front matter says already is kept, also keys that are not ours. The steps stay the same; where
    front matter can't be added without changing them, the text stays as it is and a note says so. That a
    document without steps is meant to have none is written only where `pages` says so.
    """
    before = parse.read(text, path)
    if before.errors:
        return Adoption(
            text, before, tuple((problem.line, str(problem.message)) for problem in before.errors)
        )
    lists = candidates(text, before)
    choice = _steps_choice(text, before, lists, pages)
    wanted = {"title": before.title, **given, **({"steps": choice} if choice else {})}
    added = add_front_matter(text, wanted)
    after = parse.read(added, path)
    if after.errors or outline(after.steps) != outline(before.steps):
        note = (1, told("front matter could not be added; write it yourself."))
        return Adoption(text, before, (note, *_notes(before, lists, None)))
    return Adoption(added, after, tuple(_notes(before, lists, choice)))


def add_front_matter(text: str, wanted: Mapping[str, str]) -> str:
    """`text` with the values of `wanted` that its front matter does not give; made where there is none."""
    newline = "\r\n" if "\r\n" in text else "\n"
    matter, height = frontmatter.split(text)
    missing = {name: value for name, value in wanted.items() if not gives(matter, name)}
    if not missing:
        return text
    if isinstance(matter, Toml):  # at its top: what stands after a “[table]” belongs to that
        lines = [f"{name} = {json.dumps(value)}{newline}" for name, value in missing.items()]
        fence, rest = text.split("\n", 1)
        return "".join([fence, "\n", *lines, rest])
    lines = [f"{name}: {scalar(value)}{newline}" for name, value in missing.items()]
    if not height:
        return "".join([f"---{newline}", *lines, f"---{newline}", text])
    rows = text.split("\n", height)
    end = sum(len(row) + 1 for row in rows[: height - 1])
    return text[:end] + "".join(lines) + text[end:]


def gives(matter: str, name: str) -> bool:
    """Whether a front matter has a key of this name, whatever its value."""
    if isinstance(matter, Toml):
        matter = re.split(r"^\s*\[", matter, maxsplit=1, flags=re.M)[0]
    return bool(re.search(rf"^\s*[\"']?{re.escape(name)}[\"']?\s*[:=]", matter, re.M))


def scalar(value: str) -> str:
    """`value` as YAML reads it back: plain where that is safe, else in double quotes.

    >>> scalar("Pack an order"), scalar("no"), scalar("3: two")
    ('Pack an order', '"no"', '"3: two"')
    """
    if _PLAIN.fullmatch(value) and _loaded(value) == value:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return quoted if _loaded(quoted) == value else json.dumps(value)


def _loaded(written: str) -> Any:
    try:
        return yaml.safe_load(f"k: {written}")["k"]
    except yaml.YAMLError:
        return None


def outline(steps: Sequence[Step]) -> list[tuple[Any, ...]]:
    """What has to stay the same when a document is adopted: everything but keys and lines."""
    return [(step.text, step.depth, step.checkbox, dict(step.attributes)) for step in steps]


def candidates(text: str, document: Document) -> list[Candidate]:
    """The lists that could be steps: numbered ones and task lists that stand in no other such list."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    _, height = frontmatter.split(plain)
    body = "".join(line + "\n" for line in plain.split("\n")[height:])
    tree = blocks.parse(read_lines(rewrite.clean(body), height + 1))
    sections.find(tree, document.meta.steps)
    return list(_candidates(tree, ""))


def _candidates(tree: Sequence[Block], heading: str) -> Iterator[Candidate]:
    for block in tree:
        if block.kind == "heading":
            heading = visible(split_attributes(block.text)[0])
        tasks = any(item.checkbox is not None for item in block.children)
        if block.kind == "list" and (block.ordered or tasks):
            items = block.children
            first = visible(split_attributes(sections.own_text(items[0]))[0])
            taken = any(item.step is not None for item in items)
            yield Candidate(block.line, heading, first, len(items), tasks, taken)
        elif block.kind != "code":
            yield from _candidates(block.children, heading)


def _steps_choice(text: str, document: Document, lists: Sequence[Candidate], pages: bool) -> str | None:
    """What `steps:` should say where it was guessed: "none", the one heading of the steps, or nothing."""
    if document.meta.steps is not None:
        return None
    if not document.steps:
        return "none" if pages else None
    taken = {item.heading for item in lists if item.taken}
    if all(item.taken for item in lists) or len(taken) != 1:
        return None
    (heading,) = taken
    trial = parse.read(add_front_matter(text, {"steps": heading}), document.path) if heading else None
    same = trial is not None and not trial.errors and outline(trial.steps) == outline(document.steps)
    return heading if same else None


def _notes(document: Document, lists: Sequence[Candidate], choice: str | None) -> Iterator[Note]:
    """What was passed over; which lists were taken for steps and which not, where it was not all or none."""
    if document.meta.steps is not None:
        return
    listed = {item.line for item in lists}
    yield from ((at, f"{what} {hint}") for at, _, what, hint in document.notices if at not in listed)
    if all(item.taken for item in lists):
        return
    for item in lists:
        yield item.line, f"{item} was {'taken' if item.taken else 'not taken'} for steps."
    if choice == "none":
        yield (
            1,
            told(
                "no list was taken for steps, so “steps: none” was written. If one is, name its heading "
                "there."
            ),
        )
    elif not document.steps:
        yield (
            1,
            told(
                "no list was taken for steps. If one is, write “steps:” and its heading; if none, “steps: "
                "none”."
            ),
        )
    elif choice:
        yield (
            1,
            told(
                "only the list under “%(choice)s” was taken for steps, so “steps: %(choice)s” was written.",
                choice=choice,
            ),
        )
    else:
        yield (
            1,
            told(
                "some lists were taken for steps, others not. If that is wrong, write “steps:” and the "
                "heading."
            ),
        )


def _short(text: str, longest: int = 40) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
