"""The life of a run: started once, handed on, closed or cancelled for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.domain.conftest import Do, outcomes
from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.db import write_in_chunks, writing
from tracker.domain.library import publishing
from tracker.domain.runs import assignment, lifecycle
from tracker.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tracker.models import Event, Outcome, Revision, Run, Sop

Start = Callable[..., Run]


def outcome_rows(session: Session, run: Run) -> dict[str, str]:
    rows = session.execute(select(Outcome.step_key, Outcome.outcome).where(Outcome.run_id == run.id))
    return {key: outcome for key, outcome in rows}  # noqa: C416


def test_a_run_is_pinned_to_the_revision_in_force(start: Start, session: Session, cast: Cast) -> None:
    run = start(subject=" 10  42 ")
    assert run.revision_id == session.get_one(Sop, "pack").in_force_id
    assert (run.subject_kind, run.subject_ref, run.state) == ("order", "10 42", "open")
    assert (run.assignee_id, run.location_id) == (cast.staff.id, cast.staff.location_id)
    assert run.due_at == NOW + timedelta(hours=4)


def test_the_same_ref_is_the_same_run(start: Start, session: Session) -> None:
    first, again = (start(ref="tablet-1-5", subject="1042") for _ in range(2))
    assert first.id == again.id
    assert session.scalar(select(func.count()).select_from(Event).where(Event.kind == "run.started")) == 1


@pytest.mark.parametrize(
    ("sop", "more", "error"),
    [
        ("nothing", {}, NotFoundError),
        ("pack", {"subject": "  "}, InvalidError),
        ("pack", {"subject": "x" * 201}, InvalidError),
    ],
)
def test_an_unknown_sop_and_a_missing_subject_start_nothing(
    start: Start, session: Session, sop: str, more: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        start(sop, **more)
    session.rollback()
    assert session.scalars(select(Run)).all() == []


def test_an_sop_that_asks_for_no_subject_needs_none(start: Start) -> None:
    assert start("opening", subject="").subject_ref == ""


def test_a_retired_sop_cannot_be_started_and_its_open_runs_go_on(
    start: Start, do: Do, session: Session
) -> None:
    run = start()
    publishing.retire(session, NOW, "pack")
    session.commit()
    with pytest.raises(ConflictError, match="retired"):
        start()
    do(run, "scan", value="T")
    assert outcomes(run) == {"scan": "done"}


def test_staff_start_for_themselves_only(start: Start, session: Session, cast: Cast) -> None:
    for more in ({"assignee": cast.lead}, {"assignee": None, "role": "picker"}, {"assignee": None}):
        with pytest.raises(ForbiddenError):
            start(**more)
        session.rollback()


def test_a_lead_gives_a_run_to_a_person_or_a_role(start: Start, session: Session, cast: Cast) -> None:
    run = start(actor=cast.lead, assignee=cast.staff)
    assert run.assignee_id == cast.staff.id and run.started_by_id == cast.lead.id
    assignment.assign(session, by(cast.lead), NOW, run, assignee=None, role="picker")
    session.commit()
    assert (run.assignee_id, run.role) == (None, "picker")
    with pytest.raises(ForbiddenError):
        assignment.assign(session, by(cast.other_lead), NOW, run, assignee=cast.other_lead, role=None)
    with pytest.raises(ForbiddenError):
        assignment.assign(session, by(cast.staff), NOW, run, assignee=cast.staff, role=None)


def test_nobody_disabled_is_given_a_run(start: Start, session: Session, cast: Cast) -> None:
    cast.staff.disabled_at = NOW
    with pytest.raises(ConflictError):
        start(actor=cast.lead, assignee=cast.staff)


def test_the_first_to_claim_has_the_run(start: Start, session: Session, cast: Cast) -> None:
    run = start("opening", actor=cast.lead, assignee=None)
    assignment.claim(session, by(cast.staff), NOW, run)
    assignment.claim(session, by(cast.staff), NOW, run)
    with pytest.raises(ForbiddenError):
        assignment.claim(session, by(cast.outsider), NOW, run)
    with pytest.raises(ConflictError, match="Sam was quicker"):
        assignment.claim(session, by(cast.lead), NOW, run)
    assert session.scalars(select(Event.kind).where(Event.kind == "run.claimed")).all() == ["run.claimed"]


def test_a_run_that_is_open_to_a_role_is_for_that_role_at_that_place(
    start: Start, session: Session, cast: Cast
) -> None:
    run = start(actor=cast.lead, assignee=None, role="packer")
    with pytest.raises(ForbiddenError, match="packer"):
        assignment.claim(session, by(cast.staff), NOW, run)
    assignment.assign(session, by(cast.lead), NOW, run, assignee=None, role="picker")
    with pytest.raises(ForbiddenError):
        assignment.claim(session, by(cast.outsider), NOW, run)
    assignment.claim(session, by(cast.staff), NOW, run)
    assert run.assignee_id == cast.staff.id


def test_a_lead_takes_over_where_she_works(start: Start, session: Session, cast: Cast) -> None:
    run = start()
    for stranger in (cast.staff, cast.other_lead):
        with pytest.raises(ForbiddenError):
            assignment.take_over(session, by(stranger), NOW, run)
    assignment.take_over(session, by(cast.lead), NOW, run)
    session.commit()
    assert run.assignee_id == cast.lead.id
    event = session.scalars(select(Event).where(Event.kind == "run.taken-over")).one()
    assert event.data["before"] == cast.staff.id


def test_closing_warns_of_the_steps_that_nobody_touched(start: Start, session: Session, cast: Cast) -> None:
    run = start("opening")
    missing = lifecycle.close(session, by(cast.staff), NOW, run)
    assert [state.step.text for state in missing] == [step.text for step in run.revision.steps]
    assert run.state == "open" and outcome_rows(session, run) == {}


def test_only_the_steps_that_were_named_are_omitted(start: Start, session: Session, cast: Cast) -> None:
    run = start("opening")
    keys = [step.key for step in run.revision.steps]
    assert [s.step.key for s in lifecycle.close(session, by(cast.staff), NOW, run, omit=keys[:2])] == keys[2:]
    assert run.state == "open"


def test_closing_writes_one_outcome_a_step(start: Start, do: Do, session: Session, cast: Cast) -> None:
    run = start()
    do(run, "scan", "failed", reason="no label")
    do(run, "scan", value="T")
    do(run, "weigh", value="5")
    do(run, "box", "skipped", reason="No time")
    assert lifecycle.close(session, by(cast.staff), NOW, run, omit=["hand"]) == []
    session.commit()
    assert outcome_rows(session, run) == {
        "scan": "failed", "weigh": "failed", "box": "skipped", "flyer": "na", "hand": "omitted",
    }  # fmt: skip
    scan, box = (session.get_one(Outcome, (run.id, key)) for key in ("scan", "box"))
    assert (scan.recovered, scan.reason, box.recovered, box.reason) == (True, "no label", False, "No time")
    assert (run.state, run.closed_at, run.closed_by_id) == ("done", NOW, cast.staff.id)
    event = session.scalars(select(Event).where(Event.kind == "run.closed")).one()
    assert event.data["omitted"] == ["hand"]


@pytest.mark.parametrize("kind", [None, "skipped", "failed"])
def test_a_run_cannot_be_closed_while_a_critical_step_is_not_cleared(
    start: Start, do: Do, session: Session, cast: Cast, kind: str | None
) -> None:
    run = start()
    if kind:
        do(run, "scan", kind)
    with pytest.raises(ConflictError, match="Scan the tote"):
        lifecycle.close(session, by(cast.staff), NOW, run, omit=["scan", "weigh", "box", "hand"])
    assert run.state == "open"


@pytest.mark.parametrize("how", ["close", "cancel"])
def test_a_closed_run_stays_as_it_is(start: Start, session: Session, cast: Cast, how: str) -> None:
    run = start("opening")
    if how == "close":
        lifecycle.close(session, by(cast.staff), NOW, run, omit=[step.key for step in run.revision.steps])
    else:
        lifecycle.cancel(session, by(cast.lead), NOW, run, "by mistake")
    session.commit()
    verbs: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (lifecycle.close, {}), (lifecycle.cancel, {"reason": "x"}), (assignment.take_over, {}),
        (assignment.claim, {}), (assignment.assign, {"assignee": None, "role": None}),
    ]  # fmt: skip
    for verb, more in verbs:
        with pytest.raises(ConflictError) as error:
            verb(session, by(cast.lead), NOW, run, **more)
        assert error.value.status == 409


def test_cancelling_needs_a_lead_and_a_reason_and_writes_no_outcomes(
    start: Start, do: Do, session: Session, cast: Cast
) -> None:
    run = start()
    do(run, "scan", value="T")
    with pytest.raises(ForbiddenError):
        lifecycle.cancel(session, by(cast.staff), NOW, run, "order cancelled")
    with pytest.raises(InvalidError):
        lifecycle.cancel(session, by(cast.lead), NOW, run, "  ")
    lifecycle.cancel(session, by(cast.lead), NOW, run, "order  cancelled")
    session.commit()
    assert (run.state, run.cancel_reason) == ("cancelled", "order cancelled")
    assert outcome_rows(session, run) == {} and len(run.records) == 1


def test_a_run_keeps_its_revision_when_a_new_one_comes(start: Start, session: Session) -> None:
    run = start()
    revision = Revision(sop_id="pack", number=2, label="2", title="Pack", published_at=NOW)
    session.add(revision)
    session.flush()
    session.get_one(Sop, "pack").in_force_id = revision.id
    session.commit()
    session.expire_all()
    assert run.revision.label == "1" and start().revision.label == "2"


def test_a_failure_after_the_change_leaves_neither_it_nor_its_event(
    start: Start, session: Session, cast: Cast
) -> None:
    run = start()

    def cancel_and_break() -> None:
        with writing() as transaction:
            lifecycle.cancel(transaction, by(cast.lead), NOW, run, "x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cancel_and_break()
    session.expire_all()
    assert session.get_one(Run, run.id).state == "open"
    assert not session.scalars(select(Event).where(Event.kind == "run.cancelled")).all()


def test_every_change_of_a_run_has_exactly_one_event(start: Start, session: Session, cast: Cast) -> None:
    run = start("opening", actor=cast.lead, assignee=None)
    write_in_chunks(
        [
            lambda s: assignment.claim(s, by(cast.staff), NOW, s.get_one(Run, run.id)),
            lambda s: assignment.assign(
                s, by(cast.lead), NOW, s.get_one(Run, run.id), assignee=None, role="picker"
            ),
            lambda s: assignment.take_over(s, by(cast.lead), NOW, s.get_one(Run, run.id)),
            lambda s: lifecycle.cancel(s, by(cast.lead), NOW, s.get_one(Run, run.id), "enough"),
        ]
    )
    kinds = session.scalars(
        select(Event.kind).where(Event.subject == f"run:{run.id}").order_by(Event.id)
    ).all()
    assert kinds == ["run.started", "run.claimed", "run.assigned", "run.taken-over", "run.cancelled"]
