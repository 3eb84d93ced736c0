"""Steps in force at which nothing ever came up."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tests.support.reading import words
from tracker.domain.signals import shortening
from tracker.models import Person, Sop, StepDay, StepMonth
from tracker.stats.durations import bin_of

Visit = Callable[[Person | None], Visitor]

MONTH = NOW.date().replace(day=1)


def months(session: Session, key: str, *, by: str = "all", which: str = "", **counts: int) -> None:
    session.add(StepMonth(by=by, sop_id="pack", step_key=key, month=MONTH, which=which, **counts))
    if by == "all":
        revision = session.get_one(Sop, "pack").in_force_id
        session.add(
            StepDay(sop_id="pack", step_key=key, day=NOW.date(), revision_id=revision, recovered=0, **counts)
        )


def test_a_step_that_always_went_well_is_a_candidate_with_its_time(session: Session, cast: Cast) -> None:
    months(session, "hand", done=600)
    months(session, "hand", by="time", which=str(bin_of(60)), done=300)
    session.commit()
    shortening.refresh(session, NOW)
    [one] = shortening.candidates(session, by(cast.owner))
    assert (one.sop.id, one.step.key, one.n) == ("pack", "hand", 600)
    assert one.seconds and 0.9 < one.seconds / (600 * 60) < 1.1


def test_critical_rare_failing_and_former_steps_are_none(session: Session, cast: Cast) -> None:
    months(session, "scan", done=900)  # critical
    months(session, "weigh", done=900, failed=1)
    months(session, "box", done=900, skipped=1)
    months(session, "hand", done=400, na=900)
    months(session, "gone", done=900)
    session.commit()
    shortening.refresh(session, NOW)
    assert shortening.candidates(session, by(cast.owner)) == []


def test_where_no_time_is_known_it_says_so(session: Session, cast: Cast) -> None:
    months(session, "hand", done=600)
    session.commit()
    assert shortening.candidates(session, by(cast.owner)) == []  # nobody has counted yet
    shortening.refresh(session, NOW)
    assert [one.seconds for one in shortening.candidates(session, by(cast.owner))] == [None]


def test_only_what_somebody_answers_for(session: Session, cast: Cast) -> None:
    months(session, "hand", done=600)
    session.commit()
    shortening.refresh(session, NOW)
    assert shortening.candidates(session, by(cast.area_owner)) == []


def test_the_weak_points_page_shows_them(session: Session, cast: Cast, visit: Visit) -> None:
    months(session, "hand", done=600)
    months(session, "hand", by="time", which=str(bin_of(60)), done=300)
    session.commit()
    shortening.refresh(session, NOW)
    page = words(visit(cast.owner).get("/weak-points").text)
    assert "Candidates to shorten" in page
    assert "Came up 600 times since the first run, never failed and never was skipped" in page
    assert "took about 10 hours" in page
