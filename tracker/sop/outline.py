"""What stands in a document and which of it are steps, without the page around it: a quarter of the work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from tracker.sop import attributes, blocks, frontmatter, limits, lines, rewrite, sections
from tracker.sop.blocks import Block
from tracker.sop.limits import TooMuchError
from tracker.sop.model import Step
from tracker.sop.steps import Fault, build

Keys = Sequence[str] | Callable[[Sequence[Step]], Sequence[str]] | None


_TITLES = ("heading", "paragraph")


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
    return Outline(tree, steps, faults)


def _count(places: Iterable[int], most: int, what: str, hint: str) -> None:
    """Raise TooMuchError at the first place beyond so many."""
    beyond = next(islice(places, most, None), None)
    if beyond is not None:
        raise TooMuchError(beyond, f"The document has more than {most} {what}.", hint)


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
    having = set(_recoveries(outline.blocks, None))
    return tuple(
        replace(step, recovery="recovery" if n in having else "") for n, step in enumerate(outline.steps)
    )


def _recoveries(tree: Sequence[Block], inside: int | None) -> Iterator[int]:
    """The steps that have a recovery block; a heading's reaches to the next heading of its level or above."""
    step, level = inside, 0
    for block in tree:
        if block.level and (block.step is not None or block.level <= level) and block.kind in _TITLES:
            step, level = (block.step, block.level) if block.step is not None else (inside, 0)
        elif block.kind == "admonition" and "recovery" in block.name.split():
            yield from () if step is None else (step,)
        else:
            yield from _recoveries(block.children, step if block.step is None else block.step)
