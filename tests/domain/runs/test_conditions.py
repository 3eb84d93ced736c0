"""Steps that apply only if earlier answers are so: in the way of nobody until then, as any other after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.conftest import Do, offline, outcomes
from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain.runs import lifecycle, loading
from tracker.domain.runs.progress import current, step_states
from tracker.errors import ConflictError
from tracker.models import Outcome, Record, Run

Start = Callable[..., Run]

PARCEL = """\
---
id: parcel
title: Send a parcel
owner: olga
---
1. Is there glass in it? {#glass input=choice options="yes, no"}
2. Weigh it {#weigh input=number max=30000}
3. Wrap the glass {#wrap .critical when="glass = yes"}
    1. Fill the corners {#corners}
    2. Shake it {#shake .optional}
4. Put the sticker on {#sticker when="wrap answered"}
5. Take two people {#two when="weigh > 15000 or weigh = failed"}
6. Hand it over {#hand}
"""


@pytest.fixture
def run(app: Flask, session: Session, workspace: Path, start: Start) -> Run:
    (workspace / "sops/parcel.md").write_text(PARCEL)
    publish(app, app.config["HOLDFAST"])
    session.rollback()  # see what others have committed
    return start("parcel")


def applying(run: Run) -> dict[str, bool | None]:
    return {state.step.key: state.applies for state in loading.states(run) if not state.applies}


def now_doing(run: Run) -> str | None:
    state = current(loading.states(run))
    return state.step.key if state else None


def results(session: Session, run: Run) -> dict[str, str]:
    session.expire_all()
    rows = session.scalars(select(Outcome).where(Outcome.run_id == run.id))
    return {row.step_key: row.outcome for row in rows}


def test_what_cannot_be_judged_yet_is_in_the_way_of_nobody(run: Run, do: Do) -> None:
    assert applying(run) == dict.fromkeys(["wrap", "corners", "shake", "sticker", "two"])
    do(run, "weigh", value="200")
    do(run, "hand")
    assert now_doing(run) == "glass"
    with pytest.raises(ConflictError, match="only done if an earlier step says so"):
        do(run, "wrap")


def test_a_condition_that_does_not_hold_leaves_the_step_and_those_below_it_out(
    run: Run, do: Do, session: Session, cast: Cast
) -> None:
    do(run, "glass", value="no")
    do(run, "weigh", value="200")
    assert applying(run) == {"wrap": False, "corners": False, "shake": False, "sticker": None, "two": False}
    assert now_doing(run) == "hand"
    with pytest.raises(ConflictError, match="does not apply"):
        do(run, "corners")
    do(run, "hand")
    assert lifecycle.close(session, by(cast.staff), NOW, run) == []
    assert results(session, run) == {
        "glass": "done", "weigh": "done", "hand": "done", "wrap": "na", "corners": "na", "shake": "na",
        "sticker": "na", "two": "na",
    }  # fmt: skip


def test_a_condition_that_holds_makes_it_a_step_as_any_other(
    run: Run, do: Do, session: Session, cast: Cast
) -> None:
    do(run, "glass", value="yes")
    do(run, "weigh", value="20000")
    assert applying(run) == {"sticker": None} and now_doing(run) == "wrap"
    with pytest.raises(ConflictError, match="First do “Wrap the glass”"):
        do(run, "hand")
    do(run, "wrap")
    assert now_doing(run) == "corners"
    do(run, "hand")
    missing = [state.step.key for state in lifecycle.close(session, by(cast.staff), NOW, run)]
    assert missing == ["corners", "sticker", "two"]
    assert lifecycle.close(session, by(cast.staff), NOW, run, omit=missing) == []
    found = results(session, run)
    assert [found[key] for key in ("corners", "shake", "sticker", "two")] == ["omitted", "na"] + [
        "omitted"
    ] * 2


def test_a_failed_step_answers_that_it_failed_also_when_it_was_put_right(run: Run, do: Do) -> None:
    do(run, "weigh", value="40000")
    assert "two" not in applying(run)
    do(run, "weigh", value="200")
    assert "two" not in applying(run)


def test_an_answer_that_changes_takes_no_record_away(
    run: Run, do: Do, undo: Callable[..., Record], session: Session, cast: Cast
) -> None:
    glass = do(run, "glass", value="yes")
    wrapped = do(run, "wrap", "failed")
    undo(run, glass)
    assert applying(run)["wrap"] is None and outcomes(run)["wrap"] == "failed"
    do(run, "glass", value="no")
    do(run, "weigh", value="200")
    do(run, "hand")
    assert applying(run)["wrap"] is False and now_doing(run) is None
    assert lifecycle.close(session, by(cast.staff), NOW, run) == []
    assert results(session, run)["wrap"] == "failed" and wrapped.id in {r.id for r in run.records}


def test_an_offline_record_of_a_step_that_did_not_apply_is_kept(run: Run, do: Do) -> None:
    do(run, "glass", value="no")
    assert do(run, "wrap", device=offline(NOW)).flag == "condition"
    assert outcomes(run) == {"glass": "done", "wrap": "done"}


def test_a_late_answer_changes_what_the_closed_run_says_of_the_steps_that_asked(
    run: Run, do: Do, session: Session, cast: Cast
) -> None:
    do(run, "weigh", value="200")
    do(run, "hand")
    missing = [state.step.key for state in lifecycle.close(session, by(cast.staff), NOW, run)]
    assert missing == ["glass"] and lifecycle.close(session, by(cast.staff), NOW, run, omit=missing) == []
    session.commit()
    assert results(session, run)["wrap"] == "na"
    later = NOW + timedelta(minutes=5)
    do(run, "glass", value="yes", now=later, device=offline(later, timedelta(minutes=5)))
    found = results(session, run)
    assert (found["glass"], found["wrap"], found["corners"], found["two"]) == (
        "done",
        "omitted",
        "omitted",
        "na",
    )


def test_no_order_of_arrival_makes_a_difference(run: Run, session: Session, cast: Cast) -> None:
    steps = loading.steps(run)
    given = [
        ("glass", "done", "yes"),
        ("wrap", "failed", None),
        ("wrap", "done", None),
        ("weigh", "done", 20_000.0),
    ]
    made = [Record(id=new_id(), step_key=k, kind=kind, value=v, received_at=NOW) for k, kind, v in given]
    undone = Record(id=new_id(), step_key="glass", kind="undone", cancels_id=made[0].id, received_at=NOW)
    again = Record(id=new_id(), step_key="glass", kind="done", value="no", received_at=NOW)
    for several in (made, [*made, undone], [*made, undone, again]):
        found = {
            tuple((s.step.key, s.applies, s.outcome, s.blocked_by) for s in step_states(steps, order))
            for order in permutations(several)
        }
        assert len(found) == 1
