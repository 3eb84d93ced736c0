"""Whoever an SOP's `owner:` means sees its figures and runs, and learns nothing else by that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.support.actors import by, by_pin
from tests.support.installation import NOW, Cast, Visitor
from tracker.db import new_id
from tracker.domain import access
from tracker.domain.access.owners import owner_of
from tracker.domain.people import accounts
from tracker.errors import ConflictError
from tracker.models import Person, Record, Run, Sop
from tracker.sop.text import fold

Visit = Callable[[Person | None], Visitor]


def belong(session: Session, sop_id: str, owner: str) -> Sop:
    sop = session.get_one(Sop, sop_id)
    sop.owner_name, sop.owner_key = owner, fold(owner)
    session.commit()
    return sop


def close(session: Session, sop_id: str, by: Person) -> Run:
    revision = session.get_one(Sop, sop_id).in_force_id
    run = Run(
        sop_id=sop_id, revision_id=revision, state="done", subject_ref="7", started_at=NOW, closed_at=NOW,
        closed_by_id=by.id,
    )  # fmt: skip
    session.add(run)
    session.flush()
    about = {"id": new_id(), "run_id": run.id, "step_key": "open", "kind": "done", "value": None}
    session.add(Record(**about, device_at=NOW, received_at=NOW, person_id=by.id))
    session.commit()
    return run


def test_a_number_in_the_address_gives_no_names_of_people(visit: Visit, session: Session, cast: Cast) -> None:
    belong(session, "opening", "sam")
    close(session, "opening", cast.staff)
    close(session, "pack", cast.other_lead)
    sam = visit(cast.staff)
    for person in (cast.other_lead, cast.outsider, cast.admin):
        answer = sam.get(f"/closed-runs?period=all&who={person.id}")
        assert answer.status_code == 404 and person.name not in answer.text
    assert "Sam" in sam.get(f"/closed-runs?period=all&who={cast.staff.id}").text
    assert sam.get(f"/closed-runs?period=all&who={cast.staff.id}").status_code == 200
    assert "Otto" in visit(cast.owner).get(f"/closed-runs?period=7d&who={cast.other_lead.id}").text


@pytest.mark.parametrize(
    "name", ["Sam\u0430", "s\u0430m", "\u0455am", "sam.", "Sam Smith", "*", "%", "sam,lena"]
)
def test_what_looks_like_a_login_means_nobody(session: Session, cast: Cast, name: str) -> None:
    sop = belong(session, "opening", name)
    assert owner_of(session, sop) is None
    assert not access.may(by(cast.staff), "report.see", sop)


@pytest.mark.parametrize("login", ["\u0455am", "s\u0430m", "sa\u200bm", "\uff33\uff21\uff2d", "SAM"])
def test_no_second_account_takes_the_look_of_a_login(session: Session, cast: Cast, login: str) -> None:
    with pytest.raises(ConflictError):
        accounts.add(session, by(cast.admin), NOW, login=login, name="x", password=None, level="staff")


def test_a_name_that_an_account_chose_makes_no_owner(session: Session, cast: Cast) -> None:
    sop = belong(session, "opening", "Head of Opening")
    cast.staff.name = "Head of Opening"
    session.commit()
    assert owner_of(session, sop) is None and not access.may(by(cast.staff), "report.see", sop)


def test_a_pin_takes_no_records_away(session: Session, cast: Cast) -> None:
    """A few digits at a tablet that many hands touch, and the file stays on it."""
    for person in (cast.staff, cast.lead, cast.owner, cast.admin):
        belong(session, "opening", person.login)
        assert access.may(by(person), "run.export")
        assert not access.may(by_pin(person), "run.export")
    cast.lead.disabled_at = NOW
    assert not access.may(by(cast.lead), "run.export")
