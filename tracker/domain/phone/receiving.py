"""What a phone's queue brings, each entry judged by itself: the one verb for all that was done on a phone.

Nothing that was done there is refused because of what has happened meanwhile: it is kept, flagged, or waits
for a lead. What can't be kept is refused with the reason, noted for the lead, and stays on the phone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from tracker.domain import access
from tracker.domain.actor import Actor, signed_in
from tracker.domain.evidence.content import Piece
from tracker.domain.library import catalogue
from tracker.domain.phone import noted_entries
from tracker.domain.phone.entries import PhoneEntry
from tracker.domain.records import late_records, recording, senders
from tracker.domain.records.clocks import LONGEST, Device, moment
from tracker.domain.records.sequences import Known
from tracker.domain.runs import assignment, endings, lifecycle, loading, one_open_run, recovery
from tracker.domain.runs.lifecycle import Offline
from tracker.errors import N_, ConflictError, ForbiddenError, HoldfastError, InvalidError, NotFoundError
from tracker.models import LateRecord, Location, Person, Record, Revision, Run

NOT_HERE = N_(
    "This run is not known here: it may have been lost when a backup was put back. Keep this, and show it "
    "to a lead."
)
_NO_REVISION = N_("This revision of “%(sop)s” is not known here. Keep this, and show it to a lead.")
_OUT_OF_FORCE = N_(
    "Revision %(revision)s of “%(title)s” has long been replaced. Start the SOP as it is now, and show this "
    "to a lead."
)
_CLOSED_BY = N_("%(name)s closed this run on their phone. Look at it, then close it.")
_TWIN = N_("Run %(run)s about %(subject)s was open already when this one was started on a phone.")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an entry.

    `state`: "kept" where it counts, "late" where it is kept and a lead decides, "refused", or "again" where
    it was not looked at and is to be sent once more. `why` says it in words; of a record that came late
    `waits` says for what, and `declined` that a lead has decided. `run` is the number of its run, `flag` what
    is unusual, `evidence` how many pieces are kept. `note`: as what a lead is told of it
    (`models.NOTES`). It outlives the transaction, so it holds no rows.
    """

    id: UUID
    state: str
    why: HoldfastError | None = None
    waits: str | None = None
    declined: bool = False
    run: int | None = None
    flag: str | None = None
    evidence: int = 0
    note: str | None = None


def hand_in(
    session: Session,
    lead: Actor,
    person: Person,
    now: datetime,
    entry: PhoneEntry,
    device: Device,
    pieces: Sequence[Piece] = (),
) -> Receipt:
    """What somebody did on their phone who can't sign in any more, brought by a lead: all of it waits.

    Records wait for a lead's decision. A run that was started there is the lead's from now on, and one that
    was closed there stays open, with a line. Call `must_look_after` first. Raises like `apply`.
    """
    theirs = signed_in(person)
    if entry.kind == "record":
        return _record(session, theirs, now, entry, replace(device, by=lead.id), pieces, {})
    if entry.kind == "start":
        return _start(session, lead, now, entry, device, handed_in=True)
    run = _locked(session, theirs, entry)
    if entry.kind == "claim" or run.state != "open":
        return Receipt(entry.id, "kept", run=run.id)
    return Receipt(entry.id, "late", ConflictError(_CLOSED_BY, name=person.name), run=run.id, note="unclosed")


def must_look_after(session: Session, lead: Actor, person: Person | None) -> Person:
    """The disabled person whose phone the lead has in their hands. Raises ForbiddenError, ConflictError."""
    access.require(lead, "record.accept")
    led = select(Person.id).where(Person.id == person.id, access.people_led(lead)) if person else None
    if person is None or led is None or session.scalar(led) is None:
        raise ForbiddenError(N_("A lead hands this in who works where its person has worked."))
    if person.disabled_at is None:
        raise ConflictError(
            N_("%(name)s’s account is not disabled: they send this themselves, once they sign in."),
            name=person.name,
        )
    return person


Locked = dict[str, Run]
"""Runs that were loaded with their locks in this transaction, by how the phone names them."""


def apply(
    session: Session,
    actor: Actor,
    now: datetime,
    entry: PhoneEntry,
    device: Device,
    pieces: Sequence[Piece] = (),
    locked: Locked | None = None,
) -> Receipt:
    """Do what an entry of the actor's own phone says. The same one again gives the same receipt.

    `device` says of the entry what the phone says; `pieces` are its evidence, put away already. `locked` is
    for those who do many in one transaction: what is read of a run once stays right under its lock.
    Raises HoldfastError for what is refused: ForbiddenError, NotFoundError, InvalidError, ConflictError; and
    ThrottledError for what is to be sent later.
    """
    if entry.kind == "record":
        return _record(session, actor, now, entry, device, pieces, {} if locked is None else locked)
    return _OTHERS[entry.kind](session, actor, now, entry, device)


def number_of(session: Session, actor: Actor, entry: PhoneEntry) -> int:
    """The number of the run that an entry is about. Raises NotFoundError.

    Where the phone gives both names they must be one run's: after a backup was put back, a number may have
    been given anew. A ref that several SOPs have is the actor's own.
    """
    own = case((Run.started_by_id == actor.id, 0), else_=1)
    if not entry.ref and entry.run is not None:
        return entry.run  # whoever loads it is told if there is none
    query = select(Run.id).order_by(own, Run.id).limit(1)
    if entry.ref:
        query = query.where(Run.ref == entry.ref)
    if entry.run is not None:
        query = query.where(Run.id == entry.run)
    found = session.scalar(query) if entry.ref else None
    if found is None:
        raise NotFoundError(NOT_HERE)
    return found


def _record(
    session: Session,
    actor: Actor,
    now: datetime,
    entry: PhoneEntry,
    device: Device,
    pieces: Sequence[Piece],
    locked: Locked,
) -> Receipt:
    name, known = f"{entry.run}/{entry.ref}", None
    if (run := locked.get(name)) is None:
        run, known = _loaded(session, actor, now, entry, device)
        locked[name] = run
    kept = recording.record(
        session,
        actor,
        now,
        run,
        record_id=entry.id,
        step_key=entry.text("step"),
        kind=entry.text("outcome"),
        value=entry.text("value"),
        reason=entry.text("reason"),
        note=entry.text("note"),
        cancels=entry.unique("cancels"),
        device=device,
        pieces=pieces,
        known=known,
    )
    return _of_record(kept, run, len(pieces))


def _loaded(
    session: Session, actor: Actor, now: datetime, entry: PhoneEntry, device: Device
) -> tuple[Run, Known]:
    number = number_of(session, actor, entry)
    try:
        run, known, _ = senders.load(session, actor, now, number, entry.id, device)
    except NotFoundError:
        raise NotFoundError(NOT_HERE) from None
    return run, known


def _locked(session: Session, actor: Actor, entry: PhoneEntry) -> Run:
    """The run of an entry with its lock. Raises NotFoundError."""
    run = loading.locked(session, number_of(session, actor, entry))
    if run is None:
        raise NotFoundError(NOT_HERE)
    return run


def _of_record(kept: Record | LateRecord, run: Run, evidence: int) -> Receipt:
    if isinstance(kept, Record):
        return Receipt(kept.id, "kept", run=run.id, flag=kept.flag, evidence=evidence)
    declined = kept.state == "declined"
    return Receipt(
        kept.id,
        "late" if declined or kept.state == "waiting" else "kept",
        waits=kept.why,
        declined=declined,
        run=run.id,
        flag=kept.flag,
        evidence=evidence,
    )


def _start(
    session: Session,
    actor: Actor,
    now: datetime,
    entry: PhoneEntry,
    device: Device,
    *,
    handed_in: bool = False,
) -> Receipt:
    ref, sop_id = str(entry.id), entry.text("sop")
    again = session.scalar(select(Run).where(Run.ref == ref, Run.sop_id == sop_id))
    if again is not None and (again.started_by_id == actor.id or handed_in):
        return _of_start(entry, again, one_open_run.twin_of(session, again))
    revision = _revision(session, now, sop_id, entry.number("revision"))
    at = moment(device, now, now - 2 * LONGEST)
    run = lifecycle.start(
        session,
        actor,
        now,
        sop_id,
        subject=entry.text("subject"),
        ref=ref,
        assignee=actor.holder,
        location=_location(session, actor, entry),
        origin=_origin(session, actor, entry),
        anyway=entry.flag("anyway"),
        offline=Offline(revision, at),
    )
    if run.started_by_id != actor.id:
        raise InvalidError(late_records.USED)  # a start of somebody else has this name
    return _of_start(entry, run, one_open_run.twin_of(session, run))


def _of_start(entry: PhoneEntry, run: Run, twin: int | None) -> Receipt:
    if twin is None:
        return Receipt(entry.id, "kept", run=run.id)
    why = ConflictError(_TWIN, run=twin, subject=run.subject_ref)
    return Receipt(entry.id, "kept", why, run=run.id, flag="twin", note="twin")


def _revision(session: Session, now: datetime, sop_id: str, number: int | None) -> Revision:
    """The revision that the phone has shown, also where another is in force by now, or none.

    But not one that was out of force already before anything that phones keep: nobody chooses older rules.
    Raises NotFoundError, ConflictError.
    """
    if number is None:
        return catalogue.in_force(session, sop_id)
    revision = session.get(Revision, number)
    if revision is None or revision.sop_id != sop_id or revision.number is None:
        raise NotFoundError(_NO_REVISION, sop=sop_id[:80])
    ended = _ended(session, revision)
    if ended is not None and ended < now - LONGEST:
        raise ConflictError(_OUT_OF_FORCE, title=revision.title, revision=revision.label)
    return revision


def _ended(session: Session, revision: Revision) -> datetime | None:
    """Since when another revision is in force, or none; None where it is this one."""
    if revision.sop.retired_at is not None:
        return revision.sop.retired_at
    if revision.sop.in_force_id == revision.id:
        return None
    later = Revision.sop_id == revision.sop_id, Revision.published_at > revision.published_at
    return session.scalar(select(func.min(Revision.published_at)).where(*later))


def _location(session: Session, actor: Actor, entry: PhoneEntry) -> Location | None:
    """Where somebody has started a run who works everywhere; others start where they work."""
    chosen = entry.number("location") if actor.location_id is None else None
    return session.get(Location, chosen) if chosen else None


def _origin(session: Session, actor: Actor, entry: PhoneEntry) -> tuple[Run, str] | None:
    """The run and step from which it was started; none where that is out of their sight by now."""
    given = entry.text("from")
    if not given:
        return None
    is_number = given.isascii() and given.isdigit() and len(given) <= 9
    number = session.scalar(select(Run.id).where(Run.id == int(given) if is_number else Run.ref == given))
    try:
        origin = recovery.origin(session, number, entry.text("step"))
    except InvalidError:  # the run was moved to a revision without the step
        return None
    return origin if origin and access.may(actor, "run.see", origin[0]) else None


def _close(session: Session, actor: Actor, now: datetime, entry: PhoneEntry, device: Device) -> Receipt:
    run = _locked(session, actor, entry)
    senders.must_have_part(session, actor, run)
    receipt = Receipt(entry.id, "kept", run=run.id)
    if run.state != "open":
        return receipt
    if (why := noted_entries.why_unclosed(session, actor, entry.id)) is not None:
        return Receipt(entry.id, "late", why, run=run.id, note="unclosed")
    at = moment(device, now, run.started_at)
    if entry.flag("itself"):
        endings.end(session, actor, now, run, at=at)
        return receipt
    try:
        missing = lifecycle.close(session, actor, now, run, omit=entry.texts("omit"), at=at)
    except (ConflictError, ForbiddenError) as error:
        return Receipt(entry.id, "late", error, run=run.id, note="unclosed")
    if not missing:
        return receipt
    why = ConflictError(
        N_("“%(step)s” is untouched by now, so the run stays open. Do it, or close the run once more."),
        step=missing[0].step.name,
    )
    return Receipt(entry.id, "late", why, run=run.id, note="unclosed")


def _claim(session: Session, actor: Actor, now: datetime, entry: PhoneEntry, _: Device) -> Receipt:
    run = _locked(session, actor, entry)
    if run.assignee_id != actor.id and run.state == "open":
        with senders.words_to_who_lost_it(actor, run):
            assignment.claim(session, actor, now, run)
    return Receipt(entry.id, "kept", run=run.id)


_OTHERS: dict[str, Callable[[Session, Actor, datetime, PhoneEntry, Device], Receipt]] = {
    "start": _start,
    "close": _close,
    "claim": _claim,
}
