"""A page leads on: after the end of a run, and while it waits for another's signature."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.forms import forms_in
from tests.support.installation import NOW, PAY, Cast, Visitor
from tests.support.ticks import said
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.records import recording
from tracker.domain.runs import lifecycle, loading
from tracker.models import Person, Run

Visit = Callable[[Person | None], Visitor]


def closed(session: Session, cast: Cast, sop: str = "pack", subject: str = "1") -> Run:
    """A run of Sam's whose weighing has failed and whose box nobody touched."""
    run = lifecycle.start(session, by(cast.staff), NOW, sop, subject=subject, assignee=cast.staff)
    for key, kind, value in (("scan", "done", "T"), ("weigh", "failed", ""), ("hand", "done", "")):
        if sop == "pack":
            recording.record(
                session, by(cast.staff), NOW, run, record_id=new_id(), step_key=key, kind=kind, value=value,
                reason="off" if kind == "failed" else "",
            )  # fmt: skip
    lifecycle.close(session, by(cast.staff), NOW, run, omit=[s.step.key for s in loading.states(run)])
    session.commit()
    assert run.state == "done"
    return run


def act(page: str, path: str) -> dict[str, str]:
    form = next(form for form in forms_in(page) if form.path == path)
    return {name: values[0] for name, values in form.fields.items()}


def test_a_scan_of_the_next_order_starts_it_at_once(session: Session, cast: Cast, visit: Visit) -> None:
    run, sam = closed(session, cast), visit(cast.staff)
    page = sam.get(f"/runs/{run.id}").text
    assert 'data-scanned="send"' in page and "Scan the next order" in page
    given = act(page, "/start/pack") | {"subject": "2"}
    first = sam.post("/start/pack", given).location
    session.commit()
    second = session.scalars(select(Run).where(Run.subject_ref == "2")).one()
    assert first == f"/runs/{second.id}" and second.assignee_id == cast.staff.id
    again = sam.post("/start/pack", given | {"ref": "another", "form_id": "another"})
    assert again.location == f"/runs/{second.id}#step-0"  # it is open already: on to it
    sheet = sam.post("/start/pack", given | {"subject": f"http://localhost/runs/{run.id}", "form_id": "3"})
    assert sheet.location == f"/runs/{run.id}"  # a label of ours was scanned: opened, not started


def test_an_sop_about_nothing_is_started_again_by_one_press(
    session: Session, cast: Cast, visit: Visit
) -> None:
    run, sam = closed(session, cast, "opening", ""), visit(cast.staff)
    page = sam.get(f"/runs/{run.id}").text
    assert "Start Open the shop again" in page
    assert sam.post("/start/opening", act(page, "/start/opening")).location.startswith("/runs/")


def test_the_next_open_one_of_the_same_sop_is_taken_first(session: Session, cast: Cast, visit: Visit) -> None:
    run, sam = closed(session, cast), visit(cast.staff)
    assert "/next" not in {form.path for form in forms_in(sam.get(f"/runs/{run.id}").text)}
    start = {"assignee": None, "location": cast.staff.location}
    lifecycle.start(session, by(cast.admin), NOW, "count", subject="s", **start, due=None)
    later = lifecycle.start(session, by(cast.lead), NOW, "pack", subject="9", assignee=None, role="picker")
    later.due_at = None  # due last of all
    session.commit()
    given = act(sam.get(f"/runs/{run.id}").text, "/next")
    assert sam.post("/next", given).location == f"/runs/{later.id}#step-0"


def test_what_went_wrong_is_put_right_by_who_may(session: Session, cast: Cast, visit: Visit) -> None:
    run = closed(session, cast)
    page = visit(cast.lead).get(f"/runs/{run.id}").text
    assert "Put right step 2" in page and f"/runs/{run.id}/amendments?step=weigh" in page
    sam = visit(cast.staff)
    page = sam.get(f"/runs/{run.id}").text
    assert "Put right step" not in page and "Ask Lena to put right steps 2, 3" in page
    comment = act(page, f"/runs/{run.id}/comments")  # one press asks her
    assert comment["comment"] == "@lena Steps 2, 3 are not right. Can you put them right?"
    sam.post(f"/runs/{run.id}/comments", comment)
    page = sam.get(f"/runs/{run.id}").text
    assert page.count("You have asked Lena.") == 1 and "Ask Lena to put right" not in page


def test_a_failed_step_is_done_again_before_the_run_is_closed(
    session: Session, cast: Cast, visit: Visit
) -> None:
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1", assignee=cast.staff)
    session.commit()
    sam = visit(cast.staff)
    for step, kind, value in (
        ("scan", "done", "T"), ("weigh", "failed", ""), ("box", "done", "M"), ("flyer", "done", ""),
    ):  # fmt: skip
        assert (
            sam.htmx(f"/runs/{run.id}/records", said(step, kind, value=value, reason="off")).status_code
            == 200
        )
    assert "Put right step" not in sam.get(f"/runs/{run.id}").shown  # something else is still to be done
    answer = sam.htmx(f"/runs/{run.id}/records", said("hand"))
    assert "Put right step 2" in answer.text and 'href="#step-1"' in answer.text
    assert "Put right step" not in sam.htmx(f"/runs/{run.id}/records", said("weigh", value="450")).text


def test_a_run_that_waits_for_a_signature_says_who_can_give_it(
    app: Flask, workspace: Path, session: Session, cast: Cast, visit: Visit
) -> None:
    (workspace / "sops/pay.md").write_text(PAY)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    run = lifecycle.start(session, by(cast.staff), NOW, "pay", subject="r1", assignee=cast.staff)
    for key in ("receipt", "pay", "book"):
        recording.record(session, by(cast.staff), NOW, run, record_id=new_id(), step_key=key, kind="done")
    session.commit()
    page = visit(cast.staff).get(f"/runs/{run.id}").text
    assert 'id="signers"' in page and "<strong>Lena</strong>." in page
    assert "Scan the next refund" in page and "Ask Lena to sign" in page
    assert 'id="ahead"' not in visit(cast.lead).get(f"/runs/{run.id}").text  # she signs first
