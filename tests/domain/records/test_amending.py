"""A closed run is put right: what was recorded stays, outcomes and deviations follow at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.domain.conftest import Do
from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.db import new_id
from tracker.domain import event_kinds as kinds
from tracker.domain import events
from tracker.domain.facts import counts
from tracker.domain.records import amending, signing
from tracker.domain.runs import lifecycle, loading
from tracker.errors import ConflictError, ForbiddenError, InvalidError
from tracker.models import Deviation, Event, Outcome, Person, Record, Run


@pytest.fixture
def closed(session: Session, cast: Cast, start: Callable[..., Run], do: Do) -> Run:
    """A closed run: scanned, weighed within its limits, box skipped, the flyer na, not handed over."""
    found = start()
    do(found, "scan", value="T1")
    do(found, "weigh", value="500")
    do(found, "box", "skipped", reason="No time")
    assert lifecycle.close(session, by(cast.staff), NOW, found, omit=["hand"]) == []
    session.commit()
    return found


def amend(session: Session, person: Person, run: Run, step: str, kind: str = "done", **more: Any) -> Record:
    loaded = loading.load(session, by(person), run.id, "run.see", lock=True)
    state = next(state for state in loading.states(loaded) if state.step.key == step)
    given = {"standing": [record.id for record in state.records], "reason": "Mistyped", "record_id": new_id()}
    entry = amending.amend(session, by(person), NOW, loaded, step_key=step, kind=kind, **given | more)
    session.commit()
    return entry


def outcomes(session: Session, run: Run) -> dict[str, str]:
    query = select(Outcome.step_key, Outcome.outcome).where(Outcome.run_id == run.id)
    return dict(session.execute(query).all())


def deviations(session: Session) -> list[tuple[str, str]]:
    return [(d.kind, d.state) for d in session.scalars(select(Deviation).order_by(Deviation.id))]


def test_a_value_is_put_right(session: Session, cast: Cast, closed: Run) -> None:
    entry = amend(session, cast.lead, closed, "weigh", value="505")
    assert (entry.kind, entry.value, entry.flag, entry.person) == ("done", 505.0, "amended", cast.lead)
    records = [(r.kind, r.reason) for r in closed.records if r.step_key == "weigh"]
    assert sorted(records) == [("done", ""), ("done", ""), ("undone", "Mistyped")]
    told = session.scalars(select(Event).where(Event.kind == kinds.RunAmended.kind)).one()
    assert told.data == {
        "step": "weigh", "reason": "Mistyped", "before": "done", "after": "done", "record": str(entry.id)
    }  # fmt: skip
    assert [event.data["reason"] for event in amending.of(session, closed)] == ["Mistyped"]
    assert closed.state == "done" and len(events.history(session, closed)) > 5


@pytest.mark.parametrize(
    ("step", "kind", "more", "becomes"),
    [
        ("weigh", "failed", {"reason": "It was open"}, "failed"),
        ("weigh", "done", {"value": "31000"}, "failed"),
        ("box", "done", {"value": "M"}, "done"),
        ("hand", "done", {}, "done"),
        ("hand", "skipped", {}, "skipped"),
        ("flyer", "done", {}, "done"),
        ("scan", "skipped", {}, "skipped"),
    ],
)
def test_outcomes_follow_at_once(
    session: Session, cast: Cast, closed: Run, step: str, kind: str, more: dict[str, Any], becomes: str
) -> None:
    before = outcomes(session, closed)
    assert before == {"scan": "done", "weigh": "done", "box": "skipped", "flyer": "na", "hand": "omitted"}
    amend(session, cast.lead, closed, step, kind, **more)
    assert outcomes(session, closed) == before | {step: becomes}
    opened = {"failed": ["limits" if "value" in more else "failed"], "skipped": ["skipped-critical"]}
    expected = opened.get(becomes, []) if step != "hand" else []
    assert [kind for kind, _ in deviations(session)] == expected


def test_a_failure_that_was_none_is_withdrawn(
    session: Session, cast: Cast, start: Callable[..., Run], do: Do
) -> None:
    run = start()
    do(run, "scan", value="T1")
    do(run, "weigh", value="5")
    lifecycle.close(session, by(cast.staff), NOW, run, omit=["box", "hand"])
    assert deviations(session) == [("limits", "open")]
    amend(session, cast.lead, run, "weigh", value="50")
    assert deviations(session) == [("limits", "withdrawn")]
    assert outcomes(session, run)["weigh"] == "done"
    amend(session, cast.lead, run, "weigh", "failed", reason="It was open after all")
    assert deviations(session) == [("limits", "withdrawn"), ("failed", "open")]


def test_the_owners_figures_follow_at_once(session: Session, cast: Cast, closed: Run) -> None:
    def weighed() -> dict[str, int]:
        return next(row.counts for row in counts.totals(session, sop_id="pack") if row.step_key == "weigh")

    before = weighed()
    assert (before["done"], before["failed"]) == (1, 0)
    amend(session, cast.lead, closed, "weigh", "failed", reason="It was open")
    assert (weighed()["done"], weighed()["failed"]) == (0, 1)


def test_who_may_and_what_is_put_right(
    session: Session, cast: Cast, closed: Run, start: Callable[..., Run]
) -> None:
    for person in (cast.staff, cast.outsider, cast.other_lead):
        with pytest.raises(ForbiddenError):
            amending.amend(
                session, by(person), NOW, closed, record_id=new_id(), step_key="hand", kind="done",
                reason="x",
                standing=[],
            )  # fmt: skip
    amend(session, cast.admin, closed, "hand")
    with pytest.raises(ConflictError, match="closed run"):
        amend(session, cast.lead, start(), "hand")
    cancelled = start()
    lifecycle.cancel(session, by(cast.lead), NOW, cancelled, "x")
    with pytest.raises(ConflictError, match="closed run"):
        amend(session, cast.lead, cancelled, "hand")


@pytest.mark.parametrize(
    ("step", "kind", "more", "error"),
    [
        ("hand", "done", {"reason": " "}, "Say why"),
        ("hand", "undone", {}, "can’t be recorded"),
        ("weigh", "done", {"value": "much"}, "Enter a number"),
        ("box", "done", {"value": "XXL"}, "Choose one"),
    ],
)
def test_what_is_refused(
    session: Session, cast: Cast, closed: Run, step: str, kind: str, more: dict[str, Any], error: str
) -> None:
    before = len(closed.records)
    with pytest.raises(InvalidError, match=error):
        amend(session, cast.lead, closed, step, kind, **more)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Record)) == before


def test_two_leads_do_not_put_the_same_right_by_chance(session: Session, cast: Cast, closed: Run) -> None:
    seen = [record.id for record in closed.records if record.step_key == "weigh"]
    amend(session, cast.lead, closed, "weigh", value="505")
    with pytest.raises(ConflictError, match="meanwhile"):
        amend(session, cast.admin, closed, "weigh", value="506", standing=seen)


def test_sent_twice_it_is_one_amendment(session: Session, cast: Cast, closed: Run) -> None:
    id, seen = new_id(), [record.id for record in closed.records if record.step_key == "weigh"]
    first = amend(session, cast.lead, closed, "weigh", value="505", record_id=id, standing=seen)
    assert amend(session, cast.lead, closed, "weigh", value="505", record_id=id, standing=seen) is first
    with pytest.raises(InvalidError, match="used for something else"):
        amend(session, cast.lead, closed, "weigh", value="506", record_id=id, standing=seen)


def test_the_signature_under_it_becomes_void(session: Session, cast: Cast, run: Run, do: Do) -> None:
    done = do(run, "address")
    signing.sign(session, by(cast.lead), NOW, run, done.id)
    lifecycle.close(session, by(cast.staff), NOW, run, omit=["pack", "weigh", "hand"])
    session.commit()
    amend(session, cast.lead, run, "address", note="to Bonn")
    state = next(state for state in loading.states(run) if state.step.key == "address")
    assert state.signed is None and len(run.sign_offs) == 1


def test_what_must_be_the_subject_is_refused_for_another_also_afterwards(
    session: Session, cast: Cast, closed: Run
) -> None:
    step = next(step for step in loading.steps(closed) if step.key == "scan")
    step.attributes = {**step.attributes, "match": "subject"}
    with pytest.raises(ConflictError, match="This is “T9”, but the run is about"):
        amend(session, cast.lead, closed, "scan", value="T9")
    session.rollback()
    assert amend(session, cast.lead, closed, "scan", value=closed.subject_ref).kind == "done"
