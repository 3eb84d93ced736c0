"""What a list shows of runs is what the rule lets a person see, whoever asks."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by, by_pin
from tests.support.installation import NAMES, NOW, Cast
from tracker.domain import access
from tracker.domain.access import owners
from tracker.domain.people import directory, owner_names
from tracker.errors import ForbiddenError
from tracker.models import Person, Run, Sop
from tracker.sop.text import fold

FIGURES = ("report.see", "report.export", "revision.see", "revision.judge", "library.see", "spot-check.look")
ABOUT_SOPS = (*FIGURES, "run.start")


def fill(session: Session, cast: Cast) -> list[Run]:
    """Runs of three SOPs, here, there and nowhere, of everybody, of a role and of nobody."""
    places = [None, cast.staff.location_id, cast.outsider.location_id]
    owners = [None, cast.staff.id, cast.lead.id, cast.outsider.id, cast.other_lead.id]
    revisions = {sop.id: sop.in_force_id for sop in session.scalars(select(Sop))}
    for place, owner, role, sop in product(places, owners, [None, "picker", "buyer"], revisions):
        given = {"location_id": place, "assignee_id": owner, "role": role}
        session.add(Run(sop_id=sop, revision_id=revisions[sop], started_at=NOW, **given))
    session.commit()
    return list(session.scalars(select(Run)))


def belong(session: Session, sop_id: str, owner: str) -> None:
    """Make an SOP somebody's, as publishing does."""
    sop = session.get_one(Sop, sop_id)
    sop.owner_name, sop.owner_key = owner, fold(owner)
    session.flush()


def agree(session: Session, person: Person, everything: list[Run]) -> tuple[int, int]:
    """How many runs the person sees and leads, if the conditions say the same as the rules."""
    seen = set(session.scalars(select(Run.id).where(access.visible(by(person)))))
    assert seen == {run.id for run in everything if access.may(by(person), "run.see", run)}, person.login
    led = set(session.scalars(select(Run.id).where(access.reachable(by(person)))))
    assert led == {run.id for run in everything if access.may(by(person), "run.take-over", run)}, person.login
    hears = {run.id for run in everything if access.may_hear_of(by(person), run)}
    beside = set(session.scalars(select(Run.id).where(access.beside(person))))
    assert seen | beside == hears, person.login
    shared = set(session.scalars(select(Run.id).where(access.shared_with(person))))
    assert shared <= hears, person.login
    theirs = set(session.scalars(select(Sop.id).where(access.sops_answered_for(by(person)))))
    assert theirs == {s.id for s in session.scalars(select(Sop)) if access.answers_for(by(person), s)}, (
        person.login
    )
    for who, action in product((by(person), by_pin(person)), ABOUT_SOPS):
        may = {sop.id for sop in session.scalars(select(Sop)) if access.may(who, action, sop)}
        assert set(session.scalars(select(Sop.id).where(access.sops_for(who, action)))) == may, person.login
        assert access.may_on_all(who, action) <= (len(may) == 3)
    return len(seen), len(led)


def test_the_condition_says_the_same_as_the_rule(session: Session, cast: Cast) -> None:
    cast.owner.disabled_at = NOW
    everything = fill(session, cast)
    assert len(everything) == 135
    for part in NAMES:
        agree(session, getattr(cast, part), everything)


def test_who_answers_for_what(session: Session, cast: Cast) -> None:
    everything, iris, lena = fill(session, cast), cast.area_owner, cast.lead
    assert agree(session, iris, everything)[1] == 45  # count, at every location
    assert agree(session, lena, everything)[1] == 45  # three SOPs, where she leads
    owner_names.name_owner(session, by(cast.admin), NOW, "shelf-keeper", lena)
    assert agree(session, lena, everything)[1] == 45 + 30  # and count elsewhere
    belong(session, "opening", "IRIS")
    assert agree(session, iris, everything)[1] == 90
    iris.areas = []
    assert agree(session, iris, everything)[1] == 45
    lena.location_id = None
    assert agree(session, lena, everything)[1] == 45  # no location is not all locations
    lena.everywhere = iris.everywhere = cast.staff.everywhere = True
    assert agree(session, lena, everything)[1] == agree(session, iris, everything)[1] == 135
    assert agree(session, cast.staff, everything)[1] == 0  # staff lead nothing, whatever is ticked


def test_an_owners_name_in_any_script_and_case(session: Session, cast: Cast) -> None:
    cast.area_owner.login = cast.area_owner.login_key = "örs"
    cast.area_owner.areas = []
    belong(session, "opening", "ÖRS")
    assert agree(session, cast.area_owner, fill(session, cast))[1] == 45


def test_a_name_that_is_a_login_by_now_means_whoever_has_it(session: Session, cast: Cast) -> None:
    owner_names.name_owner(session, by(cast.admin), NOW, "shelf-keeper", cast.lead)
    cast.other_lead.login = cast.other_lead.login_key = "shelf-keeper"
    everything = fill(session, cast)
    assert agree(session, cast.lead, everything)[1] == 45
    assert agree(session, cast.other_lead, everything)[1] == 45 + 30


@pytest.mark.parametrize(("part", "more"), [("staff", 0), ("lead", 30), ("area_owner", 45)])
def test_whom_an_sop_names_sees_its_figures_and_runs_whatever_their_level(
    session: Session, cast: Cast, part: str, more: int
) -> None:
    person, opening = getattr(cast, part), session.get_one(Sop, "opening")
    everything = fill(session, cast)
    assert not access.may(by(person), "report.see", opening)
    _, led = agree(session, person, everything)
    belong(session, "opening", person.login)
    assert all(access.may(by(person), action, opening) for action in FIGURES)
    assert access.may(by(person), "report.see") and not access.may(by_pin(person), "report.see")
    assert not access.may(by(person), "report.see", session.get_one(Sop, "pack"))
    assert agree(session, person, everything)[1] == led + more  # what staff see is not theirs to lead
    runs = [run for run in everything if run.sop_id == "opening"]
    assert all(access.may(by(person), "run.see", run) for run in runs)
    with pytest.raises(ForbiddenError, match="A PIN is not enough"):
        access.require(by_pin(person), "report.see", opening)
    with pytest.raises(ForbiddenError, match="You don’t answer for “Pack an order”"):
        access.require(by(person), "report.see", session.get_one(Sop, "pack"))


def test_a_lead_who_is_named_sees_no_more_for_reaching_all_runs(session: Session, cast: Cast) -> None:
    cast.lead.everywhere, cast.lead.areas = True, ["Inventory"]
    belong(session, "opening", cast.lead.login)
    theirs = select(Sop.id).where(access.sops_for(by(cast.lead), "report.see"))
    assert session.scalars(theirs).all() == ["opening"]
    assert access.areas_for(by(cast.lead), "report.see") == frozenset()
    assert not access.may_on_all(by(cast.lead), "report.see")
    cast.lead.disabled_at = NOW
    assert session.scalars(select(Sop.id).where(access.sops_for(by(cast.lead), "report.see"))).all() == []


def test_runs_of_a_team_and_runs_that_are_offered(session: Session, cast: Cast) -> None:
    teams, people_asked = [None, cast.staff.team_id], [None, cast.outsider.id, cast.staff.id]
    owners = [None, cast.lead.id]
    for team, asked, owner, role in product(teams, people_asked, owners, [None, "buyer"]):
        run = Run(sop_id="pack", revision_id=session.get_one(Sop, "pack").in_force_id, started_at=NOW)
        run.team_id, run.offered_to_id, run.assignee_id, run.role = team, asked, owner, role
        run.location_id = cast.lead.location_id
        session.add(run)
    session.commit()
    everything = list(session.scalars(select(Run)))
    for part in NAMES:
        agree(session, getattr(cast, part), everything)


def test_of_accounts_that_share_a_key_the_first_one_is_meant(session: Session, cast: Cast) -> None:
    cast.lead.login_key = cast.other_lead.login_key = "lea"  # as accounts of long ago may
    belong(session, "opening", "Lea")
    first, second = sorted((cast.lead, cast.other_lead), key=lambda person: person.id)
    assert owners.owner_of(session, session.get_one(Sop, "opening")) is first
    assert "lea" in owners.names_of(session, first) and "lea" not in owners.names_of(session, second)
    assert "lea" not in directory.by_login_key(session)
