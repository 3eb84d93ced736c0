"""Writing the keys of steps into a document, and nothing else: every other byte stays as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from tracker.sop import outline, parse
from tracker.sop.blocks import Block
from tracker.sop.model import Document, Step
from tracker.sop.outline import Keys

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
_HEADING_END = re.compile(r"(?:\s#+)?\s*$")
_TEXT_END = re.compile(
    r"\s*(?:<!--(?:(?!-->)[^`])*(?:-->)?)?\s*$"
)  # a comment at the end stays behind the key
_BEFORE_END = re.compile(r"\s*(?:</(?:li|h[1-6]|summary|p)\s*>\s*)+$|(?<=\S)\s*```[\w+#.-]*\s*$", re.I)

TRIES = 200
"""How often a document is read to find the steps that can't be pinned; one such step takes some ten."""

READINGS = 30
"""How often a document may be read to be pinned, where reading it takes as long as it may."""

Edit = tuple[int, int, str]  # line (0-based), column, text to insert


@dataclass(frozen=True, slots=True)
class Pinning:
    """The bytes with keys in them, how many were written, and the steps where no place was found."""

    source: bytes
    written: int = 0
    left: tuple[Step, ...] = ()


def pin(source: bytes, path: str, keys: Keys = None, only: Collection[str] | None = None) -> Pinning:
    """`source` with `{#key}` at every step that has none; `keys` as in `parse.read`.

    Where `only` is given, steps with other keys stay as they are. The document reads the same before and
    after: same steps, keys and page. A step for which that can't be had (it begins with a code block, say)
    is left. A document with errors is not touched.
    """
    before = parse.read(source, path, keys)
    open_steps = [i for i, s in enumerate(before.steps) if not s.pinned and (only is None or s.key in only)]
    if before.errors or not open_steps:
        return Pinning(source)
    text = source.decode("utf-8")
    written = _LINES.findall(text)
    edits = {i: edit for i, edit in _edits(before, written) if i in open_steps}
    done = _most(list(edits), edits, written, before)
    left = tuple(before.steps[i] for i in open_steps if i not in done)
    return Pinning(_write(written, [edits[i] for i in done]).encode(), len(done), left)


def _edits(document: Document, written: Sequence[str]) -> Iterator[tuple[int, Edit]]:
    """For each step the place where its key goes, by the step's number."""
    for i, item in enumerate(outline.find(document.source, document.meta.steps)):
        holder = _holder(item.block)
        if holder is not None and i < len(document.steps):
            yield i, _edit(document.steps[i].key, holder, item.braces, written)


def _holder(block: Block) -> Block | None:
    """The block with the step's text: the heading or row itself, or the first paragraph of an item."""
    own = block.kind in ("heading", "paragraph", "row")
    holder = block if own else block.children[0] if block.children else None
    if holder is None or holder.kind not in ("heading", "paragraph", "row"):
        return None
    fenced = holder.text.split("\n")[-1].startswith(("```", "~~~"))  # braces would stop it from closing
    return None if fenced else holder


def _edit(key: str, holder: Block, braces: str | None, written: Sequence[str]) -> Edit:
    own = range(holder.line - 1, min(holder.line + holder.text.count("\n"), len(written)))
    if braces is not None:
        for line in reversed(own):
            at = written[line].rfind("{" + braces + "}")
            if at >= 0:
                return line, at + 1 + len(braces) - len(braces.lstrip()), f"#{key} "
    line = own[-1]
    if holder.kind == "row":
        return line, written[line].find(holder.text) + len(holder.text), f" {{#{key}}}"
    if closing := _BEFORE_END.search(written[line]):
        return line, closing.start(), f" {{#{key}}}"
    end = (_HEADING_END if holder.kind == "heading" else _TEXT_END).search(written[line])
    return line, end.start() if end else 0, f" {{#{key}}}"


def _most(wanted: list[int], edits: dict[int, Edit], written: Sequence[str], before: Document) -> list[int]:
    """As many of the steps as can be pinned without changing how the document reads, found in a few tries."""
    good: list[int] = []
    waiting = [wanted]
    for _ in range(TRIES):
        if not waiting:
            break
        part = waiting.pop()
        if part and _harmless([*good, *part], edits, written, before):
            good += part
        elif len(part) > 1:
            half = len(part) // 2
            waiting += [part[half:], part[:half]]
    return good


def _harmless(pinned: list[int], edits: dict[int, Edit], written: Sequence[str], before: Document) -> bool:
    keys = [step.key for step in before.steps]
    after = parse.read(_write(written, [edits[i] for i in pinned]), before.path, keys)
    expected = [replace(s, pinned=s.pinned or i in pinned) for i, s in enumerate(before.steps)]
    return list(after.steps) == expected and after.html == before.html and not after.errors


def _write(written: Sequence[str], edits: Sequence[Edit]) -> str:
    out = list(written)
    for line, column, text in sorted(edits, reverse=True):
        out[line] = out[line][:column] + text + out[line][column:]
    return "".join(out)
