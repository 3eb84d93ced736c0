"""One record is one fact about one step, kept as it was said, once, by somebody who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.domain.conftest import Do, Start, outcomes
from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.db import new_id
from tracker.domain import events
from tracker.domain.deviations import listing
from tracker.domain.records import recording
from tracker.domain.records.recording import Device
from tracker.domain.runs import lifecycle, loading
from tracker.errors import ConflictError, ForbiddenError, HoldfastError, InvalidError
from tracker.models import Deviation, Event, Record


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Record)) or 0


def test_done_skipped_failed(start: Start, do: Do) -> None:
    run = start()
    do(run, "scan", value="TOTE-7")
    do(run, "weigh", "failed", reason="scale is broken")
    do(run, "box", "skipped", reason="No time", note="third one today")
    assert outcomes(run) == {"scan": "done", "weigh": "failed", "box": "skipped"}
    assert [(r.value, r.reason, r.note) for r in run.records] == [
        ("TOTE-7", "", ""), (None, "scale is broken", ""), (None, "No time", "third one today"),
    ]  # fmt: skip


def test_undo_takes_back_and_keeps_what_was_said(start: Start, do: Do, undo: Callable[..., Record]) -> None:
    run = start()
    entry = do(run, "scan", value="WRONG")
    undo(run, entry)
    assert outcomes(run) == {} and [r.kind for r in run.records] == ["done", "undone"]
    do(run, "scan", value="RIGHT")
    assert outcomes(run) == {"scan": "done"}


def test_undoing_twice_is_a_conflict(start: Start, do: Do, undo: Callable[..., Record]) -> None:
    run = start()
    entry = do(run, "scan", value="T")
    undo(run, entry)
    with pytest.raises(ConflictError):
        undo(run, entry)


def test_only_its_maker_or_a_lead_undoes(start: Start, do: Do, cast: Cast) -> None:
    run = start("opening", actor=cast.lead, assignee=cast.staff)
    step = run.revision.steps[0].key
    entry = do(run, step, actor=cast.lead)
    with pytest.raises(ForbiddenError, match="Lena"):
        do(run, step, "undone", cancels=entry.id)
    own = do(run, run.revision.steps[1].key)
    do(run, own.step_key, "undone", cancels=own.id, actor=cast.lead)
    assert outcomes(run) == {step: "done"}


@pytest.mark.parametrize("kind", ["skipped", "failed"])
@pytest.mark.parametrize("reason", ["", "   "])
def test_a_skip_and_a_failure_need_a_reason(
    start: Start, do: Do, session: Session, kind: str, reason: str
) -> None:
    with pytest.raises(InvalidError):
        do(start(), "scan", kind, reason=reason)
    session.rollback()
    assert count(session) == 0


def test_the_same_record_again_is_one_record(start: Start, do: Do, session: Session) -> None:
    run, record_id = start(), new_id()
    first = do(run, "scan", value="T", record_id=record_id)
    again = do(run, "scan", value="T", record_id=record_id, now=NOW + timedelta(minutes=3))
    assert again is first and again.received_at == NOW and count(session) == 1


def test_a_repeated_failure_opens_one_deviation(start: Start, do: Do, session: Session) -> None:
    run, record_id = start(), new_id()
    for _ in range(2):
        do(run, "scan", "failed", record_id=record_id)
    assert session.scalar(select(func.count()).select_from(Deviation)) == 1


@pytest.mark.parametrize("other", [{"value": "U"}, {"step": "hand"}, {"kind": "skipped"}, {"note": "x"}])
def test_the_same_id_with_another_body_is_refused(
    start: Start, do: Do, session: Session, other: dict[str, str]
) -> None:
    run, record_id = start(), new_id()
    do(run, "scan", value="T", record_id=record_id)
    with pytest.raises(InvalidError) as error:
        do(run, **({"step": "scan", "value": "T", "record_id": record_id} | other))  # type: ignore[arg-type]
    assert error.value.status == 422 and count(session) == 1


def test_the_same_id_in_another_run_is_refused(start: Start, do: Do) -> None:
    record_id = new_id()
    do(start(), "scan", value="T", record_id=record_id)
    with pytest.raises(InvalidError):
        do(start(), "scan", value="T", record_id=record_id)


@pytest.mark.parametrize(
    ("step", "kind", "value"),
    [
        ("nothing", "done", ""), ("gate", "done", ""), ("scan", "finished", "T"), ("scan", "done", ""),
        ("weigh", "done", "heavy"), ("weigh", "done", ""), ("weigh", "done", "1e5"), ("weigh", "done", "nan"),
        ("weigh", "done", "²"), ("box", "done", "XL"), ("box", "done", ""), ("scan", "done", "x" * 2001),
    ],
)  # fmt: skip
def test_an_unknown_step_or_kind_and_a_value_of_the_wrong_type_are_422(
    start: Start, do: Do, session: Session, step: str, kind: str, value: str
) -> None:
    run = start()
    if step in ("weigh", "box"):
        do(run, "scan", value="T")
    before = count(session)
    with pytest.raises(InvalidError) as error:
        do(run, step, kind, value)
    session.rollback()
    assert error.value.status == 422 and count(session) == before


def test_a_date_that_is_none_is_422(start: Start, do: Do) -> None:
    run = start("count")
    do(run, "lock")
    with pytest.raises(InvalidError):
        do(run, "date", value="31.02.2026")
    assert do(run, "date", value="2026-02-28").value == "2026-02-28"


@pytest.mark.parametrize(
    ("typed", "value"), [("250", 250.0), ("20", 20.0), ("30000", 30000.0), ("99,5", 99.5)]
)
def test_a_number_within_its_limits_is_done(start: Start, do: Do, typed: str, value: float) -> None:
    run = start()
    do(run, "scan", value="T")
    entry = do(run, "weigh", value=typed)
    assert (entry.kind, entry.value) == ("done", value)


@pytest.mark.parametrize("typed", ["19.99", "30001", "-5"])
def test_a_number_outside_its_limits_is_kept_as_failed_with_a_deviation(
    start: Start, do: Do, session: Session, cast: Cast, typed: str
) -> None:
    run = start()
    do(run, "scan", value="T")
    entry = do(run, "weigh", value=typed)
    assert (entry.kind, entry.value) == ("failed", float(typed)) and entry.reason
    deviation = session.scalars(select(Deviation)).one()
    assert (deviation.kind, deviation.record_id, deviation.owner_id) == ("limits", entry.id, cast.owner.id)


def test_a_failure_opens_a_deviation_for_the_sops_owner(
    start: Start, do: Do, session: Session, cast: Cast
) -> None:
    run = start()
    do(run, "scan", "failed", reason="no label")
    deviation = session.scalars(select(Deviation)).one()
    assert (deviation.kind, deviation.reason, deviation.owner_id) == ("failed", "no label", cast.owner.id)
    assert (deviation.run_id, deviation.step_key, deviation.state) == (run.id, "scan", "open")


def test_a_deviation_of_an_sop_whose_owner_is_nobody_is_the_admins(
    start: Start, do: Do, session: Session, cast: Cast
) -> None:
    do(start("count"), "lock", "failed")
    assert session.scalars(select(Deviation.owner_id)).one() == cast.admin.id


def test_only_a_critical_skip_opens_a_deviation(start: Start, do: Do, session: Session) -> None:
    run = start()
    do(run, "scan", value="T")
    do(run, "hand", "skipped")
    assert session.scalars(select(Deviation)).all() == []
    do(start(), "scan", "skipped")
    assert session.scalars(select(Deviation.kind)).one() == "skipped-critical"


def test_what_is_taken_back_withdraws_its_deviation(start: Start, do: Do, session: Session) -> None:
    run = start()
    slip = do(run, "scan", "failed")
    do(run, "scan", "undone", cancels=slip.id)
    assert session.scalars(select(Deviation.state)).all() == ["withdrawn"]
    assert listing.of_run(session, run) == []
    told = {entry.kind for entry in events.history(session, run)}
    assert told == {"run.started", "failed", "deviation.opened", "undone", "deviation.withdrawn"}
    do(run, "scan", "failed")
    assert session.scalars(select(Deviation.state).order_by(Deviation.id)).all() == ["withdrawn", "open"]


@pytest.mark.parametrize("kind", ["done", "skipped", "failed"])
def test_a_critical_step_blocks_what_follows(start: Start, do: Do, kind: str) -> None:
    with pytest.raises(ConflictError, match="Scan the tote"):
        do(start(), "hand", kind)


@pytest.mark.parametrize("kind", ["skipped", "failed"])
def test_a_critical_step_blocks_until_it_is_cleared(start: Start, do: Do, kind: str) -> None:
    run = start()
    do(run, "scan", kind)
    with pytest.raises(ConflictError):
        do(run, "hand")
    do(run, "scan", value="T")
    do(run, "hand")
    assert outcomes(run) == {"scan": kind, "hand": "done"}


def test_a_critical_step_does_not_block_the_steps_nested_in_it(start: Start, do: Do) -> None:
    run = start("count")
    do(run, "gate")
    do(run, "sign")
    with pytest.raises(ConflictError, match="Lock the shelf"):
        do(run, "pieces", value="3")


def test_a_lead_overrides_with_a_reason(start: Start, do: Do, session: Session, cast: Cast) -> None:
    run = start()
    do(run, "scan", "skipped")
    for actor, reason, error in ((cast.staff, "no", ForbiddenError), (cast.lead, " ", InvalidError)):
        with pytest.raises(error):
            recording.override(session, by(actor), NOW, run, "scan", reason)
        session.rollback()
    recording.override(session, by(cast.lead), NOW, run, "scan", "tote has no label")
    session.commit()
    do(run, "hand")
    assert outcomes(run) == {"scan": "skipped", "hand": "done"}
    event = session.scalars(select(Event).where(Event.kind == "step.overridden")).one()
    assert event.data == {"step": "scan", "reason": "tote has no label"} and event.person_id == cast.lead.id


def test_there_is_nothing_to_override_where_nothing_blocks(
    start: Start, session: Session, cast: Cast
) -> None:
    with pytest.raises(ConflictError):
        recording.override(session, by(cast.lead), NOW, start(), "hand", "because")


def test_failed_and_then_done_is_failed_and_recovered(start: Start, do: Do) -> None:
    run = start()
    do(run, "scan", "failed")
    do(run, "scan", value="T")
    state = loading.states(run)[0]
    assert (state.outcome, state.cleared, state.recovered) == ("failed", True, True)


def test_a_closed_run_takes_no_record(start: Start, do: Do, session: Session, cast: Cast) -> None:
    run = start()
    lifecycle.cancel(session, by(cast.lead), NOW, run, "order cancelled")
    session.commit()
    with pytest.raises(ConflictError) as error:
        do(run, "scan", value="T")
    assert error.value.status == 409


def test_somebody_elses_run_takes_no_record(start: Start, do: Do, session: Session, cast: Cast) -> None:
    run = start()
    for stranger in (cast.outsider, cast.other_lead):
        with pytest.raises(ForbiddenError, match="out of your reach"):
            do(run, "scan", value="T", actor=stranger)
    assert count(session) == 0


@pytest.mark.parametrize(("ahead", "flag"), [(timedelta(minutes=4), None), (timedelta(hours=2), "clock")])
def test_a_clock_ahead_is_flagged_and_the_record_kept(
    start: Start, do: Do, ahead: timedelta, flag: str | None
) -> None:
    entry = do(start(), "scan", value="T", device=Device("tablet-1", 7, NOW + ahead))
    assert (entry.flag, entry.device_at, entry.received_at) == (flag, NOW + ahead, NOW)
    assert (entry.device_id, entry.device_seq) == ("tablet-1", 7)


def test_an_error_says_what_to_do_in_a_sentence(start: Start, do: Do) -> None:
    with pytest.raises(HoldfastError, match=r"^This SOP has no step “x” in revision 1\. Reload the page\.$"):
        do(start(), "x")
