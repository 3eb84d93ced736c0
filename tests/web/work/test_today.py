"""Today: what one is in the middle of, what is one's own, what is open to one; late first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.db import new_id
from tracker.domain.records import recording
from tracker.domain.runs import assignment, lifecycle, loading
from tracker.models import Person, Run

Visit = Callable[[Person | None], Visitor]


def tick(session: Session, person: Person, run: Run, step: str, minute: int) -> None:
    at, value = NOW + timedelta(minutes=minute), {"scan": "T", "weigh": "100"}.get(step, "")
    found = loading.load(session, by(person), run.id, "run.see", lock=True)
    recording.record(
        session, by(person), at, found, record_id=new_id(), step_key=step, kind="done", value=value
    )
    session.commit()


def start(session: Session, person: Person, subject: str, **more: object) -> Run:
    run = lifecycle.start(session, by(person), NOW, "pack", subject=subject, **({"assignee": person} | more))  # type: ignore[arg-type]
    session.commit()
    return run


def test_what_one_is_in_the_middle_of_comes_first(session: Session, cast: Cast, visit: Visit) -> None:
    sam = visit(cast.staff)
    assert "Continue" not in sam.get("/").text
    one, two, opened = (start(session, cast.staff, subject) for subject in ("1", "2", "3"))
    assert "Continue" not in sam.get("/").text  # nothing recorded yet
    tick(session, cast.staff, one, "scan", 2)
    tick(session, cast.staff, two, "scan", 3)
    tick(session, cast.staff, one, "weigh", 4)
    page = sam.get("/").text
    assert "Continue: Pack an order · order 1" in page and "next is step 3:" in page
    assert "2 of 5 done" in page
    assert page.count("Continue:") == 1 and f"/runs/{one.id}#step-2" in page
    lifecycle.cancel(session, by(cast.lead), NOW, one, "wrong")
    session.commit()
    page = sam.get("/").text
    assert "Continue: Pack an order · order 2" in page and f"/runs/{opened.id}" in page


def test_also_a_run_that_nobody_has_taken_but_not_one_that_was_handed_on(
    session: Session, cast: Cast, visit: Visit
) -> None:
    run = start(session, cast.lead, "1", assignee=None, role="picker")
    tick(session, cast.staff, run, "scan", 1)
    assert "Continue: Pack an order" in visit(cast.staff).get("/").text
    assignment.assign(session, by(cast.lead), NOW, run, assignee=cast.lead, role=None)
    session.commit()
    assert "Continue" not in visit(cast.staff).get("/").text
    assert "Continue" not in visit(cast.lead).get("/").text  # she has recorded nothing in it


def test_a_paused_run_is_not_gone_on_with(session: Session, cast: Cast, visit: Visit) -> None:
    run = start(session, cast.staff, "1")
    tick(session, cast.staff, run, "scan", 1)
    run.paused_at = NOW
    session.commit()
    assert "Continue" not in visit(cast.staff).get("/").text


def test_when_every_step_is_done_it_says_so(session: Session, cast: Cast, visit: Visit) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "opening", assignee=cast.staff)
    session.commit()
    for state in loading.states(run):
        tick(session, cast.staff, run, state.step.key, state.step.position)
    assert "every step is done; close it" in visit(cast.staff).get("/").text


def test_late_comes_first_and_only_so_many_are_shown(session: Session, cast: Cast, visit: Visit) -> None:
    for number in range(55):
        start(session, cast.staff, f"n{number}").due_at = NOW - timedelta(minutes=number)
    session.commit()
    page = visit(cast.staff).get("/").text
    assert "55 runs are late; 55 runs are yours." in page and "These are the 12 due first." in page
    assert page.index("order n54") < page.index("order n53") and "order n0<" not in page
    assert "order n0<" in visit(cast.staff).get("/?all=1").text


def test_the_field_is_there_and_what_one_may_not_start_is_not(cast: Cast, visit: Visit) -> None:
    page = visit(cast.outsider).get("/").text
    assert '<form id="find"' in page and 'name="q"' in page
    assert "/start/opening" in page and "/start/pack" not in page
