"""A record that is sent again is answered as before, also when the run has changed hands meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast, Visitor
from tracker.db import new_id
from tracker.domain.runs import assignment, lifecycle, loading
from tracker.models import Person, Record, Run

Visit = Callable[[Person | None], Visitor]


def taken_over(session: Session, cast: Cast, visit: Visit) -> tuple[Run, dict[str, str]]:
    """A run in which Sam has recorded a step before the lead took it over; the run, and what Sam sent."""
    run = lifecycle.start(session, by(cast.staff), NOW, "pack", subject="1042", assignee=cast.staff)
    session.commit()
    form = {"id": str(new_id()), "step": "scan", "kind": "done", "value": "T"}
    assert visit(cast.staff).htmx(f"/runs/{run.id}/records", form).status_code == 200
    session.rollback()
    assignment.take_over(
        session, by(cast.lead), NOW, loading.load(session, by(cast.lead), run.id, "run.take-over", lock=True)
    )
    session.commit()
    return run, form


def count(session: Session) -> int | None:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Record))


def test_a_repeat_after_a_take_over_is_answered_and_adds_nothing(
    session: Session, cast: Cast, visit: Visit
) -> None:
    run, form = taken_over(session, cast, visit)
    sam = visit(cast.staff)
    assert sam.htmx(f"/runs/{run.id}/records", form).status_code == 200
    assert sam.post(f"/runs/{run.id}/records", form).status_code == 303
    assert sam.htmx(f"/runs/{run.id}/records", form | {"value": "X"}).status_code == 422
    assert count(session) == 1


def test_nothing_new_and_nobody_else_comes_in_that_way(session: Session, cast: Cast, visit: Visit) -> None:
    run, form = taken_over(session, cast, visit)
    assert visit(cast.outsider).htmx(f"/runs/{run.id}/records", form).status_code == 403
    sam = visit(cast.staff)
    lost = sam.htmx(f"/runs/{run.id}/records", form | {"id": str(new_id())})
    assert lost.status_code == 409 and "Lena has this run now" in lost.text
    assert sam.get(f"/runs/{run.id}").status_code == 403
    assert count(session) == 1
