"""The main job on PostgreSQL: start, record, close, count; append-only tables; two writers at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DatabaseError

from tests.support import installation
from tests.support.actors import by
from tests.support.evidence import DELIVERY, photo
from tests.support.installation import NOW, Visitor, token_in
from tests.support.patience import PATIENCE
from tracker.authoring.sync import publish
from tracker.db import db, new_id, write_in_chunks, writing
from tracker.domain.entrance import tries
from tracker.domain.evidence import pieces
from tracker.domain.evidence.content import piece
from tracker.domain.people import accounts, devices, pins
from tracker.domain.records import recording, signing
from tracker.domain.runs import assignment, lifecycle, loading
from tracker.domain.transfer import history
from tracker.domain.work import signing_queue
from tracker.errors import HoldfastError, ThrottledError
from tracker.models import Deviation, Device, Event, Outcome, Person, Record, Run, Sop, Tries
from tracker.reports import data

pytestmark = pytest.mark.postgres

SHIP = "1. Check the address {#address .verify}\n2. Weigh it in {#weigh role=checker}\n"


@pytest.fixture(scope="module")
def on_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    place = tmp_path_factory.mktemp("postgres") / "workspace"
    app = installation.build(place, {"HOLDFAST_DATABASE_URL": postgres_url})
    (place / "sops/delivery.md").write_text(DELIVERY)
    (place / "sops/ship.md").write_text(SHIP)
    publish(app, app.config["HOLDFAST"])
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def in_context(on_postgres: Flask) -> Iterator[None]:
    with on_postgres.app_context():
        assert db.engine.dialect.name == "postgresql"
        yield
        db.session.remove()


def start(subject: str, sop: str = "pack") -> tuple[int, installation.Cast]:
    with writing() as session:
        cast = installation.cast_of(session)
        run = lifecycle.start(session, by(cast.staff), NOW, sop, subject=subject, assignee=cast.staff)
    return run.id, cast


def record(
    run_id: int, cast: installation.Cast, step: str, kind: str = "done", value: str = "", **more: Any
) -> Record:
    with writing() as session:
        run = loading.load(session, by(cast.staff), run_id, "run.record", lock=True)
        return recording.record(
            session, by(cast.staff), NOW, run, record_id=new_id(), step_key=step, kind=kind, value=value,
            reason="torn", **more,
        )  # fmt: skip


def test_start_record_close_count() -> None:
    run_id, cast = start("1042")
    record(run_id, cast, "scan", value="T")
    record(run_id, cast, "weigh", value="5")
    record(run_id, cast, "box", "skipped")
    with writing() as session:
        run = loading.load(session, by(cast.staff), run_id, "run.close", lock=True)
        assert lifecycle.close(session, by(cast.staff), NOW + timedelta(minutes=9), run, omit=["hand"]) == []
    session = db.session()
    rows = data.sop_health(session, session.get_one(Sop, "pack"))
    counted = {row.key: next(o for o, n in row.counts.items() if n) for row in rows}
    assert counted == {
        "scan": "done", "weigh": "failed", "box": "skipped", "flyer": "na", "hand": "omitted",
    }  # fmt: skip
    assert session.scalars(select(Deviation.kind).where(Deviation.run_id == run_id)).all() == ["limits"]
    kinds = session.scalars(select(Event.kind).where(Event.subject == f"run:{run_id}")).all()
    assert sorted(kinds) == ["deviation.opened", "run.closed", "run.started"]


def test_evidence_is_kept_with_its_record_and_belongs_to_its_run() -> None:
    (run_id, cast), (other_id, _) = start("1050", "delivery"), start("1051", "delivery")
    entry = record(run_id, cast, "photo", pieces=[piece("photo", photo(), "a.jpg")])
    session = db.session()
    run, other = (loading.load(session, by(cast.staff), number, "run.see") for number in (run_id, other_id))
    (found,) = pieces.of_run(session, run)[entry.id]
    assert (found.name, found.media_type) == ("a.jpg", "image/jpeg") and found.size > 0
    with pytest.raises(HoldfastError):
        pieces.one(session, other, found.id)


def test_what_waits_for_a_person_is_signed_or_done_by_their_role() -> None:
    run_id, cast = start("1060", "ship")
    with writing() as session:
        place = cast.staff.location
        given = {"login": "chris", "name": "Chris", "password": None, "location": place}
        chris = accounts.add(session, by(cast.admin), NOW, roles=["checker"], **given)
    done = record(run_id, cast, "address")

    def waits(person: Person) -> list[str]:
        db.session.rollback()
        return [state.step.key for _, state in signing_queue.first(db.session(), by(person), 100)[1]]

    assert waits(cast.lead) == ["address"] == waits(chris)[:1] and waits(cast.staff) == []
    assert waits(cast.outsider) == []
    with writing() as session:
        run = loading.load(session, by(chris), run_id, "run.see", lock=True)
        signing.sign(session, by(chris), NOW, run, done.id)
    assert waits(cast.lead) == [] and waits(chris) == ["weigh"]
    for statement in ("UPDATE sign_offs SET id = id", "DELETE FROM sign_offs"):
        with pytest.raises(DatabaseError, match="append-only"), writing() as session:
            session.execute(text(statement))


@pytest.mark.parametrize("table", ["records", "events", "evidence"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_was_appended_cannot_be_changed(table: str, statement: str) -> None:
    run_id, cast = start(f"{table} {statement[:6]}", "delivery")
    record(run_id, cast, "photo", pieces=[piece("photo", photo())])
    with pytest.raises(DatabaseError, match="append-only"), writing() as session:
        session.execute(text(statement.format(table)))


def test_one_of_many_who_claim_at_once_has_the_run(on_postgres: Flask) -> None:
    with writing() as session:
        cast = installation.cast_of(session)
        run_id = lifecycle.start(session, by(cast.lead), NOW, "opening", assignee=None).id
    won, lost, together = [], [], threading.Barrier(2)

    def claim(login: str) -> None:
        with on_postgres.app_context():
            person = getattr(installation.cast_of(db.session()), login)
            together.wait(PATIENCE)
            try:
                with writing() as session:
                    assignment.claim(
                        session,
                        by(person),
                        NOW,
                        loading.load(session, by(person), run_id, "run.claim", lock=True),
                    )
                won.append(login)
            except HoldfastError:
                lost.append(login)
            db.session.remove()

    threads = [threading.Thread(target=claim, args=(login,)) for login in ("lead", "staff")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(won) == 1 and len(lost) == 1


def test_a_run_page_takes_a_step_and_what_is_too_large_is_refused(on_postgres: Flask) -> None:
    run_id, cast = start("1043")
    visitor = Visitor(on_postgres, cast.staff)
    form = {"id": str(new_id()), "step": "scan", "kind": "done", "value": "T"}
    for _ in range(2):
        assert visitor.post(f"/runs/{run_id}/records", form).status_code == 303
    count = select(func.count()).select_from(Record).where(Record.run_id == run_id)
    assert db.session.scalar(count) == 1
    for more in ({"device_seq": "9" * 15}, {"note": "a\0b"}):
        answer = visitor.post(f"/runs/{run_id}/records", form | {"id": str(new_id())} | more)
        assert answer.status_code == 422
    assert visitor.get("/runs/99999999999999999999").status_code == 404
    assert db.session.get_one(Run, run_id).state == "open"


def test_tries_of_a_pin_that_come_at_once_are_all_counted(on_postgres: Flask) -> None:
    with writing() as session:
        cast = installation.cast_of(session)
        device, _ = devices.register(session, by(cast.lead), NOW, name="Table 2", location=cast.lead.location)
        pins.set_own(session, by(cast.staff), NOW, pins.new_pin("7294"))
    number, person, refused = device.id, cast.staff.id, []

    def attempt() -> None:
        with on_postgres.app_context():
            try:
                with writing() as session:
                    tablet = session.get_one(Device, number)
                    devices.attempt(session, NOW, tablet, session.get_one(Person, person))
            except ThrottledError as error:
                refused.append(error)
            db.session.remove()

    threads = [threading.Thread(target=attempt) for _ in range(tries.FREE + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    with writing() as session:
        tablet = session.get_one(Device, number)
        assert devices.unlock(session, by(cast.staff), NOW, tablet) == 1
        devices.lock(session, by(cast.staff), NOW, tablet)
        assert devices.people_at(session, tablet)[0].id == person


def test_signing_in_by_guesses_at_once_and_out_for_every_copy(on_postgres: Flask) -> None:
    def post(visitor: Visitor, password: str, answers: list[int]) -> None:
        form = {"login": "lena", "password": password, "csrf_token": visitor._token}
        answers.append(visitor.post("/login", form).status_code)

    strangers, answers = [Visitor(on_postgres, None) for _ in range(tries.FREE + 3)], list[int]()
    for visitor in strangers:
        visitor._token = token_in(visitor.get("/login").text)
    threads = [threading.Thread(target=post, args=(visitor, "wrong", answers)) for visitor in strangers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [401] * tries.FREE + [429] * 3
    lena = Visitor(on_postgres, None)
    lena._token = token_in(lena.get("/login").text)
    with writing() as session:
        session.execute(delete(Tries))
    post(lena, installation.PASSWORD, answers)
    cookie = lena.client.get_cookie("holdfast")
    assert cookie is not None and lena.get("/").status_code == 200
    thief = Visitor(on_postgres, None)
    thief.client.set_cookie("holdfast", cookie.value)
    assert thief.get("/").status_code == 200
    lena._token = ""
    lena.post("/logout")
    assert thief.get("/").status_code == 302
    for statement in (
        "UPDATE security_log SET kind = 'x'",
        "DELETE FROM security_log",
        "TRUNCATE security_log",
    ):
        with pytest.raises(DatabaseError, match="append-only"), writing() as session:
            session.execute(text(statement))


def test_a_history_comes_in_whole_and_once(tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    file.write_text(
        "run,sop,revision,subject,location,step,outcome,reason,value,actor,device_at\n"
        + "".join(
            f"h{n},pack,v1,{n},Porto,{step},{outcome},,{value},paul,2025-07-01T12:00:00\n"
            for n in range(300)
            for step, outcome, value in (("scan", "done", f"T-{n}"), ("weigh", "omitted", ""))
        )
    )
    found = []
    for _ in range(2):
        job = history.check(db.session(), history.Import(file, "UTC"))
        write_in_chunks(history.units(job, NOW))
        found.append((job.written, job.passed_over))
    assert found == [(300, 0), (0, 300)]
    run = db.session.scalars(select(Run).where(Run.ref == "h7")).one()
    assert [(r.step_key, r.value, r.device_at) for r in run.records] == [("scan", "T-7", run.closed_at)]
    kept = db.session.execute(select(Outcome.step_key, Outcome.outcome).where(Outcome.run_id == run.id))
    assert sorted(kept) == [("scan", "done"), ("weigh", "omitted")]
