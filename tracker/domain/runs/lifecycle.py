"""The life of a run: started, closed or cancelled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.domain.library import catalogue
from tracker.domain.people import places
from tracker.domain.runs import assignment, closing, loading, one_open_run, rules, standing
from tracker.domain.runs.progress import StepState, final_outcome, untouched
from tracker.errors import N_, AlreadyOpenError, ConflictError, ForbiddenError
from tracker.models import (
    Location,
    Outcome,
    Person,
    Revision,
    Run,
    Team,
    subject_key,
)

TRANSITIONS = {"open": {"done", "cancelled"}, "done": set(), "cancelled": set()}


@dataclass(frozen=True, slots=True)
class Offline:
    """How a run was started without network: by the revision that the phone showed, when by our clock."""

    revision: Revision
    at: datetime


def start(
    session: Session,
    actor: Actor,
    now: datetime,
    sop_id: str,
    *,
    subject: str = "",
    ref: str = "",
    assignee: Person | None = None,
    team: Team | None = None,
    role: str | None = None,
    location: Location | None = None,
    due: datetime | None = None,
    origin: tuple[Run, str] | None = None,
    anyway: bool = False,
    offline: Offline | None = None,
) -> Run:
    """Open a run of the revision in force.

    Staff of its roles start runs for themselves; a lead may give it to a person, or leave it open to a
    team, to a role or to all (none of the three). `due` is instead of the time that the SOP gives. `ref` is
    made on the device: the same one again is the same run. `origin` is the run, which the person may see, and
    the key of the step whose recovery says to start this one: it is about the same subject. A run that is
    started about an alias of a subject is about the subject. One that was started `offline` is always another
    one, about what was said there.
    Raises ForbiddenError, NotFoundError, ConflictError (retired, an account or place that is no more),
    InvalidError (subject), and AlreadyOpenError where an open run of the SOP is about the subject, unless
    somebody wants another one `anyway`.
    """
    access.require(actor, "run.start")
    is_own = assignee is not None and assignee is actor.person
    if not is_own:
        access.require(actor, "run.assign")
    if origin:
        access.require(actor, "run.see", origin[0])
    revision = offline.revision if offline else catalogue.in_force(session, sop_id)
    roles = revision.meta.roles
    if not access.may_run(actor, roles):
        raise ForbiddenError(
            N_("“%(title)s” is for: %(roles)s. A lead can give you the run, an admin the role."),
            title=revision.title,
            roles=", ".join(roles),
        )
    one_open_run.alone_with(session, sop_id)
    kind = one_open_run.subject_kind(revision, origin and origin[0])
    named = one_open_run.subject_named(subject, kind)
    about, keys = one_open_run.about(session, named, kind, exactly=offline is not None)
    if ref and (again := one_open_run.again(session, sop_id, ref)):
        if again.subject_key != subject_key(about, kind):
            raise ConflictError(N_("This form has started a run about something else. Open it afresh."))
        return again
    other = one_open_run.open_about(session, sop_id, keys) if about and not anyway else None
    if other is not None and offline is None:
        raise AlreadyOpenError(
            N_("There is an open run of this SOP about %(subject)s already."), run=other.id, subject=about
        )
    started_at = offline.at if offline else now
    columns = new(actor, started_at, revision, kind=kind, about=about, due=due)
    columns["location_id"] = _place(actor, location, origin and origin[0])
    columns |= standing.fresh_standing(session, revision)._asdict()
    run = Run(sop=revision.sop, revision=revision, records=[], overrides=[], sign_offs=[], **columns)
    if ref:
        run.ref = ref
    if origin:
        run.from_run, run.from_step = origin
    assignment.give(run, assignee, team, role)
    if not is_own:
        access.require(actor, "run.assign", run)  # at another location it would be another lead's
    session.add(run)
    session.flush()
    emit(
        session,
        actor,
        started_at,
        kinds.RunStarted(
            sop=sop_id,
            **assignment.whose(run),
            from_run=run.from_run_id,
            from_step=run.from_step,
            came=now.isoformat() if offline else None,
            twin=other.id if other else None,
        ),
        f"run:{run.id}",
    )
    return run


def new(
    actor: Actor, now: datetime, revision: Revision, *, kind: str, about: str, due: datetime | None
) -> dict[str, Any]:
    """The columns of a new run that its rules decide, for one run or one of ten thousand.

    `about` is the subject as `subjects.resolve` knows it. Raises InvalidError for a due time that has passed.
    """
    return {
        "sop_id": revision.sop_id,
        "revision_id": revision.id,
        "subject_kind": kind,
        "subject_ref": about,
        "started_by_id": actor.id,
        "started_at": now,
        "due_at": rules.ahead(due, now) if due else _due(revision, now),
    }


def close(
    session: Session,
    actor: Actor,
    now: datetime,
    run: Run,
    *,
    omit: Collection[str] = (),
    at: datetime | None = None,
) -> list[StepState]:
    """Close a run and write its outcomes, unless required steps are untouched that `omit` does not name.

    Returns those steps; when there are any, nothing was changed and the person is to be warned. `at`: when it
    was closed, where that was on a phone and we hear of it only now.
    Raises ConflictError while a critical step is neither cleared nor overridden, or a step or the run is not
    signed.
    """
    access.require(actor, "run.close", run)
    rules.must_be_open(run)
    rules.must_go_on(run)
    found = loading.states(run)
    closing.must_be_closable(run, found)
    missing = [state for state in untouched(found) if state.step.key not in omit]
    if missing:
        return missing
    finish(session, actor, now, run, found, at=at)
    return []


def finish(
    session: Session,
    actor: Actor,
    now: datetime,
    run: Run,
    found: Sequence[StepState],
    *,
    at: datetime | None = None,
    itself: bool = False,
) -> None:
    """Write what became of each step of an open run that may be closed, and close it.

    For `close` and for endings. It was never closed before its last record.
    """
    last = [record.happened_at for record in run.records] if at else []
    closed_at = min(now, max([at, run.started_at, *last])) if at else now
    _end(run, "done", actor, closed_at)
    session.add_all(_outcomes(run, found, closed_at))
    omitted = [state.step.key for state in untouched(found)]
    came = now.isoformat() if closed_at != now else None
    emit(
        session,
        actor,
        closed_at,
        kinds.RunClosed(omitted=omitted, itself=itself, came=came),
        f"run:{run.id}",
    )
    session.flush()


def cancel(session: Session, actor: Actor, now: datetime, run: Run, reason: str) -> None:
    """Cancel an open run, with a reason. Leads may. A cancelled run has no outcomes."""
    access.require(actor, "run.cancel", run)
    rules.must_be_open(run)
    run.cancel_reason = rules.why(reason)
    _end(run, "cancelled", actor, now)
    emit(session, actor, now, kinds.RunCancelled(reason=run.cancel_reason), f"run:{run.id}")
    session.flush()


def _end(run: Run, state: str, actor: Actor, now: datetime) -> None:
    if state not in TRANSITIONS[run.state]:
        raise ConflictError(N_("This run is closed. What was recorded stays as it is."))
    run.state = state
    run.offered_to = run.offered_by = None
    run.closed_at = now
    run.closed_by_id = actor.id


def _outcomes(run: Run, found: Sequence[StepState], now: datetime) -> list[Outcome]:
    return [
        Outcome(
            run_id=run.id,
            step_key=state.step.key,
            sop_id=run.sop_id,
            revision_id=run.revision_id,
            outcome=final_outcome(state),
            reason=state.last.reason if state.last else "",
            recovered=state.recovered,
            closed_at=now,
        )
        for state in found
    ]


def _place(actor: Actor, location: Location | None, origin: Run | None) -> int | None:
    """Where a run is: where it was said to be, else where its starter works, else where it comes from.

    Raises ConflictError for a place that was given up.
    """
    if location is not None:
        return places.usable(location).id
    return actor.location_id or (origin.location_id if origin else None)


def _due(revision: Revision, now: datetime) -> datetime | None:
    seconds = revision.meta.due
    return now + timedelta(seconds=seconds) if seconds else None
