"""Shared devices: who registers them, whom they know, how often a PIN may be tried."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by, by_pin
from tests.support.installation import NOW, Cast
from tracker.domain import access
from tracker.domain.entrance import tries
from tracker.domain.people import accounts, devices, pins
from tracker.errors import (
    ConflictError,
    ForbiddenError,
    HoldfastError,
    InvalidError,
    NotFoundError,
    ThrottledError,
)
from tracker.models import Device, Event, Location, Person

LATER = NOW + devices.WAIT + timedelta(seconds=1)


@pytest.fixture
def device(session: Session, cast: Cast) -> Device:
    """The tablet in Berlin."""
    return devices.register(session, by(cast.lead), NOW, name="Table 2", location=cast.lead.location)[0]


@pytest.fixture
def sam(session: Session, cast: Cast) -> Person:
    """The member of the team, with a PIN."""
    pins.set_own(session, by(cast.staff), NOW, pins.new_pin("7294"))
    return cast.staff


def told(session: Session, kind: str) -> list[Event]:
    return list(session.scalars(select(Event).where(Event.kind == kind)))


def test_a_device_is_known_by_a_token_that_is_not_stored(session: Session, cast: Cast) -> None:
    device, token = devices.register(
        session, by(cast.lead), NOW, name=" Table  2 ", location=cast.lead.location
    )
    assert device.name == "Table 2" and device.idle_minutes == 2 and len(token) > 40
    assert devices.by_token(session, token) is device
    assert token not in device.token_hash and devices.by_token(session, device.token_hash) is None
    (event,) = told(session, "device.registered")
    assert event.person_id == cast.lead.id and token not in str(event.data)


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "ü", "\udcff", "'; --"])
def test_other_tokens_are_nobodys(session: Session, device: Device, token: str) -> None:
    assert devices.by_token(session, token) is None


def test_leads_register_where_they_lead_owners_and_admins_anywhere(session: Session, cast: Cast) -> None:
    there = cast.outsider.location
    for number, actor in enumerate((cast.other_lead, cast.owner, cast.admin)):
        assert devices.register(session, by(actor), NOW, name=f"Door {number}", location=there)
    for actor in (cast.lead, cast.staff, cast.outsider):
        with pytest.raises(ForbiddenError):
            devices.register(session, by(actor), NOW, name="Door", location=there)
    with pytest.raises(ForbiddenError, match="PIN is not enough"):
        devices.register(session, by_pin(cast.other_lead), NOW, name="Door", location=there)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [({"name": " "}, InvalidError), ({"name": "x" * 41}, InvalidError), ({"name": "TABLE 2"}, ConflictError),
     ({"location": None}, InvalidError), ({"idle_minutes": 0}, InvalidError),
     ({"idle_minutes": 31}, InvalidError), ({"idle_minutes": None}, InvalidError)],
)  # fmt: skip
def test_what_a_device_cannot_be(
    session: Session, cast: Cast, device: Device, wrong: dict[str, object], what: type[HoldfastError]
) -> None:
    given = {"name": "Table 3", "location": cast.lead.location, "idle_minutes": 2} | wrong
    with pytest.raises(what):
        devices.register(session, by(cast.lead), NOW, **given)  # type: ignore[arg-type]


def test_a_retired_device_is_none_and_its_name_is_free(session: Session, cast: Cast) -> None:
    device, token = devices.register(session, by(cast.lead), NOW, name="Table 2", location=cast.lead.location)
    with pytest.raises(ForbiddenError):
        devices.retire(session, by(cast.other_lead), NOW, device)
    devices.retire(session, by(cast.lead), NOW, device)
    devices.retire(session, by(cast.lead), LATER, device)
    assert device.retired_at == NOW and len(told(session, "device.retired")) == 1
    assert devices.by_token(session, token) is None
    for refused in (
        lambda: devices.change(session, by(cast.lead), NOW, device, name="New", idle_minutes=2),
        lambda: devices.unlock(session, by(cast.staff), NOW, device),
    ):
        with pytest.raises(ConflictError):
            refused()
    devices.register(session, by(cast.lead), NOW, name="Table 2", location=cast.lead.location)


def test_a_device_is_changed_by_who_leads_there(session: Session, cast: Cast, device: Device) -> None:
    devices.change(session, by(cast.lead), NOW, device, name="Table 4", idle_minutes=30)
    assert (device.name, device.idle_minutes) == ("Table 4", 30)
    with pytest.raises(ForbiddenError):
        devices.change(session, by(cast.other_lead), NOW, device, name="Mine", idle_minutes=2)
    assert [d.name for d in devices.led_by(session, by(cast.lead))] == ["Table 4"]
    assert devices.led_by(session, by(cast.other_lead)) == []


def names(session: Session, device: Device, words: str = "") -> list[str]:
    return [person.name for person in devices.people_at(session, device, words)]


def test_it_shows_who_works_there_and_who_used_it_last_first(
    session: Session, cast: Cast, device: Device
) -> None:
    assert names(session, device) == ["Ada", "Iris", "Lena", "Olga", "Sam"]  # Olga works everywhere
    devices.unlock(session, by(cast.lead), NOW, device)
    devices.unlock(session, by(cast.staff), LATER, device)
    assert names(session, device) == ["Sam", "Lena", "Ada", "Iris", "Olga"]
    cast.owner.disabled_at = NOW
    cast.admin.imported = True
    assert names(session, device) == ["Sam", "Lena", "Iris"]
    assert names(session, device, "lEN") == ["Lena"] and names(session, device, "%") == []
    with pytest.raises(NotFoundError):
        devices.person_at(session, device, cast.outsider.id)


def test_of_very_many_it_shows_some(session: Session, cast: Cast, device: Device) -> None:
    here = cast.lead.location
    for number in range(devices.SHOWN + 5):
        accounts.add(
            session,
            by(cast.admin),
            NOW,
            login=f"p{number}",
            name=f"Pat {number}",
            password=None,
            location=here,
        )
    assert len(names(session, device)) == devices.SHOWN
    assert names(session, device, "pat 64") == ["Pat 64"]


def test_more_tablets_give_no_more_tries_of_a_pin(session: Session, cast: Cast, sam: Person) -> None:
    def new(number: int) -> Device:
        return devices.register(
            session, by(cast.lead), NOW, name=f"Made up {number}", location=cast.lead.location
        )[0]

    known = new(0)
    devices.unlock(session, by(sam), NOW, known)
    for number in range(1, 1 + tries.FREE):
        made_up = new(number)
        devices.attempt(session, NOW, made_up, sam)
        devices.note_wrong_pin(session, NOW, made_up, sam)
    with pytest.raises(ThrottledError):
        devices.attempt(session, NOW, new(99), sam)
    devices.attempt(session, NOW, known, sam)  # where Sam has been before, nothing of this counts
    devices.note_right_pin(session, known, sam)
    with pytest.raises(ThrottledError):
        devices.attempt(session, NOW, new(100), sam)


def test_a_pin_counts_where_the_person_works_only(
    session: Session, cast: Cast, device: Device, sam: Person
) -> None:
    porto = session.scalar(select(Location).where(Location.name == "Porto"))
    other = devices.register(session, by(cast.admin), NOW, name="Porto door", location=porto)[0]
    assert devices.is_pin_of(device, sam, "7294") and not devices.is_pin_of(device, sam, "7295")
    assert not devices.is_pin_of(other, sam, "7294") and not devices.is_pin_of(device, None, "7294")
    assert not devices.is_pin_of(device, cast.lead, "7294")
    sam.disabled_at = NOW
    assert not devices.is_pin_of(device, sam, "7294")


def test_after_five_wrong_pins_in_a_row_each_try_waits(
    session: Session, cast: Cast, device: Device, sam: Person
) -> None:
    for _ in range(tries.FREE):
        devices.attempt(session, NOW, device, sam)
        devices.note_wrong_pin(session, NOW, device, sam)
    (event,) = told(session, "pin.locked")
    assert event.subject == f"person:{sam.id}" and event.data == {"device": device.id}
    for moment in (NOW, NOW + timedelta(seconds=58)):
        with pytest.raises(ThrottledError, match="Wait 1 min"):
            devices.attempt(session, moment, device, sam)
    devices.attempt(session, NOW, device, cast.lead)  # others go on
    devices.attempt(session, LATER, device, sam)
    with pytest.raises(ThrottledError):  # one more, not five more
        devices.attempt(session, LATER, device, sam)
    devices.note_right_pin(session, device, sam)
    for _ in range(tries.FREE):
        devices.attempt(session, LATER, device, sam)


def test_the_password_works_still_and_frees_the_pin(session: Session, device: Device, sam: Person) -> None:
    for _ in range(tries.FREE):
        devices.attempt(session, NOW, device, sam)
    devices.unlock(session, by(sam), NOW, device)
    devices.attempt(session, NOW, device, sam)


def test_many_wrong_pins_of_different_people_stop_the_device(
    session: Session, cast: Cast, device: Device
) -> None:
    for n in range(devices.TRIES_OF_DEVICE):
        person = accounts.add(
            session, by(cast.admin), NOW, login=f"p{n}", name="Pat", password=None, location=device.location
        )
        devices.attempt(session, NOW, device, person)
    with pytest.raises(ThrottledError):
        devices.attempt(session, NOW, device, cast.lead)
    other = devices.register(session, by(cast.lead), NOW, name="Table 3", location=device.location)[0]
    devices.attempt(session, NOW, other, cast.lead)
    devices.attempt(session, LATER, device, cast.lead)


def test_one_stubborn_guesser_does_not_stop_the_others(
    session: Session, cast: Cast, device: Device, sam: Person
) -> None:
    moment = NOW
    for _ in range(devices.TRIES_OF_DEVICE * 2):
        devices.attempt(session, moment, device, sam)
        moment += tries.PAUSES[-1] + timedelta(seconds=1)
    devices.attempt(session, moment - timedelta(seconds=2), device, cast.lead)


def test_each_unlocking_and_locking_ends_the_turn_before(
    session: Session, cast: Cast, device: Device
) -> None:
    first = devices.unlock(session, by(cast.staff), NOW, device)
    devices.lock(session, by(cast.staff), NOW, device)
    second = devices.unlock(session, by(cast.lead), NOW, device)
    assert first < device.turn == second
    assert [e.person_id for e in told(session, "device.unlocked")] == [cast.staff.id, cast.lead.id]
    assert [e.data for e in told(session, "device.unlocked")] == [{"by": "password"}] * 2


def test_by_pin_nobody_is_more_than_a_lead(session: Session, cast: Cast) -> None:
    for action in access.RULES:
        for person in (cast.admin, cast.owner):
            allowed = access.RULES[action].by_pin and access.may(by_pin(cast.lead), action)
            assert access.may(by_pin(person), action) is allowed, action
    assert access.may(by_pin(cast.staff), "run.start")
    assert not access.may(by_pin(cast.staff), "board.see")
    assert not access.may(by_pin(cast.lead), "device.manage") and not access.may(
        by_pin(cast.staff), "pin.set"
    )
    with pytest.raises(ForbiddenError, match="PIN is not enough"):
        access.require(by_pin(cast.admin), "people.manage")
    with pytest.raises(ForbiddenError, match="may not do this"):
        access.require(by_pin(cast.staff), "people.manage")
