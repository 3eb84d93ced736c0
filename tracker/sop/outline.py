"""The steps of a text without the page around them: a quarter of the work of reading it."""

from __future__ import annotations

from tracker.sop import blocks, frontmatter, lines, rewrite, sections, steps
from tracker.sop.markdown import Keys
from tracker.sop.model import Step
from tracker.sop.sections import Found


def read(source: str, keys: Keys = None) -> tuple[Step, ...]:
    """The steps of a document that is known to be good, without their HTML; `keys` as in `parse.read`."""
    matter, height = frontmatter.split(source)
    found = find(source, frontmatter.read(matter, "")[0].steps if height else None)
    return steps.build(found, keys(steps.build(found)[0]) if callable(keys) else keys)[0]


def find(source: str, heading: str | None) -> list[Found]:
    """Where the steps stand in a document; `heading` is what its front matter says with `steps:`."""
    _, height = frontmatter.split(source)
    body = "\n".join(source.split("\n")[height:])
    return sections.find(blocks.parse(lines.read_lines(rewrite.clean(body), height + 1)), heading)
