"""How somebody came in counts beside who they are; only people themselves say that they did something."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.domain.conftest import Do, offline
from tests.support.actors import by, by_token
from tests.support.installation import NOW, PAY, SHIP, Cast
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain import access, security_log
from tracker.domain.access import RULES
from tracker.domain.actor import SHELL, SYSTEM, Actor
from tracker.domain.library import reviews
from tracker.domain.people import places
from tracker.domain.records import amending, late_decisions, recording, signing, writing
from tracker.domain.records.entry import Entry
from tracker.domain.runs import assignment, handover, lifecycle, loading, signatures
from tracker.domain.signals import flags
from tracker.errors import ForbiddenError
from tracker.models import Event, LateRecord, Record, Run, SecurityEntry, SignOff

IN_PERSON = [action for action, rule in RULES.items() if rule.in_person]
WITH_PASSWORD = [action for action, rule in RULES.items() if not rule.by_pin]


def nobodys(cast: Cast) -> list[Actor]:
    """Everybody who is nobody in person; the token lists all that there is."""
    return [by_token(cast.admin, *RULES), SYSTEM, SHELL]


def test_what_is_said_in_somebodys_name_needs_them_themselves(cast: Cast) -> None:
    assert {"run.record", "step.sign", "run.amend", "spot-check.look", "record.accept"} <= set(IN_PERSON)
    for action in IN_PERSON:
        assert access.may(by(cast.admin), action)
        for actor in nobodys(cast):
            assert not access.may(actor, action), (action, actor.way)
            with pytest.raises(ForbiddenError, match="in somebody’s name"):
                access.require(actor, action)


def test_the_system_and_the_command_line_may_everything_else(cast: Cast) -> None:
    for action in RULES.keys() - set(IN_PERSON):
        assert access.may(SYSTEM, action) and access.may(SHELL, action), action


def test_a_token_may_what_it_lists_where_its_person_may(cast: Cast) -> None:
    for action in RULES.keys() - set(IN_PERSON) - {"open"}:
        assert not access.may(by_token(cast.admin), action)
        assert access.may(by_token(cast.admin, action), action) is (action not in WITH_PASSWORD)
        if not access.may(by(cast.staff), action):
            assert not access.may(by_token(cast.staff, *RULES), action)
    with pytest.raises(ForbiddenError, match="token was not made for this"):
        access.require(by_token(cast.lead, "board.see"), "run.assign")
    with pytest.raises(ForbiddenError, match="Your account may not do this"):
        access.require(by_token(cast.staff, "run.assign"), "run.assign")
    cast.lead.disabled_at = NOW
    assert not access.may(by_token(cast.lead, *RULES), "board.see")


def test_runs_that_a_token_sees(session: Session, cast: Cast, start: Callable[..., Run]) -> None:
    start()

    def seen(actor: Actor) -> int:
        return len(session.scalars(select(Run).where(access.visible(actor))).all())

    assert seen(by_token(cast.staff, "run.see")) == seen(SYSTEM) == seen(SHELL) == 1
    assert seen(by_token(cast.staff, "run.start")) == seen(by_token(cast.outsider, "run.see")) == 0


def test_a_token_starts_a_run_and_the_event_names_its_person(session: Session, cast: Cast) -> None:
    token = by_token(cast.lead, "run.start", "run.assign")
    lifecycle.start(session, token, NOW, "pack", subject="1042", assignee=cast.staff)
    lifecycle.start(session, SYSTEM, NOW, "pack", subject="1043", role="picker")
    told = session.scalars(select(Event.person_id).where(Event.kind == "run.started").order_by(Event.id))
    assert list(told) == [cast.lead.id, None]


def test_the_security_log_says_that_a_token_did_it(session: Session, cast: Cast) -> None:
    for actor in (by(cast.lead), by_token(cast.lead)):
        security_log.write(session, NOW, security_log.EXPORTED, person=actor.person, actor=actor)
    session.flush()
    lines = session.scalars(select(SecurityEntry).order_by(SecurityEntry.id)).all()[-2:]
    assert [line.data.get("via") for line in lines] == [None, "token"]
    assert {line.actor_id for line in lines} == {cast.lead.id}


def test_the_command_line_adds_a_place_and_a_token_of_an_admin_does_too(session: Session, cast: Cast) -> None:
    places.add_location(session, SHELL, NOW, name="Depot", zone="UTC")
    places.add_location(session, by_token(cast.admin, "place.manage"), NOW, name="Hall", zone="UTC")
    with pytest.raises(ForbiddenError, match="token was not made"):
        places.add_location(session, by_token(cast.admin, "run.start"), NOW, name="Yard", zone="UTC")


def said(session: Session) -> list[int | None]:
    """How much stands in somebody’s name."""
    tables = (Record, LateRecord, SignOff, Event)
    return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def _tick(session: Session, actor: Actor, run: Run, **more: Any) -> None:
    recording.record(
        session, actor, NOW, run, record_id=new_id(), step_key="scan", kind="done", value="T", **more
    )


def _writes(session: Session, actor: Actor, run: Run) -> None:
    entry = Entry(new_id(), "scan", "done", "T")
    writing.write(session, actor, NOW, run, loading.steps(run)[0], entry)


def _amends(session: Session, actor: Actor, run: Run) -> None:
    amending.amend(
        session, actor, NOW, run, record_id=new_id(), step_key="box", kind="done", value="M", reason="x",
        standing=[],
    )  # fmt: skip


Says = Callable[[Session, Actor, Run], object]
SAYS: dict[str, tuple[str, Says]] = {
    "ticks": ("pack", _tick),
    "ticks, sent late": ("pack", lambda s, a, run: _tick(s, a, run, device=offline(NOW))),
    "writes": ("pack", _writes),
    "amends": ("pack", _amends),
    "overrides": ("pack", lambda s, a, run: recording.override(s, a, NOW, run, "scan", "no code")),
    "signs a step": ("ship", lambda s, a, run: signing.sign(s, a, NOW, run, run.records[-1].id)),
    "rejects a step": ("ship", lambda s, a, run: signing.reject(s, a, NOW, run, run.records[-1].id, "torn")),
    "signs a run": ("pay", lambda s, a, run: signing.sign_run(s, a, NOW, run, signatures.state_key(run))),
    "sends a run back": (
        "pay",
        lambda s, a, run: signing.send_back(s, a, NOW, run, signatures.state_key(run), "x"),
    ),
    "waives a signature": ("pay", lambda s, a, run: signing.waive(s, a, NOW, run, "nobody is here")),
    "accepts late": (
        "pack",
        lambda s, a, run: late_decisions.accept(s, a, NOW, run, LateRecord(kind="done")),
    ),
    "declines late": ("pack", lambda s, a, run: late_decisions.decline(s, a, NOW, run, LateRecord(), "x")),
    "looks": ("pack", lambda s, a, run: flags.record_look(s, a, NOW, run, "all was well")),
    "judges": ("pack", lambda s, a, run: reviews.judge(s, a, NOW, run.sop, 1, "material")),
    "claims": ("pack", lambda s, a, run: assignment.claim(s, a, NOW, run)),
    "takes over": ("pack", lambda s, a, run: assignment.take_over(s, a, NOW, run)),
    "accepts an offer": ("pack", lambda s, a, run: handover.accept(s, a, NOW, run)),
    "declines an offer": ("pack", lambda s, a, run: handover.decline(s, a, NOW, run)),
}


@pytest.fixture
def runs(app: Flask, workspace: Path, session: Session, start: Callable[..., Run], do: Do) -> dict[str, Run]:
    """A run of each kind that is signed or not; a step waits for its signature."""
    (workspace / "sops/ship.md").write_text(SHIP)
    (workspace / "sops/pay.md").write_text(PAY)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    found = {sop: start(sop) for sop in ("pack", "ship", "pay")}
    do(found["ship"], "address")
    return found


def test_no_token_no_job_and_no_command_says_that_somebody_did_something(
    session: Session, cast: Cast, runs: dict[str, Run]
) -> None:
    before = said(session)
    for name, (sop, verb) in SAYS.items():
        for actor in nobodys(cast):
            with pytest.raises(ForbiddenError, match="in somebody’s name"):
                verb(session, actor, runs[sop])
            assert not session.new and not session.dirty, name
    assert said(session) == before


def test_who_may_do_a_step_or_sign_it_by_their_role_may_not_by_their_token(
    session: Session, cast: Cast, runs: dict[str, Run]
) -> None:
    step = loading.steps(runs["pack"])[0]
    assert access.may_do(by(cast.staff), runs["pack"], step)
    assert not access.may_do(by_token(cast.staff, *RULES), runs["pack"], step)
    assert access.may_sign(by(cast.lead), runs["ship"], None)
    assert not access.may_sign(by_token(cast.lead, *RULES), runs["ship"], None)
