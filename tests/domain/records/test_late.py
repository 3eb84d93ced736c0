"""What came late is always kept; whether it counts is judged by the run's history, not by a form."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.domain.conftest import Do, offline, outcomes
from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain import event_kinds as kinds
from tracker.domain.records import amending, late_decisions, late_records, recording, signing
from tracker.domain.records.clocks import Device, Made, made
from tracker.domain.runs import assignment, handover, lifecycle, loading
from tracker.errors import ConflictError, ForbiddenError, HoldfastError, InvalidError, ThrottledError
from tracker.models import Deviation, Event, LateRecord, Outcome, Person, Record, Run

Start = Callable[..., Run]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATER = NOW + HOUR


def closed_outcomes(session: Session, run: Run) -> dict[str, str]:
    query = select(Outcome.step_key, Outcome.outcome).where(Outcome.run_id == run.id)
    return dict(session.execute(query).all())


def close(session: Session, cast: Cast, run: Run, at: datetime = LATER, **more: Any) -> Run:
    omit = [state.step.key for state in loading.states(run)]
    assert lifecycle.close(session, by(cast.staff), at, run, **({"omit": omit} | more)) == []
    session.commit()
    return run


@pytest.fixture
def closed(session: Session, cast: Cast, start: Start, do: Do) -> Run:
    """A run that was closed an hour after its start: scanned, weighed, the rest untouched."""
    run = start()
    do(run, "scan", value="T")
    do(run, "weigh", value="500")
    return close(session, cast, run)


def came(do: Do, run: Run, step: str, kind: str = "done", value: str = "", **more: Any) -> Any:
    """Send two hours after the start what was made half an hour after it, unless `made` says otherwise."""
    now = NOW + 2 * HOUR
    age = now - more.pop("made", NOW + HOUR / 2)
    return do(run, step, kind, value, **{"now": now, "device": offline(now, age)} | more)


# The attacks: nothing that a form says changes what stands.


@pytest.mark.parametrize("made_at", [NOW + HOUR / 2, NOW + HOUR + MINUTE, NOW - 40 * 24 * HOUR])
@pytest.mark.parametrize(("kind", "value"), [("failed", ""), ("skipped", ""), ("done", "9")])
def test_nobody_changes_what_a_closed_run_says_by_claiming_to_be_late(
    session: Session, do: Do, closed: Run, made_at: datetime, kind: str, value: str
) -> None:
    before = closed_outcomes(session, closed)
    entry = came(do, closed, "weigh", kind, value, made=made_at)
    assert isinstance(entry, LateRecord) and entry.why in ("outcome", "closed")
    assert closed_outcomes(session, closed) == before
    assert session.scalars(select(Deviation)).all() == []


def test_what_is_late_takes_back_its_own_in_an_open_run_alone(
    do: Do, start: Start, cast: Cast, closed: Run
) -> None:
    run = start()
    theirs, own = do(run, "scan", value="T", actor=cast.lead), do(run, "weigh", value="500")
    entry = came(do, run, "scan", "undone", cancels=theirs.id)
    assert (entry.why, entry.state) == ("undo", "waiting")
    assert came(do, run, "box", "undone", cancels=own.id).why == "undo"  # that is of another step
    assert came(do, run, "weigh", "undone", cancels=own.id).cancels_id == own.id
    scanned = closed.records[0]
    assert came(do, closed, "scan", "undone", cancels=scanned.id).why == "undo"
    assert outcomes(run) == {"scan": "done"}


def test_what_is_taken_back_waits_for_it_to_come(session: Session, do: Do, start: Start) -> None:
    run, ticked = start(), new_id()
    row = came(do, run, "scan", "undone", cancels=ticked)
    assert (row.why, row.state) == ("undo", "waiting")
    assert came(do, run, "scan", value="T", record_id=ticked).kind == "done"
    session.refresh(row)
    assert (row.state, run.late_waiting, outcomes(run)) == ("counted", 0, {})


def test_a_lead_who_accepts_a_record_is_asked_before_it_is_taken_back(
    session: Session, cast: Cast, do: Do, start: Start
) -> None:
    run, ticked = start(), new_id()
    row = came(do, run, "hand", record_id=ticked)
    undone = came(do, run, "hand", "undone", cancels=ticked)
    assert (row.why, undone.why) == ("blocked", "undo")
    late_decisions.accept(session, by(cast.lead), NOW + 3 * HOUR, run, row)
    assert undone.state == "waiting" and outcomes(run) == {"hand": "done"}


@pytest.mark.parametrize("age", [61, 600, 3599, 4000, 40 * 86400])
def test_nobody_ticks_past_a_critical_step_by_claiming_to_be_late(do: Do, start: Start, age: int) -> None:
    run, now = start(), NOW + HOUR
    entry = do(run, "hand", now=now, device=offline(now, timedelta(seconds=age)))
    assert (entry.why, outcomes(run)) == ("blocked", {})


def test_a_strangers_record_is_kept_and_counts_nowhere(do: Do, start: Start, cast: Cast, closed: Run) -> None:
    run = start()
    for stranger, about in product((cast.outsider, cast.other_lead), (run, closed)):
        entry = came(do, about, "scan", value="T", actor=stranger)
        assert (entry.why, entry.person) == ("part", stranger)
    assert outcomes(run) == {}


def test_what_one_person_brings_late_is_bounded_and_others_are_not_hindered(
    session: Session, do: Do, start: Start, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late_records, "MOST_OF_STRANGER", 3)  # the runs are nothing to them
    first, second = start(), start()
    for _ in range(2):
        came(do, first, "scan", value="T", actor=cast.outsider)
    kept = came(do, second, "scan", value="T", actor=cast.outsider)
    with pytest.raises(ThrottledError, match="wait for a lead already"):
        came(do, second, "scan", value="T", actor=cast.outsider)
    session.rollback()
    assert came(do, second, "scan", value="T", actor=cast.other_lead).why == "part"
    assert came(do, second, "scan", value="T").kind == "done"
    run = loading.load(session, by(cast.lead), second.id, "record.accept", lock=True)
    late_decisions.decline(session, by(cast.lead), LATER, run, kept, "not theirs")
    session.commit()
    assert came(do, second, "scan", value="T", actor=cast.outsider).why == "part"  # there is room again


OFFSETS = [timedelta(0), -MINUTE / 2, MINUTE / 2, HOUR, -HOUR, 400 * 24 * HOUR, -400 * 24 * HOUR]


@pytest.mark.parametrize(("at", "sent"), list(product([*OFFSETS, None], repeat=2)))
def test_no_times_that_a_form_makes_up_change_what_stands(
    session: Session, do: Do, closed: Run, at: timedelta | None, sent: timedelta | None
) -> None:
    before, now = closed_outcomes(session, closed), NOW + 2 * HOUR
    device = Device("x", 1, at=None if at is None else now + at, sent_at=None if sent is None else now + sent)
    for step, kind, more in (("weigh", "failed", {}), ("scan", "undone", {"cancels": closed.records[0].id})):
        try:
            assert isinstance(do(closed, step, kind, now=now, device=device, **more), LateRecord)
        except ConflictError:
            session.rollback()
    assert closed_outcomes(session, closed) == before


@pytest.mark.parametrize("far", [datetime.max, datetime.min + timedelta(days=400)])
def test_times_at_the_ends_of_the_calendar_are_only_doubtful(far: datetime) -> None:
    far = far.replace(tzinfo=NOW.tzinfo)
    assert made(Device(at=far, sent_at=NOW), NOW, NOW) == Made(NOW, True)
    assert made(Device(at=NOW, sent_at=far), NOW, NOW) == Made(NOW, True)
    assert made(Device(at=far), NOW, NOW) == Made(None, True)


# What counts by itself.


def test_after_closing_it_counts_where_nobody_had_touched_the_step(
    session: Session, do: Do, closed: Run
) -> None:
    assert closed_outcomes(session, closed)["hand"] == "omitted"
    entry = came(do, closed, "hand")
    assert (entry.flag, entry.made_at) == ("late", NOW + HOUR / 2)
    assert closed_outcomes(session, closed)["hand"] == "done"
    assert (
        came(do, closed, "hand", "failed").flag == "late"
    )  # two phones, one step: both, as before the closing
    assert closed_outcomes(session, closed)["hand"] == "failed"
    assert session.get_one(Outcome, (closed.id, "hand")).recovered


def test_a_step_that_a_lead_has_put_right_is_touched(
    session: Session, cast: Cast, do: Do, closed: Run
) -> None:
    given = {"record_id": new_id(), "step_key": "hand", "kind": "skipped", "reason": "gone", "standing": []}
    amending.amend(session, by(cast.lead), LATER, closed, **given)  # type: ignore[arg-type]
    session.commit()
    assert came(do, closed, "hand").why == "outcome"


def test_an_optional_step_was_not_omitted(do: Do, closed: Run) -> None:
    assert came(do, closed, "flyer").why == "outcome"


def test_after_closing_only_who_took_part_fills_anything(do: Do, closed: Run, cast: Cast) -> None:
    assert came(do, closed, "hand", actor=cast.lead).why == "part"  # she could have, and did not
    assert came(do, closed, "hand").flag == "late"


def test_in_a_cancelled_run_it_is_kept_and_counts_nowhere(
    session: Session, cast: Cast, do: Do, start: Start
) -> None:
    run = start()
    lifecycle.cancel(session, by(cast.lead), LATER, run, "order cancelled")
    session.commit()
    assert came(do, run, "scan", value="T").flag == "late"
    assert came(do, run, "scan", value="T", actor=cast.outsider).why == "part"
    assert closed_outcomes(session, run) == {}


def test_what_was_made_before_the_run_became_anothers_counts(
    session: Session, cast: Cast, do: Do, start: Start
) -> None:
    run = start()
    assignment.take_over(session, by(cast.lead), LATER, run)
    session.commit()
    assert came(do, run, "scan", value="T").flag == "handed"
    assert came(do, run, "weigh", value="500", made=LATER + MINUTE).why == "part"
    assert outcomes(run) == {"scan": "done"}


def test_what_was_open_to_ones_role_then_counts(session: Session, cast: Cast, do: Do, start: Start) -> None:
    run = start(actor=cast.lead, assignee=None, role="picker")
    assignment.assign(session, by(cast.lead), LATER, run, assignee=cast.lead)
    session.commit()
    assert came(do, run, "scan", value="T").flag == "handed"
    assert came(do, run, "scan", value="T", actor=cast.outsider).why == "part"


def test_a_disabled_persons_record_is_kept(session: Session, cast: Cast, do: Do, start: Start) -> None:
    run = start()
    cast.staff.disabled_at = LATER
    session.commit()
    assert came(do, run, "scan", value="T").why == "part"


def test_a_block_that_came_after_it_was_made_does_not_stop_it(
    do: Do, start: Start, undo: Callable[[Run, Record], Record]
) -> None:
    run = start()
    undo(run, do(run, "scan", value="T"))
    assert came(do, run, "hand").why == "blocked"  # undone before it was made
    other = start()
    scan = do(other, "scan", value="T")
    do(other, "scan", "undone", cancels=scan.id, now=LATER)
    assert came(do, other, "hand").flag == "blocked"
    assert outcomes(other) == {"hand": "done"}


def test_what_would_make_a_signature_void_waits(session: Session, cast: Cast, run: Run, do: Do) -> None:
    signing.sign(session, by(cast.lead), NOW, run, do(run, "address").id)
    session.commit()
    assert came(do, run, "address").why == "signed"
    assert next(s for s in loading.states(run) if s.step.key == "address").signed


# In whatever order it comes.


def test_what_waits_for_a_critical_step_counts_once_that_is_done(
    do: Do, start: Start, session: Session
) -> None:
    run = start()
    hand, weigh = came(do, run, "hand"), came(do, run, "weigh", value="500")
    assert run.late_waiting == 2
    came(do, run, "scan", value="T", made=NOW + HOUR / 3)
    assert outcomes(run) == {"scan": "done", "weigh": "done", "hand": "done"}
    assert {hand.state, weigh.state} == {"counted"} and run.late_waiting == 0
    assert len(run.records) == 3


def test_a_direct_record_and_an_override_let_it_count_too(
    do: Do, start: Start, session: Session, cast: Cast
) -> None:
    one, other = start(), start()
    came(do, one, "hand")
    do(one, "scan", value="T", now=NOW + 2 * HOUR)
    came(do, other, "hand")
    do(other, "scan", "skipped", now=NOW + 2 * HOUR)
    recording.override(session, by(cast.lead), NOW + 2 * HOUR, other, "scan", "no code")
    session.commit()
    assert outcomes(one) == {"scan": "done", "hand": "done"}
    assert outcomes(other) == {"scan": "skipped", "hand": "done"}


MIXED = """\
---
id: mixed
title: Mixed
---
1. Is it fragile? {#fragile .critical input=choice options="yes, no"}
2. Wrap it {#wrap .critical when="fragile = yes"}
    1. Twice {#twice}
3. Weigh it {#weigh}
4. Add a flyer {#flyer .optional}
5. Seal it {#seal .critical}
6. Hand it over {#hand}
"""
KEYS = ("fragile", "wrap", "twice", "weigh", "flyer", "seal", "hand")


def direct_history(session: Session, cast: Cast, start: Start, do: Do, seed: int) -> Run:
    """A run in which some happened directly; open, paused, taken over, closed or cancelled in the end."""
    chance = random.Random(seed)
    run = start("mixed", subject="")
    for number in range(chance.randrange(0, 9)):
        at, key = NOW + number * 5 * MINUTE, chance.choice(KEYS)
        value = chance.choice(("yes", "no")) if key == "fragile" else ""
        try:
            if run.records and chance.random() < 0.25:
                last = chance.choice(run.records)
                do(run, last.step_key, "undone", cancels=last.id, now=at)
            else:
                kind = chance.choice(("done", "done", "failed", "skipped"))
                do(run, key, kind, value if kind == "done" else "", now=at)
        except HoldfastError:
            session.rollback()
    end = chance.choice(("open", "open", "paused", "taken over", "done", "done", "cancelled"))
    if end == "done":
        for state in loading.states(run):
            if state.holds_up:
                do(run, state.step.key, "skipped", now=LATER - MINUTE)
                recording.override(session, by(cast.lead), LATER, run, state.step.key, "it goes on")
        close(session, cast, run)
    elif end == "paused":
        handover.pause(session, by(cast.staff), LATER, run, "lunch")
    elif end == "taken over":
        assignment.take_over(session, by(cast.lead), LATER, run)
    elif end == "cancelled":
        lifecycle.cancel(session, by(cast.lead), LATER, run, "no")
    session.commit()
    return run


def late_ones(cast: Cast, seed: int) -> list[dict[str, Any]]:
    """What several devices send when they are back, with clocks that are days off."""
    chance, found = random.Random(seed), []
    for number in range(6):
        key, now = chance.choice(KEYS), NOW + 3 * HOUR
        kind = chance.choice(("done", "done", "done", "failed", "skipped", "undone"))
        off = chance.choice((0, 0, 3, -3, 4000)) * 24 * HOUR
        age = chance.choice((2, 90, 125, 150, 170)) * MINUTE
        device = Device(f"phone {number % 2}", number, at=now + off - age, sent_at=now + off)
        value = chance.choice(("yes", "no")) if key == "fragile" and kind == "done" else ""
        actor = chance.choice((cast.staff, cast.staff, cast.lead, cast.outsider))
        given = {"step": key, "kind": kind, "value": value, "actor": actor, "device": device, "now": now}
        found.append(given | ({"cancels": UUID(int=1)} if kind == "undone" else {}))
    return found


def standing(session: Session, run: Run, ids: list[UUID]) -> Any:
    """All that can be told of a run but for the numbers of its rows."""
    session.expire_all()
    place = {id: number for number, id in enumerate(ids)}
    states = [
        (s.step.key, s.outcome, s.cleared, s.recovered, s.applies, s.blocked_by, len(s.records))
        for s in loading.states(run)
    ]
    kept = {place[r.id] for r in run.records if r.id in place}
    waits = {(place[r.id], r.why) for r in late_records.waiting(session, run)}
    assert kept | {number for number, _ in waits} == set(range(len(ids))) and len(kept) + len(waits) == len(
        ids
    )
    return states, kept, waits, closed_outcomes(session, run), run.late_waiting


@pytest.mark.parametrize("seed", range(40))
def test_every_order_of_arrival_ends_the_same_and_keeps_each_once(
    app: Flask, workspace: Path, session: Session, cast: Cast, start: Start, do: Do, seed: int
) -> None:
    (workspace / "sops/mixed.md").write_text(MIXED)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    chance, found = random.Random(seed), []
    for _ in range(3):
        run = direct_history(session, cast, start, do, seed)
        before = closed_outcomes(session, run)
        sent = late_ones(cast, seed)
        first = new_id().int
        ids = [UUID(int=first + number) for number in range(len(sent))]
        order = list(range(len(sent)))
        chance.shuffle(order)
        for number in [*order, *chance.sample(order, 3)]:  # some are sent twice
            given = sent[number]
            more = {name: given[name] for name in given.keys() - {"step", "kind", "value"}}
            do(run, given["step"], given["kind"], given["value"], record_id=ids[number], **more)
        found.append(standing(session, run, ids))
        touched = {key: outcome for key, outcome in before.items() if outcome not in ("omitted", "na")}
        after = closed_outcomes(session, run)
        assert {key: after[key] for key in touched} == touched  # no recorded outcome without a lead
    assert found[0] == found[1] == found[2]


# Each once.


def test_a_repetition_of_what_waits_is_the_same_and_another_body_is_refused(
    session: Session, do: Do, closed: Run, start: Start
) -> None:
    id = new_id()
    first = came(do, closed, "weigh", "failed", record_id=id)
    assert came(do, closed, "weigh", "failed", record_id=id) is first
    for run, kind in ((closed, "skipped"), (start(), "failed")):
        with pytest.raises(InvalidError, match="used for something else"):
            came(do, run, "weigh", kind, record_id=id)
        session.rollback()
    with pytest.raises(InvalidError, match="used for something else"):
        do(start(), "scan", value="T", record_id=id)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(LateRecord)) == 1 == closed.late_waiting


def test_an_id_of_another_runs_record_is_refused(session: Session, do: Do, closed: Run, start: Start) -> None:
    taken = do(start(), "scan", value="T").id
    with pytest.raises(InvalidError, match="used for something else"):
        came(do, closed, "weigh", "failed", record_id=taken)
    session.rollback()
    assert session.scalars(select(LateRecord)).all() == []


def test_what_could_never_be_accepted_is_refused_at_once(session: Session, do: Do, closed: Run) -> None:
    for kind, value, more in (("done", "much", {}), ("failed", "", {"reason": " "}), ("mended", "", {})):
        with pytest.raises(InvalidError):
            came(do, closed, "weigh", kind, value, **more)
        session.rollback()
    with pytest.raises(InvalidError, match="Keep the text"):
        came(do, closed, "weigh", value="500", note="x" * 3000)
    session.rollback()
    assert session.scalars(select(LateRecord)).all() == []


# A lead decides.


def decide(session: Session, verb: Any, person: Person, run: Run, row: LateRecord, reason: str = "") -> Any:
    loaded = loading.load(session, by(person), run.id, "run.see", lock=True)
    found = verb(
        session, by(person), NOW + 3 * HOUR, loaded, late_records.one(session, loaded, row.id), reason
    )
    session.commit()
    return found


def test_what_is_accepted_counts_in_the_outcomes_and_in_the_facts(
    session: Session, cast: Cast, do: Do, closed: Run
) -> None:
    row = came(do, closed, "weigh", "failed", reason="Scale is broken")
    entry = decide(session, late_decisions.accept, cast.lead, closed, row)
    assert (entry.id, entry.person, entry.flag) == (row.id, cast.staff, "accepted")
    assert (entry.made_at, entry.received_at) == (NOW + HOUR / 2, NOW + 2 * HOUR)
    assert closed_outcomes(session, closed)["weigh"] == "failed"
    assert (row.state, row.decided_by, closed.late_waiting) == ("accepted", cast.lead, 0)
    told = session.scalars(select(Event).where(Event.kind == kinds.LateAccepted.kind)).one()
    assert (told.data["before"], told.data["after"]) == ("done", "failed")
    again = came(do, closed, "weigh", "failed", reason="Scale is broken", record_id=row.id)
    assert again is entry  # the phone that sends it once more hears that it is there


def test_what_is_declined_stays_kept_with_the_reason(
    session: Session, cast: Cast, do: Do, closed: Run
) -> None:
    row, before = came(do, closed, "weigh", "failed"), closed_outcomes(session, closed)
    with pytest.raises(InvalidError, match="Say why"):
        decide(session, late_decisions.decline, cast.lead, closed, row)
    session.rollback()
    decide(session, late_decisions.decline, cast.lead, closed, row, "It was another parcel")
    assert (row.state, row.decision) == ("declined", "It was another parcel")
    assert closed_outcomes(session, closed) == before and closed.late_waiting == 0
    assert came(do, closed, "weigh", "failed", record_id=row.id) is row


def test_taking_something_back_needs_a_reason(session: Session, cast: Cast, do: Do, closed: Run) -> None:
    scan = closed.records[0]
    row = came(do, closed, "scan", "undone", cancels=scan.id)
    with pytest.raises(InvalidError, match="Say why"):
        decide(session, late_decisions.accept, cast.lead, closed, row)
    session.rollback()
    decide(session, late_decisions.accept, cast.lead, closed, row, "It was another tote")
    assert closed_outcomes(session, closed)["scan"] == "omitted"
    again = came(do, closed, "scan", "undone", cancels=scan.id)
    with pytest.raises(ConflictError, match="does not stand any more"):
        decide(session, late_decisions.accept, cast.lead, closed, again, "Twice")


def test_what_a_lead_reads_is_what_is_taken_back(session: Session, cast: Cast, do: Do, closed: Run) -> None:
    """Not what was recorded at another step than the one that is named."""
    row = came(do, closed, "flyer", "undone", cancels=closed.records[1].id)  # "weigh"
    with pytest.raises(ConflictError, match="does not stand any more"):
        decide(session, late_decisions.accept, cast.lead, closed, row, "It was so")
    session.rollback()
    assert closed_outcomes(session, closed)["weigh"] == "done"


def test_who_decides(session: Session, cast: Cast, do: Do, closed: Run) -> None:
    row = came(do, closed, "weigh", "failed", actor=cast.lead)
    for person in (cast.staff, cast.outsider, cast.other_lead, cast.lead):
        for verb in (late_decisions.accept, late_decisions.decline):
            with pytest.raises(ForbiddenError):
                verb(session, by(person), NOW + 3 * HOUR, closed, row, "x")
    decide(session, late_decisions.accept, cast.admin, closed, row)


@pytest.mark.parametrize(
    ("first", "then"), list(product((late_decisions.accept, late_decisions.decline), repeat=2))
)
def test_two_leads_decide_once(
    session: Session, cast: Cast, do: Do, closed: Run, first: Any, then: Any
) -> None:
    row = came(do, closed, "weigh", "failed")
    decide(session, first, cast.lead, closed, row, "first")
    with pytest.raises(ConflictError, match="Lena has"):
        decide(session, then, cast.admin, closed, row, "second")
    session.rollback()
    assert (
        closed.late_waiting == 0
        and [e.kind for e in session.scalars(select(Event))].count(kinds.LateWaits.kind) == 1
    )


def test_a_lead_lets_a_blocked_one_count_and_what_waited_for_it_follows(
    session: Session, cast: Cast, do: Do, start: Start
) -> None:
    run = start()
    came(do, run, "hand")
    scan = came(do, run, "scan", value="T", actor=cast.outsider)
    decide(session, late_decisions.accept, cast.lead, run, scan)
    assert outcomes(run) == {"scan": "done", "hand": "done"}
