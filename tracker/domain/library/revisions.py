"""The revisions of an SOP side by side: what changed, whether it matters, and what its owner decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from tracker.domain import event_kinds as kinds
from tracker.errors import N_, NotFoundError
from tracker.models import Event, Revision, Sop, Step
from tracker.sop import around, changes, model
from tracker.sop.lint import identity as lint_identity

EDITORIAL, MATERIAL = "editorial", "material"
JUDGEMENTS = (EDITORIAL, MATERIAL)
UNSURE = "unsure-match"  # the lint rule that asks authors which step a step was before


@dataclass(frozen=True, slots=True)
class Comparison:
    """All steps of an SOP at two times, side by side, what differs beside them, and whether that matters.

    `judgement` is what its owner has decided, where `decided`, and otherwise what it looks like. `asked` is
    what only the author can say: line, question, what to write.
    """

    rows: tuple[changes.Row, ...]
    judgement: str
    decided: bool = False
    asked: Sequence[tuple[int, str, str]] = ()
    beside: tuple[around.Difference, ...] = ()

    @property
    def differing(self) -> int:
        """How many steps differ."""
        return sum(bool(row.changes) for row in self.rows)


def latest(session: Session, sop: Sop, *, before: int | None = None, most: int = 20) -> Sequence[Revision]:
    """The SOP's published revisions with their steps, latest first; only those before number `before`, if
    given."""
    query = select(Revision).where(Revision.sop_id == sop.id, Revision.number.is_not(None))
    if before is not None:
        query = query.where(Revision.number < before)
    query = query.options(selectinload(Revision.steps), joinedload(Revision.published_by_person))
    query = query.order_by(Revision.number.desc()).limit(most)
    return session.scalars(query).all()


def by_number(session: Session, sop: Sop, number: int) -> Revision:
    """The SOP's revision of that number. Raises NotFoundError."""
    query = select(Revision).where(Revision.sop_id == sop.id, Revision.number == number)
    more = selectinload(Revision.steps), joinedload(Revision.published_by_person)
    revision = session.scalar(query.options(*more))
    if revision is None:
        raise NotFoundError(
            N_("“%(title)s” has no revision %(number)s. Its page of revisions lists what there is."),
            title=sop.title,
            number=number,
        )
    return revision


def compare(session: Session, sop: Sop, before: Revision, after: Revision) -> Comparison:
    """Two revisions of an SOP. A decision is about a revision and the one before it, and so are questions."""
    differences, others = rows(before, after), beside(before, after)
    follows = before.number is not None and after.number == before.number + 1
    decision = judgements(session, sop.id).get(after.number or 0) if follows else None
    return Comparison(
        differences,
        decision.data["judgement"] if decision else proposal(differences, others),
        decision is not None,
        questions(sop, after) if follows and after.id == sop.in_force_id else (),
        others,
    )


def compare_document(before: Revision, document: model.Document) -> Comparison:
    """The revision in force with the document that would follow it, its keys carried on."""
    differences = changes.rows(steps(before), document.steps)
    questions = list(lint_identity.questions(steps(before), document.steps))
    others = around.compare(before.source, document.source, steps(before), document.steps)
    return Comparison(
        differences,
        proposal(differences, others),
        asked=() if document.meta.lint.get(UNSURE) else questions,
        beside=others,
    )


def questions(sop: Sop, revision: Revision) -> list[tuple[int, str, str]]:
    """What the author was asked about the revision and has not answered: (line, question, what to write)."""
    kept = sop.unnoticed if sop.in_force_id == revision.id else None  # a key that was written has answered it
    advice = kept["advice"] if kept else revision.meta.advice
    return [(line, message, hint) for line, rule, message, hint, _ in advice if rule == UNSURE]


def rows(before: Revision, after: Revision) -> tuple[changes.Row, ...]:
    """All steps of two revisions side by side."""
    return changes.rows(steps(before), steps(after))


def beside(before: Revision, after: Revision) -> tuple[around.Difference, ...]:
    """What differs between two revisions beside their steps. One of an imported history has no text."""
    if not before.source or not after.source:
        return ()
    old, new = before.meta, after.meta
    others = around.files(old.images, new.images, old.translations, new.translations)
    return (*around.compare(before.source, after.source, steps(before), steps(after)), *others)


def steps(revision: Revision) -> tuple[model.Step, ...]:
    """A revision's steps as values."""
    return tuple(map(as_step, revision.steps))


def as_step(step: Step) -> model.Step:
    """A step of a revision as a value."""
    return model.Step(
        key=step.key,
        text=step.text,
        line=step.line,
        depth=step.depth,
        checkbox=step.checkbox,
        parent=step.parent,
        attributes=step.attributes,
        html=step.html,
        recovery=step.recovery,
    )


def proposal(differences: Sequence[changes.Row], beside: Sequence[around.Difference] = ()) -> str:
    """Whether a difference looks editorial or material; a person may decide otherwise."""
    steps_matter = changes.is_material(change for row in differences for change in row.changes)
    return MATERIAL if steps_matter or around.is_material(beside) else EDITORIAL


def judgements(session: Session, sop_id: str) -> dict[int, Event]:
    """The last decision about each revision, by the revision's number."""
    query = (
        select(Event)
        .where(Event.subject == f"sop:{sop_id}", Event.kind == kinds.RevisionJudged.kind)
        .order_by(Event.id)
    )
    return {event.data["revision"]: event for event in session.scalars(query)}


def with_runs(session: Session, sop: Sop) -> Sequence[Revision]:
    """An SOP's revisions, latest first, their texts to be loaded when they are asked for."""
    texts = (Revision.source, Revision.html, Revision.meta)
    query = select(Revision).where(Revision.sop_id == sop.id)
    query = query.options(*map(defer, texts), joinedload(Revision.published_by_person))
    return session.scalars(query.order_by(Revision.published_at.desc(), Revision.id.desc())).all()


def step_texts(session: Session, sop_id: str) -> dict[str, str]:
    """The latest wording of every step that an SOP has or had, by key."""
    query = (
        select(Step.key, Step.text)
        .join(Revision, Step.revision_id == Revision.id)
        .where(Revision.sop_id == sop_id)
        .order_by(Revision.published_at, Revision.id)
    )
    return dict(session.execute(query).all())
