"""What is known of a list or a heading besides its own words.

The whole document tells its language, its headings, and whether it is a contract; the place of a list tells
the step and the headings that it stands under, and the sentence before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tracker.sop import attributes, languages, vocabulary, wording
from tracker.sop.blocks import Block
from tracker.sop.text import visible
from tracker.sop.titles import NUMBERED

_BRACES = re.compile(r"\{[^{}]{1,400}\}")  # keys say nothing about the language
_BARE = re.compile(r"\d{1,3}(?:\.\d{1,3})*\s+")
_ENOUGH = 8_000
"""Characters that tell the language."""

_SHORT = 600
"""Characters of a text in which the common words of a language may be missing."""


def plain(text: str) -> str:
    """A heading as it is compared: without marks, capitals and colons."""
    return visible(text).casefold().strip(" :.")


def own_text(block: Block) -> str:
    """The first paragraph of an item, or the text of a heading, as written."""
    if block.kind in ("heading", "row") or (block.kind == "paragraph" and block.level):
        return block.text
    first = block.children[0] if block.children else None
    return first.text if first and first.kind in ("paragraph", "heading") else ""


def is_title(block: Block) -> bool:
    """Whether a block is a heading, or a paragraph that is read as one."""
    return block.kind == "heading" or (block.kind == "paragraph" and block.level > 0)


def every(blocks: list[Block]) -> Iterator[Block]:
    """All blocks, those inside of others too."""
    for block in blocks:
        yield block
        yield from every(block.children)


def in_flow(blocks: list[Block]) -> Iterator[Block]:
    """The blocks as they follow each other on the page: those inside of elements of HTML in their places."""
    for block in blocks:
        if block.kind == "element":
            yield from in_flow(block.children)
        else:
            yield block


class Context:
    """A document, asked for what its lists and headings are judged by; each answer is worked out once."""

    def __init__(self, blocks: list[Block], only: str | None) -> None:
        self.blocks = blocks
        self.only = plain(only) if only else None

    @cached_property
    def headings(self) -> list[Block]:
        """The headings and numbered titles, in order."""
        return [block for block in in_flow(self.blocks) if is_title(block)]

    @cached_property
    def titles(self) -> set[str]:
        """The headings without their numbers."""
        return {unnumbered(block.text) for block in self.headings}

    @cached_property
    def title(self) -> str:
        """The heading over the whole document, or ""."""
        first = self.blocks[0] if self.blocks else None
        return visible(first.text) if first and first.kind == "heading" else ""

    @cached_property
    def language(self) -> str:
        """The code of its language."""
        texts = [b.text for b in every(self.blocks) if b.kind in ("paragraph", "heading") and b.text]
        text = _BRACES.sub("", " ".join(texts)[:_ENOUGH])
        if wording.is_english(text):
            return "en"
        items = [visible(_BRACES.sub("", own_text(b))) for b in every(self.blocks) if b.kind == "item"]
        return languages.language_of(text, items if len(text) < _SHORT else ())

    @cached_property
    def legal(self) -> bool:
        """Whether it is a contract or the like. What stands above its first part says nothing about it."""
        parts = [part for part in _parts(self.blocks) if any(part)]
        counted = [part for part in parts[1:] if not _names_terms(part[0])] if len(parts) > 2 else parts
        words = sum(text.count(" ") + 1 for _, texts in counted for text in texts)
        hits = sum(wording.legal(text) for _, texts in counted for text in texts)
        return hits >= 4 and hits * 250 > words

    @cached_property
    def runbook(self) -> bool:
        """Whether its title names a procedure."""
        if vocabulary.RUNBOOK_TITLE.match(self.title):
            return True
        return self.language != "en" and languages.finds("procedure", self.language, self.title)

    def is_over_all(self, block: Block) -> bool:
        """Whether the heading stands over the whole document."""
        headings = self.headings
        return block is headings[0] and all(other.level > block.level for other in headings[1:])


@dataclass(frozen=True, eq=False)
class Place:
    """Where a list stands: the step it is in, the headings above it, and what is said just before it.

    `intro` is the block before it, `label` the last bold line under the heading.
    """

    context: Context
    headings: Sequence[Block]
    parent: int | None
    intro: Block | None
    label: str

    @property
    def language(self) -> str:
        """The code of the language of the document."""
        return self.context.language

    @property
    def nested(self) -> bool:
        """Whether it stands in a step."""
        return self.parent is not None

    @cached_property
    def lead(self) -> str:
        """The end of the paragraph before it."""
        return visible(self.intro.text[-400:]) if self.intro and self.intro.kind == "paragraph" else ""

    @cached_property
    def path(self) -> list[str]:
        """The headings above it, without their numbers."""
        return [unnumbered(heading.text) for heading in self.headings]

    @cached_property
    def near(self) -> str:
        """What is nearest above it, a label or a heading."""
        return unnumbered(self.label) or (self.path[-1] if self.path else "")


def unnumbered(heading: str) -> str:
    """A heading without its number, as it is compared."""
    text = visible(heading)
    number = NUMBERED.match(text) or _BARE.match(text)
    return plain(text[number.end() :] if number and number.end() < len(text) else text)


def numbered(block: Block) -> bool:
    """Whether a heading begins with a number or a step word."""
    return NUMBERED.match(visible(attributes.split(block.text)[0])) is not None


def _parts(blocks: list[Block]) -> Iterator[tuple[str, list[str]]]:
    """The heading and the texts of each part of a document."""
    heading = ""
    texts: list[str] = []
    for block in every(blocks):
        if block.kind == "heading":
            yield heading, texts
            heading, texts = block.text, []
        elif block.kind == "paragraph":
            texts.append(block.text)
    yield heading, texts


def _names_terms(heading: str) -> bool:
    return vocabulary.TERMS_HEADING.search(heading) is not None
