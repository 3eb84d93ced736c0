"""A run goes from hand to hand: until somebody accepts it, it stays whose it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.domain import access
from tracker.domain.people import accounts
from tracker.domain.runs import assignment, handover, lifecycle
from tracker.errors import ConflictError, ForbiddenError, HoldfastError, InvalidError
from tracker.models import Event, Person, Run

Start = Callable[..., Run]


@pytest.fixture
def pia(session: Session, cast: Cast) -> Person:
    """A colleague of the member of the team, with the same job."""
    person = accounts.add(
        session, by(cast.admin), NOW, login="pia", name="Pia", password=None, level="staff",
        location=cast.staff.location, team=None, roles=["picker"],
    )  # fmt: skip
    session.commit()
    return person


def kinds(session: Session, run: Run) -> list[str]:
    return list(
        session.scalars(select(Event.kind).where(Event.subject == f"run:{run.id}").order_by(Event.id))
    )


def test_the_run_stays_its_persons_until_somebody_accepts(
    start: Start, session: Session, cast: Cast, pia: Person
) -> None:
    run = start()
    handover.offer(session, by(cast.staff), NOW, run, pia)
    assert run.assignee_id == cast.staff.id and access.may(by(pia), "run.see", run)
    assert not access.may(by(pia), "run.record", run)
    assert [found.id for found in handover.offered_to(session, by(pia))] == [run.id]
    handover.accept(session, by(pia), NOW, run)
    handover.accept(session, by(pia), NOW, run)
    assert (run.assignee_id, run.offered_to, run.offered_by) == (pia.id, None, None)
    assert not access.may(by(cast.staff), "run.record", run)
    assert kinds(session, run) == ["run.started", "run.offered", "run.accepted"]
    assert handover.offered_to(session, by(pia)) == []


def test_no_thanks_needs_no_reason_and_changes_nothing_else(
    start: Start, session: Session, cast: Cast, pia: Person
) -> None:
    run = start()
    handover.offer(session, by(cast.staff), NOW, run, pia)
    handover.decline(session, by(pia), NOW, run)
    assert (run.assignee_id, run.offered_to) == (cast.staff.id, None)
    session.flush()
    with pytest.raises(ForbiddenError):  # she has nothing to do with it any more
        handover.accept(session, by(pia), NOW, run)


def test_an_offer_can_be_taken_back_once(start: Start, session: Session, cast: Cast, pia: Person) -> None:
    run = start()
    handover.offer(session, by(cast.staff), NOW, run, pia)
    handover.withdraw(session, by(cast.lead), NOW, run)
    with pytest.raises(ConflictError):
        handover.withdraw(session, by(cast.staff), NOW, run)
    assert kinds(session, run)[-1] == "run.withdrawn"


def test_asking_another_person_takes_the_first_offer_back(
    start: Start, session: Session, cast: Cast, pia: Person
) -> None:
    run = start()
    handover.offer(session, by(cast.staff), NOW, run, pia)
    handover.offer(session, by(cast.lead), NOW, run, cast.lead)
    with pytest.raises(HoldfastError):
        handover.accept(session, by(pia), NOW, run)
    handover.accept(session, by(cast.lead), NOW, run)
    assert run.assignee_id == cast.lead.id


def test_who_may_ask_and_whom(start: Start, session: Session, cast: Cast, pia: Person) -> None:
    run = start()
    for actor, to in (
        (pia, pia),  # not hers to hand on
        (cast.outsider, cast.outsider),
        (cast.other_lead, pia),
        (cast.staff, cast.outsider),  # works elsewhere
    ):
        with pytest.raises(ForbiddenError):
            handover.offer(session, by(actor), NOW, run, to)
    pia.roles = []  # it is another's job
    with pytest.raises(ForbiddenError, match="another job"):
        handover.offer(session, by(cast.staff), NOW, run, pia)
    assert pia not in handover.takers(session, by(cast.staff), run)
    assert pia in handover.takers(session, by(cast.lead), run)
    handover.offer(session, by(cast.lead), NOW, run, pia)  # a lead may
    with pytest.raises(ConflictError, match="already"):
        handover.offer(session, by(cast.lead), NOW, run, cast.staff)


def test_a_disabled_account_is_not_asked_and_does_not_answer(
    start: Start, session: Session, cast: Cast, pia: Person
) -> None:
    run = start()
    handover.offer(session, by(cast.staff), NOW, run, pia)
    pia.disabled_at = NOW
    with pytest.raises(ForbiddenError):
        handover.accept(session, by(pia), NOW, run)
    with pytest.raises(ConflictError, match="disabled"):
        handover.offer(session, by(cast.staff), NOW, run, pia)
    assert pia not in handover.takers(session, by(cast.lead), run)
    assert run.assignee_id == cast.staff.id
    cast.staff.disabled_at = NOW
    with pytest.raises(ForbiddenError):
        handover.offer(session, by(cast.staff), NOW, run, cast.lead)


def test_an_open_run_is_a_leads_to_offer(start: Start, session: Session, cast: Cast, pia: Person) -> None:
    run = start(actor=cast.lead, assignee=None, role="picker")
    with pytest.raises(ForbiddenError):
        handover.offer(session, by(cast.staff), NOW, run, pia)
    handover.offer(session, by(cast.lead), NOW, run, pia)
    assignment.claim(session, by(cast.staff), NOW, run)  # somebody was quicker than her answer
    assert run.offered_to is None


def test_a_closed_run_is_neither_offered_nor_accepted(
    start: Start, session: Session, cast: Cast, pia: Person
) -> None:
    run = start()
    handover.offer(session, by(cast.staff), NOW, run, pia)
    lifecycle.cancel(session, by(cast.lead), NOW, run, "called off")
    assert run.offered_to is None
    for act in (
        lambda: handover.offer(session, by(cast.staff), NOW, run, pia),
        lambda: handover.pause(session, by(cast.staff), NOW, run, "break"),
        lambda: handover.put_due(session, by(cast.lead), NOW, run, None),
    ):
        with pytest.raises(ConflictError, match="closed"):
            act()


def test_a_decision_about_a_run_that_is_anothers_by_now_changes_nothing(
    start: Start, session: Session, cast: Cast, pia: Person
) -> None:
    run = start()
    seen = assignment.whose_key(run)
    assignment.assign(session, by(cast.lead), NOW, run, assignee=pia, seen=seen)
    for act in (
        lambda: assignment.assign(session, by(cast.owner), NOW, run, role="picker", seen=seen),
        lambda: assignment.take_over(session, by(cast.owner), NOW, run, seen),
        lambda: handover.offer(session, by(cast.owner), NOW, run, cast.lead, seen),
    ):
        with pytest.raises(ConflictError, match="become Pia’s"):
            act()
    assert run.assignee_id == pia.id
    seen = assignment.whose_key(run)
    assignment.assign(session, by(cast.lead), NOW, run, role="picker", seen=seen)
    with pytest.raises(ConflictError, match="opened to others"):
        assignment.assign(session, by(cast.owner), NOW, run, assignee=pia, seen=seen)


def test_a_run_that_is_open_to_a_team_is_for_its_members(
    start: Start, session: Session, cast: Cast, pia: Person
) -> None:
    run = start(actor=cast.lead, assignee=None, team=cast.staff.team)
    assert not access.may(by(pia), "run.see", run)  # the same place, no member
    with pytest.raises(ForbiddenError, match="the team Packing"):
        assignment.claim(session, by(pia), NOW, run)
    assignment.claim(session, by(cast.staff), NOW, run)
    assert run.assignee_id == cast.staff.id
    started = session.scalar(select(Event.data).where(Event.kind == "run.started"))
    assert started and started["team"] == "Packing"


def test_a_due_time_is_set_by_a_lead_and_lies_ahead(start: Start, session: Session, cast: Cast) -> None:
    run = start()
    later = NOW.replace(hour=20)
    with pytest.raises(ForbiddenError):
        handover.put_due(session, by(cast.staff), NOW, run, later)
    with pytest.raises(InvalidError, match="passed"):
        handover.put_due(session, by(cast.lead), NOW, run, NOW)
    handover.put_due(session, by(cast.lead), NOW, run, later)
    handover.put_due(session, by(cast.lead), NOW, run, later)
    assert run.due_at == later and kinds(session, run) == ["run.started", "run.due"]
    handover.put_due(session, by(cast.lead), NOW, run, None)
    assert run.due_at is None
    assert start(due=later).due_at == later


def test_who_has_no_account_and_a_team_that_was_given_up_get_no_run(
    start: Start, session: Session, cast: Cast, pia: Person
) -> None:
    run, packing = start(), cast.staff.team
    assert packing is not None
    pia.imported, packing.retired_at = True, NOW
    session.commit()
    for give in (
        lambda: assignment.assign(session, by(cast.lead), NOW, run, assignee=pia),
        lambda: assignment.assign(session, by(cast.lead), NOW, run, team=packing),
        lambda: handover.offer(session, by(cast.lead), NOW, run, pia),
        lambda: start(actor=cast.lead, assignee=pia),
    ):
        with pytest.raises(ConflictError, match=r"Pia has no account here|“Packing” was given up"):
            give()
        session.rollback()
    assert run.assignee is cast.staff and run.offered_to is None
