"""What waits for whom: the database finds what the rules say, among any number of runs, and counts it all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.domain.conftest import offline
from tests.support.actors import by
from tests.support.installation import NOW, Cast
from tracker.authoring.sync import publish
from tracker.db import new_id
from tracker.domain import access
from tracker.domain.library import catalogue
from tracker.domain.people import accounts
from tracker.domain.records import recording, signing
from tracker.domain.records.clocks import Device
from tracker.domain.runs import lifecycle, loading
from tracker.domain.runs.progress import current
from tracker.domain.work import signing_queue
from tracker.errors import HoldfastError
from tracker.models import Person, Run

CHECKED = """\
---
id: checked
owner: olga
---
1. Pack the box {#pack .critical}
2. Check the address {#address .verify}
3. Check the customs form {#customs .verify role=customs}
4. Weigh it in {#weigh role=checker}
5. Hand it over {#hand .critical .verify}
"""
KEYS = ("pack", "address", "customs", "weigh", "hand")


@pytest.fixture
def everybody(app: Flask, workspace: Path, session: Session, cast: Cast) -> list[Person]:
    """The cast, and people with the roles that the steps name, here and elsewhere."""
    (workspace / "sops/checked.md").write_text(CHECKED)
    publish(app, app.config["HOLDFAST"])
    session.rollback()
    added = [
        accounts.add(
            session, by(cast.admin), NOW, login=f"p{number}", name=f"P{number}", password=None,
            location=place, roles=roles,
        )
        for number, (place, roles) in enumerate(
            (place, roles)
            for place in (cast.staff.location, cast.outsider.location, None)
            for roles in ((), ("checker",), ("customs", "checker"))
        )
    ]  # fmt: skip
    session.commit()
    return [cast.admin, cast.owner, cast.lead, cast.staff, cast.outsider, cast.other_lead, *added]


def expected(session: Session, person: Person) -> list[tuple[int, str]]:
    """What the rules say, run by run and step by step."""
    found = []
    for run in session.scalars(select(Run).where(Run.state == "open").order_by(Run.id)):
        states = loading.states(run)
        here = access.is_at_place(person, run) or access.may(by(person), "run.move", run)
        for state in states:
            signs = (
                state.unsigned
                and state.done is not None
                and state.done.person_id != person.id
                and access.may_sign(by(person), run, state.step.role)
            )
            does = (
                state is current(states)
                and not state.step.verify
                and state.step.role in {role.name for role in person.roles}
                and run.assignee_id != person.id
                and here
            )
            if signs or does:
                found.append((run.id, state.step.key))
    return sorted(found)


def seen(session: Session, person: Person, most: int = 1000) -> list[tuple[int, str]]:
    found = signing_queue.first(session, by(person), most)[1]
    return [(run.id, state.step.key) for run, state in found]


@pytest.mark.parametrize("seed", range(3))
def test_the_database_finds_what_the_rules_say_after_random_histories(
    session: Session, cast: Cast, everybody: list[Person], seed: int
) -> None:
    chance, moment = random.Random(seed), NOW
    given: list[Person | None] = [*everybody, None]
    opened = []
    for number in range(25):
        run = lifecycle.start(
            session, by(cast.admin), moment, "checked", subject=f"{number}", assignee=chance.choice(given),
            role=chance.choice([None, "checker"]),
            location=chance.choice([cast.staff.location, cast.outsider.location, None]),
        )  # fmt: skip
        opened.append(run.id)
    session.commit()
    for _ in range(250):
        actor, key, lot = chance.choice(everybody), chance.choice(KEYS), chance.random()
        run = loading.load(session, by(cast.admin), chance.choice(opened), "run.see", lock=True)
        try:
            if lot < 0.7:
                recording.record(
                    session, by(actor), NOW, run, record_id=new_id(), step_key=key, kind="done",
                    device=offline(NOW) if lot < 0.3 else Device(),
                )  # fmt: skip
            elif lot < 0.8 and run.records:
                last = chance.choice(run.records)
                recording.record(
                    session, by(cast.admin), NOW, run, record_id=new_id(), step_key=last.step_key,
                    kind="undone",
                    cancels=last.id,
                )  # fmt: skip
            elif lot < 0.85:
                recording.override(session, by(cast.admin), NOW, run, key, "no time")
            elif run.records:
                signing.sign(session, by(actor), NOW, run, chance.choice(run.records).id)
            session.commit()
        except HoldfastError:
            session.rollback()
    found = {person.login: expected(session, person) for person in everybody}
    assert sum(map(len, found.values())) > 20
    for person in everybody:
        assert sorted(seen(session, person)) == found[person.login], person.login
        assert signing_queue.count(session, by(person)).all == len(found[person.login])


def test_hundreds_are_counted_and_read_page_by_page(
    session: Session, cast: Cast, everybody: list[Person]
) -> None:
    revision = catalogue.in_force(session, "checked").id
    checker = next(person for person in everybody if person.login == "p1")
    session.add_all(
        Run(sop_id="checked", revision_id=revision, started_at=NOW, wants_role="checker") for _ in range(230)
    )
    session.commit()
    assert signing_queue.count(session, by(checker)) == signing_queue.Waiting(signatures=0, steps=230)
    pages = [
        [
            (run.id, state)
            for run, state in signing_queue.to_do(session, by(checker), most=100, after=after)[1]
        ]
        for after in (0, 100, 200)
    ]
    assert [len(page) for page in pages] == [100, 100, 30]
    assert len({id for page in pages for id, _ in page}) == 230
