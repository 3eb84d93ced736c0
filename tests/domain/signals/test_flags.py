"""Runs that are worth a look: found, shown to who answers for them, and looked at."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tests.support.worked import closed_run, day_of_runs
from tracker.db import db
from tracker.domain import event_kinds as kinds
from tracker.domain.facts import contributions, figures
from tracker.domain.signals import flags
from tracker.errors import ConflictError, ForbiddenError, InvalidError
from tracker.models import Event, Run, SpotCheck, Step, StepMonth
from tracker.stats.durations import bin_of

STEADY, BURST = [60, 45, 50, 40], [60, 1, 1, 40]
FLOORS = {"pack": dict.fromkeys(("weigh", "box", "flyer", "hand"), 7.0)}


def keep_floors(session: Session) -> None:
    figures.keep(session, NOW, flags.FLOORS, {"runs": 1, "of": FLOORS})
    session.commit()


def judged(session: Session, *runs: Run) -> list[SpotCheck]:
    flags.judge(session, NOW, contributions.closed_runs(session, [run.id for run in runs]))
    session.commit()
    return list(session.scalars(select(SpotCheck).order_by(SpotCheck.run_id)))


def test_a_burst_is_marked_as_the_run_is_folded(session: Session, cast: Cast) -> None:
    keep_floors(session)
    steady, burst = (closed_run(session, cast.staff, NOW, gaps) for gaps in (STEADY, BURST))
    [mark] = judged(session, steady, burst)
    assert (mark.run_id, mark.signal, mark.data) == (burst.id, "burst", {"below": 2, "of": 4})
    assert mark.person_id == cast.staff.id and mark.found_at == NOW and mark.looked_at is None
    assert len(judged(session, steady, burst)) == 1  # folded anew, it stays one


def test_without_floors_nothing_is_judged(session: Session, cast: Cast) -> None:
    assert judged(session, closed_run(session, cast.staff, NOW, BURST)) == []


def test_a_device_whose_clock_is_wrong_by_three_days_changes_nothing(session: Session, cast: Cast) -> None:
    keep_floors(session)
    early = NOW - timedelta(days=3)
    marks = judged(session, *(closed_run(session, cast.staff, early, gaps) for gaps in (STEADY, BURST)))
    assert [mark.data for mark in marks] == [{"below": 2, "of": 4}]


def test_a_run_across_midnight_is_judged_like_any(session: Session, cast: Cast) -> None:
    keep_floors(session)
    evening = NOW.replace(hour=23, minute=59)
    assert judged(session, closed_run(session, cast.staff, evening, STEADY)) == []
    assert len(judged(session, closed_run(session, cast.staff, evening, BURST))) == 1


def enough_for_floors(session: Session) -> None:
    """Forty runs in which each step took about fifty seconds."""
    month = NOW.date().replace(day=1)
    for key in FLOORS["pack"]:
        row = {"by": "time", "sop_id": "pack", "step_key": key, "month": month}
        session.add(StepMonth(**row, which=str(bin_of(50)), done=40))
    day_of_runs(session, NOW.date(), 40)
    session.commit()


def test_earlier_runs_are_judged_once_their_steps_have_floors(session: Session, cast: Cast) -> None:
    burst = closed_run(session, cast.staff, NOW, BURST)
    unfolded = closed_run(session, cast.staff, NOW, BURST, folded=False)
    enough_for_floors(session)
    flags.refresh(session, NOW)
    assert [mark.run_id for mark in session.scalars(select(SpotCheck))] == [burst.id]
    assert judged(session, unfolded)[-1].run_id == unfolded.id  # the floors are kept now


def test_earlier_runs_are_judged_even_if_a_worker_ends_amid_them(session: Session, cast: Cast) -> None:
    burst = closed_run(session, cast.staff, NOW, BURST)
    enough_for_floors(session)

    def end(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO spot_checks"):
            raise InterruptedError

    event.listen(db.engine, "before_cursor_execute", end)
    with pytest.raises(InterruptedError):
        flags.refresh(session, NOW)
    event.remove(db.engine, "before_cursor_execute", end)
    flags.refresh(session, NOW)
    assert [mark.run_id for mark in session.scalars(select(SpotCheck))] == [burst.id]


def test_floors_are_left_alone_while_little_is_new(session: Session, cast: Cast) -> None:
    flags.refresh(session, NOW)
    assert figures.get(session, flags.FLOORS) is None  # nothing has run yet
    day_of_runs(session, NOW.date(), 200)
    session.commit()
    for hours in (0, 1):
        flags.refresh(session, NOW + timedelta(hours=hours))
        figure = figures.get(session, flags.FLOORS)
        assert figure and figure.at == NOW


def test_a_shift_filled_in_at_its_end_is_marked(session: Session, cast: Cast) -> None:
    day = NOW - timedelta(days=1)
    for back in range(60):
        day_of_runs(session, (NOW - timedelta(days=back)).date(), 20)
    for minute in (0, 60, 120, 180, 240, 300, *range(440, 480, 4)):
        closed_run(session, cast.staff, day.replace(hour=6) + timedelta(minutes=minute), [5, 5])
    for minute in range(0, 480, 30):
        closed_run(session, cast.lead, day.replace(hour=6) + timedelta(minutes=minute), [5, 5])
    session.commit()
    for hours in range(100):  # from 90 days back to yesterday
        flags.refresh_others(session, NOW + timedelta(hours=hours / 10))
    [mark] = session.scalars(select(SpotCheck).where(SpotCheck.signal == "shift-end"))
    assert mark.person_id == cast.staff.id and mark.data == {"late": 10, "of": 16}


def test_the_same_answers_ten_times_in_a_row_are_marked(session: Session, cast: Cast) -> None:
    dice = random.Random(1)
    for number in range(30):
        at = NOW + timedelta(minutes=10 * number)
        closed_run(session, cast.lead, at, STEADY, values={"weigh": dice.randrange(300, 900)})
        closed_run(session, cast.staff, at, STEADY, values={"weigh": 500 if number < 12 else 500 + number})
    day_of_runs(session, NOW.date(), 60)
    session.commit()
    flags.refresh_others(session, NOW)
    [mark] = session.scalars(select(SpotCheck))
    assert (mark.signal, mark.person_id, mark.data) == ("same-answers", cast.staff.id, {"runs": 12})


def test_what_everybody_measures_is_no_wonder(session: Session, cast: Cast) -> None:
    for number in range(30):
        for person in (cast.staff, cast.lead):
            at = NOW + timedelta(minutes=10 * number)
            closed_run(session, person, at, STEADY, values={"weigh": 500})
    day_of_runs(session, NOW.date(), 60)
    session.commit()
    flags.refresh_others(session, NOW)
    assert not session.scalars(select(SpotCheck)).all()


def test_a_step_that_asks_for_one_number_stops_no_look_at_habits(session: Session, cast: Cast) -> None:
    for step in session.scalars(select(Step).where(Step.key == "weigh")):
        step.attributes = {**step.attributes, "min": 0, "max": 0}
    for number in range(60):
        for person, most in ((cast.staff, 12), (cast.lead, 11)):
            at = NOW + timedelta(minutes=number)
            closed_run(session, person, at, STEADY, values={"weigh": number % most})
    day_of_runs(session, NOW.date(), 120)
    session.commit()
    flags.refresh_others(session, NOW)
    assert not session.scalars(select(SpotCheck).where(SpotCheck.signal == "limit")).all()


def test_digits_and_heaps_that_only_one_person_has_are_marked_once(session: Session, cast: Cast) -> None:
    dice = random.Random(2)
    for number in range(80):
        at = NOW + timedelta(minutes=10 * number)
        honest, invented = dice.randrange(200, 29_000), 29_800 + 10 * dice.randrange(20)
        closed_run(session, cast.lead, at, STEADY, values={"weigh": honest})
        closed_run(session, cast.staff, at, STEADY, values={"weigh": invented})
    day_of_runs(session, NOW.date(), 160)
    session.commit()
    flags.refresh_others(session, NOW)
    marks = list(session.scalars(select(SpotCheck).order_by(SpotCheck.signal)))
    assert [(mark.signal, mark.person_id) for mark in marks] == [
        ("digits", cast.staff.id),
        ("limit", cast.staff.id),
    ]
    assert marks[1].data["limit"] == 30_000 and marks[1].data["at"] == "Weigh the parcel"
    closed_run(session, cast.staff, NOW + timedelta(days=1), STEADY, values={"weigh": 29_850})
    day_of_runs(session, NOW.date() + timedelta(days=1), 100)
    session.commit()
    flags.refresh_others(session, NOW + timedelta(days=1))
    assert len(session.scalars(select(SpotCheck)).all()) == 2


def test_an_empty_installation_is_looked_over_in_peace(session: Session, cast: Cast) -> None:
    flags.refresh(session, NOW)
    flags.refresh_others(session, NOW)
    assert flags.flagged_runs(session, by(cast.owner), most=20) == (0, [])


@pytest.fixture
def worth(session: Session, cast: Cast) -> Run:
    keep_floors(session)
    run = closed_run(session, cast.staff, NOW, BURST)
    judged(session, run)
    return run


def test_who_has_looked_says_what_they_saw(session: Session, cast: Cast, worth: Run) -> None:
    flags.record_look(session, by(cast.owner), NOW, worth, "  Ticked \n after the work. ")
    session.commit()
    [mark] = session.scalars(select(SpotCheck))
    assert (mark.looked_at, mark.looked_by_id, mark.saw) == (NOW, cast.owner.id, "Ticked after the work.")
    [event] = session.scalars(select(Event).where(Event.kind == kinds.SpotCheckLooked.kind))
    assert (event.subject, event.person_id) == (f"run:{worth.id}", cast.owner.id)
    assert event.data == {"signals": ["burst"], "saw": "Ticked after the work."}


def test_only_once_with_words_and_by_who_answers_for_it(session: Session, cast: Cast, worth: Run) -> None:
    for saw in ("", " ", "x" * 501):
        with pytest.raises(InvalidError):
            flags.record_look(session, by(cast.owner), NOW, worth, saw)
    for person in (cast.staff, cast.lead, cast.area_owner):
        with pytest.raises(ForbiddenError):
            flags.record_look(session, by(person), NOW, worth, "fine")
    flags.record_look(session, by(cast.owner), NOW, worth, "fine")
    with pytest.raises(ConflictError):
        flags.record_look(session, by(cast.owner), NOW, worth, "fine")


def test_it_is_listed_for_who_answers_for_it(session: Session, cast: Cast, worth: Run) -> None:
    count, [one] = flags.flagged_runs(session, by(cast.owner), most=20)
    assert count == 1 and one.run.id == worth.id and [mark.signal for mark in one.marks] == ["burst"]
    assert flags.flagged_runs(session, by(cast.area_owner), most=20) == (0, [])
    flags.record_look(session, by(cast.owner), NOW, worth, "fine")
    assert flags.flagged_runs(session, by(cast.owner), most=20) == (0, [])
    assert flags.flagged_runs(session, by(cast.owner), looked=True, most=20)[0] == 1
