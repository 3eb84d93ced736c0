"""Steps in force at which nothing ever came up."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests.installation import NOW, Cast
from tracker.domain import shortening
from tracker.models import Sop, StepDay, StepMonth
from tracker.stats.durations import bin_of

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
    [one] = shortening.candidates(session)
    assert (one.sop.id, one.step.key, one.n) == ("pack", "hand", 600)
    assert one.seconds and 0.9 < one.seconds / (600 * 60) < 1.1


def test_critical_rare_failing_and_former_steps_are_none(session: Session, cast: Cast) -> None:
    months(session, "scan", done=900)  # critical
    months(session, "weigh", done=900, failed=1)
    months(session, "box", done=900, skipped=1)
    months(session, "hand", done=400, na=900)
    months(session, "gone", done=900)
    session.commit()
    assert shortening.candidates(session) == []


def test_where_no_time_is_known_it_says_so(session: Session, cast: Cast) -> None:
    months(session, "hand", done=600)
    session.commit()
    assert [one.seconds for one in shortening.candidates(session)] == [None]
