"""The life of a run: started, closed or cancelled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from tracker.db import alone
from tracker.domain import access
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import Actor
from tracker.domain.events import emit
from tracker.domain.library import catalogue
from tracker.domain.people import places
from tracker.domain.runs import assignment, loading, rules, standing, subjects
from tracker.domain.runs.progress import StepState, final_outcome, untouched
from tracker.errors import N_, AlreadyOpenError, AmbiguousError, ConflictError, ForbiddenError, InvalidError
from tracker.models import (
    Event,
    Location,
    Outcome,
    Person,
    Revision,
    Run,
    SubjectAlias,
    Team,
    subject_key,
)
from tracker.sop.text import clean

_AGAIN = select(Run.id).where(Run.sop_id == bindparam("sop"), Run.ref == bindparam("ref"))
_OPEN_ABOUT = (
    select(Run.id)
    .where(
        Run.sop_id == bindparam("sop"),
        Run.subject_key.in_(bindparam("keys", expanding=True)),
        Run.state == "open",
    )
    .limit(1)
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
    alone_with(session, sop_id)
    kind = subject_kind(revision, origin and origin[0])
    about, keys = _about(session, subject_named(subject, kind), kind, exactly=offline is not None)
    if ref and (again := _found(session, _AGAIN, {"sop": sop_id, "ref": ref})):
        if again.subject_key != subject_key(about, kind):
            raise ConflictError(N_("This form has started a run about something else. Open it afresh."))
        return again
    other = _open_about(session, sop_id, keys) if about and not anyway else None
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


def _about(session: Session, text: str, kind: str, *, exactly: bool) -> tuple[str, set[str]]:
    """What a run is about, with the keys of all its names.

    `exactly`: what was said, where that may be several. Raises AmbiguousError otherwise.
    """
    try:
        return subjects.resolve_with_names(session, text, kind)
    except AmbiguousError:
        if not exactly:
            raise
        return text, subjects.same_as(session, text, kind)


def twin_of(session: Session, run: Run) -> int | None:
    """The number of the run about the same that was open when this one was started on a phone."""
    query = select(Event.data).where(Event.subject == f"run:{run.id}", Event.kind == kinds.RunStarted.kind)
    data = session.scalar(query)
    return data.get("twin") if data else None


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


def subject_kind(revision: Revision, origin: Run | None) -> str:
    """What a run of the revision is about ("order"): where a run has led to it, the same as that; or ""."""
    return (origin and origin.subject_kind) or (revision.meta.subject or "")


def subject_named(text: str, kind: str) -> str:
    """What somebody says that a run is about, as it is kept. Raises InvalidError."""
    subject = subjects.plain(text)
    if kind and not subject:
        raise InvalidError(
            N_("Say which %(subject_kind)s this run is about, for example its number."), subject_kind=kind
        )
    return subject


def alone_with(session: Session, sop_id: str) -> None:
    """Nobody else starts a run of the SOP until this transaction ends: two at once would both find none."""
    alone(session, f"start:{sop_id}")


def already_open(session: Session, sop_id: str, subject: str, kind: str) -> Run | None:
    """An open run of the same SOP about the same subject, which a second start would do twice.

    Also under another of the subject's names.
    """
    subject = clean(subject)
    if not subject:
        return None
    return _open_about(session, sop_id, subjects.same_as(session, subject, kind))


def _open_about(session: Session, sop_id: str, keys: Collection[str]) -> Run | None:
    return _found(session, _OPEN_ABOUT, {"sop": sop_id, "keys": list(keys)})


def _found(session: Session, query: Select[int], given: dict[str, Any]) -> Run | None:
    """The run whose number the query finds; mostly there is none, and nothing else is read."""
    number = session.scalar(query, given)
    return session.get_one(Run, number) if number else None


def states_about(
    session: Session, sop_id: str, kinds: Collection[str], keys: Sequence[str]
) -> dict[str, set[str]]:
    """The states of the SOP's runs about each of many subjects by its key, also under another name."""
    found: dict[str, set[str]] = {}
    for start in range(0, len(keys), 400):  # a query has room for so many names only
        some = keys[start : start + 400]
        others = select(SubjectAlias.alias_key, SubjectAlias.ref_key)
        others = others.where(SubjectAlias.kind.in_(kinds), SubjectAlias.ref_key.in_(some))
        refs = dict(zip(some, some, strict=True)) | dict(session.execute(others).all())
        # SOP and state are compared here: SQLite would look through all open runs, or all of the SOP
        there = select(Run.subject_key, Run.sop_id, Run.state).where(Run.subject_key.in_(refs))
        for name, sop, state in session.execute(there):
            if sop == sop_id:
                found.setdefault(refs[name], set()).add(state)
    return found


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
    unsigned = next((state for state in found if state.unsigned), None)
    if unsigned is not None:
        raise ConflictError(
            N_("“%(step)s” waits for a second person’s signature, or a lead lets the run go on without it."),
            step=unsigned.step.name,
        )
    holding = next((state for state in found if state.holds_up), None)
    if holding is not None:
        raise ConflictError(
            N_(
                "“%(step)s” is critical and not done. Do it, or ask a lead to let the run go on or cancel it."
            ),
            step=holding.step.name,
        )
    _must_be_signed(run, found)
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


def _must_be_signed(run: Run, found: Sequence[StepState]) -> None:
    signing = loading.whole(run, found)
    if signing is None or signing.settled:
        return
    if signing.sent_back:
        raise ConflictError(
            N_("%(name)s has sent this run back: %(reason)s. Put it right, then it is signed."),
            name=signing.sent_back.person.name,
            reason=signing.sent_back.meaning,
        )
    if left := untouched(found):
        raise ConflictError(
            N_("“%(step)s” is untouched, and this run is signed before it is closed. Do it, or skip it."),
            step=left[0].step.name,
        )
    raise ConflictError(
        N_("This run waits for a second person’s signature, or a lead lets it be closed without.")
    )


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
