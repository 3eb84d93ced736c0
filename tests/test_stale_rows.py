"""What was read before the write lock is read again under it: who waits for the lock sees what others did."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, cast_of
from tracker.db import StaleRowError, db, stays, writing
from tracker.domain.people import accounts, devices, places
from tracker.domain.runs import lifecycle
from tracker.errors import ConflictError
from tracker.models import Device, Event, Person, Run, Sop


def meanwhile(app: Flask, change: Callable[[Session, Cast], object]) -> None:
    """Another session changes something and commits it."""

    def other() -> None:
        with app.app_context(), writing() as session:
            change(session, cast_of(session))

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(other).result(30)  # what goes wrong there fails the test


def registered(app: Flask) -> int:
    with app.app_context(), writing() as session:
        cast = cast_of(session)
        return devices.register(session, by(cast.lead), NOW, name="Table", location=cast.lead.location)[0].id


def test_a_sop_that_was_retired_meanwhile_is_not_started(house: Flask) -> None:
    with house.app_context():
        session = db.session()
        staff = cast_of(session).staff
        sop = session.get_one(Sop, "pack")  # as the page reads it that asks what the run is about
        meanwhile(house, lambda s, _: setattr(s.get_one(Sop, "pack"), "retired_at", NOW))
        with pytest.raises(ConflictError, match="retired"), writing() as session:
            lifecycle.start(session, by(staff), NOW, "pack", subject="1", assignee=staff)
        assert sop.retired_at == NOW and not session.scalars(select(Run)).all()


def test_a_tablet_that_was_retired_meanwhile_is_not_renamed(house: Flask) -> None:
    number = registered(house)
    with house.app_context():
        session = db.session()
        lead, device = cast_of(session).lead, session.get_one(Device, number)
        meanwhile(house, lambda s, cast: devices.retire(s, by(cast.lead), NOW, devices.load(s, number)))
        with pytest.raises(ConflictError, match="retired"), writing() as session:
            devices.change(session, by(lead), NOW, device, name="Door", idle_minutes=2)


def test_what_the_event_says_of_an_account_is_what_the_database_keeps(house: Flask) -> None:
    with house.app_context():
        session = db.session()
        cast = cast_of(session)
        same = {"name": "Sam", "location": None, "team": None, "roles": [], "areas": [], "everywhere": False}
        stays(session, cast.staff)  # even if they are who asks
        meanwhile(house, lambda s, c: accounts.change(s, by(c.admin), NOW, c.staff, level="lead", **same))
        with writing() as session:
            accounts.change(session, by(cast.admin), NOW, cast.staff, level="staff", **same)
        session.rollback()
        said = session.scalars(select(Event).where(Event.kind == "person.changed").order_by(Event.id)).all()
        kept = session.scalar(select(Person.access).where(Person.id == cast.staff.id))
        assert said[-1].data["access"] == kept == "staff"


def test_a_place_that_who_asks_works_at_is_read_again(house: Flask) -> None:
    with house.app_context():
        session = db.session()
        admin = cast_of(session).admin
        here = admin.location
        assert here is not None and here.name == "Berlin"
        stays(session, admin)

        def rename(name: str) -> Callable[[Session, Cast], object]:
            return lambda s, cast: places.change_location(
                s, by(cast.admin), NOW, here.id, name=name, zone="Europe/Berlin", retired=False
            )

        meanwhile(house, rename("Hamburg"))
        with writing() as session:
            rename("Berlin")(session, cast_of(session))
        session.expire_all()
        assert here.name == "Berlin"


def test_who_asks_stays_and_can_not_be_written_back(house: Flask) -> None:
    with house.app_context():
        session = db.session()
        staff = cast_of(session).staff
        stays(session, staff)
        meanwhile(house, lambda _, cast: setattr(cast.staff, "access", "lead"))
        with writing():
            assert staff.access == "staff"  # as when they asked
        with pytest.raises(StaleRowError, match="before the write lock"), writing():
            staff.name = "Samuel"
        with writing() as session:
            session.refresh(staff)
            staff.name = "Samuel"
        assert session.scalar(select(Person.access).where(Person.name == "Samuel")) == "lead"


def test_a_change_from_before_the_lock_is_refused(session: Session) -> None:
    session.scalars(select(Person)).all()[0].name = "Somebody"
    with pytest.raises(StaleRowError, match="change it inside"), writing():
        pass
