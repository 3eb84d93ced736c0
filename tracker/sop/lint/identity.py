"""Rules about what an SOP and a step are known by: their figures hang on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

from tracker.sop import identity
from tracker.sop.frontmatter import KEYS
from tracker.sop.inforce import InForce
from tracker.sop.lint.model import Finding, Library, line, shorten
from tracker.sop.model import Document, Step
from tracker.sop.told import told

ALIKE, STRANGE = 75, 40  # likeness of two texts, of 100: the same step for certain; certainly another


def duplicate_id(document: Document, library: Library) -> Iterator[Finding]:
    """Two files with one id would be one SOP."""
    holder = library.holders[document.id]
    if holder != document.path:
        hint = told("Write another “id:” in the front matter of one of them.")
        yield (
            line(document, "id"),
            told("The id “%(id)s” is also that of %(holder)s.", id=document.id, holder=holder),
            hint,
        )


def changed_id(document: Document, library: Library) -> Iterator[Finding]:
    """The file that holds an SOP in force has another id now."""
    if document.id in library.in_force.sops:
        return
    for id, entry in library.in_force.sops.items():
        if entry["path"] == document.path and not entry.get("retired") and id not in library.holders:
            message = told(
                "The id was “%(id)s” and is “%(id2)s”: runs and figures stay with the old one.",
                id=id,
                id2=document.id,
            )
            yield line(document, "id"), message, told("Write “id: %(id)s”, or leave it for a new SOP.", id=id)


def moved_file(document: Document, library: Library) -> Iterator[Finding]:
    """An SOP whose id came from its path was moved, and so got another id."""
    known = library.in_force
    if document.meta.id or document.id in known.sops:
        return
    for id, entry in known.sops.items():
        gone = not library.exists(entry["path"]) and not entry.get("retired") and id not in library.holders
        if gone and (entry["source"] == document.source or _same_steps(document.steps, known.steps(id))):
            message = told("This looks like %(path)s, moved: its id was “%(id)s”.", path=entry["path"], id=id)
            yield 1, message, told("Write “id: %(id)s” in the front matter to keep its history.", id=id)


def _same_steps(steps: Sequence[Step], others: Sequence[Step]) -> bool:
    texts, before = {step.text for step in steps}, {step.text for step in others}
    return len(texts & before) * 2 > max(len(texts), len(before))


def changed_key(document: Document, library: Library) -> Iterator[Finding]:
    """A step that is clearly the same has another key than in force."""
    before = library.in_force.before(document)
    keys, known = {step.key for step in document.steps}, {step.key for step in before}
    lost = {step.text: step.key for step in before if step.key not in keys}
    for step in document.steps if lost else ():
        if step.pinned and step.key not in known:
            match = next((text for text in lost if fuzz.ratio(step.text, text) >= ALIKE), None)
            if match is not None:
                message = told(
                    "The key of this step was “%(lost)s” and is “%(key)s”: its history is cut.",
                    lost=lost[match],
                    key=step.key,
                )
                yield step.line, message, told("Write {#%(lost)s}.", lost=lost[match])


def lost_key(document: Document, library: Library) -> Iterator[Finding]:
    """A key that the author wrote is gone, and no step took its place."""
    keys = {step.key for step in document.steps}
    texts = [step.text for step in document.steps if step.pinned]
    for step in library.in_force.before(document):
        gone = step.pinned and step.key not in keys
        if gone and not any(fuzz.ratio(step.text, text) >= ALIKE for text in texts):
            message = told(
                "The step “%(text)s” {#%(key)s} is gone; its figures end here.",
                text=shorten(step.text),
                key=step.key,
            )
            yield 1, message, told("If another step does its work, write {#%(key)s} there.", key=step.key)


def reused_key(document: Document, library: Library) -> Iterator[Finding]:
    """A key stands on a step that is quite another than in force, or that has a key of its own there."""
    before = {step.key: step.text for step in library.in_force.before(document)}
    keys = {text: key for key, text in before.items()}
    for step in document.steps:
        was, own = before.get(step.key), keys.get(step.text)
        if not step.pinned or not was or was == step.text:
            continue
        if own or fuzz.token_set_ratio(step.text, was) < STRANGE:
            message = told(
                "The key “%(key)s” was that of “%(was)s”: two histories would be mixed.",
                key=step.key,
                was=shorten(was),
            )
            yield (
                step.line,
                message,
                told("This step’s key is {#%(own)s}.", own=own)
                if own
                else told("Give a new step a new key."),
            )


def unsure_match(document: Document, library: Library) -> Iterator[Finding]:
    """A step may be one that was there before; only the author knows."""
    yield from unanswered(document, library.in_force)


def unanswered(document: Document, in_force: InForce) -> Iterator[Finding]:
    """What its author is asked about a document: as it is now, or since it was published so."""
    before = in_force.before(document)
    yield from questions(before, document.steps) if before else in_force.asked(document.id)


def questions(before: Sequence[Step], steps: Sequence[Step]) -> Iterator[Finding]:
    """The questions about the steps of the next revision, each with what happens unless it is answered."""
    for step, was, fresh in identity.questions(before, steps):
        message = told(
            "Is “%(text)s” the step that was “%(text2)s”? It goes on under that one’s key, with its figures.",
            text=shorten(step.text),
            text2=shorten(was.text),
        )
        yield (
            step.line,
            message,
            told("If so, write {#%(key)s}; if it is new, write {#%(fresh)s}.", key=was.key, fresh=fresh),
        )


def misspelt_key(document: Document, library: Library) -> Iterator[Finding]:
    """An unknown key that looks like one of ours is probably meant to be it."""
    written = {
        name for name in KEYS if getattr(document.meta, name.replace("-", "_")) not in (None, (), False, {})
    }
    for name in document.meta.extra:
        near = process.extractOne(name.lower(), KEYS, scorer=fuzz.ratio, score_cutoff=75)
        if near and near[0] not in written:
            message = told("The front matter has an unknown key “%(name)s”.", name=name)
            yield line(document, name), message, told("Did you mean “%(near)s”?", near=near[0])


def switched_off(document: Document, library: Library) -> Iterator[Finding]:
    """A rule is switched off without a reason, or does not exist."""
    from tracker.sop.lint import RULES

    for name, reason in document.meta.lint.items():
        rule = RULES.get(name)
        if rule is None:
            near = process.extractOne(name, list(RULES), score_cutoff=60)
            hint = (
                told("Did you mean “%(near)s”?", near=near[0])
                if near
                else told("“holdfast lint --rules” lists them.")
            )
            yield line(document, "lint"), told("There is no rule “%(name)s”.", name=name), hint
        elif rule.error:
            yield (
                line(document, "lint"),
                told("The rule “%(name)s” can’t be switched off.", name=name),
                told("Mend what it finds."),
            )
        elif not reason:
            message = told("The rule “%(name)s” is switched off without a reason, so it is not.", name=name)
            yield line(document, "lint"), message, told('Write why: lint: {%(name)s: "…"}.', name=name)
