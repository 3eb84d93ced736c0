"""Rules about words: what different people would do differently."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracker.sop.lint.model import Finding, Library, shorten
from tracker.sop.model import Document, Step
from tracker.sop.told import told
from tracker.sop.vocabulary import VERBS
from tracker.sop.wording import instructs, is_english

VAGUE = re.compile(
    r"\b(?:as (?:needed|necessary|required|appropriate|applicable|desired|usual)|"
    r"(?:if|when|where|whenever|wherever) (?:needed|necessary|required|appropriate|applicable|possible|"
    r"relevant|desired)|appropriate(?:ly)?|properly|adequate(?:ly)?|sufficient(?:ly)?|reasonabl[ey]|"
    r"regularly|periodically|occasionally|frequently|from time to time|every so often|now and then|soon|"
    r"as soon as possible|asap|in a timely manner|promptly|etc|and so on|and so forth|"
    r"some (?:time|kind of|sort of)|a while|enough time|use (?:your )?(?:best )?judge?ment|"
    r"to (?:your|their) (?:liking|satisfaction)|tbd|tbc|somehow|roughly|more or less)\b(?!-)",
    re.I,
)
_BEFORE_NUMBER = re.compile(r"(?:roughly|sufficiently|regularly)\s+(?:every\s+)?\d", re.I)
_IN_BRACKETS = re.compile(r"\([^()]*$")  # “(labels, tape, etc.)” only gives examples
_TITLE = re.compile(r"(?:step|phase|stage|day|week|part)\s*\d+\b|\d+(?:\.\d+)*[.):]", re.I)
# "Nudge the carrier": a word before a determiner that starts no statement is an act, known to us or not.
_LIKE_A_VERB = re.compile(
    r"(?!the\b|this|that|these|those|there|it\b|if\b|in\b|on\b|at\b|for\b|with|from|what|which|who|why|how|are\b|"
    r"is\b|no\b|all\b|any\b|some\b|after|before|about|\w+(?:tion|ness|ment|ity|ing|ed|(?<!s)s)\b)"
    r"[A-Za-z][a-z-]+ (?:(?:up|out|off|down|in|on|over|back|into|to|for|through|around|about) )?"
    r"(?:the|a|an|your|each|all|any|this|these|it|them|every|both|whether|that|our|their|its|one|two|\d+)\b",
    re.I,
)
_UP_OR_DOWN = re.compile(r"[A-Za-z]{2,} (?:up|out|off|down|away|back)\b", re.I)  # "Round up to full cartons"
_OTHERWISE = re.compile(  # orders that don't begin with a verb of ours, and checks: “Has joined the channel”
    r"(?:be|don[’']t|do not|never|always)\b|(?:right|left|double|single)[ -]click|"
    r"(?:is|are|has|have|was|were|can|does|do|did)\b|.*(?: (?:should|must|needs? to|ha(?:s|ve) to) | > )",
    re.I,
)
_WHO_DOES = re.compile(r"(?:the )?(?:[A-Z][\w-]*,? ){1,3}(?:[a-z]+ )?(?P<verb>[a-z-]+?)(?:es|s) \w")
_STATE = re.compile(r"\b(?:is|are|has|have|was|were)\b|\w+ed\.?$")  # a box for “All lights are off”
_PAST = re.compile(r"([A-Za-z-]+?)(?:ed|d)\b", re.I)  # "Verified that …" in a checklist: the act, done


def vague_words(document: Document, library: Library) -> Iterator[Finding]:
    """Words that everybody reads differently."""
    for step in document.steps:
        match = next((one for one in VAGUE.finditer(step.text) if not _is_said(step.text, one)), None)
        if match:
            message = told("“%(match)s” means something else to everybody.", match=match[0])
            yield (
                step.line,
                message,
                told("Write when, how much or how often, so that two people do the same."),
            )


def _is_said(text: str, vague: re.Match[str]) -> bool:
    """Whether what stands around a vague word says what it means."""
    example = vague[0].lower() == "etc" and _IN_BRACKETS.search(text[: vague.start()])
    return bool(example or _BEFORE_NUMBER.match(text[vague.start() :]))


def no_verb(document: Document, library: Library) -> Iterator[Finding]:
    """A step that names a thing instead of an act."""
    if not is_english(" ".join(step.text for step in document.steps)):
        return
    parents = {step.parent for step in document.steps}
    for step in document.steps:
        state = step.checkbox and _STATE.search(step.text)
        if step.key not in parents and not state and _is_an_item(document, step) and not _acts(step.text):
            message = told("The step does not say what to do: “%(text)s”.", text=shorten(step.text))
            yield step.line, message, told("Begin with a verb: “Weigh the parcel.”")


def _acts(text: str) -> bool:
    """Whether the text, without a title before it, tells somebody to do something, or asks for a check."""
    bare = text.strip(" \t\"“”'‘’([{`*_,;:")
    return not bare or any(_is_act(part) for part in [bare, *_after_title(bare)])


def _is_act(text: str) -> bool:
    past = _PAST.match(text)
    stems = [past[1], past[1] + "e", re.sub(r"i$", "y", past[1])] if past else []
    return bool(
        instructs(text) != 0.0
        or _LIKE_A_VERB.match(text)
        or _UP_OR_DOWN.match(text)
        or _OTHERWISE.match(text)
        or ((who := _WHO_DOES.match(text)) and not VERBS.isdisjoint((who["verb"], who["verb"] + "e")))
        or any(stem.lower() in VERBS for stem in stems)
    )


def _after_title(text: str) -> list[str]:
    """What follows a title, or a few words such as “As a lead, …”."""
    parts = re.split(r":\s|\s[-–—]\s|\.\s|\)\s", text, maxsplit=2)[1:]
    before, _, after = text.partition(", ")
    return [part.strip() for part in (*parts, after if len(before.split()) <= 4 else "") if part.strip()]


def _is_an_item(document: Document, step: Step) -> bool:
    """Not a heading: those are titles of what stands below them."""
    lines = document.source.split("\n", step.line)
    written = lines[step.line - 1] if step.line <= len(lines) else ""
    item = re.match(r"[\s>]*(?:\d+[.)]|[-*+])\s+(?:\[[ xX]\]\s+)?(`?)", written)
    return bool(item and not item[1]) and not _TITLE.match(step.text)  # code at the start is a command to run
