"""PINs: digits that nobody guesses at once, one's own, gone with the password."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by, by_pin
from tests.support.installation import NOW, PASSWORD, Cast
from tracker.domain.people import accounts, devices, pins
from tracker.errors import ForbiddenError, InvalidError
from tracker.models import Event, Person


@pytest.mark.parametrize("pin", ["7294", "40718", "839204", "5820473", "93720184"])
def test_an_ordinary_pin_is_taken(pin: str) -> None:
    pins.check_pin(pin)


@pytest.mark.parametrize(
    "pin",
    [
        "",
        "123",
        "123456789",
        "1" * 100,
        "12a4",
        "abcd",
        " 7294",
        "7294\n",
        "７２９４",
        "٧٢٩٤",
        "7 94",
        "-294",
    ],
)
def test_what_is_no_pin_is_refused(pin: str) -> None:
    with pytest.raises(InvalidError, match="4 to 8 digits"):
        pins.check_pin(pin)


@pytest.mark.parametrize(
    "pin",
    ["1234", "0000", "1111", "4321", "6789", "7890", "0987", "1212", "123123", "12341234", "1122", "2580",
     "1984", "2003", "3112", "1231", "2902", "311284", "123184", "841231", "31121984", "19841231"],
)  # fmt: skip
def test_what_others_would_try_first_is_refused(pin: str) -> None:
    with pytest.raises(InvalidError, match="first that others would try"):
        pins.check_pin(pin)


def kinds(session: Session, person: Person) -> list[str]:
    return list(session.scalars(select(Event.kind).where(Event.subject == f"person:{person.id}")))[1:]


def with_pin(session: Session, person: Person) -> None:
    pins.set_own(session, by(person), NOW, pins.new_pin("7294"))


def test_a_pin_is_kept_as_a_hash_with_an_event_that_does_not_tell_it(session: Session, cast: Cast) -> None:
    with_pin(session, cast.staff)
    assert cast.staff.pin_hash is not None and cast.staff.pin_hash.startswith("$argon2")
    event = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None and (event.kind, event.person_id, event.data) == ("pin.set", cast.staff.id, {})


@pytest.mark.parametrize("change", [{"password": True}, {"disabled": True}])
def test_a_new_password_or_a_disabled_account_ends_the_pin(
    session: Session, cast: Cast, change: dict[str, bool]
) -> None:
    with_pin(session, cast.staff)
    password = accounts.new_password(PASSWORD + " new", "sam") if change.pop("password", None) else None
    accounts.change(
        session, by(cast.admin), NOW, cast.staff, name="Sam", level="staff", location=cast.staff.location,
        team=None, roles=[], areas=[], everywhere=False, password=password, **change,
    )  # fmt: skip
    assert cast.staff.pin_hash is None


def test_leads_of_the_place_and_admins_take_a_pin_away_and_nobody_else(session: Session, cast: Cast) -> None:
    for actor in (cast.lead, cast.admin, cast.owner, cast.staff):
        with_pin(session, cast.staff)
        pins.clear(session, by(actor), NOW, cast.staff)
        assert cast.staff.pin_hash is None
    assert kinds(session, cast.staff) == ["pin.set", "pin.cleared"] * 4
    with_pin(session, cast.staff)
    for actor in (cast.other_lead, cast.outsider):
        with pytest.raises(ForbiddenError):
            pins.clear(session, by(actor), NOW, cast.staff)


def test_who_came_in_by_pin_can_neither_set_nor_take_away_one(session: Session, cast: Cast) -> None:
    with_pin(session, cast.staff)
    for actor in (cast.staff, cast.lead, cast.admin):
        with pytest.raises(ForbiddenError, match="PIN is not enough"):
            pins.clear(session, by_pin(actor), NOW, cast.staff)
        with pytest.raises(ForbiddenError, match="PIN is not enough"):
            pins.set_own(session, by_pin(actor), NOW, pins.PinHash("x"))


def test_a_lead_without_a_place_is_shown_nobodys_pin(session: Session, cast: Cast) -> None:
    with_pin(session, cast.staff)
    cast.staff.location_id = cast.lead.location_id = None
    session.commit()
    assert devices.with_pin(session, by(cast.lead)) == []
    assert devices.with_pin(session, by(cast.admin)) == [cast.staff]
