"""On PostgreSQL what is found is kept while another worker keeps the same, and while runs are amended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from tests.conftest import Furnished
from tests.support.folded import amended, filled
from tests.support.installation import NOW
from tests.support.worked import closed_run
from tracker.db import db, writing
from tracker.domain.facts import contributions, figures
from tracker.domain.signals import flags
from tracker.domain.weakpoints import refresh
from tracker.models import Person, SpotCheck, WeakPoint
from tracker.worker import counting

pytestmark = pytest.mark.postgres
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def closed(tmp_path: Path, furnished: Furnished) -> Iterator[int]:
    """The last of some runs that are closed and folded."""
    app = furnished(tmp_path / "workspace")
    with app.app_context():
        with writing() as session:
            numbers = filled(session, 3)
        counting.fold(db.session(), NOW)
        db.session.remove()
        yield numbers[-1]
        db.session.remove()
        db.engine.dispose()


def judge(engine: Engine) -> None:
    """Look at everything, as a worker does."""
    with judged(engine) as session:
        session.commit()


def judged(engine: Engine) -> Session:
    """The same, before it is committed."""
    session = Session(engine)
    for units in refresh.parts(session, NOW):
        for unit in units:
            unit(session)
    return session


def while_it_waits(engine: Engine, verb: Callable[[], None], held: Session) -> None:
    """Do what waits for somebody else's transaction, which ends meanwhile."""
    with ThreadPoolExecutor(1) as pool, engine.connect() as looking, held:
        doing = pool.submit(verb)
        while not doing.done() and not looking.scalar(text(WAITING)):
            looking.rollback()
        held.commit()
        doing.result()


def test_a_run_is_amended_while_its_sop_is_judged(closed: int) -> None:
    engine = db.engine
    judge(engine)
    with writing() as session:
        figures.look_again(session, "pack")
    while_it_waits(engine, lambda: amended(engine, closed), judged(engine))
    judge(engine)
    query = select(WeakPoint.count).where(WeakPoint.step_key == "hand", WeakPoint.kind == "failed")
    assert db.session.scalar(query) == 1


def test_two_workers_mark_a_run_at_once(closed: int) -> None:
    engine = db.engine
    with writing() as session:
        sam = session.scalars(select(Person).where(Person.login == "sam")).one()
        burst = closed_run(session, sam, NOW, [60, 1, 1, 40])
        floors = {"pack": dict.fromkeys(("weigh", "box", "flyer", "hand"), 7.0)}
        figures.keep(session, NOW, flags.FLOORS, {"runs": 1, "of": floors})
        number = burst.id

    def mark() -> None:
        with marked() as session:
            session.commit()

    def marked() -> Session:
        session = Session(engine)
        flags.judge(session, NOW, contributions.closed_runs(session, [number]))
        return session

    while_it_waits(engine, mark, marked())
    assert db.session.scalar(select(func.count()).select_from(SpotCheck)) == 1


def test_two_workers_judge_an_sop_at_once(closed: int) -> None:
    engine = db.engine
    while_it_waits(engine, lambda: judge(engine), judged(engine))
    assert db.session.scalar(select(func.count()).where(WeakPoint.sop_id == "pack")) == 15
