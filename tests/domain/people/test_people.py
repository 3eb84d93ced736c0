"""Accounts: the first one once, passwords that hold, owners who are somebody."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, PASSWORD, Cast, Visitor, token_in
from tracker.domain.access.owners import owner_of
from tracker.domain.people import accounts, directory, owner_names
from tracker.errors import AmbiguousError, ConflictError, ForbiddenError, HoldfastError, InvalidError
from tracker.models import Event, Person, SecurityEntry, Sop

Visit = Callable[[Person | None], Visitor]
HASH = accounts.new_password(PASSWORD, "")


def sign_in(visitor: Visitor, login: str, password: str) -> int:
    form = {"login": login, "password": password, "csrf_token": token_in(visitor.get("/login").text)}
    return visitor.post("/login", form).status_code


def change(session: Session, cast: Cast, person: Person, **more: object) -> None:
    given = {"name": person.name, "level": person.access, "location": None, "team": None, "roles": [],
             "areas": [], "everywhere": False} | more  # fmt: skip
    if text := given.get("password"):
        given["password"] = accounts.new_password(str(text), person.login)
    accounts.change(session, by(cast.admin), NOW, person, **given)  # type: ignore[arg-type]
    session.commit()


def test_the_first_account_is_made_once(session: Session, visit: Visit, cast: Cast) -> None:
    with pytest.raises(ForbiddenError):
        accounts.set_up(session, NOW, login="eve", name="", password=HASH, place="X", zone="UTC")
    nobody = visit(None)
    assert nobody.get("/setup").location == "/login"
    form = {"login": "eve", "password": PASSWORD, "place": "X", "zone": "UTC"}
    assert nobody.post("/setup", form).status_code == 403
    session.rollback()
    assert session.scalar(select(Person).where(Person.login == "eve")) is None


@pytest.mark.parametrize("login", ["", "a", "-x", "a b", "x" * 65, "a/b", "a\nb"])
def test_a_login_that_can_not_be_one_is_refused(login: str) -> None:
    with pytest.raises(InvalidError):
        accounts.check_login(login)


def test_a_login_is_the_same_in_capitals(session: Session, cast: Cast) -> None:
    with pytest.raises(ConflictError):
        accounts.add(session, by(cast.admin), NOW, login=" SAM ", name="", password=HASH)
    assert accounts.authenticate(session, "SAM", PASSWORD) is cast.staff
    assert accounts.authenticate(session, "sam", PASSWORD + "x") is None
    assert accounts.authenticate(session, "nobody", PASSWORD) is None


def test_disabling_ends_all_sessions_at_once(session: Session, visit: Visit, cast: Cast) -> None:
    tablet, phone = visit(cast.staff), visit(cast.staff)
    assert tablet.get("/").status_code == phone.get("/").status_code == 200
    change(session, cast, cast.staff, disabled=True)
    assert tablet.get("/").status_code == phone.get("/").status_code == 302
    assert accounts.authenticate(session, "sam", PASSWORD) is None
    change(session, cast, cast.staff, disabled=False)
    assert tablet.get("/").status_code == 302


def test_a_new_password_ends_all_sessions(session: Session, visit: Visit, cast: Cast) -> None:
    tablet = visit(cast.staff)
    change(session, cast, cast.staff, password="eight green crates")
    assert tablet.get("/").status_code == 302
    assert accounts.authenticate(session, "sam", "eight green crates") is cast.staff


def test_what_another_admin_has_just_saved_is_not_taken_for_what_was_read_before(
    session: Session, cast: Cast
) -> None:
    assert (cast.staff.access, cast.staff.disabled_at) == ("staff", None)  # read before the write lock
    session.commit()
    values = {"access": "lead", "disabled_at": NOW}
    with Session(session.get_bind()) as other:
        other.execute(update(Person).where(Person.id == cast.staff.id).values(values))
        other.commit()
    change(session, cast, cast.staff, level="staff", disabled=False)
    stored = session.execute(select(Person.access, Person.disabled_at).where(Person.id == cast.staff.id))
    assert stored.one() == ("staff", None)
    kinds = select(SecurityEntry.kind).where(SecurityEntry.person_id == cast.staff.id)
    assert {"access.changed", "account.enabled"} <= set(session.scalars(kinds))


def test_an_admin_cannot_lock_everybody_out(session: Session, cast: Cast) -> None:
    for more in ({"disabled": True}, {"level": "staff"}):
        with pytest.raises(ConflictError):
            change(session, cast, cast.admin, **more)
        session.rollback()


def test_only_an_admin_changes_accounts(session: Session, cast: Cast) -> None:
    with pytest.raises(ForbiddenError):
        accounts.add(session, by(cast.owner), NOW, login="eve", name="", password=HASH, level="admin")


def test_signing_in_starts_a_session_of_its_own(visit: Visit, session: Session) -> None:
    visitor = visit(None)
    before = token_in(visitor.get("/login").text)
    assert sign_in(visitor, "sam", PASSWORD) == 302
    page = visitor.get("/")
    assert page.status_code == 200 and token_in(page.text) != before


def test_a_wrong_password_is_said_without_saying_which(visit: Visit, session: Session) -> None:
    visitor = visit(None)
    token = token_in(visitor.get("/login").text)
    pages = [
        visitor.post("/login", {"login": login, "password": "wrong wrong", "csrf_token": token})
        for login in ("sam", "sim")
    ]
    assert [page.status_code for page in pages] == [401, 401]
    said = [re.findall(r'role="alert">(.*?)</p>', page.text, re.S) for page in pages]
    assert said[0] == said[1] and len(said[0]) == 1


def test_an_owners_name_becomes_a_person(session: Session, cast: Cast) -> None:
    count = session.get_one(Sop, "count")
    assert owner_names.unknown_owners(session) == ["shelf-keeper"] and owner_of(session, count) is None
    owner_names.name_owner(session, by(cast.admin), NOW, "Shelf-Keeper", cast.lead)
    assert owner_of(session, count) is cast.lead and owner_names.unknown_owners(session) == []
    assert owner_of(session, session.get_one(Sop, "pack")) is cast.owner
    with pytest.raises(HoldfastError):
        owner_names.name_owner(session, by(cast.admin), NOW, "nobody-names-this", cast.lead)


def test_every_change_of_an_account_has_one_event_and_no_secret(
    session: Session, cast: Cast, app: Flask
) -> None:
    before = session.scalars(select(Event.id)).all()
    hashed = accounts.new_password("eight green crates", "eve")
    accounts.add(session, by(cast.admin), NOW, login="eve", name="Eve", password=hashed)
    change(session, cast, cast.staff, password="nine blue barrels")
    new = session.scalars(select(Event).where(Event.id.not_in(before)).order_by(Event.id)).all()
    assert [(event.kind, event.person_id) for event in new] == [
        ("person.added", cast.admin.id), ("person.changed", cast.admin.id),
    ]  # fmt: skip
    assert "crates" not in str([event.data for event in new]) + str([event.data for event in new])


def test_whoever_signs_is_found_by_login_or_by_name(session: Session, cast: Cast) -> None:
    cast.staff.name, cast.outsider.name = "Jürgen Groß", "lena"
    session.commit()
    assert directory.called(session, " JÜRGEN groSS ") == cast.staff
    assert directory.called(session, "lena") == cast.lead  # a login comes before a name
    assert directory.called(session, "nobody at all") is directory.called(session, "") is None
    cast.lead.name = cast.staff.name
    session.commit()
    with pytest.raises(AmbiguousError, match="login name"):
        directory.called(session, "Jürgen Groß")
    cast.lead.disabled_at = NOW
    session.commit()
    assert directory.called(session, "jürgen  groß") == cast.staff
