"""Which numbered headings are steps, not chapters. They come in groups: one level, one parent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tracker.sop import attributes, languages, procedures, vocabulary, wording
from tracker.sop.blocks import TITLE, Block
from tracker.sop.context import Context, in_flow, is_title, numbered, own_text, plain
from tracker.sop.text import visible
from tracker.sop.titles import NUMBERED, in_order

_LONG = 150
"""Words under a heading from which on it is more likely a chapter than a step."""


def steps(context: Context) -> dict[int, Block]:
    """The numbered headings and titles that are steps, by their identity."""
    groups: dict[tuple[int, int], list[Block]] = {}
    above: list[Block] = []
    for block in context.headings:
        while above and above[-1].level >= block.level:
            above.pop()
        if numbered(block) and not context.is_over_all(block):
            groups.setdefault((block.level, id(above[-1]) if above else 0), []).append(block)
        above.append(block)
    flow = list(in_flow(context.blocks))
    sections = _Sections(flow)
    judged = [(group, _judgement(group, context, sections)) for group in groups.values()]
    taken = {group[0].level for group, is_steps in judged if is_steps}
    chosen: dict[int, Block] = {}
    for group, is_steps in judged:
        if is_steps or (is_steps is None and group[0].level in taken):
            chosen.update((id(block), block) for block in group)
    if not chosen:
        chosen = _only_sequence(judged, context, sections)
    return chosen


class _Sections:
    """What stands under each heading, up to the next one of its level or above."""

    def __init__(self, flow: Sequence[Block]) -> None:
        self.flow = flow
        self.places = {id(block): n for n, block in enumerate(flow) if is_title(block)}

    def under(self, heading: Block) -> list[Block]:
        inside: list[Block] = []
        for block in self.flow[self.places[id(heading)] + 1 :]:
            if is_title(block) and block.level <= heading.level:
                break
            inside.append(block)
        return inside

    def before(self, heading: Block) -> list[Block]:
        """The three blocks before it, to see how it is introduced."""
        at = self.places[id(heading)]
        return list(self.flow[max(0, at - 3) : at])


def _judgement(group: list[Block], context: Context, sections: _Sections) -> bool | None:
    """Whether the headings are steps: yes, no, or None where others of their level decide."""
    if context.only:
        return True
    if context.legal:
        return False
    if any(attributes.split(block.text)[1] for block in group):
        return True
    if _counts_down(group) or _goes_on(group, sections):
        return False
    language = context.language
    matches = [NUMBERED.match(visible(attributes.split(block.text)[0])) for block in group]
    names = [_names(block, match, language) for block, match in zip(group, matches, strict=True) if match]
    letters = [match["letters"] for match in matches if match and match["letters"]]
    if letters and not in_order(letters):
        return False
    if _are_chapters(group, matches, language):
        return False
    if procedures.is_apart([plain(text) for text in _parents(group[0], context)], language):
        return False
    if sum(names) >= 0.5 * len(names):
        return True
    if sum(names) < 0 or letters:
        return False
    if _sections_instruct(group, sections, context):
        return True
    return True if _introduced(group, context, sections) else None


def _names(block: Block, match: re.Match[str], language: str) -> float:
    """How clearly a heading names a step."""
    if match["step"]:
        return 1.0
    score = wording.instructs(visible(attributes.split(block.text)[0])[match.end() :], language)
    return score if language == "en" or score >= 0.6 else min(score, 0.3)


def _parents(block: Block, context: Context) -> list[str]:
    """The headings above one, without that of the document."""
    texts: list[Block] = []
    for other in context.headings:
        if other is block:
            break
        while texts and texts[-1].level >= other.level:
            texts.pop()
        texts.append(other)
    return [other.text for other in texts if other.level < block.level and not context.is_over_all(other)]


def _are_chapters(group: list[Block], matches: Sequence[re.Match[str] | None], language: str) -> bool:
    """Whether the headings are the chapters of an SOP: purpose, scope, definitions, procedure, records."""
    if any(match and match["step"] for match in matches):
        return False
    names = [visible(block.text)[match.end() :] for block, match in zip(group, matches, strict=True) if match]
    chapters = sum(languages.chapter(name, language) and not _is_act(name, language) for name in names)
    return chapters >= 2 or (chapters >= 1 and len(names) < 4)


def _is_act(name: str, language: str) -> bool:
    return language == "en" and wording.instructs(name) >= 0.6


def _counts_down(group: list[Block]) -> bool:
    """Whether the numbers fall from heading to heading: versions, the newest first."""
    matches = [NUMBERED.match(visible(block.text)) for block in group]
    numbers = [[int(n) for n in re.findall(r"\d+", match[0])] for match in matches if match]
    return len(group) > 1 and all(a > b for a, b in pairwise(numbers))


def _goes_on(group: list[Block], sections: _Sections) -> bool:
    """Whether the items under the headings are numbered through, so that these are the steps."""
    firsts = [
        (block.children[0].number, block.children[-1].number)
        for heading in group
        for block in sections.under(heading)
        if block.kind == "list" and block.ordered and block.children
    ]
    goes_on = sum(later[0] == earlier[1] + 1 > 1 for earlier, later in pairwise(firsts))
    return goes_on > 0 and goes_on >= 0.5 * (len(firsts) - 1)


def _sections_instruct(group: list[Block], sections: _Sections, context: Context) -> bool:
    """Whether most sections under the headings hold tasks or lists of instructions (of a runbook: any)."""
    count = 0
    bullets = context.runbook
    for heading in group:
        scores: list[float] = []
        for block in sections.under(heading):
            if block.kind == "table":
                scores += [1.0] * len(block.children)
            if block.kind != "list":
                continue
            for item in block.children:
                score = wording.instructs(visible(own_text(item)), context.language)
                if item.checkbox is not None:
                    scores.append(1.0)
                elif item.ordered or bullets or (context.language != "en" and score >= 0.7):
                    scores.append(score)
        count += bool(scores) and sum(scores) >= 0.5 * len(scores)
    return count > (0.75 if bullets and context.language == "en" else 0.5) * len(group)


def _introduced(group: list[Block], context: Context, sections: _Sections) -> bool:
    """Whether the document calls them steps: in the heading above, or just before the first."""
    if len(group) < 2:
        return False
    parents = _parents(group[0], context)[-1:]
    before = [block.text for block in sections.before(group[0]) if block.kind in ("paragraph", "heading")]
    return any(vocabulary.CALLED_STEPS.search(visible(text[-200:])) for text in [*parents, *before])


def _only_sequence(
    judged: Sequence[tuple[list[Block], bool | None]], context: Context, sections: _Sections
) -> dict[int, Block]:
    """The headings where nothing else can be the steps: one group, short sections, no other lists."""
    open_groups = [group for group, is_steps in judged if is_steps is None and len(group) > 1]
    if not open_groups or context.legal or vocabulary.ARTICLE_TITLE.search(context.title):
        return {}
    if len(open_groups) > 1 or (
        len(open_groups[0]) < 3 and open_groups[0][0].level < TITLE and not context.runbook
    ):
        return {}
    (group,) = open_groups
    if any(_asks(block) or _is_other(block, context.language) for block in group):
        return {}
    inside = [block for heading in group for block in sections.under(heading)]
    known = set(map(id, inside))
    outside = [b for b in sections.flow if b.kind == "list" and b.ordered and id(b) not in known]
    words = sum(_words(block) for block in inside)
    listed = any(item.checkbox is not None for b in sections.flow if b.kind == "list" for item in b.children)
    if (
        outside
        or listed
        or words > _LONG * len(group)
        or _explained(inside, context.language) > 0.5 * len(group)
    ):
        return {}
    return {id(block): block for block in group}


def _explained(inside: Sequence[Block], language: str) -> int:
    """How many paragraphs are sentences that tell nobody to do anything."""
    texts = [visible(block.text) for block in inside if block.kind == "paragraph" and not block.level]
    return sum(text[-1:] in ".。" and wording.instructs(text, language) <= 0.3 for text in texts if text)


def _words(block: Block) -> int:
    own = block.text.count(" ") + 1 if block.text and block.kind == "paragraph" else 0
    return own + sum(map(_words, block.children))


def _asks(block: Block) -> bool:
    return visible(block.text).rstrip().endswith(("?", "？", "؟"))


def _is_other(block: Block, language: str) -> bool:
    text = visible(block.text)
    match = NUMBERED.match(text)
    name = text[match.end() :].strip() if match else text
    if vocabulary.OTHER_HEADING.search(name) and not vocabulary.PROCEDURE_HEADING.search(name):
        return True
    return languages.own_pattern("other", language).match(name) is not None or languages.chapter(
        name, language
    )
