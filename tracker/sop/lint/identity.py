"""Rules about what an SOP and a step are known by: their figures hang on it."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz, process

from tracker.sop.frontmatter import KEYS
from tracker.sop.lint.model import Finding, Library, line, shorten
from tracker.sop.model import Document

ALIKE, STRANGE = 75, 30  # likeness of two texts, of 100: the same step for certain; certainly another


def duplicate_id(document: Document, library: Library) -> Iterator[Finding]:
    """Two files with one id would be one SOP."""
    other = library.holders[document.id]
    if other is not document:
        hint = "Write another “id:” in the front matter of one of them."
        yield line(document, "id"), f"The id “{document.id}” is also that of {other.path}.", hint


def changed_id(document: Document, library: Library) -> Iterator[Finding]:
    """The file that holds an SOP in force has another id now."""
    if document.id in library.published:
        return
    for id, entry in library.published.items():
        if entry["path"] == document.path and not entry.get("retired") and id not in library.holders:
            message = f"The id was “{id}” and is “{document.id}”: runs and figures stay with the old one."
            yield line(document, "id"), message, f"Write “id: {id}”, or leave it for a new SOP."


def moved_file(document: Document, library: Library) -> Iterator[Finding]:
    """An SOP whose id came from its path was moved, and so got another id."""
    if document.meta.id or document.id in library.published:
        return
    for id, entry in library.published.items():
        gone = not library.exists(entry["path"]) and not entry.get("retired") and id not in library.holders
        if gone and (entry["source"] == document.source or _same_steps(document, library.earlier(id))):
            message = f"This looks like {entry['path']}, moved: its id was “{id}”."
            yield 1, message, f"Write “id: {id}” in the front matter to keep its history."


def _same_steps(document: Document, earlier: Document | None) -> bool:
    texts = {step.text for step in document.steps}
    before = {step.text for step in earlier.steps} if earlier else set()
    return len(texts & before) * 2 > max(len(texts), len(before))


def changed_key(document: Document, library: Library) -> Iterator[Finding]:
    """A step that is clearly the same has another key than in force."""
    earlier = library.earlier(document.id)
    if earlier is None or earlier.source == document.source:
        return
    keys = {step.key for step in document.steps}
    lost = {step.text: step.key for step in earlier.steps if step.key not in keys}
    before = {step.key for step in earlier.steps}
    for step in document.steps:
        if step.pinned and step.key not in before:
            match = next((text for text in lost if fuzz.ratio(step.text, text) >= ALIKE), None)
            if match is not None:
                message = f"The key of this step was “{lost[match]}” and is “{step.key}”: its history is cut."
                yield step.line, message, f"Write {{#{lost[match]}}}."


def lost_key(document: Document, library: Library) -> Iterator[Finding]:
    """A key that the author wrote is gone, and no step took its place."""
    earlier = library.earlier(document.id)
    if earlier is None or earlier.source == document.source:
        return
    keys = {step.key for step in document.steps}
    texts = [step.text for step in document.steps if step.pinned]
    for step in earlier.steps:
        replaced = any(fuzz.ratio(step.text, text) >= ALIKE for text in texts)
        if step.pinned and step.key not in keys and not replaced:
            message = f"The step “{shorten(step.text)}” {{#{step.key}}} is gone; its figures end here."
            yield 1, message, f"If another step does its work, write {{#{step.key}}} there."


def reused_key(document: Document, library: Library) -> Iterator[Finding]:
    """A key stands on a step that is quite another than in force."""
    earlier = library.earlier(document.id)
    if earlier is None or earlier.source == document.source:
        return
    before = {step.key: step.text for step in earlier.steps}
    for step in document.steps:
        was = before.get(step.key)
        if step.pinned and was and fuzz.token_set_ratio(step.text, was) < STRANGE:
            message = f"The key “{step.key}” was that of “{shorten(was)}”: two histories would be mixed."
            yield step.line, message, "Give a new step a new key."


def misspelt_key(document: Document, library: Library) -> Iterator[Finding]:
    """An unknown key that looks like one of ours is probably meant to be it."""
    written = {name for name in KEYS if getattr(document.meta, name) not in (None, (), False, {})}
    for name in document.meta.extra:
        near = process.extractOne(name.lower(), KEYS, score_cutoff=80)
        if near and near[0] not in written:
            message = f"The front matter has an unknown key “{name}”."
            yield line(document, name), message, f"Did you mean “{near[0]}”?"


def switched_off(document: Document, library: Library) -> Iterator[Finding]:
    """A rule is switched off without a reason, or does not exist."""
    from tracker.sop.lint import RULES

    for name, reason in document.meta.lint.items():
        rule = RULES.get(name)
        if rule is None:
            near = process.extractOne(name, list(RULES), score_cutoff=60)
            hint = f"Did you mean “{near[0]}”?" if near else "“holdfast lint --rules” lists them."
            yield line(document, "lint"), f"There is no rule “{name}”.", hint
        elif rule.error:
            yield line(document, "lint"), f"The rule “{name}” can’t be switched off.", "Mend what it finds."
        elif not reason:
            message = f"The rule “{name}” is switched off without a reason, so it is not."
            yield line(document, "lint"), message, f'Write why: lint: {{{name}: "…"}}.'
