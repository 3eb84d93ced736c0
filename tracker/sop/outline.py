"""What stands in a document and which of it are steps, without the page around it: a quarter of the work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from tracker.sop import attributes, blocks, frontmatter, limits, lines, recoveries, rewrite, sections
from tracker.sop.blocks import Block
from tracker.sop.limits import TooMuchError
from tracker.sop.model import Step
from tracker.sop.steps import Fault, build
from tracker.sop.told import told

Keys = Sequence[str] | Callable[[Sequence[Step]], Sequence[str]] | None


class Outline(NamedTuple):
    """The blocks of a text, its steps without their HTML, and what is wrong with them."""

    blocks: list[Block]
    steps: tuple[Step, ...]
    faults: list[Fault]


def read(source: str, keys: Keys = None) -> tuple[Step, ...]:
    """The steps of a document that is known to be good, without their HTML; `keys` as in `parse.read`."""
    matter, height = frontmatter.split(source)
    heading = frontmatter.read(matter, "")[0].steps if height else None
    return _of("\n".join(source.split("\n")[height:]), height + 1, heading, keys).steps


def of(body: str, first_line: int, heading: str | None, keys: Keys = None) -> Outline:
    """The outline of a text; `heading` is what its front matter says with `steps:`.

    Raises TooMuchError where it has more steps or headings than anybody reads.
    """
    return _of(body, first_line, heading, keys, bounded=True)


def _of(body: str, first_line: int, heading: str | None, keys: Keys, bounded: bool = False) -> Outline:
    tree = blocks.parse(lines.read_lines(rewrite.clean(body), first_line))
    if bounded:
        _count(_headings(tree), limits.HEADINGS, "headings", "Split the document, or use plain text.")
    step_sections = sections.find(tree, heading)
    if bounded:
        places = (item.block.line for item in step_sections)
        _count(places, limits.STEPS, "steps", "Split the document into several SOPs.")
    steps, faults = build(step_sections, None if callable(keys) else keys)
    if callable(keys) and (wanted_keys := list(keys(steps))) != [step.key for step in steps]:
        steps, faults = build(step_sections, wanted_keys)
    for item in step_sections:
        _strip(item.block)
    return Outline(tree, steps, [*faults, *_without_text(tree, steps, heading is None)])


def _without_text(tree: Sequence[Block], steps: Sequence[Step], guessed: bool) -> Iterator[Fault]:
    """A step without a word can't be told from others; one with nothing at all is in no run."""
    for line in [*(step.line for step in steps if not step.text), *_empty_items(tree, guessed)]:
        hint = told("Say in a few words what is to be done, or take the line out.")
        yield line, "empty-step", told("This step has no text."), hint


def _empty_items(tree: Sequence[Block], guessed: bool) -> Iterator[int]:
    """The lines of items with nothing in them, where the others are steps, or a box says that this is one."""
    for block in tree:
        among_steps = any(item.step is not None for item in block.children) if block.kind == "list" else False
        for item in block.children if block.kind == "list" else ():
            box = guessed and item.checkbox is not None
            if not item.children and (box or (among_steps and item.ordered)):
                yield item.line
        yield from _empty_items(block.children, guessed)


def _count(places: Iterable[int], most: int, what: str, hint: str) -> None:
    """Raise TooMuchError at the first place beyond so many."""
    beyond = next(islice(places, most, None), None)
    if beyond is not None:
        raise TooMuchError(
            beyond, told("The document has more than %(most)s %(what)s.", most=most, what=what), hint
        )


def _headings(tree: Sequence[Block]) -> Iterator[int]:
    """The line of each heading, in order."""
    for block in tree:
        if block.kind == "heading":
            yield block.line
        yield from _headings(block.children)


def find(source: str, heading: str | None) -> list[sections.FoundStep]:
    """Where the steps stand in a document, their attributes still in the text."""
    _, height = frontmatter.split(source)
    body = "\n".join(source.split("\n")[height:])
    return sections.find(blocks.parse(lines.read_lines(rewrite.clean(body), height + 1)), heading)


def _strip(block: Block) -> None:
    """Take the attribute list out of what is shown."""
    holder = block if block.kind == "heading" else (block.children[0] if block.children else block)
    if holder.kind in ("heading", "paragraph"):
        holder.text = attributes.split(holder.text)[0]


def with_recovery(outline: Outline) -> tuple[Step, ...]:
    """The steps, with the word “recovery” in place of its HTML where one has a recovery block."""
    having = {step for step, _ in recoveries.placed(outline.blocks)}
    return tuple(
        replace(step, recovery="recovery" if n in having else "") for n, step in enumerate(outline.steps)
    )
