"""Phones that send at the same moment to two processes: everything is there once, whoever comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support import installation
from tests.support.actors import by
from tests.support.installation import NOW
from tests.support.patience import PATIENCE
from tracker.db import db, new_id, writing
from tracker.domain.phone import noted_entries, receiving
from tracker.domain.phone.entries import PhoneEntry
from tracker.domain.records.clocks import Device
from tracker.domain.runs import lifecycle
from tracker.errors import N_, ConflictError, HoldfastError
from tracker.models import Event, Person, Record, Run

pytestmark = pytest.mark.postgres
Sent = Callable[[Session], str]


@pytest.fixture(scope="module")
def on_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    place = tmp_path_factory.mktemp("postgres") / "workspace"
    app = installation.build(place, {"HOLDFAST_DATABASE_URL": postgres_url})
    with app.app_context(), writing() as session:
        installation.people_at(session, "Berlin", ["petra"], roles=["picker"])
    yield app
    with app.app_context():
        db.engine.dispose()


def entry(person: Person, kind: str, data: dict[str, Any], age: float = 5, **more: Any) -> PhoneEntry:
    given: dict[str, Any] = {"run": None, "ref": "", "seq": None, "files": (), "id": new_id()}
    at = NOW - age * timedelta(minutes=1)
    return PhoneEntry(kind=kind, person=person.id, at=at, data=data, **{**given, **more})


def sent(login: str, queued: PhoneEntry) -> Sent:
    """What a process does with an entry: the state of its receipt."""

    def apply(session: Session) -> str:
        person = session.scalars(select(Person).where(Person.login == login)).one()
        device = Device(login[0] * 24, queued.seq, queued.at, NOW, queued=True)
        return receiving.apply(session, by(person), NOW, queued, device).state

    return apply


def at_once(app: Flask, *acts: Sent) -> list[str]:
    """Let processes do it at the same moment, each in its own transaction."""
    gate = threading.Barrier(len(acts))

    def one(act: Sent) -> str:
        with app.app_context():
            try:
                with Session(db.engine) as session, session.begin():
                    session.execute(select(1))
                    gate.wait(PATIENCE)
                    return act(session)
            except HoldfastError as error:
                return f"{error.status} {error}"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


@pytest.fixture
def run(on_postgres: Flask) -> Iterator[tuple[int, dict[str, Person]]]:
    """A run that is open to every picker, and the people."""
    with on_postgres.app_context():
        with writing() as session:
            people = {person.login: person for person in session.scalars(select(Person))}
            lena, begun = by(people["lena"]), NOW - timedelta(hours=1)
            run = lifecycle.start(session, lena, begun, "pack", subject=str(new_id()), role="picker")
        yield run.id, people
        db.session.remove()


def count(*condition: Any) -> int:
    with Session(db.engine) as session:
        return session.scalar(select(func.count()).where(*condition)) or 0


def test_one_entry_sent_twice_at_once_is_one_record(
    on_postgres: Flask, run: tuple[int, dict[str, Person]]
) -> None:
    number, people = run
    scan = entry(people["sam"], "record", {"step": "scan", "outcome": "done", "value": "T"}, run=number)
    assert at_once(on_postgres, *[sent("sam", scan)] * 4) == ["kept"] * 4
    assert count(Record.run_id == number) == 1


def test_one_start_sent_twice_at_once_is_one_run(
    on_postgres: Flask, run: tuple[int, dict[str, Person]]
) -> None:
    started = entry(run[1]["sam"], "start", {"sop": "pack", "subject": "twice"})
    assert at_once(on_postgres, *[sent("sam", started)] * 4) == ["kept"] * 4
    assert count(Run.ref == str(started.id)) == 1


def test_of_two_who_begin_an_open_run_one_has_it_and_both_are_kept(
    on_postgres: Flask, run: tuple[int, dict[str, Person]]
) -> None:
    number, people = run
    data = {"step": "scan", "outcome": "done", "value": "T"}
    acts = [sent(login, entry(people[login], "record", data, run=number)) for login in ("sam", "petra")]
    assert at_once(on_postgres, *acts) == ["kept", "kept"]
    with Session(db.engine) as session:
        flags = session.scalars(select(Record.flag).where(Record.run_id == number)).all()
    assert sorted(flags, key=str) == [None, "handed"]
    assert count(Event.subject == f"run:{number}", Event.kind == "run.claimed") == 1


def test_whoever_ticks_a_moment_too_late_is_told_who_has_it(
    on_postgres: Flask, run: tuple[int, dict[str, Person]]
) -> None:
    number, people = run
    first = entry(people["petra"], "claim", {}, run=number, age=0)
    assert at_once(on_postgres, sent("petra", first)) == ["kept"]
    late = entry(people["sam"], "record", {"step": "scan", "outcome": "done"}, run=number, age=0)
    (told,) = at_once(on_postgres, sent("sam", late))
    assert told.startswith("409") and "Petra has this run now" in told


def test_the_last_records_of_two_phones_and_the_closing_lose_nothing(
    on_postgres: Flask, run: tuple[int, dict[str, Person]]
) -> None:
    number, people = run
    first = [("scan", "T"), ("weigh", "500")]
    for step, value in first:
        data = {"step": step, "outcome": "done", "value": value}
        assert at_once(on_postgres, sent("sam", entry(people["sam"], "record", data, run=number))) == ["kept"]
    box = entry(people["sam"], "record", {"step": "box", "outcome": "done", "value": "S"}, run=number, age=3)
    hand = entry(people["sam"], "record", {"step": "hand", "outcome": "done"}, run=number, age=2)
    close = entry(people["sam"], "close", {"omit": ["box", "hand"]}, run=number, age=1)
    assert at_once(on_postgres, *(sent("sam", one) for one in (close, hand, box))) == ["kept"] * 3
    with Session(db.engine) as session:
        found = session.get_one(Run, number)
        assert found.state == "done"
        kept = {record.id for record in session.scalars(select(Record).where(Record.run_id == number))}
    assert {box.id, hand.id} <= kept


def test_what_was_refused_is_counted_by_what_belongs_together(
    on_postgres: Flask, run: tuple[int, dict[str, Person]]
) -> None:
    """Also where an entry holds a number that the database's JSON does not know."""
    sam, lena = by(run[1]["sam"]), by(run[1]["lena"])
    ref, refused = str(new_id()), ConflictError(N_("Write something first."))
    with writing() as session:
        before = noted_entries.to_decide(session, lena).entries
        odd = {"ref": ref, "data": {"value": float("inf")}}
        for given in ({"ref": ref}, odd, {"id": ref}, {"ref": 7}, {}):
            noted_entries.note(
                session, sam, NOW, "refused", refused,
                id=new_id(), kind="record", entry=given, device=Device(),
            )  # fmt: skip
        assert noted_entries.to_decide(session, lena).entries == before + 3
        waiting = noted_entries.waiting(session, lena, most=100)
        assert len(noted_entries.things(waiting)) == before + 3
        session.rollback()
