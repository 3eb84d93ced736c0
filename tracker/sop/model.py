"""What a document says, as plain values. Everything here is immutable and knows no framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

INPUTS = ("check", "number", "text", "choice", "photo", "file", "scan", "signature", "date")


Notice = tuple[int, str, str, str]
"""What its author should know of a document that is good all the same: line, rule, what, what to write."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a document: where, what, and what to write instead.

    `line` is the 1-based line of the source file. `rule` is the short name by which lint knows it.
    An `error` keeps the document from being published; anything else is advice.
    """

    path: str
    line: int
    rule: str
    message: str
    hint: str = ""
    error: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" + (f" {self.hint}" if self.hint else "")


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction.

    `key` is its identity across revisions, `text` its visible text, `line` its 1-based source line,
    `depth` 1 for a top-level step, `parent` the key of the step it is nested in.
    `attributes` holds what the author wrote, checked and typed: `critical`, `optional`, `verify`,
    `keep-location` (bool), `input` (one of INPUTS), `unit`, `pattern`, `when`, `role`, `meaning`,
    `match` (str), `min`, `max` (float), `options` (tuple of str), `takes`, `at-least` (seconds, int).
    What was not written is absent.
    `html` is the step as the page shows it, without its nested steps and its recovery;
    `recovery` is the HTML of its recovery block, or "".
    """

    key: str
    text: str
    line: int
    depth: int = 1
    checkbox: bool = False
    parent: str | None = None
    pinned: bool = False  # the author wrote {#key}
    attributes: Mapping[str, Any] = field(default_factory=dict)
    html: str = ""
    recovery: str = ""


@dataclass(frozen=True, slots=True)
class Meta:
    """The front matter that Holdfast knows; `extra` keeps everything else as it stands."""

    id: str | None = None
    title: str | None = None
    area: str | None = None
    owner: str | None = None
    subject: str | None = None
    roles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # other words by which it is looked for
    due: int | None = None  # seconds
    review: int | None = None  # days
    keep_evidence: int | None = None  # days
    takes: int | None = None  # seconds
    schedule: str | None = None
    tolerance: float | None = None  # 0.02 for "2%"
    steps: str | None = None  # a heading, or "none"
    retired: bool = False
    description: str | None = None
    language: str | None = None  # of the text, such as "en"
    verify: str | None = None  # the role that signs each run, or "" for any second person
    close: str | None = None  # "by-hand": no run ends by itself
    meaning: str | None = None  # what is said by that signature
    lint: Mapping[str, str] = field(default_factory=dict)  # rules switched off, each with its reason
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read: who it is, its steps in document order, its page, and what is wrong with it.

    `path` is relative to the folder of SOPs, with forward slashes; `id` comes from the front matter,
    else from the path. `html` is the whole page body with step anchors. `takes` is the expected time in
    seconds: as written, else the sum over the steps that give one, else None. `links` and `images` are
    (line, target) pairs as written, in document order. `notices` is what rules of lint say that need to see
    the whole text: it is noticed in reading.
    """

    path: str
    id: str
    title: str
    area: str
    meta: Meta
    steps: tuple[Step, ...]
    html: str
    source: str
    problems: tuple[Problem, ...] = ()
    links: tuple[tuple[int, str], ...] = ()
    images: tuple[tuple[int, str], ...] = ()
    takes: int | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.error)
