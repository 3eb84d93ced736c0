"""Where a run's page leads on once there is nothing more to do in it for the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.db import db
from tracker.domain import access
from tracker.domain.library import catalogue
from tracker.domain.records import signers
from tracker.domain.runs.progress import StepState
from tracker.domain.work import today
from tracker.models import Location, Person, Run
from tracker.web.reader import actor, person

NAMED = 3
"""People who are named of those who can sign."""


@dataclass(frozen=True)
class Ahead:
    """The next likely acts.

    `kind`: what another run of the SOP is about, "" for nothing that must be said, None where the reader may
    not start one; at `place`, where they have none of their own. `next_run`: the one that "take the next open
    one" takes. `wrong`: steps that the reader may put right. `signers`: who can give the signature that the
    run waits for; None where it waits for none.
    """

    kind: str | None
    place: Location | None
    next_run: Run | None
    wrong: Sequence[StepState]
    signers: Sequence[Person] | None


def of(run: Run, wrong: Sequence[StepState], waits_for: str | None) -> Ahead:
    """What comes after this run. `waits_for`: the role that signs it, "" for anybody, None if nobody does."""
    session, meta = db.session(), catalogue.meta(run.sop)
    startable = run.sop.retired_at is None and run.sop.in_force is not None
    return Ahead(
        kind=(meta.subject or "") if startable and access.may_run(actor(), meta.roles) else None,
        place=run.location if person().location_id is None else None,
        next_run=today.next_one(session, actor(), run.sop_id),
        wrong=wrong,
        signers=None if waits_for is None else signers.signers(session, run, waits_for or None),
    )
