"""Shared devices: registered for a location, unlocked by who works there, locked again when left alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, false, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from tracker.db import alone
from tracker.domain import access, security_log
from tracker.domain import event_kinds as kinds
from tracker.domain.access import reach
from tracker.domain.actor import SYSTEM, Actor, Way
from tracker.domain.entrance import passwords, sessions, tokens, tries
from tracker.domain.events import emit
from tracker.errors import N_, ConflictError, ForbiddenError, InvalidError, NotFoundError, ThrottledError
from tracker.models import Device, DevicePerson, Location, Person, Tries
from tracker.sop.text import fold

IDLE_MINUTES = range(1, 31)
TRIES_OF_DEVICE = 20
WAIT = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=10)
SHOWN = 60


def register(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    name: str,
    location: Location | None,
    idle_minutes: int | None = 2,
) -> tuple[Device, str]:
    """Register a tablet for a location; the device and the token that its cookie holds from now on.

    Leads may for their location, admins for every one. Raises InvalidError, ForbiddenError,
    ConflictError for a name that another device has.
    """
    access.require(actor, "device.manage")
    if location is None:
        raise InvalidError(N_("Choose the location where the tablet stands."))
    _must_lead(actor, location)
    alone(session, "devices")
    token = tokens.new()
    device = Device(
        name=_name(session, name), location=location, token_hash=tokens.digest(token), at=now,
        idle_minutes=_minutes(idle_minutes), registered_by_id=actor.id,
    )  # fmt: skip
    session.add(device)
    session.flush()
    emit(
        session,
        actor,
        now,
        kinds.DeviceRegistered(name=device.name, location=location.id),
        f"device:{device.id}",
    )
    security_log.write(
        session, now, security_log.DEVICE_REGISTERED, actor=actor, device=device.id, name=device.name
    )
    return device, token


def change(
    session: Session, actor: Actor, now: datetime, device: Device, *, name: str, idle_minutes: int | None
) -> None:
    """Rename a device, or let it wait longer or shorter before it locks. As for `register`."""
    access.require(actor, "device.manage")
    _must_lead(actor, device.location)
    if device.retired_at is not None:
        raise ConflictError(N_("“%(name)s” is retired. Register it again."), name=device.name)
    alone(session, "devices")
    device.name, device.idle_minutes = _name(session, name, device), _minutes(idle_minutes)
    emit(
        session,
        actor,
        now,
        kinds.DeviceChanged(name=device.name, idle_minutes=device.idle_minutes),
        f"device:{device.id}",
    )
    session.flush()


def retire(session: Session, actor: Actor, now: datetime, device: Device) -> None:
    """Retire a shared tablet: its cookie and all sessions on it end."""
    access.require(actor, "device.manage")
    _must_lead(actor, device.location)
    if device.retired_at is None:
        device.retired_at = now
        emit(session, actor, now, kinds.DeviceRetired(name=device.name), f"device:{device.id}")
        security_log.write(
            session, now, security_log.DEVICE_RETIRED, actor=actor, device=device.id, name=device.name
        )
        sessions.end_of_device(session, actor, now, device)
        session.flush()


def by_token(session: Session, token: str) -> Device | None:
    """The device whose cookie holds this token; None if there is none, or if it is retired."""
    query = select(Device).where(Device.token_hash == tokens.digest(token), Device.retired_at.is_(None))
    return session.scalar(query.options(joinedload(Device.location)))


def load(session: Session, device_id: int) -> Device:
    """The device, to be changed: nobody else changes it meanwhile. Raises NotFoundError."""
    device = session.get(Device, device_id, populate_existing=True, with_for_update={"of": Device})
    if device is None:
        raise NotFoundError(N_("There is no such tablet."))
    return device


def led_by(session: Session, actor: Actor) -> Sequence[Device]:
    """The devices that the person may look after, retired ones last."""
    query = select(Device).options(joinedload(Device.location), joinedload(Device.registered_by))
    if not access.reaches_all(actor):
        query = query.where(Device.location_id == actor.location_id)
    return session.scalars(query.order_by(Device.retired_at.is_not(None), Device.name_order)).all()


def with_pin(session: Session, actor: Actor) -> Sequence[Person]:
    """People whose PIN the lead may take away."""
    query = select(Person).where(Person.pin_hash.is_not(None), Person.disabled_at.is_(None))
    if not access.reaches_all(actor):
        own = Person.location_id == actor.location_id if actor.location_id is not None else false()
        # nobody looks after who works everywhere: compared by location, as in `pins.clear`
        query = query.where(own)
    return session.scalars(query.options(joinedload(Person.location)).order_by(Person.name_order)).all()


def people_at(session: Session, device: Device, words: str = "") -> Sequence[Person]:
    """Who works where the device stands and has all the words in their name; who used it last comes first.

    At most SHOWN.
    """
    known = DevicePerson.person_id == Person.id, DevicePerson.device_id == device.id
    query = select(Person).outerjoin(DevicePerson, known[0] & known[1]).where(_works_at(device))
    for word in fold(words).split():
        query = query.where(Person.name_key.contains(word, autoescape=True))
    newest = DevicePerson.used_at.is_(None), DevicePerson.used_at.desc()
    return session.scalars(query.order_by(*newest, Person.name_order).limit(SHOWN)).all()


def person_at(session: Session, device: Device, person_id: int) -> Person:
    """A person who works where the device stands. Raises NotFoundError."""
    person = session.scalar(select(Person).where(Person.id == person_id, _works_at(device)))
    if person is None:
        raise NotFoundError(N_("Nobody like that works here."))
    return person


def works_at(device: Device, person: Person) -> bool:
    """Whether the person works where the device stands; who has no location works everywhere."""
    here = person.location_id in (None, device.location_id)
    return here and person.disabled_at is None and not person.imported


def is_used_by(session: Session, device: Device, person: Person) -> bool:
    """Whether the person has shown who they are on this device before."""
    return session.get(DevicePerson, (device.id, person.id)) is not None


def attempt(session: Session, now: datetime, device: Device, person: Person) -> None:
    """Take one of the tries that a PIN has on a device, before it is looked at: tries at once count too.

    After five wrong ones in a row each further try waits, longer and longer, and everybody does for ten
    minutes after twenty on one device. Devices that the person has never used count together: registering
    more of them gives no more tries. Raises ThrottledError.
    """
    alone(session, f"device:{device.id}")
    recent = Tries.key.startswith(_pin(device)), Tries.tried_at > now - WAIT
    most = case((Tries.wrong > tries.FREE, tries.FREE), else_=Tries.wrong)
    of_device = session.scalar(select(func.sum(most)).where(*recent)) or 0
    if of_device >= TRIES_OF_DEVICE:
        raise ThrottledError(N_("Too many wrong PINs. Wait ten minutes, or sign in with name and password."))
    try:
        tries.take(session, now, _pin_counts(session, device, person))
    except ThrottledError as error:
        raise ThrottledError(
            N_("Too many wrong PINs. Wait %(n)s min, or sign in with name and password."), **error.details
        ) from None


def is_pin_of(device: Device, person: Person | None, pin: str) -> bool:
    """Whether the PIN is the person's and they work where the device stands.

    Takes as long whatever is wrong; call it outside of
    `writing`, after `attempt`."""
    stored = person.pin_hash if person is not None and works_at(device, person) else None
    return passwords.verify(stored, pin)


def note_wrong_pin(session: Session, now: datetime, device: Device, person: Person) -> None:
    """Count a wrong PIN. Log the pause that begins when no free try is left."""
    counts = _pin_counts(session, device, person)
    tries.wrong(session, now, counts, person=person, login=person.login)
    if tries.number(session, counts[0]) >= tries.FREE:
        emit(session, SYSTEM, now, kinds.PinLocked(device=device.id), f"person:{person.id}")


def note_right_pin(session: Session, device: Device, person: Person) -> None:
    """Forget the wrong PINs before a right one, and note that the person has used the device."""
    tries.right(session, _pin_counts(session, device, person))
    _known(session, device, person)


def unlock(session: Session, actor: Actor, now: datetime, device: Device) -> int:
    """The device is the person's from now on, who has shown who they are; the turn that begins.

    Sessions of turns before it end. Raises ConflictError where it was retired meanwhile.
    """
    _next_turn(session, device)
    if device.retired_at is not None:
        raise ConflictError(N_("“%(name)s” is no shared tablet any more."), name=device.name)
    known = _known(session, device, actor.holder)
    known.used_at = now
    tries.forget(session, _pin_count(device, actor.holder))
    device.last_seen = now
    sessions.end_of_device(session, actor, now, device)
    emit(
        session,
        actor,
        now,
        kinds.DeviceUnlocked(by="pin" if actor.way is Way.PIN else "password"),
        f"device:{device.id}",
    )
    session.flush()
    return device.turn


def lock(session: Session, actor: Actor, now: datetime, device: Device) -> None:
    """Lock the device: the session on it ends, wherever its cookie is."""
    _next_turn(session, device)
    sessions.end_of_device(session, actor, now, device)
    emit(session, actor, now, kinds.DeviceLocked(), f"device:{device.id}")
    session.flush()


def _next_turn(session: Session, device: Device) -> None:
    """Count up the device's turn, in the database: of two who unlock it at once, the later one has it."""
    counted = update(Device).where(Device.id == device.id).values(turn=Device.turn + 1)
    session.execute(counted, execution_options={"synchronize_session": False})
    session.refresh(device)


def is_news(device: Device, now: datetime) -> bool:
    """Whether it is worth writing down that the device was seen."""
    return device.last_seen is None or device.last_seen < now - SEEN_EVERY


def note(session: Session, device: Device, now: datetime) -> None:
    """Write down that the device was seen. That is no change of state, so there is no event."""
    session.execute(update(Device).where(Device.id == device.id).values(last_seen=now))


def _works_at(device: Device) -> ColumnElement[bool]:
    """The same as `works_at`, as a condition on the table of people."""
    here = or_(Person.location_id.is_(None), Person.location_id == device.location_id)
    return here & Person.disabled_at.is_(None) & Person.imported.is_(False)


def _known(session: Session, device: Device, person: Person) -> DevicePerson:
    """The row for the person on this device, locked and read afresh; made if there is none."""
    alone(session, f"device:{device.id}")
    row = session.get(DevicePerson, (device.id, person.id), populate_existing=True)
    if row is None:
        row = DevicePerson(device_id=device.id, person_id=person.id)
        session.add(row)
    return row


def _pin(device: Device) -> str:
    return f"pin:{device.id}:"


def _pin_count(device: Device, person: Person) -> tries.Count:
    return tries.Count(f"{_pin(device)}{person.id}")


def _pin_counts(session: Session, device: Device, person: Person) -> list[tries.Count]:
    shared = [] if is_used_by(session, device, person) else [tries.of_new_tablets(person)]
    return [_pin_count(device, person), *shared]


def _must_lead(actor: Actor, location: Location) -> None:
    if not reach.leads(actor, location.id):
        raise ForbiddenError(N_("You don’t lead at that place. Somebody who does can do this."))


def _name(session: Session, text: str, device: Device | None = None) -> str:
    """A device's name: it stands in records, so no two have the same. Raises InvalidError, ConflictError."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= 40:
        raise InvalidError(N_("The tablet needs a name of 1 to 40 characters, such as “Packing table 2”."))
    same = select(Device.id).where(Device.name_key == fold(name), Device.retired_at.is_(None))
    if session.scalar(same.where(Device.id != device.id) if device else same):
        raise ConflictError(N_("There is a tablet “%(name)s” already."), name=name)
    return name


def _minutes(number: int | None) -> int:
    if number is None or number not in IDLE_MINUTES:
        raise InvalidError(N_("A tablet locks after 1 to 30 minutes."))
    return number
