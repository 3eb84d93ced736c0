"""Which blocks are steps: the rule of a careful human reader, from general signals only.

Tasks always; ordered items where their section tells the reader what to do; numbered headings where the
document is a procedure. The signals: words of the headings above, the introducing sentence, the share of
items that begin with an instruction, links, questions, contract language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from tracker.sop import attributes, vocabulary, wording
from tracker.sop.blocks import Block
from tracker.sop.text import visible

_NUMBERED = re.compile(
    r"[^\w\s()\[\]#]{0,3}\s*"  # a picture before the number
    r"(?:(?P<role>[^:]{1,40}:\s+)?(?:step|phase|stage|étape|etape|paso|schritt|stap|etapa|passo|"
    r"fase|steg|trin|krok)\s*(?:#\s*|n[°º]\s*)?(?P<step>\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b"
    r"|(?P<number>\d{1,3})(?:[.)](?=\s*[^\W\d_]|\s+\S)|\ufe0f?\u20e3|(?::|\s+[-–—])\s)"
    r"|(?P<parts>\d{1,3}(?:\.\d{1,3})+)[.)]?\s)",
    re.I,
)
_ONLY_LINK = re.compile(r"\W{0,3}\[[^\[\]]*\]\s?(?:\([^()]*(?:\([^()]*\))?[^()]*\)|\[[^\[\]]*\])[\s.,;*_]*$")
_ANCHOR_LINK = re.compile(r"\[[^\[\]]*\]\s?\(#")

_TERM = re.compile(r"\W{0,2}(\*\*|__)([^*_]{1,60})\1\s*[-–—:]\s*\S|\W{0,2}(\*\*|__)([^*_]{1,60}):\3\s*\S")


@dataclass(slots=True)
class FoundStep:
    """A step as found: its block, its text without attributes, and where it stands."""

    block: Block
    text: str
    depth: int
    parent: int | None
    braces: str | None = None


@dataclass
class _Walk:
    only: str | None
    blocks: list[Block]
    found: list[FoundStep] = field(default_factory=list)
    headings: list[Block] = field(default_factory=list)
    numbered: dict[int, Block] = field(default_factory=dict)
    inside: bool = False  # under the heading named by `steps:`
    step_headings: list[tuple[int, int]] = field(default_factory=list)  # (level, index of the step)
    titles: set[str] = field(default_factory=set)  # the headings, without their numbers

    @cached_property
    def legal(self) -> bool:
        """Whether it is a contract or the like. Asked only where the steps are not marked."""
        return _is_legal(self.blocks)

    @cached_property
    def english(self) -> bool:
        texts = (b.text for b in _walk_all(self.blocks) if b.kind in ("paragraph", "heading"))
        return wording.is_english(" ".join(texts))


def find(blocks: list[Block], steps: str | None = None) -> list[FoundStep]:
    """The steps among `blocks`, in document order; sets `Block.step` on each.

    `steps` is the heading whose lists are the steps, or "none"; None leaves it to the signals.
    """
    if steps is not None and steps.strip().lower() == "none":
        return []
    walk = _Walk(only=_plain(steps) if steps else None, blocks=blocks)
    walk.titles = {_unnumbered(b.text) for b in blocks if b.kind == "heading"}
    walk.numbered = {id(b): b for b in _step_headings(blocks, walk)}
    _visit(blocks, walk, None, 1)
    return walk.found


def own_text(block: Block) -> str:
    """The first paragraph of an item, or the text of a heading, as written."""
    if block.kind == "heading":
        return block.text
    first = block.children[0] if block.children else None
    return first.text if first and first.kind in ("paragraph", "heading") else ""


def _plain(text: str) -> str:
    return visible(text).casefold().strip(" :.")


def _unnumbered(heading: str) -> str:
    text = visible(heading)
    number = _NUMBERED.match(text)
    return _plain(text[number.end() :] if number else text)


def _visit(blocks: list[Block], walk: _Walk, parent: int | None, depth: int) -> None:
    intro: Block | None = None
    for block in blocks:
        if block.kind == "heading":
            _enter(block, walk, depth)
        elif block.kind == "list":
            if walk.step_headings and parent is None:
                _visit_list(block, walk, walk.step_headings[-1][1], depth + len(walk.step_headings), intro)
            else:
                _visit_list(block, walk, parent, depth, intro)
        elif block.kind in ("quote", "admonition", "element"):
            inner = walk.step_headings[-1][1] if walk.step_headings and parent is None else parent
            level = depth + len(walk.step_headings) if walk.step_headings and parent is None else depth
            _visit_container(block, walk, inner, level)
        intro = block


def _visit_container(block: Block, walk: _Walk, parent: int | None, depth: int) -> None:
    before = walk.headings, walk.step_headings
    walk.headings, walk.step_headings = list(walk.headings), []
    if block.kind == "admonition" and block.name.split(" ")[0] == "recovery":
        return
    _visit(block.children, walk, parent, depth)
    walk.headings, walk.step_headings = before


def _enter(block: Block, walk: _Walk, depth: int) -> None:
    while walk.headings and walk.headings[-1].level >= block.level:
        walk.headings.pop()
    walk.headings.append(block)
    while walk.step_headings and walk.step_headings[-1][0] >= block.level:
        walk.step_headings.pop()
    if walk.only:
        walk.inside = any(_plain(attributes.split(h.text)[0]) == walk.only for h in walk.headings)
    if id(block) in walk.numbered and (not walk.only or walk.inside):
        parent = walk.step_headings[-1][1] if walk.step_headings else None
        index = _add(block, walk, parent, depth + len(walk.step_headings))
        if index is not None:
            walk.step_headings.append((block.level, index))


def _visit_list(block: Block, walk: _Walk, parent: int | None, depth: int, intro: Block | None) -> None:
    steps = block.ordered and _is_procedure(block, walk, parent, intro)
    for item in block.children:
        inner, level = parent, depth
        if item.checkbox is not None or steps:
            index = None if walk.only and not walk.inside else _add(item, walk, parent, depth)
            if index is not None:
                inner, level = index, depth + 1
        before = walk.headings, walk.step_headings
        walk.headings, walk.step_headings = list(walk.headings), []
        _visit(item.children, walk, inner, level)
        walk.headings, walk.step_headings = before


def _add(block: Block, walk: _Walk, parent: int | None, depth: int) -> int | None:
    written, braces = attributes.split(own_text(block))
    text = visible(written)
    if not text and not braces and not block.children:
        return None
    block.step = len(walk.found)
    walk.found.append(FoundStep(block, text, depth, parent, braces))
    return block.step


def _is_procedure(block: Block, walk: _Walk, parent: int | None, intro: Block | None) -> bool:
    if walk.only:
        return walk.inside
    texts = [own_text(item) for item in block.children if item.checkbox is None]
    if any(attributes.split(text)[1] for text in texts):
        return True
    texts = [text for text in texts if text.strip()]
    if not texts:
        return len(block.children) > 0 and parent is not None
    if _all_links(texts, parent) or (parent is None and _repeats_headings(texts, walk)):
        return False
    return _score(texts, walk, parent, intro)


def _repeats_headings(texts: list[str], walk: _Walk) -> bool:
    """Whether the list is a table of contents without links; a procedure explained below is none."""
    plain = [_plain(text) for text in texts]
    if len(plain) < 2 or sum(text in walk.titles for text in plain) < 0.7 * len(plain):
        return False
    return sum(wording.instructs(text) for text in plain) < 0.7 * len(plain)


def _all_links(texts: list[str], parent: int | None) -> bool:
    links = sum(bool(_ONLY_LINK.match(text)) for text in texts)
    anchors = sum(bool(_ANCHOR_LINK.search(text)) for text in texts)
    return (links >= 0.7 * len(texts) and (parent is None or len(texts) > 1)) or (
        anchors >= 0.8 * len(texts) and links >= 0.5 * len(texts)
    )


def _score(texts: list[str], walk: _Walk, parent: int | None, intro: Block | None) -> bool:
    scores = [_instructs(text, walk.english) for text in texts]
    share = sum(scores) / len(scores)
    if share < -0.3:
        return False
    if walk.legal:
        return False
    need = 0.4
    near = _plain(walk.headings[-1].text) if walk.headings else ""
    path = [_plain(heading.text) for heading in walk.headings]
    if parent is not None:
        need = 0.0
    elif vocabulary.OTHER_HEADING.search(near) and not vocabulary.PROCEDURE_HEADING.search(near):
        need = 0.7
    elif vocabulary.PROCEDURE_HEADING.search(near):
        need = 0.15
    elif any(vocabulary.PROCEDURE_HEADING.search(text) for text in path[1:]):
        need = 0.25
    elif path and (vocabulary.PROCEDURE_HEADING.search(path[0]) or wording.names_a_task(near)):
        need = 0.3
    lead = _plain_intro(intro)
    if any(vocabulary.LOG_HEADING.match(text) for text in path):
        return False
    if (
        vocabulary.NO_STEPS_HEADING.match(near)
        and parent is None
        and not vocabulary.PROCEDURE_INTRO.search(lead)
    ):
        return False
    if lead and vocabulary.SYSTEM_INTRO.search(lead) and (parent is None or share < 0.3):
        return False
    if lead and vocabulary.ORDER_INTRO.search(lead) and wording.instructs(lead, walk.english) > 0.4:
        return True
    if lead and vocabulary.PROCEDURE_INTRO.search(lead):
        need = min(need, 0.15)
    elif lead and (vocabulary.OTHER_INTRO.search(lead) or vocabulary.QUESTION_INTRO.search(lead)):
        need = max(need, 0.6) if parent is None else 0.3
    elif lead and vocabulary.PURPOSE_INTRO.search(lead):
        need = min(need, 0.25)
    return share >= need


def _instructs(text: str, english: bool) -> float:
    if wording.COMMAND.match(text):
        return 1.0
    score = wording.instructs(visible(text), english)
    if score == 0.5 and (term := _TERM.match(text)):  # only likely: a term and what it means
        return 0.3 if " " in (term[2] or term[4]).strip() else 0.1
    return score


def _plain_intro(intro: Block | None) -> str:
    return visible(intro.text[-400:]) if intro and intro.kind == "paragraph" else ""


def _walk_all(blocks: list[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _walk_all(block.children)


def _is_legal(blocks: list[Block]) -> bool:
    words = hits = 0
    for block in _walk_all(blocks):
        if block.kind in ("paragraph", "heading"):
            words += block.text.count(" ") + 1
            hits += wording.legal(block.text)
    return hits >= 4 and hits * 250 > words


def _step_headings(blocks: list[Block], walk: _Walk) -> list[Block]:
    """The numbered headings that are steps. They come in groups: same level, same parent heading."""
    headings = [block for block in blocks if block.kind == "heading"]
    groups: dict[tuple[int, int], list[Block]] = {}
    above: list[Block] = []
    for block in headings:
        while above and above[-1].level >= block.level:
            above.pop()
        if _NUMBERED.match(visible(attributes.split(block.text)[0])) and not _is_title(block, headings):
            groups.setdefault((block.level, id(above[-1]) if above else 0), []).append(block)
        above.append(block)
    return [block for group in groups.values() if _is_step_group(group, blocks, walk) for block in group]


def _is_title(block: Block, headings: list[Block]) -> bool:
    """Whether the heading stands over the whole document."""
    return block is headings[0] and all(other.level > block.level for other in headings[1:])


def _is_step_group(group: list[Block], blocks: list[Block], walk: _Walk) -> bool:
    if walk.only:
        return True
    if walk.legal:
        return False
    if any(attributes.split(block.text)[1] for block in group):
        return True
    if _counts_down(group):
        return False
    names = []
    for block in group:
        text = visible(block.text)
        match = _NUMBERED.match(text)
        assert match
        if match["step"]:
            names.append(1.0)
        else:
            names.append(wording.instructs(text[match.end() :], walk.english))
    if sum(names) >= 0.5 * len(names):
        return True
    if sum(names) < 0:
        return False
    title = blocks[0].text if blocks[0].kind == "heading" else ""
    return _sections_instruct(group, blocks, walk.english, bool(vocabulary.RUNBOOK_TITLE.match(title)))


def _counts_down(group: list[Block]) -> bool:
    """Whether the numbers fall from heading to heading: versions, the newest first."""
    matches = [_NUMBERED.match(visible(block.text)) for block in group]
    numbers = [[int(n) for n in re.findall(r"\d+", match[0])] for match in matches if match]
    return len(group) > 1 and all(a > b for a, b in pairwise(numbers))


def _sections_instruct(group: list[Block], blocks: list[Block], english: bool, bullets: bool) -> bool:
    """Whether most sections under the headings hold tasks or lists of instructions (with `bullets`: any)."""
    count = 0
    for heading in group:
        at = blocks.index(heading)
        scores: list[float] = []
        for block in blocks[at + 1 :]:
            if block.kind == "heading" and block.level <= heading.level:
                break
            if block.kind == "list":
                for item in block.children:
                    if item.checkbox is not None:
                        scores.append(1.0)
                    elif item.ordered or bullets:
                        scores.append(wording.instructs(visible(own_text(item)), english))
        count += bool(scores) and sum(scores) >= 0.5 * len(scores)
    return count > (0.75 if bullets else 0.5) * len(group)
