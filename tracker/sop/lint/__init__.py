"""What is wrong or unwise in documents. One function a rule; `RULES` is the table of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tracker.sop.badges import N_
from tracker.sop.inforce import InForce
from tracker.sop.lint import control, identity, links, noticed, structure, wording
from tracker.sop.lint.model import Exists, Library, Rule, judged
from tracker.sop.model import Document, Problem

RULES: dict[str, Rule] = {
    "duplicate-id": Rule(
        "identity", N_("two files with one id would be one SOP"), identity.duplicate_id, "original", True
    ),
    "changed-id": Rule(
        "identity", N_("with another id its runs and figures are left behind"), identity.changed_id
    ),
    "moved-file": Rule("identity", N_("an id that came from the path changes with it"), identity.moved_file),
    "changed-key": Rule("identity", N_("with another key a step loses its history"), identity.changed_key),
    "lost-key": Rule("identity", N_("the figures of a step that is gone end"), identity.lost_key),
    "reused-key": Rule(
        "identity", N_("under one key two different steps mix their figures"), identity.reused_key
    ),
    "unsure-match": Rule("identity", N_("a guess joins two histories, or cuts one"), identity.unsure_match),
    "misspelt-key": Rule(
        "identity", N_("a misspelt key of the front matter does nothing"), identity.misspelt_key, "any"
    ),
    "switched-off": Rule("identity", N_("a rule is switched off for a reason"), identity.switched_off, "any"),
    "no-steps": Rule(
        "structure", N_("without steps it can be read and not run"), structure.no_steps, "original"
    ),
    "passed-over": Rule("structure", N_("what is no step is in no run"), noticed.passed_over, "original"),
    "several-procedures": Rule(
        "structure", N_("who does one gets the steps of all"), noticed.several_procedures, "original"
    ),
    "two-lists": Rule("structure", N_("nobody knows which list is the checklist"), structure.two_lists),
    "several-actions": Rule(
        "structure", N_("a step is ticked after the first of its acts"), structure.several_actions
    ),
    "unread-attributes": Rule(
        "structure", N_("what was meant as a key or a limit does nothing"), structure.unread_attributes
    ),
    "too-many-steps": Rule(
        "structure", N_("nobody keeps more than 40 steps in view"), structure.too_many_steps
    ),
    "long-step": Rule("structure", N_("on a phone a long step is not read"), structure.long_step),
    "vague-words": Rule("wording", N_("two people read them differently"), wording.vague_words),
    "no-verb": Rule("wording", N_("a thing is named, and not what to do with it"), wording.no_verb),
    "owner": Rule("accountability", N_("what is nobody’s is not put right"), control.owner),
    "unknown-owner": Rule("accountability", N_("who has no account is not asked"), control.unknown_owner),
    "one-owner": Rule("accountability", N_("a team or a list can’t be asked"), control.one_owner),
    "review": Rule("accountability", N_("what is never read again stops being true"), control.review),
    "recovery": Rule(
        "recovery", N_("a critical step that fails stops the run; what then?"), control.recovery
    ),
    "stray-recovery": Rule("recovery", N_("it says what to do, and no run shows it"), noticed.stray_recovery),
    "many-critical": Rule(
        "recovery", N_("where all is critical, people tick blindly"), control.many_critical
    ),
    "contradiction": Rule("evidence", N_("attributes that can’t both be meant"), control.contradiction),
    "unit": Rule("evidence", N_("20 of what? Somebody enters kilograms"), control.unit),
    "limits": Rule("evidence", N_("a number without limits can’t be wrong"), control.limits),
    "condition": Rule("conditions", N_("a step that can never be asked for"), control.condition, "original"),
    "unfilled": Rule(
        "links", N_("people read marks that are meant for a program"), noticed.unfilled_marks, "any"
    ),
    "broken-link": Rule("links", N_("it leads nowhere"), links.broken_link, "any"),
    "outside-image": Rule("links", N_("pictures from elsewhere are not shown"), links.outside_image, "any"),
    "image-text": Rule("links", N_("it says nothing to those who can’t see it"), links.image_text, "any"),
    "translation": Rule(
        "translations", N_("what is built differently can’t share figures"), links.translation, "any"
    ),
}


def check(
    documents: Sequence[Document],
    exists: Exists | None = None,
    in_force: InForce | None = None,
    others: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Every problem of `documents`: those found in reading, then those of the rules, by path and line.

    `exists` says whether a path relative to the folder of SOPs is there; the documents given always are.
    `others` are the ids of documents there that are not given, each with its path.
    """
    given = {document.path for document in documents}
    known: Exists = lambda path: path in given or bool(exists and exists(path))  # noqa: E731
    library = Library(documents, known, in_force or InForce(), others or {})
    originals = {document.path for document in library.originals}
    problems = [problem for document in documents for problem in document.problems]
    for document in documents:
        for name, rule in RULES.items():
            if judged(document, rule, originals) and (rule.error or not document.meta.lint.get(name)):
                problems += _problems(name, rule, document, library)
    return sorted(problems, key=lambda problem: (problem.path, problem.line, problem.rule))


def _problems(name: str, rule: Rule, document: Document, library: Library) -> Iterator[Problem]:
    for line, message, hint in rule.check(document, library):
        yield Problem(document.path, line, name, message, hint, rule.error)
