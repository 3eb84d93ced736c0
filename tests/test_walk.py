"""Every route × method × who asks × their own or another place's object × CSRF token: nothing is let through.

A new route needs its row in `tests.support.routes.ROUTES` only; one whose object belongs to somebody in a way
of its own, a line in `is_theirs`. What a refused request may write all the same stands in `NOT_STATE`.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor, cast_of, people_at, token_in
from tests.support.routes import ADMIN, LEAD, NOBODY, OWNER, ROUTES, STAFF
from tracker.app import create_app
from tracker.config import load
from tracker.db import db, new_id, writing
from tracker.domain.dispatch import batches
from tracker.domain.people import devices as people_devices
from tracker.domain.people import pins
from tracker.domain.runs import lifecycle
from tracker.models import OwnerName, Person, Sop

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
WHO = {  # with what level each comes
    "nobody": NOBODY,
    "disabled": NOBODY,
    "staff": STAFF,
    "lead": LEAD,
    "lead by PIN": LEAD,
    "admin by PIN": LEAD,
    "named staff": STAFF,
    "named lead": LEAD,
    "named lead by PIN": LEAD,
    "owner": OWNER,
    "admin": ADMIN,
}
RANKS = (NOBODY, STAFF, LEAD, OWNER, ADMIN)
PIN = "7294"

NOT_STATE = {"security_log", "tries", "kept_forms"}
"""Tables that a refused request may write to: logs of refusals, counters of wrong tries, kept forms."""

EXEMPT = {"/lock", "/csp-reports"}
"""A page must be able to lock however old it is, and browsers report by themselves: these need no token."""


@dataclass(slots=True)
class Walk:
    """An installation that is put back as it was after whatever a request has changed."""

    app: Flask
    file: Path
    cookies: dict[str, str]
    tokens: dict[str, str]
    own: dict[str, dict[str, Any]]  # by who asks: what stands in an address for what is theirs
    foreign: dict[str, Any]
    pristine: sqlite3.Connection = field(init=False)
    watch: sqlite3.Connection = field(init=False)
    digest: str = field(init=False)
    version: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.pristine, self.watch = sqlite3.connect(":memory:"), sqlite3.connect(self.file)
        self.watch.backup(self.pristine)
        self.digest = self.state()

    def ask(self, who: str, method: str, path: str, token: str | None, form: dict[str, str]) -> TestResponse:
        client = self.app.test_client(use_cookies=False)
        given = {**form, **({"csrf_token": token} if token else {})}
        headers = {"Cookie": self.cookies[who], "Accept": "application/json"}
        more = {} if method in ("GET", "HEAD", "OPTIONS") else {"data": given}
        return Context().run(client.open, path, method=method, headers=headers, **more)  # type: ignore[arg-type]

    def changed(self) -> bool:
        """Whether the last request changed what is kept."""
        version = self.watch.execute("PRAGMA data_version").fetchone()[0]
        if version == self.version:
            return False
        self.version = version
        return self.state() != self.digest

    def put_back(self) -> None:
        self.pristine.backup(self.watch)
        self.version = self.watch.execute("PRAGMA data_version").fetchone()[0]

    def state(self) -> str:
        """A digest of all rows of all tables, but for those that tell of refusals."""
        total = hashlib.sha256()
        tables = [
            name for (name,) in self.watch.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in sorted(set(tables) - NOT_STATE):
            total.update(repr(self.watch.execute(f'SELECT * FROM "{table}"').fetchall()).encode())
        return total.hexdigest()


@pytest.fixture(scope="module")
def walk(_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    place = shutil.copytree(_built, tmp_path_factory.mktemp("walk") / "workspace")
    (place / "site").mkdir()
    (place / "site/index.html").write_text("<p>the site")
    app = create_app(load(place, {}))
    with app.app_context():
        made = _made(app, place)
        db.session.remove()
    yield made
    with app.app_context():
        db.engine.dispose()


def _made(app: Flask, place: Path) -> Walk:
    """One of everything at either place, and a session for everybody who asks."""
    with writing() as session:
        people_at(session, "Berlin", ["dora", "nils", "nele"])
        cast, ids, tokens = cast_of(session), {}, []
        nele, nils = _known(session, "nele"), _known(session, "nils")
        nele.access = "lead"
        session.get_one(Sop, "opening").owner_name, session.get_one(Sop, "opening").owner_key = "Nele", "nele"
        session.add(OwnerName(name="shelf-keeper", person_id=nils.id))  # as an admin says of count's
        for person in (cast.lead, cast.admin, nele):
            pins.set_own(session, by(person), NOW, pins.new_pin(PIN))
        here, there = cast.lead.location, cast.other_lead.location
        for name, person, sop in (("run", cast.staff, "opening"), ("foreign run", cast.outsider, "pack"),
                                  ("opening", cast.outsider, "opening"),
                                  ("count", cast.outsider, "count")):  # fmt: skip
            starts = by(cast.other_lead if person is cast.outsider else person)
            run = lifecycle.start(session, starts, NOW, sop, subject="1042", assignee=person, anyway=True)
            session.flush()
            ids[name] = run.id
        for name, lead, sop in (("batch", cast.lead, "opening"), ("foreign batch", cast.other_lead, "pack")):
            ids[name] = batches.prepare(session, by(lead), NOW, sop_id=sop, text=name).id
        for name, lead, where in (("Bench", cast.lead, here), ("Desk", cast.lead, here),
                                  ("Shelf", nele, here), ("Dock", cast.other_lead, there)):  # fmt: skip
            device, token = people_devices.register(session, by(lead), NOW, name=name, location=where)
            ids[name] = device.id
            tokens.append(token)
    visitors = _visitors(app, cast, tokens)
    forms = {who: _token(visitor) for who, visitor in visitors.items()}
    cookies = {who: _cookie(visitor) for who, visitor in visitors.items()}
    with writing() as session:  # their session was good until now
        _known(session, "dora").disabled_at = NOW
    mine = {"<int:run_id>": ids["run"], "<int:batch_id>": ids["batch"], "<int:device_id>": ids["Bench"],
            "<int:person_id>": cast.staff.id, "<sop_id>": "pack"}  # fmt: skip
    foreign = {"<int:run_id>": ids["foreign run"], "<int:batch_id>": ids["foreign batch"],
               "<int:device_id>": ids["Dock"], "<int:person_id>": cast.outsider.id,
               "<sop_id>": "pack"}  # fmt: skip
    of_count = {**mine, "<int:run_id>": ids["count"], "<sop_id>": "count"}
    of_opening = {**mine, "<int:run_id>": ids["opening"], "<sop_id>": "opening"}
    own = dict.fromkeys(WHO, mine) | {"owner": of_count, "named staff": of_count, "named lead": of_opening}
    return Walk(app, place / "instance/holdfast.sqlite3", cookies, forms, own, foreign)


def _known(session: Session, login: str) -> Person:
    return session.scalars(select(Person).where(Person.login == login)).one()


def _visitors(app: Flask, cast: Cast, devices: list[str]) -> dict[str, Visitor]:
    """A browser for each who asks, signed in by the same way as people are."""
    dora = _known(db.session(), "dora")
    nele, nils = _known(db.session(), "nele"), _known(db.session(), "nils")
    people = {"nobody": None, "disabled": dora, "staff": cast.staff, "lead": cast.lead, "named lead": nele,
              "named staff": nils, "owner": cast.area_owner, "admin": cast.admin}  # fmt: skip
    visitors = {who: Visitor(app, person) for who, person in people.items()}
    by_pin = {"lead by PIN": cast.lead, "admin by PIN": cast.admin, "named lead by PIN": nele}
    for (who, person), token in zip(by_pin.items(), devices, strict=False):
        visitors[who] = Visitor(app, None)
        visitors[who].client.set_cookie("holdfast-device", token)
        visitors[who]._token = token_in(visitors[who].get("/login").text)
        assert visitors[who].post(f"/lock/{person.id}", {"pin": PIN}).status_code == 302
    return visitors


def _token(visitor: Visitor) -> str:
    return token_in(visitor.get("/", follow_redirects=True).text)


def _cookie(visitor: Visitor) -> str:
    found = (visitor.client.get_cookie(name) for name in ("holdfast", "holdfast-device"))
    return "; ".join(f"{cookie.key}={cookie.value}" for cookie in found if cookie)


NAMED = re.compile(
    r"GET /(overview|weak-points|closed-runs(/(download|records))?|load|dependency|spot-checks|library|"
    r"sops/<sop_id>(/(revisions|diff|health\.csv|steps/.*))?)(\.csv|/<.*)?$|"
    r"POST /(sops/<sop_id>/judgements|runs/<int:run_id>/spot-check)$"
)
"""What somebody may whom an SOP's `owner:` means, whatever their level: its figures and its revisions."""

SEEN = re.compile(
    r"GET /runs/<int:run_id>(/(history|live|mentions|qr|sheet|evidence/.*))?$|"
    r"POST /runs/<int:run_id>/comments$"
)
"""What shows a run, and talking about it: also to whom the `owner:` of its SOP means."""


def lowest_for(who: str, row: str, lowest: str) -> str:
    """The lowest level that may, or that of who asks where an SOP names them as its owner."""
    is_named = who in ("named staff", "named lead") and NAMED.match(row)
    return WHO[who] if is_named else lowest


def is_theirs(who: str, path: str) -> bool:
    """Whether the foreign object is within the reach of who asks, so that they may act on it too."""
    if who.startswith("admin") or not re.search(
        r"<int:(run|batch|device|person)_id>|^/sops/<|^/dependency/<", path
    ):
        return True
    if who.startswith("named") and path.startswith(("/sops/", "/dependency/")):
        return who != "named staff" and bool(re.search("/(open-runs|revisions|diff)$", path))
    if path.startswith(("/sops/", "/dependency/")):
        return who != "owner" or path == "/sops/<sop_id>/open-runs"
    return path.startswith("/lock/")


def is_theirs_to_act_on(who: str, row: str) -> bool:
    """Whether one may do this with one's own object: to be named as an owner shows a run, and no more."""
    return who != "named staff" or "<int:run_id>" not in row or bool(SEEN.match(row) or NAMED.match(row))


OTHERS = {
    "<int:evidence_id>": 1, "<int:location_id>": 1, "<int:team_id>": 1, "<path:path>": "index.html",
    "<name>": "x.png", "<path:filename>": "holdfast.css", "<key:key>": "weigh", "<day>": "2026-03-31",
    "<int:view_id>": 1,
}  # fmt: skip

FORM = {
    "step": "switch-on-the-light", "kind": "done", "value": "T", "reason": "because", "saw": "x",
    "sop": "opening", "name": "Xenia", "login": "xenia", "password": "nine green lamps", "access": "admin",
    "zone": "Europe/Berlin",
    "whom": "all", "list": "1\n2\n", "subject": "77", "revision": "1", "pin": "8361", "again": "8361",
    "idle_minutes": "5", "alias": "tote 9", "run": "1", "person": "1", "location": "1", "anyway": "1",
    "comment": "Look at this", "language": "de",
}  # fmt: skip


@pytest.mark.parametrize("who", WHO)
def test_nothing_is_let_through(walk: Walk, who: str) -> None:
    tried, acted, through, broken = 0, 0, [], []
    for row, lowest in ROUTES.items():
        declared, route = row.split(" ")
        for method, foreign, token in _combinations(walk, who, declared, route):
            values = {**walk.own[who], **(walk.foreign if foreign else {})}
            path = _path(route, values)
            answer = walk.ask(who, method, path, token, {**FORM, "id": str(new_id()), "ref": str(new_id())})
            tried += 1
            what = f"{who}: {method} {path} (token: {_called(walk, who, token)}): {answer.status_code}"
            may = RANKS.index(WHO[who]) >= RANKS.index(lowest_for(who, row, lowest)) and (
                not foreign or is_theirs(who, route)
            )
            may = may and (foreign or is_theirs_to_act_on(who, row))
            may = may and method in (declared, "HEAD", "OPTIONS")
            may = may and (
                declared == "GET" or method == "OPTIONS" or token == walk.tokens[who] or route in EXEMPT
            )
            changed = walk.changed()
            if not may and (changed or _told(answer, method)):
                through.append(what)
            if answer.status_code >= 500 or (may and method == declared and answer.status_code == 405):
                broken.append(what)
            if changed:
                acted += may
                walk.put_back()
    print(
        f"{who}: {tried} combinations, {len(through)} let through; {acted} that are allowed changed something"
    )
    assert (through, broken) == ([], [])
    assert tried > 1000 and acted >= {NOBODY: 0, STAFF: 3, LEAD: 12, OWNER: 5, ADMIN: 25}[WHO[who]]


def _combinations(walk: Walk, who: str, declared: str, route: str) -> Iterator[tuple[str, bool, str | None]]:
    """Each method with one's own and a foreign object, and with each kind of token where one counts."""
    other = walk.tokens["staff" if who != "staff" else "lead"]
    objects = (False, True) if "<" in route else (False,)
    read = f"GET {route}" in ROUTES
    methods = [
        declared,
        *(m for m in METHODS if f"{m} {route}" not in ROUTES and not (read and declared != "GET")),
    ]
    for method in methods:
        tokens = (
            [walk.tokens[who], None, other, "made up"] if method == declared else [walk.tokens[who], None]
        )
        for foreign in objects:
            for token in tokens if method not in ("GET", "HEAD", "OPTIONS") else [None]:
                yield method, foreign, token


def _path(route: str, values: dict[str, str | int]) -> str:
    for name, value in {**OTHERS, **values}.items():
        route = route.replace(name, str(value))
    return route


def _told(answer: TestResponse, method: str) -> bool:
    """Whether an answer says or does more than to refuse."""
    if answer.status_code in (301, 302, 303, 307, 308):
        return not re.match(r"/(login|setup|lock)\b", answer.location)
    if method == "OPTIONS":
        return bool(answer.data) and answer.status_code < 400
    return answer.status_code < 400


def _called(walk: Walk, who: str, token: str | None) -> str:
    return "right" if token == walk.tokens[who] else "none" if token is None else "wrong"
