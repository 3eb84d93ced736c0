"""The demo: an installation in which what is planted is there, is found, and nothing else is wrong."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.modes import open_to_others
from tracker import demo
from tracker.app import create_app
from tracker.cli import main
from tracker.config import load
from tracker.db import db
from tracker.demo import history, plants
from tracker.demo.days import ceiling
from tracker.demo.people import LEAD, OWNER, STAFF
from tracker.domain.people import accounts as people_accounts
from tracker.domain.people import directory, owner_names
from tracker.domain.runs import loading
from tracker.domain.signals import ceiling as ceilings
from tracker.domain.signals import key_people
from tracker.models import (
    Location,
    Outcome,
    Person,
    Record,
    Revision,
    Run,
    Sop,
    SpotCheck,
    Verdict,
    WeakPoint,
)
from tracker.share import share

SIZE = 0.6
NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, demo.Made]:
    """A small demo, made once by somebody whose files others may read; nothing here changes it."""
    place = tmp_path_factory.mktemp("demo") / "new" / "workspace"
    before = os.umask(0)
    try:
        made = demo.make(place, NOW, lambda text: None, size=SIZE)
    finally:
        os.umask(before)
    return create_app(load(place, {})), made


@pytest.fixture
def session(made: tuple[Flask, demo.Made]) -> Iterator[Session]:
    with made[0].app_context():
        yield db.session()
        db.session.remove()
        db.engine.dispose()


def _ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def _share(session: Session, weak: plants.Weak, since: float, until: float) -> float:
    """How often a step was what it is planted to be, between so many days ago and so many."""
    there = (Outcome.sop_id == weak.sop, Outcome.step_key == weak.step, Outcome.outcome != "na",
             Outcome.closed_at.between(_ago(since), _ago(until)))  # fmt: skip
    n = session.scalar(select(func.count()).where(*there)) or 0
    count = session.scalar(select(func.count()).where(*there, Outcome.outcome == weak.kind)) or 0
    return count / n


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    done = CliRunner().invoke(main, ["demo", str(tmp_path)])
    assert done.exit_code == 1 and "name one that is not there yet" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_it_is_for_who_made_it_whatever_the_umask(made: tuple[Flask, demo.Made]) -> None:
    instance = made[0].config["HOLDFAST"].instance
    assert (instance / "holdfast.sqlite3").stat().st_size and open_to_others(instance) == {}


def test_people_can_sign_in_with_what_was_printed_and_with_nothing_else(
    session: Session, made: tuple[Flask, demo.Made]
) -> None:
    accounts = made[1].accounts
    for login, (_, password) in accounts.items():
        assert people_accounts.authenticate(session, login, password) is not None
    assert len({password for _, password in accounts.values()}) == len(accounts) == 4
    others = select(Person).where(Person.login.not_in(accounts), Person.password_hash.is_not(None))
    assert session.scalars(others).all() == []
    for login, level in {OWNER: "owner", LEAD: "lead", STAFF: "staff"}.items():
        assert directory.person_named(session, login).access == level


def test_the_documents_are_the_starter_sops_all_in_force_and_owned(session: Session) -> None:
    app_folder = Path(str(session.get_bind().url.database)).parents[1] / "sops"
    starter = share("sops")
    for file in starter.rglob("*.md"):
        assert (app_folder / file.relative_to(starter)).read_text() == file.read_text()
    assert owner_names.unknown_owners(session) == []
    assert session.scalar(select(func.count()).where(Sop.in_force_id.is_(None))) == 0
    assert session.scalar(select(func.count()).select_from(Location)) == 3


def test_the_fixed_step_has_an_earlier_revision_that_said_something_else(session: Session) -> None:
    revisions = session.scalars(
        select(Revision).where(Revision.sop_id == plants.FIXED.sop).order_by(Revision.number)
    ).all()
    days = [(NOW - one.published_at).days for one in revisions]
    assert days == [plants.DAYS, plants.FIXED_ON]
    texts = [step.text for one in revisions for step in one.steps if step.key == plants.FIXED.step]
    assert texts[0] != texts[1]
    used = select(Run.revision_id, func.min(Run.closed_at)).where(Run.sop_id == plants.FIXED.sop)
    began = dict(session.execute(used.where(Run.state == "done").group_by(Run.revision_id)).all())
    assert all(began[one.id] > one.published_at for one in revisions)


@pytest.mark.parametrize("weak", plants.WEAK, ids=lambda weak: weak.step)
def test_each_weak_step_is_weak_while_it_is_planted_to_be_and_fine_otherwise(
    session: Session, weak: plants.Weak
) -> None:
    while_weak = _share(session, weak, weak.since, max(weak.until, 0))
    assert 0.4 * weak.rate < while_weak < 1.5 * weak.rate
    if weak.since < plants.DAYS:
        assert _share(session, weak, plants.DAYS, weak.since) < 0.02
    if weak.until > 0:
        assert _share(session, weak, weak.until, 0) < 0.02


def test_runs_fail_more_often_above_the_ceiling(session: Session) -> None:
    failed = select(Outcome.run_id).where(Outcome.outcome == "failed")
    rows = session.execute(select(Run.started_at, Run.id.in_(failed)).where(Run.state == "done"))
    days: dict[object, list[bool]] = defaultdict(list)
    for at, bad in rows:
        days[at.date()].append(bad)
    level = ceiling(SIZE)
    calm = [bad for day in days.values() if len(day) < level for bad in day]
    full = [bad for day in days.values() if len(day) > 1.2 * level for bad in day]
    assert sum(full) / len(full) > 2 * sum(calm) / len(calm)
    assert sum(len(day) > level for day in days.values()) >= 20


def test_some_runs_of_one_week_were_ticked_through_in_seconds(session: Session) -> None:
    took = select(Run.started_at, Run.closed_at, Person.login).join(Person, Person.id == Run.closed_by_id)
    quick = [
        (at, login)
        for at, end, login in session.execute(took.where(Run.sop_id == plants.HASTY_SOP, Run.state == "done"))
        if end - at < timedelta(seconds=30)
    ]
    first, last = plants.HASTY_WEEK
    assert len(quick) >= 2 and {login for _, login in quick} == {plants.HASTY}
    assert all(_ago(first + 1) < at < _ago(last - 1) for at, _ in quick)


def test_one_sop_is_done_by_one_person_and_no_other_is(session: Session) -> None:
    query = select(Run.sop_id, Person.login, func.count()).join(Person, Person.id == Run.closed_by_id)
    shares: dict[str, Counter[str]] = defaultdict(Counter)
    for sop, login, count in session.execute(
        query.where(Run.state == "done", Run.closed_at > _ago(90)).group_by(Run.sop_id, Person.login)
    ):
        shares[sop][login] = count
    most = {sop: count.most_common(1)[0][1] / count.total() for sop, count in shares.items()}
    assert [sop for sop, share in most.items() if share >= 0.8] == [plants.KEY_SOP]


def test_the_board_lives(session: Session) -> None:
    open_runs = session.scalars(select(Run).where(Run.state == "open")).all()
    assert len(open_runs) >= 15
    assert sum(run.due_at is not None and run.due_at < NOW for run in open_runs) >= 3
    assert sum(bool(run.unsigned) for run in open_runs) == 1
    assert {run.assignee.login for run in open_runs if run.assignee} >= {STAFF}
    assert session.scalar(select(func.max(Record.received_at))) <= NOW
    assert all(loading.states(run) for run in open_runs)


def test_values_are_within_their_limits_unless_the_step_failed(session: Session) -> None:
    query = select(Record, Run.sop_id).join(Run, Run.id == Record.run_id).where(Record.kind == "done")
    in_force = select(Sop.id, Revision).join(Revision, Revision.id == Sop.in_force_id)
    limits = {
        (sop_id, step.key): step.attributes
        for sop_id, revision in session.execute(in_force)
        for step in revision.steps
        if step.input == "number"
    }
    for record, sop_id in session.execute(query.where(Record.value.is_not(None)).limit(20_000)):
        given = limits.get((sop_id, record.step_key))
        if given and record.value not in (None, ""):
            assert given.get("min", float("-inf")) <= float(record.value) <= given.get("max", float("inf"))


def test_the_same_moment_gives_the_same_history(session: Session, tmp_path: Path) -> None:
    revisions: dict[str, list[Revision]] = defaultdict(list)
    for revision in session.scalars(select(Revision).order_by(Revision.number)):
        revisions[revision.sop_id].append(revision)
    for name in ("one", "other"):
        history.write(tmp_path / name, revisions, NOW, 0.05)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_exactly_what_is_planted_is_found_weak(session: Session) -> None:
    flagged = session.scalars(select(WeakPoint).where(WeakPoint.band.in_(("fix-first", "watch")))).all()
    planted = {(weak.sop, weak.step, weak.kind) for weak in plants.WEAK if weak is not plants.FIXED}
    assert {(point.sop_id, point.step_key, point.kind) for point in flagged} == planted
    assert all(point.flagged for point in flagged)


def test_the_fixed_step_is_found_better(session: Session) -> None:
    found = session.scalars(select(Verdict).where(Verdict.word.in_(("better", "worse", "same")))).all()
    fixed = plants.FIXED
    assert [(one.sop_id, one.step_key, one.kind, one.word) for one in found] == [
        (fixed.sop, fixed.step, fixed.kind, "better")
    ]


def test_the_ceiling_is_found_near_where_it_is_planted(session: Session) -> None:
    found = ceilings.of_scope(session, ceilings.Scope("all", "", ""))
    assert found is not None and found.ceiling is not None
    assert abs(found.ceiling - ceiling(SIZE)) < 0.15 * ceiling(SIZE)


def test_the_key_person_is_found_and_nobody_else(session: Session) -> None:
    looked = key_people.look(session, by(directory.person_named(session, OWNER)), NOW)
    found = [(one.sop.id, one.person and one.person.login) for one in looked.flagged]
    assert found == [(plants.KEY_SOP, plants.KEY_PERSON)]


def test_the_bursts_are_worth_a_spot_check_and_no_other_run_is(session: Session) -> None:
    first, last = plants.HASTY_WEEK
    found = session.scalars(select(SpotCheck)).all()
    assert found and {(one.signal, one.run.sop_id) for one in found} == {("burst", plants.HASTY_SOP)}
    assert {one.person and one.person.login for one in found} == {plants.HASTY}
    assert all(_ago(first + 1) < one.run.closed_at < _ago(last - 1) for one in found)
