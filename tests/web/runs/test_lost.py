"""Whoever loses a run sees why and by whom, and what to do next; nobody hears more than they may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.forms import forms_in
from tests.support.installation import NOW, Cast, Visitor, people_at
from tracker.db import new_id
from tracker.domain.records import recording
from tracker.domain.runs import assignment, lifecycle, loading
from tracker.models import Person, Run

Visit = Callable[[Person | None], Visitor]


@pytest.fixture
def ana(session: Session, cast: Cast) -> Person:
    """A colleague of Sam's, with his job."""
    people_at(session, "Berlin", ["ana"], roles=["picker"])
    session.commit()
    return session.query(Person).filter_by(login="ana").one()


@pytest.fixture
def run(session: Session, cast: Cast) -> Run:
    """A run that is open to pickers."""
    run = lifecycle.start(session, by(cast.lead), NOW, "pack", subject="33107", assignee=None, role="picker")
    session.commit()
    return run


def taken(session: Session, person: Person, run: Run) -> None:
    assignment.claim(session, by(person), NOW, run)
    session.commit()


def lives(visitor: Visitor, run: Run) -> str:
    seen = visitor.get(f"/runs/{run.id}").text.split('data-seen="')
    headers = {"HX-Request": "true"} | (
        {"If-None-Match": f'W/"{seen[1].split(chr(34))[0]}"'} if seen[1:] else {}
    )
    return visitor.get(f"/runs/{run.id}/live", headers=headers).text


def test_a_run_that_another_took_says_who_and_since_when(
    session: Session, cast: Cast, visit: Visit, ana: Person, run: Run
) -> None:
    taken(session, ana, run)
    sam = visit(cast.staff)
    for answer in (sam.get(f"/runs/{run.id}"), sam.post(f"/runs/{run.id}/claim")):
        assert answer.status_code == 403 and "Ana has this run since" in answer.text
        assert "Ask Ana or a lead" in answer.text and 'href="/"' in answer.text
        assert not any(form.path == "/next" for form in forms_in(answer.text))  # nothing else is open
    lifecycle.start(session, by(cast.lead), NOW, "pack", subject="2", assignee=None, role="picker")
    session.commit()
    assert any(form.path == "/next" for form in forms_in(sam.get(f"/runs/{run.id}").text))


def test_a_page_that_is_open_says_so_at_once(
    session: Session, cast: Cast, visit: Visit, ana: Person, run: Run
) -> None:
    sam = visit(cast.staff)
    assert sam.get(f"/runs/{run.id}").status_code == 200
    taken(session, ana, run)
    text = lives(sam, run)
    assert 'id="notice"' in text and "Ana has this run since" in text and "data-lost" in text


def test_who_may_see_it_still_has_the_page_follow(
    session: Session, cast: Cast, visit: Visit, ana: Person
) -> None:
    run = lifecycle.start(session, by(cast.lead), NOW, "count", subject="shelf", assignee=cast.lead)
    session.commit()
    ada = visit(cast.admin)
    seen = ada.get(f"/runs/{run.id}").text.split('data-seen="')[1].split('"')[0]
    assignment.assign(session, by(cast.lead), NOW, run, assignee=ana)
    session.commit()
    headers = {"HX-Request": "true", "If-None-Match": f'W/"{seen}"'}
    text = ada.get(f"/runs/{run.id}/live", headers=headers).text
    assert "Lena gave the run to Ana" in text and text.count('id="step-') == 5


@pytest.mark.parametrize("whom", ["person", "team", "role", "closed", "cancelled"])
def test_every_way_of_losing_it_has_its_sentence(
    session: Session, cast: Cast, visit: Visit, ana: Person, run: Run, whom: str
) -> None:
    taken(session, ana, run)
    if whom == "person":
        assignment.assign(session, by(cast.lead), NOW, run, assignee=cast.lead)
    elif whom == "team":
        cast.staff.team = None
        assignment.assign(session, by(cast.lead), NOW, run, team=cast.lead.team)
    elif whom == "role":
        assignment.assign(session, by(cast.lead), NOW, run, role="packer")
    elif whom == "closed":
        recording.record(
            session, by(ana), NOW, run, record_id=new_id(), step_key="scan", kind="done", value="T"
        )
        lifecycle.close(session, by(ana), NOW, run, omit=[state.step.key for state in loading.states(run)])
    else:
        lifecycle.cancel(session, by(cast.lead), NOW, run, "secret")
    session.commit()
    text = visit(cast.staff).get(f"/runs/{run.id}").text
    said = {
        "person": "Lena has this run since",
        "team": "This run was given to the team Packing by Lena",
        "role": "This run was given to the role packer by Lena",
        "closed": "This run was closed by Ana",
        "cancelled": "This run was cancelled by Lena",
    }[whom]
    assert said in text and "secret" not in text and "33107" not in text


def test_elsewhere_nothing_is_said_of_who(
    session: Session, cast: Cast, visit: Visit, ana: Person, run: Run
) -> None:
    taken(session, ana, run)
    text = visit(cast.outsider).get(f"/runs/{run.id}").text
    assert "out of your reach" in text and "Ana" not in text and "33107" not in text


def test_a_record_of_another_run_is_refused_in_the_same_words(
    session: Session, cast: Cast, visit: Visit, ana: Person, run: Run
) -> None:
    taken(session, ana, run)
    answer = visit(cast.staff).htmx(f"/runs/{run.id}/pause", {"reason": "x"})
    assert answer.status_code == 403 and "Ana has this run since" in answer.text
    assert loading.load(session, by(ana), run.id, "run.see").paused_at is None
