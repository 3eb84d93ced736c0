"""The headings over the steps of a run, in the language in which it is read."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import object_session

from tracker.domain.runs import loading
from tracker.domain.runs.words import Reading
from tracker.models import Run
from tracker.sop import headings
from tracker.sop.headings import Above

_kept: WeakKeyDictionary[Engine | Connection, dict[int, dict[str, Above]]] = WeakKeyDictionary()


def over(run: Run, reading: Reading | None) -> Mapping[str, Above]:
    """The headings over each step of a run by its key; kept in memory, for a revision never changes."""
    if reading is not None:
        return reading.headings
    session = object_session(run)
    kept = _kept.setdefault(session.get_bind().engine, {}) if session else {}
    found = kept.get(run.revision_id)
    if found is None:
        lines = {step.key: step.line for step in loading.steps(run)}
        found = headings.by_key(run.revision.source, lines)
        if len(kept) >= loading.MOST_KEPT:
            kept.clear()
        if run.revision.number is not None:  # a draft is read anew each time
            kept[run.revision_id] = found
    return found
