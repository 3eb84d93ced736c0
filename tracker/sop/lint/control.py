"""Rules about who answers, what happens when it goes wrong, and what is recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from tracker.sop import conditions
from tracker.sop.lint.model import Finding, Library, line
from tracker.sop.model import Document
from tracker.sop.text import fold
from tracker.sop.told import told

MOST_CRITICAL = 6

_NOBODY = re.compile(
    r"(?:nobody|no one|none|n/?a|tbd|tba|todo|unknown|everyone|everybody|all|anyone|someone|\?+|-+)$",
    re.I,
)
_SEVERAL = re.compile(r",|;|/|&|\+|\b(?:and|or|und|et|y)\b", re.I)
_GROUP = re.compile(
    r"\b(?:team|staff|group|department|dept|crew|shift|employees|workers|people|committee)\b", re.I
)
_PLURAL_JOB = re.compile(
    r"(?:pickers|packers|managers|leads|leaders|supervisors|operators|agents|clerks|admins|owners|drivers)$",
    re.I,
)


def owner(document: Document, library: Library) -> Iterator[Finding]:
    """An SOP without an owner is nobody's to put right."""
    if not document.meta.owner:
        yield 1, told("The SOP has no owner."), told("Add “owner: name” to the front matter.")


def unknown_owner(document: Document, library: Library) -> Iterator[Finding]:
    """An owner who is nobody here is not asked either. Who is here, the last sync has said."""
    name, people = document.meta.owner, library.in_force.people
    if not name or not people or fold(name) in map(fold, people) or _why_not_one(document, name):
        return
    near = process.extractOne(name.lower(), people, scorer=fuzz.ratio, score_cutoff=60)
    hint = (
        told("Did you mean “%(near)s”?", near=near[0])
        if near
        else told("Write the login name of one person who has an account.")
    )
    yield line(document, "owner"), told("The owner “%(name)s” is nobody here.", name=name), hint


def one_owner(document: Document, library: Library) -> Iterator[Finding]:
    """A team or a list can't be asked."""
    name = document.meta.owner or ""
    if name and (why := _why_not_one(document, name)):
        message = told("The owner “%(name)s” is %(why)s, and not one person.", name=name, why=why)
        yield line(document, "owner"), message, told("Write one person’s login name: “owner: maria”.")


def _why_not_one(document: Document, name: str) -> str | None:
    kinds = ((_NOBODY, "nobody"), (_SEVERAL, "several"), (_GROUP, "a group"), (_PLURAL_JOB, "a group"))
    reason = next((why for pattern, why in kinds if pattern.search(name)), None)
    return reason or ("a role" if name in document.meta.roles else None)


def review(document: Document, library: Library) -> Iterator[Finding]:
    """What is never read again stops being true."""
    if document.meta.review is None:
        yield 1, told("Nobody is asked to read this again."), told("Add “review: 90d” to the front matter.")


def recovery(document: Document, library: Library) -> Iterator[Finding]:
    """A critical step that fails stops the run; what then?"""
    for step in document.steps:
        if step.attributes.get("critical") and not step.recovery:
            message = told("The step is critical, and nothing says what to do when it fails.")
            yield step.line, message, told('Add below it, indented: !!! recovery "What went wrong".')


def many_critical(document: Document, library: Library) -> Iterator[Finding]:
    """Where everything is critical, people tick blindly."""
    critical = [step for step in document.steps if step.attributes.get("critical")]
    if len(critical) > MOST_CRITICAL and len(critical) * 2 > len(document.steps):
        message = told(
            "%(n)s of %(n2)s steps are critical: people will tick them blindly.",
            n=len(critical),
            n2=len(document.steps),
        )
        yield critical[0].line, message, told("Keep “.critical” for what must never be passed.")


def contradiction(document: Document, library: Library) -> Iterator[Finding]:
    """Attributes that can't both be meant."""
    if document.meta.meaning and document.meta.verify is None:
        message = told("The front matter says what is signed, and nobody signs.")
        yield line(document, "meaning"), message, told("Add “verify: yes”, or remove “meaning”.")
    for step in document.steps:
        given = step.attributes
        if given.get("critical") and given.get("optional"):
            yield step.line, told("The step is critical and optional."), told("Remove one of the two.")
        if given.get("at-least", 0) > given.get("takes", float("inf")):
            message = told("The step takes less than is plausible: “takes” is below “at-least”.")
            yield step.line, message, told("Swap the two, or correct one.")
        if given.get("input") == "choice" and len(given.get("options", ())) == 1:
            yield (
                step.line,
                told("There is one option, and so no choice."),
                told("Add options, or leave a tick."),
            )


def unit(document: Document, library: Library) -> Iterator[Finding]:
    """20 of what? Somebody will enter kilograms."""
    for step in document.steps:
        given = step.attributes
        if ("min" in given or "max" in given) and "unit" not in given:
            yield (
                step.line,
                told("The number has a limit and no unit."),
                told("Add a unit, for example unit=g."),
            )


def limits(document: Document, library: Library) -> Iterator[Finding]:
    """A number without limits can't be wrong, not even by a slip of the finger."""
    for step in document.steps:
        given = step.attributes
        if given.get("input") == "number" and "min" not in given and "max" not in given:
            yield (
                step.line,
                told("Any number will do here."),
                told("Add the limits within which it is right: min=1 max=50."),
            )


def condition(document: Document, library: Library) -> Iterator[Finding]:
    """A step that can never be asked for."""
    if not document.errors:
        yield from ((at, message, hint) for at, _, message, hint in conditions.impossible(document.steps))
