"""An open run is moved to the revision in force: done steps stay done, nothing recorded disappears."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.domain.conftest import Do, offline, outcomes
from tests.support.actors import by
from tests.support.installation import NOW, PACK, Cast
from tracker.authoring.sync import publish
from tracker.db import db, write_in_chunks
from tracker.domain import events
from tracker.domain.library import catalogue
from tracker.domain.records import recording
from tracker.domain.runs import lifecycle, loading, moving
from tracker.errors import ConflictError, ForbiddenError, InvalidError
from tracker.models import Event, Outcome, Person, Record, Revision, Run, Sop

Start = Callable[..., Run]
Publish = Callable[[str], Revision]

# Without the flyer, the box after the hand-over, a new critical step in front; one reworded.
NEWER = PACK.replace("1. Scan the tote", "1. Put gloves on {#gloves .critical}\n2. Scan the tote").replace(
    "4. Add a flyer {#flyer .optional}\n", ""
).replace("Weigh the parcel", "Weigh the parcel twice")  # fmt: skip


@pytest.fixture
def put_in_force(app: Flask, session: Session, workspace: Path) -> Publish:
    def write(text: str) -> Revision:
        (workspace / "sops/fulfillment/pack.md").write_text(text)
        publish(app, app.config["HOLDFAST"])
        session.rollback()
        session.expire_all()
        return catalogue.in_force(session, "pack")

    return write


def move(session: Session, actor: Person, run: Run, revision: Revision) -> Run:
    loaded = loading.load(session, by(actor), run.id, "run.move", lock=True)
    moving.move(session, by(actor), NOW, loaded, revision)
    session.commit()
    return loaded


def test_a_run_keeps_its_revision_until_it_is_moved(
    start: Start, do: Do, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run = start()
    do(run, "scan", value="T")
    newer = put_in_force(NEWER)
    assert [step.key for step in loading.steps(run)] == ["scan", "weigh", "box", "flyer", "hand"]
    run = move(session, cast.lead, run, newer)
    assert [step.key for step in loading.steps(run)] == ["gloves", "scan", "weigh", "box", "hand"]
    assert outcomes(run) == {"scan": "done"}
    states = {state.step.key: state for state in loading.states(run)}
    assert states["weigh"].blocked_by == "gloves" and states["weigh"].step.text == "Weigh the parcel twice"


def test_moving_is_one_event_with_both_revisions(
    start: Start, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run, newer = start(), put_in_force(NEWER)
    for _ in range(2):  # the second changes nothing
        move(session, cast.lead, run, newer)
    (event,) = session.scalars(select(Event).where(Event.kind == "run.moved"))
    assert event.data == {"revision_before": "1", "revision_after": "2"}
    assert (event.person_id, event.subject) == (cast.lead.id, f"run:{run.id}")


def test_the_preview_says_what_is_kept_new_and_gone(
    start: Start, do: Do, session: Session, put_in_force: Publish
) -> None:
    run = start()
    do(run, "scan", value="T")
    do(run, "flyer")
    shown = moving.preview(session, run, put_in_force(NEWER))
    assert [new.key for _, new in shown.kept] == ["scan", "weigh", "box", "hand"]
    assert [step.key for step in shown.new] == ["gloves"]
    assert [step.key for step in shown.gone] == ["flyer"]
    assert [old.text for old, _ in shown.reworded] == ["Weigh the parcel"]
    assert shown.recorded == {"flyer": 1}


def test_what_is_recorded_about_a_step_that_is_gone_stays(
    start: Start, do: Do, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run = start()
    do(run, "scan", value="T")
    gone = do(run, "flyer", "failed", reason="none left")
    run = move(session, cast.lead, run, put_in_force(NEWER))
    assert gone.id in [entry.id for entry in events.history(session, run) if isinstance(entry, Record)]
    assert moving.texts(session, run)["flyer"] == "Add a flyer"
    do(run, "gloves")
    loaded = loading.load(session, by(cast.staff), run.id, "run.close", lock=True)
    assert lifecycle.close(session, by(cast.staff), NOW, loaded, omit=["weigh", "box", "hand"]) == []
    counted = session.scalars(select(Outcome.step_key).where(Outcome.run_id == run.id))
    assert sorted(counted) == ["box", "gloves", "hand", "scan", "weigh"]
    assert set(session.scalars(select(Outcome.revision_id))) == {run.revision_id}


def test_a_page_from_before_the_move_records_kept_steps_and_not_gone_ones(
    start: Start, do: Do, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run = start()
    do(run, "scan", value="T")
    run = move(session, cast.lead, run, put_in_force(PACK.replace("4. Add a flyer {#flyer .optional}\n", "")))
    do(run, "hand")
    with pytest.raises(ConflictError, match=r"“Add a flyer” is gone.*revision 2.*Reload"):
        do(run, "flyer")
    with pytest.raises(InvalidError):
        do(run, "never-there")


def test_an_offline_record_of_a_gone_step_is_kept_and_flagged(
    start: Start, do: Do, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run = start()
    run = move(session, cast.lead, run, put_in_force(PACK.replace("4. Add a flyer {#flyer .optional}\n", "")))
    assert do(run, "flyer", device=offline(NOW)).flag == "gone"
    assert "flyer" not in outcomes(run)


def test_a_value_follows_the_limits_of_the_new_revision(
    start: Start, do: Do, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run = start()
    do(run, "scan", value="T")
    run = move(session, cast.lead, run, put_in_force(PACK.replace("max=30000", "max=100")))
    assert do(run, "weigh", value="250").kind == "failed"


def test_what_was_let_go_on_still_goes_on(
    start: Start, do: Do, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run = start()
    do(run, "scan", "skipped")
    loaded = loading.load(session, by(cast.lead), run.id, "run.override", lock=True)
    recording.override(session, by(cast.lead), NOW, loaded, "scan", "scanner is away")
    session.commit()
    newer = put_in_force(PACK.replace("Hand it over", "Hand it over, kindly"))
    run = move(session, cast.lead, run, newer)
    assert all(state.blocked_by is None for state in loading.states(run))


def test_a_step_that_becomes_critical_holds_up_what_is_not_done(
    start: Start, do: Do, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run = start()
    do(run, "scan", value="T")
    do(run, "weigh", "skipped")
    newer = put_in_force(PACK.replace("{#weigh ", "{#weigh .critical "))
    run = move(session, cast.lead, run, newer)
    with pytest.raises(ConflictError, match="critical"):
        do(run, "hand")


def test_only_leads_of_the_place_move_a_run(
    start: Start, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run, newer = start(), put_in_force(NEWER)
    for somebody in (cast.staff, cast.outsider, cast.other_lead):
        with pytest.raises(ForbiddenError):
            moving.move(session, by(somebody), NOW, run, newer)


def test_a_closed_run_is_never_moved(
    start: Start, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run = start()
    lifecycle.cancel(session, by(cast.lead), NOW, run, "wrong order")
    session.commit()
    newer = put_in_force(NEWER)
    assert (
        moving.previews(session, by(cast.lead), newer)
        == []
        == moving.numbers_to_move(session, by(cast.lead), newer)
    )
    with pytest.raises(ConflictError, match="closed"):
        moving.move(session, by(cast.lead), NOW, run, newer)


def test_another_revision_in_force_meanwhile_is_a_conflict(
    start: Start, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run, looked_at = start(), put_in_force(NEWER)
    put_in_force(PACK.replace("Hand it over", "Give it away"))
    with pytest.raises(ConflictError, match="Revision 3 is in force"):
        moving.move(session, by(cast.lead), NOW, run, looked_at)


def test_runs_of_a_retired_sop_are_finished_and_not_moved(
    start: Start, do: Do, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run, newer = start("pack"), put_in_force(NEWER)
    session.execute(update(Sop).where(Sop.id == "pack").values(retired_at=NOW))
    session.commit()
    with pytest.raises(ConflictError, match="retired"):
        moving.move(session, by(cast.lead), NOW, run, newer)
    assert moving.behind(session, by(cast.lead)) == []
    do(run, "scan", value="T")
    loaded = loading.load(session, by(cast.staff), run.id, "run.close", lock=True)
    lifecycle.close(session, by(cast.staff), NOW, loaded, omit=["weigh", "box", "hand"])
    assert loaded.state == "done"


def test_back_to_an_older_text_keeps_every_step(
    start: Start, do: Do, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    run = start()
    do(run, "scan", value="T")
    do(run, "flyer")
    run = move(session, cast.lead, run, put_in_force(NEWER))
    run = move(session, cast.lead, run, put_in_force(PACK))
    assert run.revision.number == 3
    assert outcomes(run) == {"scan": "done", "flyer": "done"}


def test_all_open_runs_within_reach_are_moved(
    start: Start, do: Do, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    here = [start() for _ in range(25)]
    there = start(actor=cast.other_lead)
    do(here[0], "scan", value="T")
    do(here[0], "flyer")
    newer = put_in_force(NEWER)
    (shown,) = moving.previews(session, by(cast.lead), newer)
    assert (shown.before.number, shown.runs, shown.recorded) == (1, 25, {"flyer": 1})
    assert [(sop.id, count) for sop, count in moving.behind(session, by(cast.admin))] == [("pack", 26)]
    waiting = moving.numbers_to_move(session, by(cast.lead), newer)
    write_in_chunks(moving.units(by(cast.lead), NOW, waiting, newer))
    session.expire_all()
    assert {run.revision_id for run in here} == {newer.id} != {there.revision_id}
    moved = session.scalars(select(Event.subject).where(Event.kind == "run.moved")).all()
    assert sorted(moved) == sorted(f"run:{run.id}" for run in here)


def test_moving_all_stops_when_another_revision_comes_into_force(
    start: Start, session: Session, cast: Cast, put_in_force: Publish
) -> None:
    for _ in range(3):
        start()
    looked_at = put_in_force(NEWER)
    waiting = moving.numbers_to_move(session, by(cast.lead), looked_at)
    put_in_force(PACK)
    with pytest.raises(ConflictError):
        write_in_chunks(moving.units(by(cast.lead), NOW, waiting, looked_at))
    db.session.rollback()
    assert session.scalar(select(func.count()).where(Run.revision_id == looked_at.id)) == 0
