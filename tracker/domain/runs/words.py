"""A run in the reader's language: the steps of its revision as a translation words them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session, object_session

from tracker.domain.library.translations import ORIGINAL
from tracker.domain.runs import loading
from tracker.domain.runs.progress import StepState
from tracker.models import Run, Step, Translation
from tracker.sop import headings, outline, translations
from tracker.sop.headings import Above


@dataclass(frozen=True, slots=True)
class Reading:
    """A revision in one other language: its title, where its document lay when published, its steps.

    `headings` are those over each step, by its key.
    """

    language: str
    title: str
    published_path: str
    steps: Mapping[str, Step]
    headings: Mapping[str, Above]


_kept: WeakKeyDictionary[Engine | Connection, dict[int, tuple[str, dict[str, Reading]]]] = WeakKeyDictionary()


def reading(run: Run, accepted: Iterable[str]) -> Reading | None:
    """The run's SOP in the first of the `accepted` languages that it has; None means the original.

    Kept in memory as `loading.steps` are, so that only the first page of a revision asks the database.
    """
    original, others = _readings(run)
    for wanted in (code.replace("_", "-").casefold() for code in accepted) if others else ():
        for same in (wanted, wanted.partition("-")[0]):
            if same == original.casefold():
                return None
            for language, translated in others.items():
                if same in (language.casefold(), language.casefold().partition("-")[0]):
                    return translated
    return None


def place(run: Run, reading: Reading | None) -> str:
    """The current path of a run's document, in the language in which the run is read."""
    own = run.sop.path or ""
    return own if reading is None else translations.beside(own, reading.published_path)


def states(run_states: list[StepState], reading: Reading | None) -> list[StepState]:
    """The states of a run's steps with the words of a reading; a step without a translation keeps its own."""
    if reading is None:
        return run_states
    return [replace(state, step=reading.steps.get(state.step.key, state.step)) for state in run_states]


def _readings(run: Run) -> tuple[str, dict[str, Reading]]:
    session = object_session(run)
    if session is None:
        return ORIGINAL, {}
    of_engine = _kept.setdefault(session.get_bind().engine, {})
    readings = of_engine.get(run.revision_id)
    if readings is None:
        if len(of_engine) >= loading.MOST_KEPT:
            of_engine.clear()
        readings = of_engine[run.revision_id] = _load(session, run)
    return readings


def _load(session: Session, run: Run) -> tuple[str, dict[str, Reading]]:
    known = run.revision.meta
    readings = {}
    if known.translations:
        query = select(Translation).where(Translation.revision_id == run.revision_id)
        for row in session.scalars(query.order_by(Translation.language)):
            steps = {s.key: _in_words(s, row.steps[s.key]) for s in loading.steps(run) if s.key in row.steps}
            lines = {key: step.line for key, step in zip(row.keys, outline.read(row.source), strict=False)}
            over = headings.by_key(row.source, lines)
            readings[row.language] = Reading(row.language, row.title, row.path, steps, over)
    return known.language or ORIGINAL, readings


def _in_words(step: Step, words: Mapping[str, Any]) -> Step:
    """A step as it is shown; a choice has `labels` beside its `options`, which are what is recorded."""
    columns = {column.key: getattr(step, column.key) for column in Step.__table__.columns}
    shown = {name: words[name] for name in ("text", "html", "recovery")}
    terms = {name: words[name] for name in ("unit", "meaning", "labels") if name in words}
    return Step(**{**columns, **shown, "attributes": {**step.attributes, **terms}})
