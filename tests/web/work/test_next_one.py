"""Next one: the run that is due first of those open to me, by one press; two who press get different ones."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.forms import forms_in
from tests.support.installation import NOW, Cast, Visitor, people_at
from tests.support.patience import PATIENCE
from tracker.domain import event_kinds as kinds
from tracker.domain.runs import lifecycle
from tracker.models import Event, Person, Run

Visit = Callable[[Person | None], Visitor]


def opened(session: Session, cast: Cast, subject: str, due: int | None = None, **more: object) -> Run:
    """A run that is open to pickers, due in so many hours."""
    given = {"assignee": None, "role": "picker"} | more
    run = lifecycle.start(session, by(cast.lead), NOW, "pack", subject=subject, **given)  # type: ignore[arg-type]
    run.due_at = None if due is None else NOW + timedelta(hours=due)
    session.commit()
    return run


def test_the_one_due_first_becomes_mine_and_opens_at_its_step(
    session: Session, cast: Cast, visit: Visit
) -> None:
    opened(session, cast, "none")
    opened(session, cast, "late", 9)
    first = opened(session, cast, "soon", 2)
    opened(session, cast, "paused", 1).paused_at = NOW
    opened(session, cast, "not mine", 1, role="packer")
    session.commit()
    sam = visit(cast.staff)
    form = next(form for form in forms_in(sam.get("/").text) if form.path == "/next")
    given = {name: values[0] for name, values in form.fields.items()}
    assert sam.post("/next", given).location == f"/runs/{first.id}#step-0"
    assert sam.post("/next", given).location == f"/runs/{first.id}#step-0"  # pressed twice: one run
    session.commit()
    session.refresh(first)
    assert first.assignee_id == cast.staff.id
    event = session.scalars(select(Event).where(Event.kind == kinds.RunClaimed.kind)).one()
    assert (event.subject, event.person_id) == (f"run:{first.id}", cast.staff.id)


def test_it_keeps_to_the_filter(session: Session, cast: Cast, visit: Visit) -> None:
    opened(session, cast, "1", 1)
    wanted = opened(session, cast, "33107", 5)
    sam = visit(cast.staff)
    form = next(form for form in forms_in(sam.get("/?text=33").text) if form.path == "/next")
    assert form.fields["text"] == ["33"] and "Next one of these" in sam.get("/?text=33").text
    assert sam.post("/next", {"text": "33"}).location == f"/runs/{wanted.id}#step-0"
    assert sam.post("/next", {"text": "33"}).location == "/"
    assert "Nothing is open to you just now." in sam.get("/").text


def test_of_many_who_press_at_once_each_gets_another(
    app: Flask, session: Session, cast: Cast, visit: Visit
) -> None:
    logins = [f"p{number}" for number in range(6)]
    people_at(session, "Berlin", logins, roles=["picker"])
    for number in range(5):
        opened(session, cast, str(number), number)
    people = session.scalars(select(Person).where(Person.login.in_(logins))).all()
    visitors, gate = [visit(person) for person in people], threading.Barrier(len(people))
    session.commit()

    def press(visitor: Visitor) -> str:
        gate.wait(PATIENCE)
        return str(visitor.post("/next").location)

    with ThreadPoolExecutor(len(visitors)) as pool:
        places = sorted(pool.map(press, visitors))
    assert places[0] == "/" and len(set(places)) == 6  # one came too late, and every run is one person's
    session.commit()
    assert len(set(session.scalars(select(Run.assignee_id)))) == 5
