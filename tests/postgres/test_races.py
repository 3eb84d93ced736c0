"""Who comes second of two processes at once is told so in words; in PostgreSQL they write side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from tests.support.actors import by
from tests.support.installation import NOW, PASSWORD
from tests.support.patience import PATIENCE
from tests.support.upgrading import engines, together
from tracker import migrations
from tracker.domain import event_kinds as kinds
from tracker.domain.actor import SYSTEM
from tracker.domain.library import reviews
from tracker.domain.people import accounts
from tracker.domain.runs import lifecycle
from tracker.domain.work import today
from tracker.errors import AlreadyOpenError, ConflictError, ForbiddenError, HoldfastError
from tracker.models import Event, Location, Person, Revision, Run, Sop

pytestmark = pytest.mark.postgres
HASH = accounts.new_password(PASSWORD, "")


@pytest.fixture
def empty(postgres_database: Callable[[], str]) -> str:
    """The address of a database of its own, without tables."""
    return postgres_database()


@pytest.fixture
def engine(empty: str) -> Iterator[Engine]:
    """The same with its tables."""
    with engines(empty, 1) as (made,):
        migrations.upgrade(made)
        yield made


def at_once(engine: Engine, *verbs: Callable[[Session], object]) -> list[HoldfastError | None]:
    """Run each verb in a transaction of its own: all have done their work before any may commit, unless
    one has to wait for another. What each came to; anything else than words is raised.
    """
    gate = threading.Barrier(len(verbs))

    def one(verb: Callable[[Session], object]) -> HoldfastError | None:
        try:
            with Session(engine) as session, session.begin():
                session.execute(select(1))
                gate.wait(PATIENCE)
                verb(session)
                session.flush()
                session.execute(text("SELECT pg_sleep(0.2)"))  # the other gets its chance before the commit
        except HoldfastError as error:
            return error
        return None

    with ThreadPoolExecutor(len(verbs)) as pool:
        return sorted(pool.map(one, verbs), key=lambda error: error is not None)


def test_of_two_first_accounts_one_is_made(engine: Engine) -> None:
    def set_up(login: str) -> Callable[[Session], object]:
        return lambda session: accounts.set_up(
            session, NOW, login=login, name="", password=HASH, place=f"{login}’s", zone="UTC"
        )

    won, lost = at_once(engine, set_up("ada"), set_up("eve"))
    assert won is None and isinstance(lost, ForbiddenError)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
        assert session.scalar(select(func.count()).select_from(Location)) == 1


def test_of_two_equal_logins_one_is_made(engine: Engine) -> None:
    def add(session: Session) -> object:
        return accounts.add(session, SYSTEM, NOW, login="sam", name="", password=HASH, roles=["picker"])

    won, lost = at_once(engine, add, add)
    assert won is None and isinstance(lost, ConflictError) and "taken" in str(lost)


@pytest.fixture
def started(engine: Engine) -> Engine:
    """The same with an SOP in force and somebody who may start it."""
    with Session(engine) as session, session.begin():
        sop = Sop(id="pack", title="Pack")
        session.add(sop)
        session.flush()
        revision = Revision(sop_id="pack", number=1, label="1", title="Pack", published_at=NOW)
        session.add(revision)
        session.flush()
        sop.in_force_id = revision.id
        accounts.add(session, SYSTEM, NOW, login="sam", name="", password=HASH)
    return engine


def test_one_form_sent_twice_at_once_starts_one_run(started: Engine) -> None:
    def start(session: Session) -> object:
        sam = session.scalars(select(Person)).one()
        return lifecycle.start(session, by(sam), NOW, "pack", subject="1", ref="a-form", assignee=sam)

    assert at_once(started, start, start) == [None, None]
    with Session(started) as session:
        assert session.scalar(select(func.count()).select_from(Run)) == 1


def test_two_processes_that_start_about_the_same_open_one_run(started: Engine) -> None:
    def start(ref: str) -> Callable[[Session], object]:
        def verb(session: Session) -> object:
            sam = session.scalars(select(Person)).one()
            return lifecycle.start(session, by(sam), NOW, "pack", subject="1", ref=ref, assignee=sam)

        return verb

    won, lost = at_once(started, start("one"), start("two"))
    assert won is None and isinstance(lost, AlreadyOpenError)
    with Session(started) as session:
        assert session.scalar(select(func.count()).select_from(Run)) == 1


def test_of_two_who_ask_for_the_next_one_at_once_each_gets_another(started: Engine) -> None:
    with Session(started) as session, session.begin():
        accounts.add(session, SYSTEM, NOW, login="ana", name="", password=HASH)
        revision = session.scalars(select(Revision)).one()
        session.add_all(Run(sop_id="pack", revision_id=revision.id, started_at=NOW) for _ in range(3))

    def ask(login: str) -> Callable[[Session], object]:
        def verb(session: Session) -> object:
            person = session.scalars(select(Person).where(Person.login == login)).one()
            return today.take_next(session, by(person), NOW)

        return verb

    assert at_once(started, ask("sam"), ask("ana")) == [None, None]
    with Session(started) as session:
        taken = session.scalars(select(Run.assignee_id).where(Run.assignee_id.is_not(None))).all()
        assert len(taken) == len(set(taken)) == 2


def test_processes_that_upgrade_at_once_do_it_once(empty: str) -> None:
    with engines(empty, 3) as made:
        together(made)


def test_what_is_decided_twice_at_once_is_decided_once(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        accounts.add(session, SYSTEM, NOW, login="ada", name="", password=HASH, level="admin")
        session.add(Sop(id="a", title="A", path="a.md"))
        session.flush()
        for n in (1, 2):
            session.add(Revision(sop_id="a", number=n, label=str(n), title="A", published_at=NOW))

    def decide(session: Session) -> object:
        ada = session.scalars(select(Person)).one()
        return reviews.judge(session, by(ada), NOW, session.get_one(Sop, "a"), 2, "material")

    assert at_once(engine, decide, decide) == [None, None]
    with Session(engine) as session:
        assert session.scalar(select(func.count()).where(Event.kind == kinds.RevisionJudged.kind)) == 1
