"""What is open in the demo right now, so that Board, Today and Sign-offs have something to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import new_id
from tracker.demo import answers, plants
from tracker.demo.people import LEAD
from tracker.demo.tasks import task
from tracker.domain.actor import signed_in
from tracker.domain.records import recording
from tracker.domain.records.clocks import Device
from tracker.domain.runs import lifecycle, loading
from tracker.models import Person, Run


@dataclass(frozen=True, slots=True)
class Open:
    """A run that was started so many minutes ago, and how far it has come; without a person it is for a role.

    `failed` is a step that failed on the way, and why; `by` starts it, a lead where it is for somebody else.
    """

    sop: str
    subject: str
    minutes: int
    person: str = ""
    role: str = ""
    done: int = 0
    failed: tuple[str, str] = ("", "")
    by: str = LEAD


OPEN = (
    Open("pick-pack-ship", "33107", 9, "sara", done=6),
    Open("pick-pack-ship", "33110", 3, "sara"),
    Open("pick-pack-ship", "33098", 14, "emre", done=8),
    Open("pick-pack-ship", "33102", 11, "mai", done=4, failed=("no-damage", "carton is torn")),
    Open("pick-pack-ship", "33112", 25, role="picker"),
    Open("pick-pack-ship", "33113", 25, role="picker"),
    Open("pick-pack-ship", "33114", 24, role="picker"),
    Open("pick-pack-ship", "33051", 330, role="packer"),
    Open("receive-inbound", "PO-3290", 55, "karim", done=7),
    Open("receive-inbound", "PO-3277", 1560, "greta", done=8),
    Open("receive-and-inspect", "R-9604", 18, "tomasz", done=5),
    Open("cycle-count", "C-07-03", 300, "selin", done=2),
    Open("exception-order", "33087", 200, "chiara", done=5),
    Open("pick-pack-ship", "33091", 12, "grace", done=5, by="priya"),
    Open("pick-pack-ship", "33095", 280, role="picker", by="priya"),
    Open("stock-mismatch", "SKU-2207", 70, "meera", done=4, by="priya"),
    Open("pick-pack-ship", "33100", 16, "carlos", done=3, by="rosa"),
    Open("receive-and-inspect", "R-9611", 40, role="returns-clerk", by="rosa"),
)

TO_SIGN = Open("refund", "33012", 35, "david")
LARGE = {"basis": "order cancelled", "amount": "149.90"}
"""A refund above what one person may decide: done up to the second look, and that waits for a signature."""


def open_some(session: Session, now: datetime) -> None:
    """Open the runs, and record in them what was done so far, through the verbs that the pages use."""
    chance = Random(plants.SEED)
    people = {person.login: person for person in session.scalars(select(Person))}
    for one in OPEN:
        run = _start(session, people, now, one)
        _go_on(session, chance, people, now, one, run, one.done)
    run = _start(session, people, now, TO_SIGN)
    until = [step.key for step in loading.steps(run)].index("second-look") + 1
    _go_on(session, chance, people, now, TO_SIGN, run, until, LARGE)


def _start(session: Session, people: Mapping[str, Person], now: datetime, one: Open) -> Run:
    lead = people[one.by]
    return lifecycle.start(
        session,
        signed_in(lead),
        now - timedelta(minutes=one.minutes),
        one.sop,
        subject=one.subject,
        assignee=people.get(one.person),
        role=one.role or None,
        location=lead.location,
    )


def _go_on(
    session: Session,
    chance: Random,
    people: Mapping[str, Person],
    now: datetime,
    one: Open,
    run: Run,
    done: int,
    said: Mapping[str, str] | None = None,
) -> None:
    """Record the first steps, evenly between the start and now; what does not apply is passed over."""
    given: dict[str, str] = {}
    steps = loading.steps(run)[:done]
    for place, step in enumerate(steps, 1):
        state = next(state for state in loading.states(run) if state.step.key == step.key)
        if not state.applies or step.optional or step.input in ("photo", "file", "signature"):
            continue
        at = now - timedelta(minutes=one.minutes * (1 - place / (len(steps) + 1)))
        kind, reason = "done", ""
        value = (said or {}).get(step.key) or answers.answer(chance, task(step), one.sop, given, at.date())
        given[step.key] = value
        if step.key == one.failed[0]:
            kind, reason, value = "failed", one.failed[1], ""
        device = Device(at=at)
        recording.record(
            session, signed_in(people[one.person]), at, run,
            record_id=new_id(), step_key=step.key, kind=kind, value=value, reason=reason, device=device,
        )  # fmt: skip
