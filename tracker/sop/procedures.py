"""Whether a numbered list tells the reader what to do.

The signals: the words of the headings above, the sentence before, the share of items that read as
instructions, links, questions, explanations, contract language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracker.sop import attributes, imperatives, languages, titles, vocabulary, wording
from tracker.sop.blocks import Block
from tracker.sop.context import Context, Place, own_text, plain
from tracker.sop.text import visible

_ONLY_LINK = re.compile(r"\W{0,3}\[[^\[\]]*\]\s?(?:\([^()]*(?:\([^()]*\))?[^()]*\)|\[[^\[\]]*\])[\s.,;*_]*$")
_ANCHOR_LINK = re.compile(r"\[[^\[\]]*\]\s?\(#")
_TERM = re.compile(r"\W{0,2}(\*\*|__)([^*_]{1,60})\1\s*[-–—:]\s*\S|\W{0,2}(\*\*|__)([^*_]{1,60}):\3\s*\S")
_REFERENCE = re.compile(r"[^.]{0,120}(?:https?://\S+|\bISBN\b|\bdoi:)[\s).,]*$", re.I)
_NEVER = 2.0  # more than any list has
_LABEL = 80  # characters of a paragraph that can stand for a heading


def is_procedure(block: Block, place: Place) -> bool:
    """Whether the items of an ordered list are steps."""
    texts = [own_text(item) for item in block.children if item.checkbox is None]
    if any(attributes.split(text)[1] for text in texts):
        return True
    texts = [text for text in texts if text.strip()]
    if not texts:
        return len(block.children) > 0 and place.nested
    if _all_links(texts, place.nested) or (not place.nested and _repeats_headings(texts, place.context)):
        return False
    share = _share(texts, place.language)
    if _is_other(texts, place, share):
        return False
    if _is_announced(place):
        return True
    if sum(bool(_REFERENCE.match(text)) for text in texts) >= 0.7 * len(texts) and share < 0.7:
        return False
    return share >= _after_lead(place, _need(place))


def as_label(block: Block | None) -> str:
    """The words of a paragraph that stands for a heading: all bold, or a word or two and a colon."""
    if block is None or block.kind != "paragraph" or len(block.text) > _LABEL or "\n" in block.text:
        return ""
    short = block.text.rstrip().endswith((":", "：")) and block.text.count(" ") < 3
    return visible(block.text) if short or titles.wholly_bold(block.text) else ""


def _repeats_headings(texts: list[str], context: Context) -> bool:
    """Whether the list is a table of contents without links; a procedure explained below is none."""
    words = [plain(text) for text in texts]
    if len(words) < 2 or sum(text in context.titles for text in words) < 0.7 * len(words):
        return False
    return sum(wording.instructs(text) for text in words) < 0.7 * len(words)


def _all_links(texts: list[str], nested: bool) -> bool:
    links = sum(bool(_ONLY_LINK.match(text)) for text in texts)
    anchors = sum(bool(_ANCHOR_LINK.search(text)) for text in texts)
    return (links >= 0.7 * len(texts) and (not nested or len(texts) > 1)) or (
        anchors >= 0.8 * len(texts) and links >= 0.5 * len(texts)
    )


def _share(texts: list[str], language: str) -> float:
    """How much of a list reads as instructions, from 0 to 1; below 0 it speaks against a procedure."""
    scores = [instructs(text, language) for text in texts]
    share = sum(scores) / len(scores)
    if language in imperatives.FORMS and len(scores) > 1 and max(scores) < 0.6:
        return min(share, 0.35)  # the verbs of this language are known, and there is none
    return share


def _is_other(texts: list[str], place: Place, share: float) -> bool:
    """Whether something speaks so clearly against a procedure that nothing else counts."""
    lead, near, path = place.lead, place.near, place.path
    if share < -0.3 or place.context.legal or is_legal(texts, near):
        return True
    if any(vocabulary.LOG_HEADING.match(text) for text in path):
        return True
    if is_apart([*path[1:], near, lead], place.language):
        return True
    listed = not place.nested and vocabulary.NO_STEPS_HEADING.match(near)
    if listed and not vocabulary.PROCEDURE_INTRO.search(lead):
        return True
    if not lead:
        return False
    return _acts_by_itself(place, share) or (share < 0.4 and vocabulary.NEED_INTRO.search(lead) is not None)


def _is_announced(place: Place) -> bool:
    """Whether the sentence before the list tells the reader to do what it says."""
    lead, language = place.lead, place.language
    if not lead:
        return False
    if languages.obliges(lead, language) and not languages.finds("items", language, lead):
        return True
    return vocabulary.ORDER_INTRO.search(lead) is not None and wording.instructs(lead, language) > 0.4


def _need(place: Place) -> float:
    """How much of a list must read as instructions, by the headings above it."""
    language, near, path = place.language, place.near, place.path
    procedure = _names_procedure(near, language)
    if place.nested:
        return 0.5 if languages.chapter(near, language) and not procedure and _is_reference(near) else 0.0
    if not procedure and _is_chapter(near, language):
        return _NEVER
    if not procedure and _names_other(near, language):
        return 0.7
    if procedure:
        return 0.15
    if any(_names_procedure(text, language) for text in path[1:]):
        return 0.25
    if path and (_names_procedure(path[0], language) or wording.names_a_task(near)):
        return 0.3
    return 0.4


def _after_lead(place: Place, need: float) -> float:
    """The same, with the sentence before the list."""
    lead, language = place.lead, place.language
    if not lead:
        return need
    if vocabulary.PROCEDURE_INTRO.search(lead) or languages.finds("following", language, lead):
        return min(need, 0.15)
    if vocabulary.SYSTEM_INTRO.search(lead) and not place.nested:
        return max(need, 0.7)
    other = vocabulary.OTHER_INTRO.search(lead) or vocabulary.QUESTION_INTRO.search(lead)
    if other or (language != "en" and languages.finds("items", language, lead)):
        return 0.3 if place.nested else max(need, 0.6)
    if vocabulary.OCCASION_INTRO.search(lead):
        return min(need, 0.0)
    if vocabulary.PURPOSE_INTRO.search(lead):
        return min(need, 0.25)
    return need


def _names_procedure(heading: str, language: str) -> bool:
    if vocabulary.PROCEDURE_HEADING.search(heading):
        return True
    return language != "en" and languages.finds("procedure", language, heading)


def _names_other(heading: str, language: str) -> bool:
    if vocabulary.OTHER_HEADING.search(heading):
        return True
    return language != "en" and (
        languages.finds("other", language, heading) or languages.chapter(heading, language)
    )


def _is_chapter(heading: str, language: str) -> bool:
    if language == "en":
        return vocabulary.CHAPTER_HEADING.match(heading) is not None
    return heading.count(" ") < 4 and languages.chapter(heading, language)


def _is_reference(heading: str) -> bool:
    return vocabulary.REFERENCE_HEADING.match(heading) is not None


def is_apart(texts: Sequence[str], language: str) -> bool:
    """Whether one of these headings says that what follows is not covered."""
    short = (text for text in texts if text and len(text) <= _LABEL)
    return any(
        vocabulary.APART.search(text) or languages.pattern("apart", language).match(text) for text in short
    )


def is_legal(texts: Sequence[str], heading: str) -> bool:
    """Whether a list is part of a contract, by its own words and the heading above it."""
    hits = sum(wording.legal(text) for text in texts)
    if vocabulary.TERMS_HEADING.search(heading):
        return sum(map(wording.instructs, texts)) < 0.7 * len(texts) or hits > 0
    return hits >= 3 and hits >= 0.5 * len(texts)


def _acts_by_itself(place: Place, share: float) -> bool:
    """Whether the sentence before the list says what a program does, and the list is the rest of it."""
    lead = place.lead
    if place.language != "en" and _tells_what_happens(lead, place.language):
        return True
    legend = vocabulary.LEGEND_INTRO.search(lead) is not None
    if not legend and not vocabulary.SYSTEM_INTRO.search(lead):
        return False
    if place.nested:
        return share < 0.3
    return legend or vocabulary.COMPLETED_INTRO.search(lead) is not None


def _tells_what_happens(lead: str, language: str) -> bool:
    last = re.split(r"(?<=[.!?。])\s*(?=\S)", lead.strip())[-1]
    tells = languages.own_pattern("acts", language).search(last)
    announces = languages.finds("following", language, last)
    return tells is not None and not announces and last.rstrip()[-1:] in (":", "：", "。", "…")


def instructs(text: str, language: str) -> float:
    """How clearly an item, as written, tells the reader to do something."""
    if wording.COMMAND.match(text):
        return 1.0
    shown = visible(text)
    score = wording.instructs(shown, language)
    if term := _TERM.match(text):
        name = (term[2] or term[4]).strip()
        if score == 0.5:  # only likely: a term and what it means
            return 0.3 if " " in name else 0.1
        if score == 1.0 and language == "en" and not _does(shown[len(name) :]) and name.count(" ") < 2:
            return 0.35
    return score


def _does(rest: str) -> bool:
    """Whether what follows a bold beginning goes on with an instruction, so that the beginning is one too."""
    return wording.instructs(rest) >= 0.8 or rest.count(" ") > 6
