"""Where a run's page leads on once there is nothing more to do in it for the reader."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tracker.db import db
from tracker.domain import access
from tracker.domain.library import catalogue
from tracker.domain.records import amending, signers
from tracker.domain.runs import comments
from tracker.domain.runs.progress import StepState
from tracker.domain.work import today
from tracker.models import Location, Person, Run
from tracker.web.reader import actor, person


@dataclass(frozen=True)
class Another:
    """Another run of the SOP: about which `kind`, "" for nothing that must be said; at `place`, where the
    reader has none of their own."""

    kind: str
    place: Location | None


@dataclass(frozen=True)
class Ahead:
    """The next likely acts.

    `another`: None where the reader may not start one. `next_run`: the one that "take the next open one"
    takes. `wrong`: steps to put right, by the reader, or where `helper` is somebody, by them. `signers`: who
    can give the signature that the run waits for; None where it waits for none. `asked`: the ids of those
    whom the reader has spoken to on the run already.
    """

    another: Another | None
    next_run: Run | None
    wrong: Sequence[StepState]
    helper: Person | None
    signers: Sequence[Person] | None
    asked: Collection[int]


def of(run: Run, wrong: Sequence[StepState], waits_for: str | None) -> Ahead:
    """What comes after this run.

    `wrong`: its steps that are to be put right. `waits_for`: the role that signs it, "" for anybody, None if
    nobody does.
    """
    session = db.session()
    may_amend = access.may(actor(), "run.amend", run)
    helper = amending.helper(session, run) if wrong and not may_amend else None
    who_sign = None if waits_for is None else signers.signers(session, run, waits_for or None)
    said = comments.of_run(session, run) if helper or who_sign else []
    return Ahead(
        another=another(run),
        next_run=today.next_one(session, actor(), run.sop_id),
        wrong=wrong if may_amend or helper else [],
        helper=helper,
        signers=who_sign,
        asked={id for comment in said if comment.person_id == actor().id for id in comment.mentioned},
    )


def another(run: Run) -> Another | None:
    """How another run of the same SOP begins, where the reader may start one."""
    meta = catalogue.meta(run.sop)
    startable = run.sop.retired_at is None and run.sop.in_force is not None
    if not startable or not access.may_run(actor(), meta.roles):
        return None
    return Another(meta.subject or "", run.location if person().location_id is None else None)
