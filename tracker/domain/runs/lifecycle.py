"""The life of a run: started, handed on, closed or cancelled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.orm import Session, defer, joinedload, object_session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.db import alone
from tracker.domain import access
from tracker.domain.events import emit
from tracker.domain.people import places
from tracker.domain.runs import signatures, standing, subjects
from tracker.domain.runs.progress import StepState, final_outcome, step_states, untouched
from tracker.domain.runs.signatures import Whole
from tracker.errors import N_, ConflictError, ForbiddenError, InvalidError, NotFoundError
from tracker.models import (
    Location,
    Outcome,
    Override,
    Person,
    Record,
    Revision,
    Run,
    SignOff,
    Sop,
    Step,
    SubjectAlias,
    Team,
)
from tracker.sop.numbering import numbers

MOST_KEPT = 500
NO_RUN = N_("There is no run %(id)s.")


@dataclass(frozen=True)
class Plan:
    """The steps of a revision in order, to be read only, and what every record asks about all of them."""

    steps: Sequence[Step]
    verify: str | None = None  # the role that signs a whole run, "" for anybody

    @cached_property
    def by_key(self) -> dict[str, Step]:
        return {step.key: step for step in self.steps}

    @cached_property
    def numbers(self) -> dict[str, str]:
        """What people call each step by, by its key."""
        return numbers(self.steps)

    @cached_property
    def signs(self) -> bool:
        """Whether a step or the run needs a signature: without one there is nothing to look up."""
        return self.verify is not None or any(step.verify for step in self.steps)


_plans: WeakKeyDictionary[Engine | Connection, dict[int, Plan]] = WeakKeyDictionary()

_ONE = select(Run).where(Run.id == bindparam("run"))
_LOCKED = _ONE.with_for_update(of=Run)
_OVERRIDES = select(Override).where(Override.run_id == bindparam("run"))
_RECORDS = (  # each with whether there is an override: few runs have one, and a query less counts
    select(Record, _OVERRIDES.exists())
    .where(Record.run_id == bindparam("run"))
    .order_by(Record.received_at, Record.id)
)
_SIGN_OFFS = select(SignOff).where(SignOff.run_id == bindparam("run")).order_by(SignOff.id)
_WHOLE = _ONE.options(
    joinedload(Run.revision).options(defer(Revision.source), defer(Revision.html)),
    joinedload(Run.sop),
    joinedload(Run.assignee),
    joinedload(Run.location),
    selectinload(Run.overrides),
    selectinload(Run.records),
)

TRANSITIONS = {"open": {"done", "cancelled"}, "done": set(), "cancelled": set()}


def load(
    session: Session,
    actor: Person,
    run_id: int,
    action: str,
    *,
    lock: bool = False,
    repeats: UUID | None = None,
) -> Run:
    """The run, if the person may do `action` to it; with `lock`, nobody else changes it meanwhile.

    Whoever `repeats` a record of their own that is in the run is let in to hear the same answer again.
    Raises NotFoundError, ForbiddenError.
    """
    given = {"run": run_id}
    if lock:
        run = session.scalar(_LOCKED, given, execution_options={"populate_existing": True})
        if run is not None:
            read(session, run)
    else:
        run = session.scalar(_WHOLE, given)
    if run is None:
        raise NotFoundError(NO_RUN, id=run_id)
    if repeats is None or not own_record(actor, run, repeats):
        access.require(actor, action, run)
    return run


def read(session: Session, run: Run) -> None:
    """Read what is in a run that was just locked: its records, what a lead has overridden, what is signed."""
    given = {"run": run.id}
    rows = session.execute(_RECORDS, given).all()
    maybe = not rows or rows[0][1]
    set_committed_value(run, "records", [record for record, _ in rows])
    set_committed_value(run, "overrides", session.scalars(_OVERRIDES, given).all() if maybe else [])
    if plan(run).signs:
        set_committed_value(run, "sign_offs", session.scalars(_SIGN_OFFS, given).all())


def find(session: Session, actor: Person, run_id: int, action: str) -> Run:
    """The run alone, without its records, if the person may do `action` to it; raises like `load`."""
    run = session.get(Run, run_id)
    if run is None:
        raise NotFoundError(NO_RUN, id=run_id)
    access.require(actor, action, run)
    return run


def own_record(actor: Person, run: Run, record_id: UUID) -> Record | None:
    """The run's record of that id, if it is the person's own."""
    return next((r for r in run.records if r.id == record_id and r.person_id == actor.id), None)


def plan(run: Run) -> Plan:
    """The steps of the run's revision; kept in memory, for a published revision never changes."""
    session, place = object_session(run), run.revision_id
    if session is None:
        return Plan(run.revision.steps, run.revision.verify)
    kept = _plans.setdefault(session.get_bind(), {})
    found = kept.get(place)
    if found is None:
        if run.revision.number is None:
            return Plan(run.revision.steps, run.revision.verify)
        if len(kept) >= MOST_KEPT:
            kept.clear()
        query = select(*Step.__table__.columns).where(Step.revision_id == place).order_by(Step.position)
        found = kept[place] = Plan(
            [Step(**row) for row in session.execute(query).mappings()], run.revision.verify
        )
    return found


def steps(run: Run) -> Sequence[Step]:
    """The run's steps in order, to be read only."""
    return plan(run).steps


def states(run: Run) -> list[StepState]:
    """The state of each of the run's steps, in the order of its revision.

    What was computed is kept with the run until something more stands in it: a tick asks three times.
    """
    found = plan(run)
    given = run.sign_offs if found.signs else ()
    overridden = [entry.step_key for entry in run.overrides]
    stands = run.revision_id, [r.id for r in run.records], overridden, [s.record_id for s in given]
    if run.kept_states is None or run.kept_states[0] != stands:
        run.kept_states = stands, step_states(found.steps, run.records, overridden, given)
    return list(run.kept_states[1])


def whole(run: Run, found: Sequence[StepState]) -> Whole | None:
    """How the signature under the whole run stands; None where its SOP asks for none."""
    role = plan(run).verify
    return None if role is None else signatures.whole(role, run, found)


def keep_standing(session: Session, run: Run) -> None:
    """Keep what has become of an open run, which was loaded with its lock, in its row (`domain.standing`)."""
    found = states(run)
    standing.keep(session, run, found, whole(run, found))


def fresh_standing(revision: Revision) -> standing.Standing:
    """The standing of a run of the revision in which nothing was recorded yet: `keep_standing` for many."""
    run = Run(revision=revision, state="open", records=[], overrides=[], sign_offs=[])
    found = states(run)
    return standing.judge(found, whole(run, found))


def in_force(session: Session, sop_id: str) -> Revision:
    """The revision that a new run of the SOP uses. Raises NotFoundError, ConflictError for a retired SOP."""
    sop = session.get(Sop, sop_id)
    if sop is None:
        raise NotFoundError(N_("There is no SOP “%(id)s”. Search for it by its title."), id=sop_id)
    if sop.retired_at is not None or sop.in_force is None:
        raise ConflictError(N_("“%(title)s” is retired and can’t be started any more."), title=sop.title)
    return sop.in_force


def start(
    session: Session,
    actor: Person,
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
) -> Run:
    """Open a run of the revision in force.

    Staff of its roles start runs for themselves; a lead may give it to a person, or leave it open to a
    team, to a role or to all (none of the three). `due` is instead of the time that the SOP gives. `ref` is
    made on the device: the same one again is the same run. `origin` is the run, which the person may see, and
    the key of the step whose recovery says to start this one: it is about the same subject. A run that is
    started about an alias of a subject is about the subject.
    Raises ForbiddenError, NotFoundError, ConflictError (retired, an account or place that is no more),
    InvalidError (subject).
    """
    access.require(actor, "run.start")
    if assignee is not actor:
        access.require(actor, "run.assign")
    if origin:
        access.require(actor, "run.see", origin[0])
    revision = in_force(session, sop_id)
    roles = revision.meta.get("roles") or []
    if not access.may_run(actor, roles):
        raise ForbiddenError(
            N_("“%(title)s” is for: %(roles)s. A lead can give you the run, an admin the role."),
            title=revision.title,
            roles=", ".join(roles),
        )
    kind = subject_kind(revision, origin and origin[0])
    about = subjects.meant(session, subject_named(subject, kind), kind)
    if ref:
        alone(session, f"run:{sop_id}:{ref}")
    if ref and (again := session.scalar(select(Run).where(Run.sop_id == sop_id, Run.ref == ref))):
        if again.subject_ref != about:
            raise ConflictError(N_("This form has started a run about something else. Open it afresh."))
        return again
    columns = new(actor, now, revision, kind=kind, about=about, due=due)
    columns["location_id"] = _place(actor, location, origin and origin[0])
    run = Run(sop=revision.sop, revision=revision, records=[], overrides=[], sign_offs=[], **columns)
    if ref:
        run.ref = ref
    if origin:
        run.from_run, run.from_step = origin
    _give(run, assignee, team, role)
    if assignee is not actor:
        access.require(actor, "run.assign", run)  # at another location it would be another lead's
    session.add(run)
    session.flush()
    keep_standing(session, run)
    linked = {"from_run": run.from_run_id, "from_step": run.from_step} if origin else {}
    emit(session, actor, now, "run.started", f"run:{run.id}", sop=sop_id, **whose(run), **linked)
    return run


def new(
    actor: Person, now: datetime, revision: Revision, *, kind: str, about: str, due: datetime | None
) -> dict[str, Any]:
    """The columns of a new run that its rules decide, for one run or one of ten thousand.

    `about` is the subject as `subjects.meant` knows it. Raises InvalidError for a due time that has passed.
    """
    return {
        "sop_id": revision.sop_id,
        "revision_id": revision.id,
        "subject_kind": kind,
        "subject_ref": about,
        "started_by_id": actor.id,
        "started_at": now,
        "due_at": ahead(due, now) if due else _due(revision, now),
    }


def subject_kind(revision: Revision, origin: Run | None) -> str:
    """What a run of the revision is about ("order"): where a run has led to it, the same as that; or ""."""
    return (origin and origin.subject_kind) or str(revision.meta.get("subject") or "")


def subject_named(text: str, kind: str) -> str:
    """What somebody says that a run is about, as it is kept. Raises InvalidError."""
    subject = subjects.plain(text)
    if kind and not subject:
        raise InvalidError(N_("Say which %(kind)s this run is about, for example its number."), kind=kind)
    return subject


def already_open(session: Session, sop_id: str, subject: str) -> Run | None:
    """An open run of the same SOP about the same subject, which a second start would do twice.

    Also under another of the subject's names.
    """
    subject, sop = subjects.seen(subject), session.get(Sop, sop_id)
    if not subject or sop is None or sop.in_force is None:
        return None
    names = subjects.same_as(session, subject, subject_kind(sop.in_force, None))
    return session.scalar(
        select(Run).where(Run.sop_id == sop_id, Run.subject_ref.in_(names), Run.state == "open").limit(1)
    )


def states_about(
    session: Session, sop_id: str, kinds: Collection[str], names: Sequence[str]
) -> dict[str, set[str]]:
    """The states of the SOP's runs about each of many subjects, under this or another of their names."""
    found: dict[str, set[str]] = {}
    for start in range(0, len(names), 400):  # a query has room for so many names only
        some = names[start : start + 400]
        others = select(SubjectAlias.alias, SubjectAlias.ref)
        others = others.where(SubjectAlias.kind.in_(kinds), SubjectAlias.ref.in_(some))
        refs = dict(zip(some, some, strict=True)) | dict(session.execute(others).all())
        # SOP and state are compared here: SQLite would look through all open runs, or all of the SOP
        there = select(Run.subject_ref, Run.sop_id, Run.state).where(Run.subject_ref.in_(refs))
        for name, sop, state in session.execute(there):
            if sop == sop_id:
                found.setdefault(refs[name], set()).add(state)
    return found


def assign(
    session: Session,
    actor: Person,
    now: datetime,
    run: Run,
    *,
    assignee: Person | None = None,
    team: Team | None = None,
    role: str | None = None,
    seen: str | None = None,
) -> None:
    """Give an open run to a person, or leave it open to a team, a role or all. Leads may, where they work.

    `seen`: whose it was when the lead decided (`whose_key`). Raises ConflictError if it is another's by now.
    """
    access.require(actor, "run.assign", run)
    must_be_open(run)
    must_be_as_seen(run, seen)
    _give(run, assignee, team, role)
    emit(session, actor, now, "run.assigned", f"run:{run.id}", **whose(run))
    session.flush()


def claim(session: Session, actor: Person, now: datetime, run: Run) -> None:
    """Take an unassigned run that is open to one. Raises ConflictError if somebody was quicker."""
    access.require(actor, "run.claim", run)
    must_be_open(run)
    if run.assignee_id == actor.id:
        return
    if run.assignee is not None:
        raise ConflictError(N_("%(name)s was quicker and has this run now."), name=run.assignee.name)
    give_to(run, actor)
    emit(session, actor, now, "run.claimed", f"run:{run.id}", **whose(run))
    session.flush()


def take_over(session: Session, actor: Person, now: datetime, run: Run, seen: str | None = None) -> None:
    """A lead makes an open run their own, from whomever it was; `seen` as in `assign`."""
    access.require(actor, "run.take-over", run)
    must_be_open(run)
    must_be_as_seen(run, seen)
    before = run.assignee_id
    _give(run, actor, None, None)
    emit(session, actor, now, "run.taken-over", f"run:{run.id}", before=before, **whose(run))
    session.flush()


def close(
    session: Session, actor: Person, now: datetime, run: Run, *, omit: Collection[str] = ()
) -> list[StepState]:
    """Close a run and write its outcomes, unless required steps are untouched that `omit` does not name.

    Returns those steps; when there are any, nothing was changed and the person is to be warned.
    Raises ConflictError while a critical step is neither cleared nor overridden, or a step or the run is not
    signed.
    """
    access.require(actor, "run.close", run)
    must_be_open(run)
    must_go_on(run)
    found = states(run)
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
    _end(run, "done", actor, now)
    session.add_all(_outcomes(run, found, now))
    emit(session, actor, now, "run.closed", f"run:{run.id}", omitted=[s.step.key for s in untouched(found)])
    session.flush()
    return []


def _must_be_signed(run: Run, found: Sequence[StepState]) -> None:
    signing = whole(run, found)
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


def cancel(session: Session, actor: Person, now: datetime, run: Run, reason: str) -> None:
    """Cancel an open run, with a reason. Leads may. A cancelled run has no outcomes."""
    access.require(actor, "run.cancel", run)
    must_be_open(run)
    run.cancel_reason = why(reason)
    _end(run, "cancelled", actor, now)
    emit(session, actor, now, "run.cancelled", f"run:{run.id}", reason=run.cancel_reason)
    session.flush()


def why(reason: str) -> str:
    """A reason as it is kept. Raises InvalidError if there is none."""
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidError(N_("Say why, in a word or two."))
    if len(reason) > 500:
        raise InvalidError(N_("Keep the reason below 500 characters; put the rest into the note."))
    return reason


def must_be_there(person: Person | None = None, team: Team | None = None) -> None:
    """Raise ConflictError for somebody who can't sign in, or a team that was given up: no run is theirs."""
    if person is not None and person.disabled_at is not None:
        raise ConflictError(N_("%(name)s’s account is disabled."), name=person.name)
    if person is not None and person.imported:
        raise ConflictError(N_("%(name)s has no account here, only past runs."), name=person.name)
    if team is not None and team.retired_at is not None:
        raise ConflictError(N_("“%(name)s” was given up. Choose another team."), name=team.name)


def give_to(run: Run, person: Person) -> None:
    """Make the run a person's; nobody else is asked any more. Raises ConflictError (`must_be_there`)."""
    must_be_there(person)
    run.assignee = person
    run.offered_to = run.offered_by = None


def _give(run: Run, assignee: Person | None, team: Team | None, role: str | None) -> None:
    must_be_there(team=team)
    if assignee is not None:
        give_to(run, assignee)
    else:
        run.assignee = run.offered_to = run.offered_by = None
    run.team = team
    run.role = role or None


def whose(run: Run) -> dict[str, int | str | None]:
    """Whose the run is, as its events say it."""
    return {
        "assignee": run.assignee.id if run.assignee else None,
        "team": run.team.name if run.team else None,
        "role": run.role,
    }


def whose_key(run: Run) -> str:
    """Whose the run is, for a form that must notice when that has changed."""
    return f"{run.assignee_id or ''}/{run.team_id or ''}/{run.role or ''}"


def must_be_as_seen(run: Run, seen: str | None) -> None:
    """Raise ConflictError if the run is another's than when the form was made (`whose_key`)."""
    if seen is None or seen == whose_key(run):
        return
    if run.assignee is not None:
        raise ConflictError(
            N_("Meanwhile the run has become %(name)s’s, so nothing was changed. Open it and decide again."),
            name=run.assignee.name,
        )
    raise ConflictError(
        N_("Meanwhile the run was opened to others, so nothing was changed. Open it and decide again.")
    )


def must_go_on(run: Run) -> None:
    """Raise ConflictError for a paused run."""
    if run.paused_at is not None:
        raise ConflictError(
            N_("This run is paused: %(reason)s. Press “Go on” first, then do it again."),
            reason=run.pause_reason,
        )


def must_be_open(run: Run) -> None:
    """Raise ConflictError for a run that is done or cancelled."""
    if run.state != "open":
        raise ConflictError(N_("This run is closed. What was recorded stays as it is."))


def _end(run: Run, state: str, actor: Person, now: datetime) -> None:
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


def _place(actor: Person, location: Location | None, origin: Run | None) -> int | None:
    """Where a run is: where it was said to be, else where its starter works, else where it comes from.

    Raises ConflictError for a place that was given up.
    """
    if location is not None:
        return places.usable(location).id
    return actor.location_id or (origin.location_id if origin else None)


def ahead(due: datetime, now: datetime) -> datetime:
    """A due time that somebody has set. Raises InvalidError for one that has passed."""
    if due <= now:
        raise InvalidError(N_("This due time has passed already. Choose a later one."))
    return due


def _due(revision: Revision, now: datetime) -> datetime | None:
    seconds = revision.meta.get("due")
    return now + timedelta(seconds=seconds) if seconds else None
