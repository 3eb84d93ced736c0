"""The ceiling is computed of what each person answers for, and kept."""

from __future__ import annotations

import random
from datetime import timedelta
from math import exp

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tests.support.worked import day_of_runs
from tracker.domain.signals import ceiling
from tracker.models import Figure, Location

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


def history(session: Session, days: int = 90, *, place: int = 0, people: bool = False) -> None:
    """Days on which errors climb above 150 runs."""
    dice = random.Random(4)
    for back in range(days):
        runs = max(20, round(dice.gauss(140, 35)))
        share = 1 / (1 + exp(3.6 - max(0, runs - 150) * 0.06))
        failed = sum(dice.random() < share for _ in range(runs))
        by = dict.fromkeys(range(1, (2, 6)[back % 2] + 1), 1) if people else None
        day_of_runs(session, YESTERDAY - timedelta(days=back), runs, failed, place=place, by=by)
    session.commit()


def of(session: Session, cast: Cast, name: str = "") -> ceiling.ScopeCeiling | None:
    scope = next(scope for scope in ceiling.scopes(session, by(cast.admin)) if scope.name == name)
    return ceiling.of_scope(session, scope)


def test_it_is_found_and_kept(session: Session, cast: Cast) -> None:
    history(session)
    ceiling.refresh(session, NOW)
    found = of(session, cast)
    assert found and found.ceiling and 130 < found.ceiling < 175
    assert found.at == NOW and found.busiest == max(day.load for day in found.days) and found.unit == "order"
    assert sum(band.days for band in found.bands) == 90 and not found.per_person and not found.early


def test_a_thin_history_says_how_many_days_are_missing(session: Session, cast: Cast) -> None:
    history(session, 45)
    ceiling.refresh(session, NOW)
    found = of(session, cast)
    assert found and found.early == 15 and found.ceiling is None and len(found.days) == 45


def test_an_empty_installation_is_kept_as_such(session: Session, cast: Cast) -> None:
    assert of(session, cast) is None
    ceiling.refresh(session, NOW)
    found = of(session, cast)
    assert found and found.days == [] and found.bands == [] and found.early == 60


def test_one_run_has_one_day(session: Session, cast: Cast) -> None:
    day_of_runs(session, YESTERDAY, 1)
    session.commit()
    ceiling.refresh(session, NOW)
    found = of(session, cast)
    assert found and found.early == 59 and len(found.bands) == 1


def test_a_day_counts_when_it_is_over(session: Session, cast: Cast) -> None:
    history(session, 20)
    day_of_runs(session, TODAY, 10)
    session.commit()
    for later, days in ((timedelta(), 20), (timedelta(days=1), 21)):
        ceiling.refresh(session, NOW + later)
        found = of(session, cast)
        assert found and len(found.days) == days


def test_at_each_look_it_is_computed_again_if_something_has_changed(session: Session, cast: Cast) -> None:
    history(session, 20)
    ceiling.refresh(session, NOW)
    for minute in (1, 2):
        ceiling.refresh(session, NOW + timedelta(minutes=minute))
        found = of(session, cast)
        assert found and found.at == NOW + timedelta(minutes=minute) and len(found.days) == 20
    day_of_runs(session, TODAY - timedelta(days=40), 100)
    session.commit()
    ceiling.refresh(session, NOW + timedelta(minutes=3))
    found = of(session, cast)
    assert found and len(found.days) == 21


def test_where_the_number_of_people_differs_much_the_load_is_per_person(session: Session, cast: Cast) -> None:
    history(session, people=True)
    ceiling.refresh(session, NOW)
    found = of(session, cast)
    assert found and found.per_person and found.busiest < 130


def test_each_place_has_its_own(session: Session, cast: Cast) -> None:
    here = session.scalars(select(Location)).first()
    assert here
    history(session, 70, place=here.id)
    day_of_runs(session, YESTERDAY, 10)
    session.commit()
    for _ in range(9):  # a look ends after a few seconds of computing
        ceiling.refresh(session, NOW)
    found, everywhere = of(session, cast, f"location:{here.id}"), of(session, cast)
    assert found and everywhere and len(found.days) == 70
    assert sum(day.runs for day in everywhere.days) == sum(day.runs for day in found.days) + 10


def test_who_answers_for_an_area_sees_that_area_and_its_sops_alone(session: Session, cast: Cast) -> None:
    day_of_runs(session, YESTERDAY, 5)
    day_of_runs(session, YESTERDAY, 3, sop_id="count")
    session.commit()
    assert [scope.name for scope in ceiling.scopes(session, by(cast.area_owner))] == [
        "area:Inventory",
        "sop:count",
    ]
    names = [scope.name for scope in ceiling.scopes(session, by(cast.admin))]
    assert names[0] == "" and {"area:Fulfillment", "area:Inventory", "sop:pack", "sop:count"} < set(names)


def test_a_history_that_ended_long_ago_counts_until_then(session: Session, cast: Cast) -> None:
    for back in range(70):
        day_of_runs(session, TODAY - timedelta(days=900 + back), 100, 3)
    session.commit()
    ceiling.refresh(session, NOW)
    assert len(session.get_one(Figure, "ceiling").data["days"]) == 70
