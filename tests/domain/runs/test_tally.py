"""How far a run is: counted as its steps are numbered, the same wherever it is said."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.domain.conftest import Do
from tracker.domain.runs import loading
from tracker.domain.runs.progress import Tally, mark, tally, wholes
from tracker.domain.work import lists
from tracker.models import Run

Start = Callable[..., Run]


def far(session: Session, run: Run) -> Tally:
    """How far the run is, by its page and by lists alike."""
    on_page = tally(loading.states(run), run.state)
    assert lists.progress(session, [run]) == {run.id: on_page}
    return on_page


def test_a_nested_step_is_a_part_of_the_one_it_is_nested_in(session: Session, start: Start, do: Do) -> None:
    """Its steps are called 1, 1a, 1b, 2, 3, so there are three."""
    run = start("count")
    assert far(session, run)[:6] == (0, 0, 0, 0, 0, 3)
    do(run, "lock")
    do(run, "gate")
    assert far(session, run)[:6] == (0, 0, 0, 0, 0, 3) and far(session, run).share == 2 / 5
    do(run, "sign", "failed", reason="No sign")
    assert far(session, run)[:6] == (0, 0, 0, 0, 1, 3)
    do(run, "sign")
    assert far(session, run)[:6] == (1, 1, 0, 0, 0, 3)
    do(run, "pieces", value="7")
    assert far(session, run)[:6] == (2, 1, 0, 0, 0, 3)


def marks(run: Run, now: str | None = None) -> list[tuple[str | None, bool]]:
    """What the bar shows, while the step `now` is to be done."""
    return [mark(whole, now, run.state) for whole in wholes(loading.states(run))]


def test_the_bar_shows_what_is_counted(session: Session, start: Start, do: Do) -> None:
    run = start("count")
    assert marks(run, "lock") == [("now", False), (None, False), (None, False)]
    assert len(marks(run)) == far(session, run).all
    do(run, "lock")
    do(run, "gate")
    assert marks(run)[0] == (None, False)  # something in it is left to do
    do(run, "sign", "failed", reason="No sign")
    assert marks(run, "sign")[0] == ("failed", False)
    do(run, "sign")
    assert marks(run)[0] == ("failed", True)
    do(run, "pieces", value="7")
    assert marks(run)[1] == ("done", False)
