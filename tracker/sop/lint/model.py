"""What a rule of lint is, what it is given, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tracker.sop import translations
from tracker.sop.frontmatter import line_of
from tracker.sop.frontmatter import split as split_frontmatter
from tracker.sop.inforce import InForce
from tracker.sop.model import Document

Exists = Callable[[str], bool]
Finding = tuple[int, str, str]  # line, what is wrong, what to write


@dataclass(slots=True)
class Library:
    """The documents around one that is judged.

    `exists` says whether a path below the folder of SOPs is there. `others` are the ids and paths of
    documents that are there and not judged.
    """

    documents: Sequence[Document]
    exists: Exists
    in_force: InForce = field(default_factory=InForce)
    others: Mapping[str, str] = field(default_factory=dict)
    originals: Sequence[Document] = ()
    holders: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.originals = translations.alone(self.documents, self.exists)
        places = [(document.id, document.path) for document in self.originals] + [*self.others.items()]
        self.holders = dict(sorted(places, key=self._claim, reverse=True))

    def _claim(self, place: tuple[str, str]) -> tuple[bool, str]:
        """Of several documents with one id the one that is in force has it, else the first by its path."""
        id, path = place
        return path != self.in_force.sops.get(id, {}).get("path"), path


Check = Callable[[Document, Library], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` finds, `group` says what it is about, `why` what is at stake, in a sentence.

    `kind` is what it judges: "any" document, an "original" (no translation), or one to be "run": an original
    with steps that is in use. An `error` keeps the document from being published and can't be switched off.
    """

    group: str
    why: str
    check: Check
    kind: str = "run"
    error: bool = False


def judged(document: Document, rule: Rule, originals: set[str]) -> bool:
    """Whether a rule has anything to say about a document."""
    if rule.kind == "any":
        return True
    if document.path not in originals or document.path.startswith("guide/"):
        return rule.kind == "original" and document.path in originals
    return rule.kind == "original" or bool(document.steps and not document.meta.retired)


def line(document: Document, name: str) -> int:
    """The line of a key of the front matter; 1 without one."""
    matter, height = split_frontmatter(document.source)
    return line_of(matter, name) if height else 1


def shorten(text: str) -> str:
    """A step's text as a message quotes it."""
    return text if len(text) <= 50 else text[:49] + "…"
