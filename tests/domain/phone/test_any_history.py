"""Whatever phones bring, in whatever order and however often: every record once, and the same state.

A history is what several people did on phones without network, with clocks that are wrong by days, while on
the server a run was closed, moved, cancelled, paused, handed over, overridden, or somebody was disabled. Then
the phones come back, in any order, and some send everything twice.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.applications import application
from tests.support.installation import NOW, Cast, build, cast_of, people_at
from tracker.authoring.sync import publish
from tracker.config import load
from tracker.db import db, writing
from tracker.domain.phone import noted_entries, receiving
from tracker.domain.phone.entries import PhoneEntry
from tracker.domain.records import late_decisions, recording
from tracker.domain.records import late_records as late
from tracker.domain.records.clocks import Device
from tracker.domain.runs import assignment, handover, lifecycle, loading, moving
from tracker.errors import ConflictError, HoldfastError
from tracker.models import LateRecord, Outcome, Person, Record, Revision, Run, Sop

BEFORE = """\
---
id: floor
---
1. Scan {#scan .critical}
2. Fragile {#fragile input=choice options="yes, no"}
3. Wrap {#wrap when="fragile = yes"}
4. Old {#old .optional}
5. Hand {#hand}
"""
AFTER = BEFORE.replace("4. Old {#old .optional}", "4. New {#new}")
STEPS = ("scan", "fragile", "wrap", "old", "hand")
EXAMPLES = int(os.environ.get("HOLDFAST_EXAMPLES") or 25)
"""Histories that each test plays; a search for faults takes thousands."""

DATABASES = ["sqlite"]
if "HOLDFAST_EXAMPLES" in os.environ:
    DATABASES.append("postgresql")

PEOPLE = ("sam", "petra", "lena")
BACK = 120
"""The minute in which the phones come back."""

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Act:
    """What somebody did on a phone in a minute; an "undone" names the number of a record of before."""

    minute: int
    person: str
    step: str
    outcome: str
    cancels: int | None
    off: int  # days that the phone's clock is wrong
    kind: str = "record"
    on: int | None = None  # the number of the start of the run that it is about; None for the run of all


DIRECT = {"scan": "lena", "sam scans": "sam"}
"""The events that are the first step ticked with network, and by whom."""
FIRST_DIRECT = 1000
EVENTS = ("close", "cancel", "pause", "resume", "take over", "give", "move", "disable", "override", *DIRECT)


@st.composite
def histories(
    draw: st.DrawFn, events: Sequence[str] = EVENTS, people: Sequence[str] = PEOPLE
) -> tuple[list[tuple[int, str]], list[Act]]:
    """What happened on the server, and what was done on phones; half of what is undone is one's own."""
    happened = draw(st.lists(st.tuples(st.integers(10, 100), st.sampled_from(events)), max_size=3))
    direct = [(FIRST_DIRECT + at, at, DIRECT[what]) for at, what in happened if what in DIRECT]
    acts: list[Act] = []
    for minute in sorted(draw(st.lists(st.integers(5, 110), min_size=1, max_size=7))):
        standing = {n + 1: (act.person, act.step) for n, act in enumerate(acts) if act.outcome != "undone"}
        standing |= {number: (person, "scan") for number, at, person in direct if at < minute}
        kinds = ["done", "done", "skipped", "failed"] + (["undone", "undone"] if standing else [])
        outcome, person = draw(st.sampled_from(kinds)), draw(st.sampled_from(people))
        step, cancels = draw(st.sampled_from(STEPS)), None
        if outcome == "undone":
            cancels = draw(st.sampled_from(sorted(standing)))
            whose, step = standing[cancels]
            person = whose if whose in people and draw(st.booleans()) else person
        off = {"sam": -3, "petra": 0, "lena": 2}[person]
        acts.append(Act(minute, person, step, outcome, cancels, off))
    return sorted(happened, key=lambda event: event[0]), acts


@st.composite
def whole_histories(draw: st.DrawFn) -> tuple[list[tuple[int, str]], list[Act]]:
    """The same with whatever else phones bring: runs that were started there, taken, closed."""
    happened, records = draw(histories())
    acts: list[Act] = []
    numbers: dict[int, int] = {}  # of a record, after the others came between
    started: dict[str, list[int]] = {}
    for number, act in enumerate(records, 1):
        kind = draw(st.sampled_from(["", "", "start", "claim", "close", "close"]))
        theirs = started.setdefault(act.person, [])
        if kind:
            on = draw(st.sampled_from([None, *theirs])) if kind != "start" else None
            acts.append(Act(act.minute, act.person, "", "", None, act.off, kind, on))
        if kind == "start":
            theirs.append(len(acts))
        on = draw(st.sampled_from([None, *theirs]))
        cancels = act.cancels if act.cancels is None else numbers.get(act.cancels, act.cancels)
        acts.append(replace(act, cancels=cancels, on=on))
        numbers[number] = len(acts)
    return happened, acts


@pytest.fixture(scope="module", params=DATABASES)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, int, int]]:
    """An installation with two revisions of the SOP; nothing that a test does in it is ever committed."""
    place, environ = tmp_path_factory.mktemp("floor") / "workspace", {}
    if request.param == "postgresql":
        environ["HOLDFAST_DATABASE_URL"] = request.getfixturevalue("postgres_database")()
        with build(place, environ).app_context():
            db.engine.dispose()
    else:
        shutil.copytree(request.getfixturevalue("_built"), place)
    with application(load(place, environ)) as app:
        numbers = []
        for text in (BEFORE, AFTER):
            (place / "sops/floor.md").write_text(text)
            publish(app, app.config["HOLDFAST"])
            with app.app_context():
                numbers.append(db.session().get_one(Sop, "floor").in_force_id or 0)
                db.session.remove()
        with app.app_context(), writing() as session:
            people_at(session, "Berlin", ["petra"])
        yield app, numbers[0], numbers[1]


class Floor:
    """One playing of a history, in a transaction that is taken back."""

    def __init__(self, session: Session, before: int, after: int, assigned: bool = True) -> None:
        self.session, self.before, self.after = session, before, after
        self.cast: Cast = cast_of(session)
        petra = session.scalars(select(Person).where(Person.login == "petra")).one()
        self.people = {"sam": self.cast.staff, "petra": petra, "lena": self.cast.lead}
        self.run = lifecycle.start(
            session, by(self.cast.lead), NOW, "floor",
            assignee=self.cast.staff if assigned else None, location=self.cast.lead.location,
        )  # fmt: skip
        self.run.revision = session.get_one(Revision, before)
        session.flush()
        self.refused: set[UUID] = set()
        self.why: dict[UUID, str] = {}
        self.disabled: set[str] = set()

    def at(self, minute: float) -> datetime:
        return NOW + minute * MINUTE

    def happens(self, minute: int, what: str) -> None:
        """Something happens on the server; what can't be just now does not."""
        session, run, now, lena = self.session, self._loaded(), self.at(minute), by(self.cast.lead)
        try:
            with session.begin_nested():
                if what == "close":
                    keys = [step.key for step in loading.steps(run)]
                    lifecycle.close(session, lena, now, run, omit=keys)
                elif what == "cancel":
                    lifecycle.cancel(session, lena, now, run, "lost")
                elif what == "pause":
                    handover.pause(session, lena, now, run, "lunch")
                elif what == "resume":
                    handover.resume(session, lena, now, run)
                elif what == "take over":
                    assignment.take_over(session, lena, now, run)
                elif what == "give":
                    assignment.assign(session, lena, now, run, assignee=self.people["petra"])
                elif what == "move":
                    moving.move(session, lena, now, run, session.get_one(Revision, self.after))
                elif what == "disable":
                    self.people["petra"].disabled_at = now
                    session.flush()
                    self.disabled.add("petra")
                elif what == "override":
                    recording.override(session, lena, now, run, "scan", "it is there")
                else:
                    recording.record(
                        session, by(self.people[DIRECT[what]]), now, run,
                        record_id=UUID(int=FIRST_DIRECT + minute), step_key="scan", kind="done",
                    )  # fmt: skip
        except HoldfastError:
            session.expire_all()

    def comes(self, place: int, act: Act, seq: int) -> str:
        """A phone brings what was done in a minute; what becomes of it."""
        person, now = self.people[act.person], self.at(BACK)
        off = timedelta(days=act.off)
        data = {"step": act.step, "outcome": act.outcome, "value": "yes" if act.step == "fragile" else ""}
        data["reason"] = "" if act.outcome == "done" else "torn"
        if act.cancels is not None:
            data["cancels"] = str(UUID(int=act.cancels))
        if act.kind == "start":
            data = {"sop": "floor", "revision": self.before, "subject": f"order {place}"}
        elif act.kind == "close":
            data = {"omit": list(STEPS) if place % 2 else [], "itself": place % 3 == 0}
        run, ref = (self.run.id, self.run.ref) if act.on is None else (None, str(UUID(int=act.on)))
        entry = PhoneEntry(
            id=UUID(int=place + 1), kind=act.kind, person=person.id, seq=seq, at=self.at(act.minute) + off,
            run=run, ref="" if act.kind == "start" else ref or "", data=data, files=(),
        )  # fmt: skip
        device = Device(act.person[0] * 24, seq, entry.at, now + off, queued=True)
        session = self.session
        try:
            with session.begin_nested():
                if act.person in self.disabled:
                    told = receiving.hand_in(session, by(self.cast.lead), person, now, entry, device)
                else:
                    told = receiving.apply(session, by(person), now, entry, device)
                if told.note is not None and told.why is not None:
                    noted_entries.note(
                        session, by(person), now, told.note, told.why,
                        id=entry.id, kind=act.kind, entry=data, device=device,
                    )  # fmt: skip
                return told.state
        except HoldfastError as error:
            session.expire_all()
            self.refused.add(entry.id)
            self.why[entry.id] = str(error)
            return "refused"

    def kept(self) -> list[UUID]:
        """The ids of all records that phones have brought, each as often as it is kept."""
        counts, late = select(Record.id), select(LateRecord.id)
        decided = set(self.session.scalars(counts))
        waits = [id for id in self.session.scalars(late) if id not in decided]
        return [id for id in (*decided, *waits) if id.int < FIRST_DIRECT]

    def accept_all(self) -> None:
        """A lead accepts everything that waits; another one what she made herself."""
        run = self._loaded()
        for row in list(late.waiting(self.session, run)):
            who = self.cast.owner if row.person_id == self.cast.lead.id else self.cast.lead
            try:
                late_decisions.accept(self.session, by(who), self.at(BACK + 1), run, row, "it was so")
            except ConflictError:  # it takes back what does not stand, or what has counted meanwhile
                self.session.flush()

    def state(self) -> dict[str, Any]:
        """What the run says: what counts, what waits, how each step stands, what came of it."""
        run = self._loaded()
        waiting = late.waiting(self.session, run)
        outcomes = self.session.execute(
            select(Outcome.step_key, Outcome.outcome, Outcome.recovered).where(Outcome.run_id == run.id)
        )
        return {
            "run": (run.state, run.assignee_id, run.revision_id, run.paused_at),
            "records": {(r.id, r.kind, r.step_key, r.made_at, r.cancels_id) for r in run.records},
            "waits": {(row.id, row.why) for row in waiting},
            "steps": [(s.step.key, s.outcome, s.cleared, s.applies) for s in loading.states(run)],
            "outcomes": {tuple(row) for row in outcomes},
            "refused": frozenset(self.refused),
        }

    def _loaded(self) -> Run:
        run = loading.locked(self.session, self.run.id)
        assert run is not None
        return run


def play(
    house: tuple[Flask, int, int],
    history: tuple[list[tuple[int, str]], list[Act]],
    order: Sequence[int],
    *,
    assigned: bool = True,
    accepted: bool = False,
) -> dict[str, Any]:
    """Play a history; the phones bring what was done in this order. The state at the end."""
    app, before, after = house
    events, acts = history
    seqs = {place: sum(a.person == act.person for a in acts[: place + 1]) for place, act in enumerate(acts)}
    with app.app_context():
        session = db.session()
        try:
            floor = Floor(session, before, after, assigned)
            for minute, what in events:
                floor.happens(minute, what)
            for place in order:
                floor.comes(place, acts[place], seqs[place])
            if accepted:
                floor.accept_all()
            return floor.state()
        finally:
            session.rollback()
            db.session.remove()


CHECKED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@CHECKED
@given(history=histories(), data=st.data())
def test_every_order_of_arrival_leads_to_the_same(
    house: tuple[Flask, int, int],
    history: tuple[list[tuple[int, str]], list[Act]],
    data: st.DataObject,
) -> None:
    places = list(range(len(history[1])))
    order = data.draw(st.permutations(places))
    again = data.draw(st.lists(st.sampled_from(places), max_size=4))
    state = play(house, history, places)
    assert state == play(house, history, [*order, *again])
    assert not state["refused"]


@CHECKED
@given(history=histories(), data=st.data())
def test_every_record_is_kept_once(
    house: tuple[Flask, int, int],
    history: tuple[list[tuple[int, str]], list[Act]],
    data: st.DataObject,
) -> None:
    """Also where nobody has the run yet, and the first to come claims it."""
    order = data.draw(st.permutations(range(len(history[1]))))
    state = play(house, history, [*order, *order], assigned=False)
    kept = [id for id, *_ in state["records"] if id.int < FIRST_DIRECT]
    waits = [id for id, _ in state["waits"]]
    everything = [*kept, *waits, *state["refused"]]
    assert sorted(everything) == sorted(UUID(int=place + 1) for place in range(len(history[1])))


@CHECKED
@given(history=histories(events=("sam scans",), people=("sam",)), data=st.data())
def test_whoever_takes_back_their_own_is_taken_at_their_word(
    house: tuple[Flask, int, int],
    history: tuple[list[tuple[int, str]], list[Act]],
    data: st.DataObject,
) -> None:
    """Where nobody else has built on it: no lead is asked once the record is there that is taken back."""
    acts = history[1]
    state = play(house, history, data.draw(st.permutations(range(len(acts)))))
    counts = {id for id, *_ in state["records"]}
    for place, act in enumerate(acts):
        if act.cancels is not None:
            assert (UUID(int=place + 1) in counts) == (UUID(int=act.cancels) in counts)


@CHECKED
@given(history=whole_histories(), data=st.data())
def test_nothing_is_lost_and_nothing_comes_twice_whatever_phones_bring(
    house: tuple[Flask, int, int],
    history: tuple[list[tuple[int, str]], list[Act]],
    data: st.DataObject,
) -> None:
    """Each phone brings what was done on it in its order, and once more: nothing changes by that."""
    app, before, after = house
    events, acts = history
    turns = data.draw(st.permutations([act.person for act in acts]))
    left = {who: [place for place, act in enumerate(acts) if act.person == who] for who in PEOPLE}
    seqs = {place: left[act.person].index(place) + 1 for place, act in enumerate(acts)}
    order = [left[who].pop(0) for who in turns]
    with app.app_context():
        session = db.session()
        try:
            floor = Floor(session, before, after, data.draw(st.booleans()))
            for minute, what in events:
                floor.happens(minute, what)
            told = {place: floor.comes(place, acts[place], seqs[place]) for place in order}
            state, kept = floor.state(), floor.kept()
            for place in order:
                floor.comes(place, acts[place], seqs[place])
            assert (floor.state(), floor.kept()) == (state, kept)
        finally:
            session.rollback()
            db.session.remove()
    records = [UUID(int=place + 1) for place, act in enumerate(acts) if act.kind == "record"]
    assert sorted(kept) == sorted(id for id in records if told[id.int - 1] != "refused")
    for place, was in told.items():
        assert was != "refused" or acts[place].kind in ("claim", "close"), (acts[place], floor.why)


@pytest.mark.parametrize(
    ("events", "counts"),
    [
        ([], True),
        ([(25, "pause")], True),
        ([(25, "give")], True),
        ([(50, "move")], True),
        ([(15, "pause")], False),
        ([(15, "give")], False),
        ([(50, "scan")], False),
        ([(50, "override")], False),
        ([(50, "cancel")], False),
    ],
)
def test_ticked_taken_back_and_gone_on_in_every_order(
    house: tuple[Flask, int, int], events: list[tuple[int, str]], counts: bool
) -> None:
    """What was done after the critical step was ticked does not wait either, whatever comes first."""
    acts = [
        Act(10, "sam", "scan", "done", None, 0),
        Act(20, "sam", "scan", "undone", 1, 0),
        Act(22, "sam", "fragile", "done", None, 0),
    ]
    found = [play(house, (events, acts), order) for order in permutations(range(len(acts)))]
    assert all(state == found[0] for state in found)
    assert (UUID(int=2) in {id for id, *_ in found[0]["records"]}) == counts
    assert ((UUID(int=2), "undo") in found[0]["waits"]) != counts
