"""A lead's board and the floor's pages with 10 000 open runs and 1 000 000 records."""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bench
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tracker import config
from tracker.app import create_app
from tracker.db import db, new_id, write_in_chunks, writing
from tracker.domain.runs import standing
from tracker.models import Location, Person, Role, Run, Sop, Team
from tracker.models.people import person_roles

SOPS, STEPS, PLACES, PEOPLE = 20, 12, 4, 160
BOARD_MS, PAGE_MS = 200, 60
RECORD = (
    "INSERT INTO records (id, run_id, step_key, kind, value, reason, note, person_id, received_at, digest)"
    " VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, '')"
)
MARKED = (("step-4", ".verify"), ("step-7", "role=checker"))
"""What some SOPs ask for besides: a signature, a step of another role."""


def documents() -> dict[str, str]:
    """Every third SOP needs a signature, every fourth a checker."""
    found = {}
    for number in range(SOPS):
        text = bench.document(number)
        for (key, mark), every in zip(MARKED, (3, 4), strict=True):
            if number % every == 0:
                text = text.replace(f"{{#{key} ", f"{{#{key} {mark} ")
        found[f"sop-{number}.md"] = text
    return found


def crowd(session: Session, now: datetime) -> list[Person]:
    """Four locations, each with a lead and forty pickers, all with the password of the benchmark."""
    known = session.scalars(select(Person).where(Person.login == bench.LOGIN)).one().password_hash
    checker = Role(name="checker")
    people = []
    for place in range(PLACES):
        location = Location(name=f"Hall {place + 1}", zone="Europe/Berlin")
        team = Team(name=f"Team {place + 1}", location=location)
        session.add_all([location, team, checker])
        for number in range(PEOPLE // PLACES):
            login = f"lead-{place}" if number == 0 else f"picker-{place}-{number}"
            person = Person(
                login=login, name=login.capitalize(), password_hash=known, location=location, team=team,
                access="staff" if number else "lead", created_at=now,
            )  # fmt: skip
            people.append(person)
    session.add_all(people)
    session.flush()
    checkers = [{"person_id": person.id, "role_id": checker.id} for person in people[1::10]]
    session.execute(insert(person_roles), checkers)
    return people


def runs(session: Session, now: datetime, many_open: int, closed: int) -> Iterator[dict[str, Any]]:
    """Rows of runs: closed ones of a year, then open ones; of these one in 25 is late, one in 10 nobody's."""
    chance = random.Random(7)
    people = crowd(session, now)
    sops = dict(session.execute(select(Sop.id, Sop.in_force_id)).all())
    for number in range(closed + many_open):
        is_open = number >= closed
        person, sop = people[number % len(people)], f"sop-{number * 7 % SOPS}"
        started = now - timedelta(minutes=chance.randint(0, 600 if is_open else 500_000))
        due = now + timedelta(minutes=chance.choice([-20, -5, *range(30, 480, 10)]))  # none while we measure
        yield {
            "ref": f"r-{number}",
            "sop_id": sop,
            "revision_id": sops[sop],
            "subject_kind": "order",
            "subject_ref": str(100_000 + number),
            "location_id": person.location_id,
            "assignee_id": None if is_open and number % 10 == 3 else person.id,
            "started_by_id": person.id,
            "started_at": started,
            "due_at": due if is_open else None,
            "unsigned": None if is_open else 0,
            "state": "open" if is_open else "done",
            "closed_at": None if is_open else started + timedelta(minutes=20),
            "closed_by_id": None if is_open else person.id,
        }


def records(rows: list[tuple[Any, ...]], now: datetime) -> Iterator[tuple[Any, ...]]:
    """All steps of closed runs; of open ones up to five, and one in 20 has failed a critical step."""
    at = now.strftime("%Y-%m-%d %H:%M:%S.%f")
    for run, is_open, person in rows:
        blocked = is_open and run % 20 == 11
        for step in range((1 if blocked else run % 6) if is_open else STEPS):
            kind = "failed" if blocked or run % 30 == step + 12 else "done"
            yield (
                *(new_id().hex, run, f"step-{step + 1}", kind, f'"{bench.VALUES[step % 6]}"'),
                *("no time" if kind == "failed" else "", person, at),
            )


def fill(place: Path, many_open: int, many_records: int) -> None:
    """Write runs and records past the domain, as only a benchmark may: the triggers rest meanwhile."""
    app, now = create_app(config.load(place, bench.ENVIRONMENT)), datetime.now(UTC)
    with app.app_context():
        with writing() as session:
            session.execute(
                insert(Run), list(runs(session, now, many_open, (many_records - 2 * many_open) // STEPS))
            )
        db.session.remove()
        db.engine.dispose()
    with sqlite3.connect(place / "instance" / "holdfast.sqlite3") as database:
        triggers = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'records'"
        ).fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        found = database.execute("SELECT id, state = 'open', assignee_id FROM runs").fetchall()
        database.executemany(RECORD, records(found, now))
        for _, sql in triggers:
            database.execute(sql)
    with app.app_context():
        write_in_chunks(standing.units(db.session()))
        db.session.remove()
        db.engine.dispose()


def sizes(place: Path) -> tuple[int, int, int]:
    """The installation's lead of the first hall, its open runs, its records."""
    with sqlite3.connect(place / "instance" / "holdfast.sqlite3") as database:
        (opened,) = database.execute("SELECT count(*) FROM runs WHERE state = 'open'").fetchone()
        (recorded,) = database.execute("SELECT count(*) FROM records").fetchone()
        (run,) = database.execute(
            "SELECT max(runs.id) FROM runs JOIN people ON people.id = assignee_id "
            "WHERE state = 'open' AND login = 'picker-0-1'"
        ).fetchone()
    return opened, recorded, run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--records", type=int, default=1_000_000)
    given = parser.parse_args()
    rows: list[tuple[str, str, str, bool | None]] = []
    with bench.workspace(documents()) as place:
        began = time.perf_counter()
        bench.furnish(place, {})
        fill(place, given.open, given.records)
        opened, recorded, run = sizes(place)
        rows.append((f"set up {opened} open runs, {recorded} records",
                     f"{time.perf_counter() - began:6.1f} s", "", None))  # fmt: skip
        with bench.serving(place) as address:
            everybody, lead = bench.Client(address), bench.Client(address, "lead-0")
            picker = bench.Client(address, "picker-0-1")
            for what, client, path, target in (
                ("board, all", everybody, "/board", BOARD_MS),
                ("board, a lead's hall", lead, "/board", BOARD_MS),
                ("board, one SOP", everybody, "/board?sop=sop-3", BOARD_MS),
                ("board, the last page", everybody, f"/board?page={given.open // 100}", BOARD_MS),
                ("board, nobody's", everybody, "/board?state=nobody", BOARD_MS),
                ("board, blocked", everybody, "/board?state=blocked", BOARD_MS),
                ("board, a part of a subject", everybody, "/board?subject=777", BOARD_MS),
                ("board, a run beside it", everybody, f"/board?run={run}", BOARD_MS),
                ("board, what ended in a week", everybody, "/board/closed", BOARD_MS),
                ("today, a lead", lead, "/", PAGE_MS),
                ("today, a picker", picker, "/", PAGE_MS),
                ("run page, 12 steps", picker, f"/runs/{run}", PAGE_MS),
            ):
                size = len(client.get(path)) / 1000
                taken = bench.timed(lambda c=client, p=path: c.get(p), given.rounds)
                met = bench.percentile(taken, 0.95) <= target
                rows.append((f"{what} ({size:.0f} kB sent)", bench.spread(taken), f"p95 <= {target} ms", met))
            for what, client in (("all", everybody), ("a lead's hall", lead)):
                size = len(client.get("/board/live")) / 1000
                taken = bench.timed(lambda c=client: c.poll("/board/live", 304), given.rounds)
                rows.append((f"live board, {what}: nothing new", bench.spread(taken), "", None))
                taken = bench.timed(lambda c=client: c.get("/board/live"), given.rounds)
                rows.append((f"live board, {what}: news ({size:.0f} kB sent)", bench.spread(taken), "", None))
    return bench.report("Pages over 10 000 open runs and 1 000 000 records", rows)


if __name__ == "__main__":
    sys.exit(main())
