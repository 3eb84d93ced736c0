"""Rules about the shape of a document and of its steps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tracker.sop.attributes import FLAGS, NAMES
from tracker.sop.lint.model import Finding, Library, shorten
from tracker.sop.model import Document, Step
from tracker.sop.told import told
from tracker.sop.wording import instructs, is_english

MOST_STEPS, LONGEST = 40, 200

# Sentences that explain or guard the act before them rather than being one of their own.
_BESIDE = re.compile(
    r"(?:see|note|make sure|ensure|be |remember|refer|do not|don[’']t|never|always|keep|if|when|once|check|"
    r"verify|confirm|use|consider|avoid|wait|let|expect|read|look|please|you|this|there|it|for|in|as|repeat|"
    r"contact|ask|leave|allow|include|follow|try|learn|start|stop|work|set|e\.g)\b",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[a-z0-9)\]][.!;])\s+(?=[A-Z])")
_SHORT = re.compile(
    r"(?:[A-Z][a-z]{0,4}|\b(?:e\.g|i\.e|etc|vs|approx|incl|max|min|no))\.$"
)  # “the Dept. Lead”
# “Choose Post, then choose OK” is one way through a program.
_ON_A_SCREEN = re.compile(
    r"(?:(?:on|in|from|under|at|to)\b[^,]*,\s*)*(?:and\s+)?"
    r"(?:choose|select|click|tap|navigate|go to|open|enter|fill in|type|search|"
    r"close the (?:page|window|\w+ sidebar))\b",
    re.I,
)
_BRACES = re.compile(r"\{([^{}\n]{1,200})\}\s*$")
_MEANT = re.compile(rf"(?:^|\s)(?:#|\.(?:{'|'.join(FLAGS)})\b|(?:{'|'.join(NAMES)})\s*=)", re.I)
_THEN = re.compile(r"(?:,|;|\band)\s+(?:and\s+)?then\s+(?=[a-z])", re.I)


def no_steps(document: Document, library: Library) -> Iterator[Finding]:
    """A document without steps can be read but not run."""
    is_meant = document.path.startswith("guide/") or (document.meta.steps or "").lower() == "none"
    if not document.steps and not is_meant and not document.errors:
        hint = told("Write them as a numbered list or a task list, or “steps: none” in the front matter.")
        yield 1, told("No steps found."), hint


def two_lists(document: Document, library: Library) -> Iterator[Finding]:
    """A numbered list and a task list side by side: which of them is the checklist?"""
    top = [step for step in document.steps if step.depth == 1]
    kinds = {step.checkbox for step in top}
    if len(kinds) < 2 or document.meta.steps:
        return
    second = next(step for step in top if step.checkbox != top[0].checkbox)
    names = ("numbered steps", "tasks")
    message = told(
        "Two lists compete: %(names)s from line %(line)s, %(names2)s from here. People run both.",
        names=names[top[0].checkbox],
        line=top[0].line,
        names2=names[second.checkbox],
    )
    hint = told('Name the one to run: “steps: "its heading"” in the front matter, or make them one list.')
    yield second.line, message, hint


def several_actions(document: Document, library: Library) -> Iterator[Finding]:
    """A step with several acts is ticked after the first of them."""
    if not is_english(" ".join(step.text for step in document.steps)):
        return
    parents = {step.parent for step in document.steps}
    for step in document.steps:
        acts = _acts(step) if step.key not in parents else []
        if len(acts) > 1:
            message = told(
                "This step has %(n)s acts: %(names)s.",
                n=len(acts),
                names="; ".join(f"“{shorten(act)}”" for act in acts[:3]),
            )
            yield step.line, message, told("Make each a step of its own, or nest them below one.")


def _acts(step: Step) -> list[str]:
    parts = [part for sentence in _sentences(step.text) for part in _THEN.split(sentence)]
    acts = [part for part in parts if not _BESIDE.match(part.strip()) and instructs(part) == 1.0]
    acts = [act for act in acts if len(act.split()) > 1]
    return acts if not all(_ON_A_SCREEN.match(act.strip()) for act in acts) else acts[:1]


def _sentences(text: str) -> list[str]:
    """The sentences of a text; a full stop after an abbreviation ends none."""
    sentences: list[str] = []
    for part in _SENTENCE.split(text):
        if sentences and " " in sentences[-1] and _SHORT.search(sentences[-1]):
            sentences[-1] += f" {part}"
        else:
            sentences.append(part)
    return sentences


def unread_attributes(document: Document, library: Library) -> Iterator[Finding]:
    """Braces that look like attributes and are none stay in the text: their key or limit does nothing."""
    for step in document.steps:
        braces = _BRACES.search(step.text)
        if braces and _MEANT.search(braces[1]):
            message = told(
                "“%(braces)s” can’t be read as attributes, so it stands in the text.",
                braces=shorten(braces[0]),
            )
            yield step.line, message, _instead(braces[1])


def _instead(inner: str) -> str:
    """What to write: a word without a mark is a flag, or belongs to the key."""
    key: list[str] = []
    others: list[str] = []
    for word in inner.split():
        bare = word.lower().lstrip(".")
        if bare in FLAGS:
            others.append(f".{bare}")
        elif "=" in word.strip("="):
            others.append(word)
        else:
            key += re.findall(r"[^\W_][\w.-]*", word)
    if not key or not inner.lstrip().startswith("#"):
        return "Write a key of letters, digits, “-”, “_” and “.”, and values without spaces: {#weigh max=20}."
    return f"Write {{{' '.join(['#' + '-'.join(key), *others])}}}."


def too_many_steps(document: Document, library: Library) -> Iterator[Finding]:
    """Nobody keeps forty steps in view."""
    counts = Counter(step.parent for step in document.steps)
    for parent, count in counts.items():
        if count > MOST_STEPS:
            first = next(step for step in document.steps if step.parent == parent)
            message = told(
                "%(count)s steps on one level are more than anybody keeps in view (%(most_steps)s).",
                count=count,
                most_steps=MOST_STEPS,
            )
            yield first.line, message, told("Nest them below a few steps, or make two SOPs.")


def long_step(document: Document, library: Library) -> Iterator[Finding]:
    """A long text is not read on a phone."""
    for step in document.steps:
        if len(step.text) > LONGEST:
            message = told(
                "The step has %(n)s characters; on a phone nobody reads more than %(longest)s.",
                n=len(step.text),
                longest=LONGEST,
            )
            yield (
                step.line,
                message,
                told("Keep the act; put the explanation into a paragraph or bullets below it."),
            )
