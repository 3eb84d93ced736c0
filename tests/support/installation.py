"""The installation that the tracker's tests stand in: three small SOPs and a cast that is always the same."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.actors import by
from tests.support.forms import forms_in
from tests.support.reading import Page
from tests.support.templates import shared
from tracker.app import create_app
from tracker.authoring.sync import publish
from tracker.config import load
from tracker.db import db, writing
from tracker.domain.entrance import sessions, tokens
from tracker.domain.library import in_force_file
from tracker.domain.people import accounts, places
from tracker.models import Location, LoginSession, Person
from tracker.share import share

NOW = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
PASSWORD = "seven brown boxes"

PACK = """\
---
id: pack
title: Pack an order
area: Fulfillment
owner: olga
subject: order
roles: [picker]
due: 4h
---
## Steps

1. Scan the tote {#scan .critical input=scan}
2. Weigh the parcel {#weigh input=number unit=g min=20 max=30000}

    !!! recovery "Weight is off"
        Open the parcel and count again.

3. Choose the box {#box input=choice options="S, M, L"}
4. Add a flyer {#flyer .optional}
5. Hand it over {#hand}
"""

PACK_PL = """\
# Spakuj zamówienie

1. Zeskanuj pojemnik {#scan .critical input=scan}
2. Zważ paczkę {#weigh input=number unit=g min=20 max=30000}

    !!! recovery "Waga się nie zgadza"
        Otwórz paczkę i policz ponownie.

3. Wybierz karton {#box input=choice options="S, M, L"}
4. Dodaj ulotkę {#flyer .optional}
5. Przekaż dalej {#hand}
"""

COUNT = """\
---
id: count
title: Count a shelf
owner: shelf-keeper
---
1. Lock the shelf {#lock .critical}
    1. Close the gate {#gate}
    2. Hang up the sign {#sign}
2. Count the pieces {#pieces input=number}
3. Note the date {#date input=date}
"""

OPENING = """\
# Open the shop

1. Switch on the light
2. Unlock the door
3. Start the till
"""

SHIP = """\
---
id: ship
title: Ship an order
owner: olga
subject: order
---
1. Pack the box {#pack}
2. Check the address {#address .verify}
3. Check the customs form {#customs .verify role=customs .optional}
4. Weigh it in {#weigh role=checker at-least=10s}
5. Hand it over {#hand}
"""

PAY = """\
---
id: pay
title: Pay a refund
owner: olga
subject: refund
verify: quality
meaning: The money is on its way.
---
1. Read the receipt {#receipt}
2. Pay it {#pay .critical}
3. Book it {#book}
"""


@dataclass(frozen=True, slots=True)
class Cast:
    """An admin, an owner of everything, a lead, a member of her team, two outsiders at another location,
    and an owner who answers for the area Inventory, where count is, and for nothing else.
    """

    admin: Person
    owner: Person
    lead: Person
    staff: Person
    outsider: Person
    other_lead: Person
    area_owner: Person


NAMES = {
    "admin": "ada",
    "owner": "olga",
    "lead": "lena",
    "staff": "sam",
    "outsider": "oskar",
    "other_lead": "otto",
    "area_owner": "iris",
}


def build(place: Path, environ: dict[str, str] | None = None) -> Flask:
    """Make a workspace with the three SOPs in force and the cast."""
    (place / "sops/fulfillment").mkdir(parents=True)
    (place / "sops/inventory").mkdir()
    shutil.copy(share("mkdocs.yml"), place)
    (place / "sops/fulfillment/pack.md").write_text(PACK)
    (place / "sops/inventory/count.md").write_text(COUNT)
    (place / "sops/opening.md").write_text(OPENING)
    app = shared(create_app(load(place, environ or {})))
    publish(app, app.config["HOLDFAST"])
    with app.app_context():
        with writing() as session:
            add_cast(session)
        # as a server finds it: with the names of the cast
        in_force_file.write(db.session(), app.config["HOLDFAST"].instance)
        db.session.remove()
    return app


def add_cast(session: Session) -> None:
    admin = accounts.set_up(
        session, NOW, login="ada", name="Ada", password=accounts.new_password(PASSWORD, "ada"),
        place="Berlin", zone="Europe/Berlin",
    )  # fmt: skip
    here = admin.location
    there = places.add_location(session, by(admin), NOW, name="Porto", zone="Europe/Lisbon")
    team = places.add_team(session, by(admin), NOW, name="Packing", location=here)
    hashed = admin.password_hash  # one hash for all: hashing is slow on purpose
    for login, level, location, more in (
        ("olga", "owner", None, {"everywhere": True}),
        ("lena", "lead", here, {}),
        ("sam", "staff", here, {"roles": ["picker"]}),
        ("oskar", "staff", there, {}),
        ("otto", "lead", there, {}),
        ("iris", "owner", None, {"areas": ["Inventory"]}),
    ):
        person = accounts.add(
            session, by(admin), NOW, login=login, name=login.capitalize(), password=None, level=level,
            location=location, team=team if location is here else None, **more,
        )  # fmt: skip
        person.password_hash = hashed
    session.flush()
    for number in session.scalars(select(Person.id)):
        begin_session(session, number)


def people_at(session: Session, place: str, logins: list[str], **more: Any) -> None:
    """More staff at a location, with the password of everybody here."""
    admin = session.scalars(select(Person).where(Person.login == "ada")).one()
    location = session.scalars(select(Location).where(Location.name == place)).one()
    for login in logins:
        person = accounts.add(
            session,
            by(admin),
            NOW,
            login=login,
            name=login.capitalize(),
            password=None,
            location=location,
            **more,
        )
        person.password_hash = admin.password_hash


def cast_of(session: Session) -> Cast:
    found = {person.login: person for person in session.scalars(select(Person))}
    return Cast(**{part: found[login] for part, login in NAMES.items()})


def begin_session(session: Session, person_id: int) -> None:
    """A session whose token is known. Its last use lies ahead, so that no page of a test writes it down."""
    digest, soon = tokens.digest(f"session of {person_id}"), datetime.now(UTC) + timedelta(hours=2)
    session.execute(delete(LoginSession).where(LoginSession.digest == digest))  # one that was signed out of
    session.add(LoginSession(person_id=person_id, digest=digest, via="password", begun_at=soon, used_at=soon))
    session.flush()


class Visitor:
    """A person at a browser without JavaScript: keeps cookies, sends each form with the session's token.

    Each request runs in a context of its own, as in a server, whatever context the test is in.
    """

    def __init__(self, app: Flask, person: Person | None, host: str = "localhost") -> None:
        self.client: FlaskClient = app.test_client()
        wrapper = self.client.response_wrapper
        self.client.response_wrapper = type("Read", (Page, wrapper), {})
        self._base = f"http://{host}"
        self._token = ""
        if person is not None:
            Context().run(self._enter, app, person.id)

    def _enter(self, app: Flask, person_id: int) -> None:
        """A session of the person, as signing in makes it, without the slow check of a password."""
        with app.app_context():
            token = f"session of {person_id}"
            if sessions.of_token(db.session(), token) is None:
                with writing() as session:
                    begin_session(session, person_id)
            db.session.remove()
        own = f"{person_id}.{secrets.token_hex()}"  # as no other visitor's, whoever they are
        with self.client.session_transaction(base_url=self._base) as cookies:
            cookies["_user_id"], cookies["_fresh"], cookies["csrf_token"] = token, True, own
        self._token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(own)

    def _send(self, method: Callable[..., TestResponse], path: str, **more: Any) -> TestResponse:
        return Context().run(method, path, **{"base_url": self._base, **more})

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._send(self.client.get, path, **more)

    def post(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        if not self._token:
            self._token = token_in(self.get("/", follow_redirects=True).text)
        return self._send(self.client.post, path, data={"csrf_token": self._token, **(form or {})}, **more)

    def change(self, page: str, path: str, form: dict[str, Any], **more: Any) -> TestResponse:
        """Send the form that a page has for this path, with other values: made from what stands now."""
        found = next(found for found in forms_in(self.get(page).text) if (found.path or page) == path)
        return self.post(path, {"made_from": found.fields.get("made_from", [""])[0], **form}, **more)

    def htmx(self, path: str, form: dict[str, Any]) -> TestResponse:
        return self.post(path, form, headers={"HX-Request": "true"})


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "the page has no form"
    return found[1]
