"""The headings that stand over each step, so that a checklist keeps the parts that its document has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from tracker.sop import attributes, blocks, frontmatter, titles
from tracker.sop.blocks import TITLE, Block
from tracker.sop.lines import read_lines
from tracker.sop.rewrite import clean
from tracker.sop.text import visible

Above = tuple[tuple[int, str], ...]
"""Headings from the outermost to the nearest, each with its line: two may say the same."""


def over(source: str, lines: Collection[int]) -> dict[int, Above]:
    """The headings over the steps of a document by their lines, which are `lines`.

    Those that stand over all of them are left out, as the title is: they tell no part from another.

    >>> over("# Desk\\n\\n## Open\\n1. Unlock it\\n\\n## Close\\n1. Lock it\\n", [4, 7])
    {4: ((3, 'Open'),), 7: ((6, 'Close'),)}
    """
    plain = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    height = frontmatter.split(plain)[1]
    body = "\n".join(plain.split("\n")[height:])
    found: dict[int, Above] = {}
    for line, above in _walk(blocks.parse(read_lines(clean(body), height + 1)), [], frozenset(lines), True):
        found.setdefault(line, above)
    shared = _shared(list(found.values()))
    return {line: above[shared:] for line, above in found.items()}


def between(above: Sequence[Above]) -> Iterator[list[tuple[int, str]]]:
    """For each step the headings that begin with it, each with its depth; `above` are those over each.

    >>> list(between([((3, "Open"),), ((3, "Open"), (5, "Door")), ((9, "Close"),)]))
    [[(1, 'Open')], [(2, 'Door')], [(1, 'Close')]]
    """
    before: Above = ()
    for names in above:
        same = _shared([before, names])
        yield [(depth, name) for depth, (_, name) in enumerate(names[same:], same + 1)]
        before = names


def by_key(source: str, lines: Mapping[str, int]) -> dict[str, Above]:
    """The headings over each step of a document by its key; `lines` are those of the steps."""
    found = over(source, set(lines.values()))
    return {key: found.get(line, ()) for key, line in lines.items()}


def _walk(
    tree: Sequence[Block], over_all: list[tuple[int, int, str]], lines: frozenset[int], labels: bool
) -> Iterator[tuple[int, Above]]:
    above = list(over_all)
    for block in tree:
        is_step = block.line in lines and block.kind != "list"
        if is_step:
            yield block.line, tuple((line, name) for _, line, name in above if name)
        if level := _level(block, is_step, labels):
            while above and above[-1][0] >= level:
                above.pop()
            # A step's own words stand there already.
            name = "" if is_step else visible(attributes.split(block.text)[0])
            above.append((level, block.line, name))
        yield from _walk(block.children, above, lines, labels and block.kind != "item")


def _level(block: Block, is_step: bool, labels: bool) -> int:
    """The level of a heading, or of a bold line that stands for one; 0 for anything else."""
    if block.kind == "heading":
        return block.level
    if block.kind != "paragraph" or not (is_step or (labels and _is_label(block))):
        return 0
    return TITLE


def _is_label(block: Block) -> bool:
    return "\n" not in block.text and titles.wholly_bold(block.text)


def _shared(rows: Sequence[Above]) -> int:
    """How many headings all rows begin with."""
    shortest = min(map(len, rows), default=0)
    return next((n for n in range(shortest) if len({row[n] for row in rows}) > 1), shortest)
